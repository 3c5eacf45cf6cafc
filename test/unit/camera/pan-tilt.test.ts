import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { PanTilt } from "../../../src/camera/pan-tilt";
import { PRESET_TEXT_MAX, PRESETS_MAX } from "../../../src/camera/preset-list";
import { ToyDrive, ToyMemory, Turning } from "./toy-drive";

const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "50");
const PATROL = "patrol on\n-40 0 left\n0 20 up\n40 0 right\n";

describe("camera/pan-tilt", () => {
	it("turns at the set speed, in steps of 40 ms, in a straight line (IMG-18)", () => {
		const camera = new Turning();
		assert.equal(camera.panTilt.moveTo(camera.now, 24, -12), true);
		assert.deepEqual([camera.drive.told, camera.panTilt.state.moving], [[], true]);
		camera.pass(40);
		assert.deepEqual(camera.view, [2.4, -1.2]);
		camera.pass(160);
		assert.deepEqual(camera.view, [12, -6]);
		camera.pass(199);
		assert.equal(camera.panTilt.state.moving, true);
		camera.pass(1);
		assert.deepEqual([camera.view, camera.panTilt.state.moving], [[24, -12], false]);
		assert.equal(camera.drive.told.length, 10);
		assert.equal(camera.panTilt.deadline, Infinity);
	});

	it("turns at once when the speed is 0", () => {
		const camera = new Turning(undefined, { speed: 0 });
		camera.panTilt.moveTo(camera.now, 24, -12);
		assert.deepEqual(camera.drive.told, [[24, -12]]);
		assert.deepEqual([camera.panTilt.state.moving, camera.panTilt.deadline], [false, Infinity]);
	});

	for (const [what, options, limits, reached] of [
		["the drive's own limits", {}, [45, 30], [45, -30]],
		["narrower limits of the settings", { panLimit: 20, tiltLimit: 5 }, [20, 5], [20, -5]],
		["a limit of 0, which fixes one axis", { tiltLimit: 0 }, [45, 0], [45, 0]],
	] as const) {
		it(`does not turn beyond ${what}`, () => {
			const camera = new Turning(undefined, options);
			const { panLimit, tiltLimit } = camera.panTilt.state;
			assert.deepEqual([panLimit, tiltLimit], limits);
			camera.panTilt.moveTo(camera.now, 1000, -1000);
			camera.pass(5000);
			assert.deepEqual(camera.view, reached);
			camera.panTilt.moveBy(camera.now, 10, -10);
			camera.pass(5000);
			assert.deepEqual(camera.view, reached);
		});
	}

	it("adds up relative moves that arrive while it is turning", () => {
		const camera = new Turning();
		for (let i = 0; i < 3; i++) camera.panTilt.moveBy(camera.now, 10, -5);
		camera.pass(1000);
		assert.deepEqual(camera.view, [30, -15]);
	});

	it("turns no faster when it is asked repeatedly", () => {
		const camera = new Turning();
		for (let i = 0; i < 100; i++) {
			camera.panTilt.moveTo(camera.now, i % 2 === 0 ? 45 : 44, 0);
			camera.pass(2);
		}
		assert.ok(camera.view[0] <= 12 && camera.view[0] > 10, `${camera.view[0]} degrees in 200 ms`);
	});

	it("does not stop the other axis when one angle is given", () => {
		const camera = new Turning();
		camera.panTilt.moveTo(camera.now, 30, 20);
		camera.pass(100);
		camera.panTilt.moveTo(camera.now, undefined, -20);
		camera.pass(5000);
		assert.deepEqual(camera.view, [30, -20]);
	});

	it("looks straight ahead at home, and stops where it is on stop", () => {
		const camera = new Turning();
		camera.panTilt.moveTo(camera.now, 45, 30);
		camera.pass(400);
		assert.equal(camera.panTilt.stop(), true);
		camera.pass(5000);
		assert.deepEqual([camera.view, camera.panTilt.deadline], [[24, 16], Infinity]);
		camera.panTilt.home(camera.now);
		camera.pass(5000);
		assert.deepEqual(camera.view, [0, 0]);
	});

	it("refuses angles that are not finite numbers, and continues as before", () => {
		const camera = new Turning();
		camera.panTilt.moveTo(camera.now, 30, 0);
		for (const wrong of [NaN, Infinity, -Infinity]) {
			assert.equal(camera.panTilt.moveTo(camera.now, wrong, 0), false);
			assert.equal(camera.panTilt.moveTo(camera.now, 0, wrong), false);
			assert.equal(camera.panTilt.moveBy(camera.now, 0, wrong), false);
		}
		camera.pass(5000);
		assert.deepEqual(camera.view, [30, 0]);
	});

	it("returns false without a drive, and does not change its stored presets", () => {
		const memory = new ToyMemory(PATROL);
		const camera = new Turning(new ToyDrive(0, 0), {}, memory);
		const { panTilt, now } = camera;
		for (const answer of [
			...[panTilt.moveTo(now, 1, 1), panTilt.moveBy(now, 1, 1), panTilt.home(now), panTilt.stop()],
			...[panTilt.savePreset("a"), panTilt.removePreset("left"), panTilt.goTo(now, "left")],
			...[panTilt.patrol(now, true), panTilt.patrol(now, false), panTilt.canMove],
		])
			assert.equal(answer, false);
		panTilt.expire(now);
		assert.deepEqual([camera.drive.told, panTilt.deadline, memory.writes], [[], Infinity, 0]);
		assert.deepEqual(panTilt.state, {
			...{ pan: 0, tilt: 0, panLimit: 0, tiltLimit: 0, moving: false, speed: 60 },
			...{ presets: [], patrol: { on: false, dwell: 10 } },
		});
	});

	it("starts at the position that the drive reports", () => {
		const camera = new Turning();
		camera.drive.pan = -20;
		assert.deepEqual(camera.view, [-20, 0]);
		camera.panTilt.moveBy(camera.now, 5, 0);
		camera.pass(40);
		assert.deepEqual(camera.drive.told, [[-17.6, 0]]);
	});

	it("does not fight against a drive that is turned by hand, at rest or while turning (IMG-18)", () => {
		const camera = new Turning();
		camera.panTilt.moveTo(camera.now, 12, 0);
		camera.pass(1000);
		camera.drive.pan = -30;
		camera.pass(60_000);
		assert.deepEqual([camera.view, camera.drive.told.length], [[-30, 0], 5]);
		camera.panTilt.moveTo(camera.now, 40, 0);
		camera.pass(200);
		camera.drive.pan = -45;
		camera.pass(60_000);
		assert.deepEqual([camera.view, camera.panTilt.state.moving], [[-45, 0], false]);
	});

	it("stops with a drive that is slow, stuck or reports nonsense", () => {
		for (const angle of [0, 3, NaN]) {
			const stuck = new ToyDrive();
			let told = 0;
			stuck.moveTo = () => {
				stuck.pan = angle;
				told++;
			};
			const camera = new Turning(stuck);
			camera.panTilt.moveTo(camera.now, 45, 0);
			camera.pass(5000);
			assert.deepEqual([camera.panTilt.state.moving, told], [false, 19]);
			assert.ok(Number.isFinite(camera.panTilt.state.pan));
		}
	});

	describe("presets", () => {
		it("saves its direction under a name, goes there, changes it and removes it (IMG-18)", () => {
			const camera = new Turning(undefined, { speed: 0 });
			const { panTilt, now } = camera;
			panTilt.moveTo(now, 12.3456, -7);
			assert.equal(panTilt.savePreset("Tür"), true);
			assert.equal(panTilt.goTo(now, "door"), false);
			panTilt.home(now);
			assert.equal(panTilt.goTo(now, "Tür"), true);
			assert.deepEqual(camera.view, [12.35, -7]);
			panTilt.moveTo(now, -1, -2);
			panTilt.savePreset("Tür");
			assert.deepEqual(panTilt.state.presets, [{ name: "Tür", pan: -1, tilt: -2 }]);
			assert.equal(panTilt.removePreset("Tür"), true);
			assert.equal(panTilt.removePreset("Tür"), false);
			assert.deepEqual(panTilt.state.presets, []);
		});

		it("restores presets after a restart, clamped to the limits then", () => {
			const camera = new Turning(undefined, { speed: 0 });
			camera.panTilt.moveTo(camera.now, 40, 10);
			camera.panTilt.savePreset("street");
			const later = new Turning(undefined, { speed: 0, panLimit: 15 }, camera.memory);
			assert.deepEqual(later.panTilt.state.presets, [{ name: "street", pan: 40, tilt: 10 }]);
			assert.equal(later.panTilt.goTo(later.now, "street"), true);
			assert.deepEqual(later.view, [15, 10]);
		});
	});

	describe("patrol", () => {
		/** The positions at which the camera rests, sampled every second. */
		function rests(camera: Turning, seconds: number): string[] {
			const places: string[] = [];
			for (let i = 0; i < seconds; i++) {
				camera.pass(1000);
				const { moving, pan, tilt, presets } = camera.panTilt.state;
				const place = presets.find((preset) => preset.pan === pan && preset.tilt === tilt)?.name ?? "elsewhere";
				if (!moving && places.at(-1) !== place) places.push(place);
			}
			return places;
		}

		function begun(): Turning {
			const camera = new Turning(undefined, {}, new ToyMemory(PATROL.replace("on", "off")));
			assert.equal(camera.panTilt.patrol(camera.now, true), true);
			return camera;
		}

		it("visits the presets in order, stays at each for the set time, and starts over", () => {
			const camera = begun();
			camera.pass(680);
			assert.deepEqual(camera.view, [-40, 0]);
			camera.pass(9999);
			assert.deepEqual([camera.view, camera.panTilt.state.moving], [[-40, 0], false]);
			camera.pass(1);
			assert.equal(camera.panTilt.state.moving, true);
			assert.deepEqual(rests(camera, 60), ["up", "right", "left", "up", "right", "left"]);
			assert.deepEqual(camera.panTilt.state.patrol, { on: true, dwell: 10 });
		});

		it("does not start without a preset", () => {
			const camera = new Turning();
			assert.equal(camera.panTilt.patrol(camera.now, true), false);
			assert.equal(camera.panTilt.patrol(camera.now, false), true);
			assert.deepEqual([camera.panTilt.deadline, camera.memory.writes], [Infinity, 0]);
		});

		const ends: readonly [string, (camera: Turning) => unknown][] = [
			["turns the camera by degrees", ({ panTilt, now }) => panTilt.moveBy(now, 1, 1)],
			["turns it to an angle", ({ panTilt, now }) => panTilt.moveTo(now, 1, undefined)],
			["sends it home", ({ panTilt, now }) => panTilt.home(now)],
			["sends it to a preset", ({ panTilt, now }) => panTilt.goTo(now, "up")],
			["stops it", ({ panTilt }) => panTilt.stop()],
			["ends it", ({ panTilt, now }) => panTilt.patrol(now, false)],
		];
		for (const [what, act] of ends) {
			it(`ends when the user ${what}, and does not start again after a restart`, () => {
				for (const moment of [100, 5000]) {
					const camera = begun();
					camera.pass(moment);
					assert.equal(act(camera), true);
					camera.pass(2000);
					const [view, told] = [camera.view, camera.drive.told.length];
					camera.pass(100_000);
					assert.deepEqual([camera.view, camera.drive.told.length], [view, told]);
					assert.equal(camera.panTilt.state.patrol.on, false);
					assert.equal(camera.panTilt.deadline, Infinity);
					assert.equal(new Turning(undefined, {}, camera.memory).panTilt.deadline, Infinity);
				}
			});
		}

		it("continues with the preset where it ended", () => {
			const camera = begun();
			camera.pass(12_000);
			assert.deepEqual(camera.view, [0, 20]);
			camera.panTilt.home(camera.now);
			camera.pass(60_000);
			camera.panTilt.patrol(camera.now, true);
			assert.deepEqual(rests(camera, 13), ["right", "left"]);
		});

		it("continues by itself after a restart", () => {
			const camera = begun();
			camera.pass(5000);
			const later = new Turning(undefined, {}, new ToyMemory(camera.memory.text));
			assert.equal(later.panTilt.state.patrol.on, true);
			assert.deepEqual(rests(later, 25), ["left", "up", "right"]);
			assert.equal(later.memory.writes, 0);
		});

		it("ends when the camera is turned by hand while it is turning", () => {
			const camera = begun();
			camera.pass(11_000);
			camera.drive.pan = 44;
			camera.drive.tilt = -30;
			camera.pass(100_000);
			assert.deepEqual([camera.view, camera.panTilt.state.patrol.on], [[44, -30], false]);
		});

		it("follows presets that are added and removed meanwhile", () => {
			const camera = begun();
			camera.pass(100);
			// It is turning there.
			camera.panTilt.removePreset("left");
			assert.deepEqual(rests(camera, 24), ["elsewhere", "up", "right"]);
			camera.panTilt.savePreset("again right");
			camera.panTilt.removePreset("up");
			assert.deepEqual(rests(camera, 12), ["right"]);
			camera.panTilt.removePreset("right");
			camera.panTilt.removePreset("again right");
			assert.equal(camera.panTilt.state.patrol.on, false);
			camera.pass(5000);
			assert.equal(camera.panTilt.deadline, Infinity);
		});
	});

	it(`keeps its guarantees for any sequence of calls, however late it is called, for ${SEEDS} seeds`, () => {
		for (let seed = 1; seed <= SEEDS; seed++) live(seed);
	});
});

/** Calls a few hundred random operations, and checks the invariants after each. */
function live(seed: number): void {
	const random = new Prng(seed);
	const speed = 1 + random.below(360);
	const options = { panLimit: random.below(60), tiltLimit: random.below(40), speed, dwell: 1 + random.below(20) };
	const camera = new Turning(new ToyDrive(), options);
	const { drive, memory, panTilt } = camera;
	const angle = () => (random.unit() - 0.5) * 200;
	const name = () => `preset ${random.below(20)}`;
	const acts = [
		() => panTilt.moveTo(camera.now, angle(), random.chance(0.5) ? angle() : undefined),
		() => panTilt.moveBy(camera.now, angle() / 10, angle() / 10),
		() => panTilt.home(camera.now),
		() => panTilt.stop(),
		() => panTilt.savePreset(name()),
		() => panTilt.removePreset(name()),
		() => panTilt.goTo(camera.now, name()),
		() => panTilt.patrol(camera.now, random.chance(0.7)),
	];
	for (let i = 0; i < 300; i++) {
		acts[random.below(acts.length)]();
		camera.pass(random.below(3000), () => (random.chance(0.1) ? random.below(500) : 0));
		const where = `seed ${seed}, act ${i}`;
		const { state } = panTilt;
		assert.ok(Math.abs(state.pan) <= panTilt.panLimit && Math.abs(state.tilt) <= panTilt.tiltLimit, where);
		assert.ok(state.presets.length <= PRESETS_MAX && (memory.text ?? "").length <= PRESET_TEXT_MAX, where);
		assert.ok(!state.patrol.on || state.presets.length > 0, where);
		assert.equal(panTilt.deadline === Infinity, !state.moving && !state.patrol.on, where);
		const again = new PanTilt(new ToyDrive(), { panLimit: 90, tiltLimit: 90, speed, dwell: 1 }, memory).state;
		if (panTilt.canMove) assert.deepEqual([again.presets, again.patrol.on], [state.presets, state.patrol.on], where);
	}
	const step = (speed * 80) / 1000 + 0.002;
	for (let i = 1; i < drive.told.length; i++) {
		const [[pan, tilt], [nextPan, nextTilt]] = [drive.told[i - 1], drive.told[i]];
		assert.ok(Math.abs(nextPan - pan) <= step && Math.abs(nextTilt - tilt) <= step, `seed ${seed}, step ${i}`);
	}
	panTilt.stop();
	panTilt.moveTo(camera.now, 10, 10);
	camera.pass(1000 + (2 * 70_000) / speed);
	assert.deepEqual(camera.view, [Math.min(10, panTilt.panLimit), Math.min(10, panTilt.tiltLimit)], `seed ${seed}`);
}
