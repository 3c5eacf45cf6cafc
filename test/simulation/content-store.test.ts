import { NO_LIMITS } from "../support/recordings";
import { StoreRig } from "../support/store-rig";

/** Each has four power cuts. More by PORTHOLE_TEST_SEEDS. */
const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "24");

describe("simulation/content-store", () => {
	it("loses the running seconds at most at a power cut while it records, locks and deletes (STR-13)", () => {
		for (let seed = 1; seed <= SEEDS; seed++) {
			try {
				run(seed);
			} catch (error) {
				throw new Error(`seed ${seed}: ${(error as Error).stack}`);
			}
		}
	});
});

function run(seed: number): void {
	const rig = new StoreRig(seed, {}, { ...NO_LIMITS, octets: seed % 2 === 0 ? 3_000_000 : 0 }).ready();
	rig.add("a", true, 500 + rig.prng.below(1000));
	rig.add("b", false, 250 + rig.prng.below(500));
	rig.add("c", true, 3000 + rig.prng.below(9000));
	for (let round = 0; round < 4; round++) {
		const actions = rig.prng.below(6);
		// Half of the cuts happen while segments end.
		const rest = 600_000 - (rig.utc % 600_000);
		const span = rig.prng.chance(0.5) ? rest - 100 + rig.prng.below(400) : 1000 + rig.prng.below(1_500_000);
		for (let i = 0; i < actions; i++) {
			rig.world.runFor(span / (actions + 1));
			act(rig);
		}
		rig.world.runFor(span / (actions + 1));
		act(rig);
		rig.world.runFor(rig.prng.below(60));
		let cut = rig.world.now;
		rig.powerCut();
		rig.checkFinished();
		// The power fails again while the store opens and repairs.
		while (rig.prng.chance(0.4)) {
			rig.world.runFor(rig.prng.below(300));
			rig.powerCut();
			rig.checkFinished();
		}
		rig.ready();
		rig.checkAll(cut);
		cut = rig.world.now;
		rig.recordAll();
	}
}

function act(rig: StoreRig): void {
	switch (rig.prng.below(6)) {
		case 0:
			return rig.lock(true);
		case 1:
			return rig.lock(false);
		case 2:
			return rig.deleteOne();
		case 3:
			return rig.pause();
		default:
	}
}
