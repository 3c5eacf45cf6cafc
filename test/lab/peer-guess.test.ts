import assert from "node:assert/strict";
import { needs, PEER_LAB_NEEDS } from "../support/needs";
import { type PairOutcome, PeerPairs } from "./peer-pairs";

/** One of 60 attempts finds no port, as the ports are drawn, and a busy machine tries fewer; three in a row are our fault. */
const TRIES = 3;

describe("lab/guessed ports", function () {
	this.timeout(240_000);
	let pairs: PeerPairs | undefined;

	before(async function () {
		needs(this, ...PEER_LAB_NEEDS, "build");
		pairs = await PeerPairs.build("node", { delay: 10 });
	});

	afterEach(function () {
		if (this.currentTest?.state === "failed") pairs?.lab.lab.report();
	});

	after(() => pairs?.clear());

	it("connects a viewer behind a symmetric kernel NAT to a camera behind a port-restricted one, without TURN (P2P-12)", async () => {
		await pairs?.startCamera("port");
		let outcome: PairOutcome | undefined;
		for (let i = 0; i < TRIES && outcome?.path !== "punched"; i++) outcome = await pairs?.view("sym");
		assert.equal(outcome?.path, "punched", outcome?.said);
		assert.ok(outcome.connected < 30_000, `${outcome.connected} ms`);
	});
});
