import assert from "node:assert/strict";
import { type Need, needs, PEER_LAB_NEEDS } from "../support/needs";
import type { CameraKind } from "./lab";
import type { PeerLabOptions } from "./peer-lab";
import { type End, type PairOutcome, PeerPairs } from "./peer-pairs";

const KIND: CameraKind = "xs";
const NEEDS: readonly Need[] = [...PEER_LAB_NEEDS, "build", "porthole-linux", "turnserver"];

/** Builds a lab for a suite. */
function pairsFor(options: PeerLabOptions & { readonly turn?: boolean }): () => PeerPairs {
	let pairs: PeerPairs | undefined;
	before(async function () {
		this.timeout(120_000);
		needs(this, ...NEEDS);
		pairs = await PeerPairs.build(KIND, options);
	});
	afterEach(function () {
		if (this.currentTest?.state === "failed") pairs?.lab.lab.report();
	});
	after(() => pairs?.clear());
	return () => {
		assert.ok(pairs);
		return pairs;
	};
}

/** Whether theory knows a direct path: not where one maps by destination and the other lets in only ports that it has sent to. */
function isDirect(camera: End, viewer: End): boolean {
	const strict: readonly End[] = ["port", "restricted", "nodrop", "pool", "spread", "sym"];
	const symmetric = (end: End): boolean => end === "sym" || end === "spread";
	// Another port alone may still come from an address that was sent to.
	const isLetIn = (from: End, to: End): boolean => from === "sym" && to === "restricted";
	if (symmetric(camera) && strict.includes(viewer)) return isLetIn(camera, viewer);
	return !(symmetric(viewer) && strict.includes(camera)) || isLetIn(viewer, camera);
}

/** NATs that answer themselves want both sides to begin within one one-way delay, which a busy machine doesn't always manage. */
const TRIES = 8;
/** How long a busy machine is given to find the direct way after a relayed one, in milliseconds. */
const PATIENCE = 20_000;

/** Looks at the camera, and compares with theory. */
async function check(pairs: PeerPairs, camera: End, viewer: End): Promise<void> {
	const isUnsure = isDirect(camera, viewer) && (camera === "nodrop" || viewer === "nodrop");
	const tries = isUnsure ? TRIES : 1;
	let outcome: PairOutcome | undefined;
	const better = isDirect(camera, viewer) && !isUnsure ? PATIENCE : undefined;
	for (let i = 0; i < tries && outcome?.later !== "punched"; i++) outcome = await pairs.view(viewer, undefined, better);
	const text = `${camera} and ${viewer}: ${outcome?.said}`;
	if (isDirect(camera, viewer)) assert.equal(outcome?.later, "punched", text);
	// Guessing ports may find a direct way after some time.
	else assert.ok(outcome?.path === "relayed" || outcome?.path === "punched", text);
}

/** All pairs with `PORTHOLE_TEST_PAIRS=all`; `npm run bench:peer:pairs` has all of them, too. */
const ALL: readonly End[] = ["none", "port", "restricted", "cone", "nodrop", "pool", "spread", "sym"];
const isWhole = process.env["PORTHOLE_TEST_PAIRS"] === "all";
const CAMERAS: readonly End[] = isWhole ? ALL.filter((end) => end !== "nodrop") : ["none", "port", "spread", "sym"];
const VIEWERS: readonly End[] = isWhole ? ALL : ["none", "port", "restricted", "sym"];

describe("lab/pairs of NATs, with one that answers by itself at the camera", function () {
	this.timeout(240_000);
	// Both sides have to begin within the time from one to the other, and a busy machine takes some of it.
	const pairs = pairsFor({ turn: true, delay: 40 });

	it(`shows a camera behind nodrop to viewers behind ${VIEWERS.join(", ")} (P2P-11, P2P-12, P2P-13)`, async () => {
		await pairs().startCamera("nodrop");
		for (const viewer of VIEWERS) await check(pairs(), "nodrop", viewer);
	});
});

describe("lab/pairs of NATs", function () {
	this.timeout(240_000);
	const pairs = pairsFor({ turn: true, delay: 20 });

	for (const camera of CAMERAS) {
		it(`shows a camera behind ${camera} to viewers behind ${VIEWERS.join(", ")} (P2P-11, P2P-12, P2P-13)`, async () => {
			await pairs().startCamera(camera);
			for (const viewer of VIEWERS) await check(pairs(), camera, viewer);
		});
	}

	it("shows a camera in the same network directly, whatever the NAT is (P2P-11, ONE-1)", async () => {
		await pairs().startCamera("sym");
		assert.equal((await pairs().view("sym", "a2", PATIENCE)).later, "lan");
	});
});

describe("lab/pairs of NATs, with two levels and colliding networks", function () {
	this.timeout(240_000);
	const pairs = pairsFor({ a: "port", carrier: "port", collide: true, turn: true, delay: 5 });

	it("shows a camera behind carrier-grade NAT to viewers whose network has the same addresses (P2P-11)", async () => {
		await pairs().startCamera("port");
		for (const viewer of ["none", "port"] as const) {
			assert.equal((await pairs().view(viewer, undefined, PATIENCE)).later, "punched", viewer);
		}
	});
});

describe("lab/pairs of NATs, without a TURN server", function () {
	this.timeout(240_000);
	const pairs = pairsFor({});

	it("says why a camera can't be reached when both NATs are symmetric (P2P-12)", async () => {
		await pairs().startCamera("sym");
		const { path, reason } = await pairs().view("sym");
		assert.equal(path, "failed");
		assert.match(reason, /Both routers use another port for each destination/);
	});
});
