import assert from "node:assert/strict";
import { BandwidthManager, DEMAND_MAX } from "../../../../src/stream/reports/bandwidth-manager";
import { BandwidthModel } from "../../../support/bandwidth-model";

/** Seeds of each case. */
const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "6");

const INTERVALS = [400, 5000];

const forSeeds = (run: (seed: number) => void) => {
	for (let seed = 0; seed < SEEDS; seed++) run(seed);
};

describe("stream/bandwidth-manager", () => {
	for (const interval of INTERVALS) {
		for (const loss of [0, 0.02]) {
			it(`keeps all pictures for ten minutes with ${loss * 100} % loss and reports every ${interval} ms (STR-10)`, () => {
				forSeeds((seed) => {
					const model = new BandwidthModel(seed);
					Object.assign(model.path, { interval, loss });
					model.run(600);
					assert.deepEqual(
						[model.share, model.manager.changes, model.manager.isReduced],
						[1, 0, false],
						`seed ${seed}`,
					);
				});
			});
		}

		it(`goes down to a quarter at most with 5 % loss, and stays there: reports every ${interval} ms (STR-10)`, () => {
			forSeeds((seed) => {
				const model = new BandwidthModel(seed);
				Object.assign(model.path, { interval, loss: 0.055 });
				model.run(600);
				assert.ok(model.share < 1 && model.share >= 0.125, `seed ${seed}: ${model.share}`);
				const { changes } = model.manager;
				model.run(1200);
				assert.ok(model.manager.changes - changes <= 10, `seed ${seed}: ${model.manager.changes - changes} changes`);
			});
		});

		it(`goes down to about one picture a second with 20 % loss, then asks for quality, and stays: every ${interval} ms (STR-10)`, () => {
			forSeeds((seed) => {
				const model = new BandwidthModel(seed);
				Object.assign(model.path, { interval, loss: 0.2 });
				model.run(60);
				assert.ok(model.share <= 1 / 4, `seed ${seed}: ${model.share} after a minute`);
				model.run(120);
				assert.deepEqual([model.share, model.manager.demand], [1 / 24, DEMAND_MAX], `seed ${seed}`);
				const { changes } = model.manager;
				model.run(3600);
				assert.equal(model.manager.changes, changes, `seed ${seed}`);
			});
		});

		it(`recovers quality, then all pictures, when 20 % loss ends: reports every ${interval} ms (STR-10)`, () => {
			forSeeds((seed) => {
				const model = new BandwidthModel(seed);
				Object.assign(model.path, { interval, loss: 0.2 });
				model.run(180);
				model.path.loss = 0;
				let demand = model.manager.demand;
				for (let s = 0; s < 200 && model.share < 1; s++) {
					const { share } = model;
					model.run(1);
					if (model.share > share) assert.equal(demand, 0);
					demand = model.manager.demand;
				}
				assert.deepEqual([model.share, demand, model.manager.isReduced], [1, 0, false], `seed ${seed}`);
			});
		});

		for (const capacity of [0.6, 0.4, 0.2]) {
			it(`finds the share that a path of ${capacity * 100} % carries, and tries more ever more rarely: every ${interval} ms (STR-10)`, () => {
				forSeeds((seed) => {
					const model = new BandwidthModel(seed);
					Object.assign(model.path, { interval, capacity: capacity * 600 });
					model.run(120);
					model.meanShare();
					model.run(60);
					assert.ok(model.meanShare() <= 1.1 * capacity, `seed ${seed}`);
					const { changes } = model.manager;
					model.run(3600);
					const mean = model.meanShare();
					assert.ok(mean > 0.7 * capacity && mean < 1.1 * capacity, `seed ${seed}: ${mean}`);
					assert.ok(
						model.manager.changes - changes <= 30,
						`seed ${seed}: ${model.manager.changes - changes} changes an hour`,
					);
				});
			});
		}
	}

	for (const pictures of [10, 50]) {
		it(`recovers within 90 s from 12 s of heavy loss when reports come every ${pictures} pictures, as ffmpeg's do (STR-10)`, () => {
			forSeeds((seed) => {
				const model = new BandwidthModel(seed);
				model.path.pictures = pictures;
				model.run(30);
				model.path.loss = 0.15;
				model.run(12);
				assert.ok(model.share <= 1 / 2, `seed ${seed}: ${model.share}`);
				model.path.loss = 0;
				model.run(90);
				assert.equal(model.share, 1, `seed ${seed}`);
				// The same from the lowest rate, where reports are 8 and 40 s apart.
				model.path.loss = 0.3;
				model.run(60);
				assert.ok(model.share <= 1 / 8, `seed ${seed}: ${model.share}`);
				model.path.loss = 0;
				model.run(pictures * 12);
				assert.equal(model.share, 1, `seed ${seed}`);
			});
		});
	}

	it("does not oscillate where loss comes and goes every 20 s (STR-10)", () => {
		forSeeds((seed) => {
			const model = new BandwidthModel(seed);
			for (let i = 0; i < 90; i++) {
				model.path.loss = i % 2 === 0 ? 0.15 : 0;
				model.run(20);
			}
			assert.ok(model.manager.changes < 150, `seed ${seed}: ${model.manager.changes} changes in half an hour`);
		});
	});

	it("sends fewer pictures when jitter rises, and all again later (STR-10)", () => {
		forSeeds((seed) => {
			const model = new BandwidthModel(seed);
			model.run(60);
			model.path.jitter = 150;
			model.run(10);
			assert.ok(model.share < 1, `seed ${seed}`);
			assert.ok(model.share >= 1 / 4, `seed ${seed}`);
			model.path.jitter = 2;
			model.run(120);
			assert.equal(model.share, 1, `seed ${seed}`);
		});
	});

	it("sends fewer pictures when the round trip gets long, and takes a longer route for normal in the end (STR-10)", () => {
		forSeeds((seed) => {
			const model = new BandwidthModel(seed);
			model.run(60);
			model.path.roundTrip = 600;
			model.run(20);
			assert.ok(model.share < 1, `seed ${seed}`);
			model.run(900);
			assert.equal(model.share, 1, `seed ${seed}`);
		});
	});

	it("sends all pictures to a client that never reports (STR-10)", () => {
		const model = new BandwidthModel(1);
		Object.assign(model.path, { interval: 0, loss: 0.2 });
		model.run(3600);
		assert.deepEqual([model.share, model.manager.changes], [1, 0]);
	});

	it("sends fewer pictures when reports stop coming, and all again when they come (RFC 8083)", () => {
		for (const interval of INTERVALS) {
			const model = new BandwidthModel(1);
			model.path.interval = interval;
			model.run(60);
			model.path.interval = 0;
			model.run(12);
			if (interval === 5000) assert.equal(model.share, 1);
			model.run(60);
			assert.ok(model.share < 1 / 2, `${model.share}`);
			model.path.interval = interval;
			model.run(200);
			assert.equal(model.share, 1);
		}
	});

	it("does not take a pause for silence", () => {
		const manager = new BandwidthManager("JPEG", "udp", 30);
		const reception = { at: 0, loss: 0, lost: 0, expected: 100, jitter: 1, roundTrip: 10, probedAt: 0 };
		for (let now = 0; now < 20_000; now += 400) manager.reported(now, reception);
		manager.pause();
		for (let now = 20_000; now < 100_000; now += 1000) manager.tick(now, 0, 0);
		assert.equal(manager.changes, 0);
	});

	for (const capacity of [0.6, 0.4, 0.05]) {
		it(`follows the missed pictures of a connection that carries ${capacity * 100} % (STR-10)`, () => {
			const model = new BandwidthModel(1, "tcp");
			model.path.capacity = capacity * 600;
			model.run(120);
			assert.ok(model.share <= 1.5 * capacity, `${model.share}`);
			const { changes } = model.manager;
			model.meanShare();
			model.run(3600);
			assert.ok(model.meanShare() > 0.7 * capacity);
			assert.ok(model.manager.changes - changes <= 30);
			model.path.capacity = Infinity;
			model.run(400);
			assert.equal(model.share, 1);
		});
	}

	it("ignores reports of a connection, which loses nothing", () => {
		const manager = new BandwidthManager("JPEG", "tcp", 30);
		const reception = { at: 0, loss: 0.5, lost: 9, expected: 100, jitter: 900, roundTrip: 10, probedAt: 0 };
		for (let now = 0; now < 60_000; now += 400) manager.reported(now, reception);
		assert.equal(manager.changes, 0);
	});

	it("asks for lower quality where one picture a second is too much (STR-10)", () => {
		const model = new BandwidthModel(1, "tcp");
		model.path.capacity = 0.02 * 600;
		model.run(300);
		assert.equal(model.share, 1 / 24);
		assert.ok(model.manager.demand >= 3);
	});

	it("sends one picture in N, and goes no lower than about one a second (STR-10)", () => {
		for (const [rate, last] of [
			[30, 24],
			[10, 8],
			[2, 2],
			[1, 1],
			[0, 24],
		]) {
			const model = new BandwidthModel(1, "udp", rate === 0 ? 30 : rate);
			model.manager.rate = rate;
			model.path.loss = 0.5;
			model.run(400);
			assert.equal(model.manager.divisor, last, `${rate} pictures per second`);
			let taken = 0;
			for (let i = 0; i < 10 * last; i++) if (model.manager.takes(true)) taken++;
			assert.equal(taken, 10);
		}
	});

	it("sends key pictures only where H.264 loses too much, and the rest again from a key picture on (STR-10, STR-25)", () => {
		const model = new BandwidthModel(1, "udp", 30, 20, "H264");
		const { manager } = model;
		assert.equal(manager.takes(false), true);
		model.path.loss = 0.2;
		model.run(10);
		assert.deepEqual([manager.keyOnly, manager.divisor, manager.isReduced], [true, 1, true]);
		assert.deepEqual(
			[false, true, false].map((isKey) => manager.takes(isKey)),
			[false, true, false],
		);
		model.path.loss = 0;
		model.run(120);
		assert.deepEqual([manager.keyOnly, manager.isReduced], [false, true]);
		assert.deepEqual(
			[false, true, false].map((isKey) => manager.takes(isKey)),
			[false, true, true],
		);
		assert.equal(manager.isReduced, false);
	});
});
