import assert from "node:assert/strict";
import { type Need, needs, PEER_LAB_NEEDS } from "../support/needs";
import { PeerPairs } from "./peer-pairs";

const NEEDS: readonly Need[] = [...PEER_LAB_NEEDS, "build", "turnserver"];

describe("lab/networks that let no UDP through", function () {
	this.timeout(240_000);
	let pairs: PeerPairs | undefined;

	before(async function () {
		this.timeout(120_000);
		needs(this, ...NEEDS);
		pairs = await PeerPairs.build("node", { turn: true, delay: 5 });
	});
	afterEach(function () {
		if (this.currentTest?.state === "failed") pairs?.lab.lab.report();
	});
	after(() => pairs?.clear());

	it("shows a camera that registers by WebSocket and is relayed by TCP, also to a viewer in such a network (P2P-12, P2P-13)", async () => {
		assert.ok(pairs);
		await pairs.startCamera("blocked");
		for (const viewer of ["port", "blocked"] as const) {
			const { path, said } = await pairs.view(viewer);
			assert.equal(path, "relayed", said);
		}
	});

	it("shows a camera behind a NAT to a viewer in such a network (P2P-12, P2P-13)", async () => {
		assert.ok(pairs);
		await pairs.startCamera("port");
		const { path, said } = await pairs.view("blocked");
		assert.equal(path, "relayed", said);
	});
});
