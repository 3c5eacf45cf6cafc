import assert from "node:assert/strict";
import { MOTION_DEFAULTS, type MotionSettings } from "../../src/storage/motion/motion-settings";
import { MotionWatch } from "../../src/storage/motion/motion-watch";
import { type Figure, type Moment, MotionScene } from "../support/motion-scene";

const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? 2);
const STEP = 200;
const MINUTE = 60_000;

/** A moment of a scene, by its time in milliseconds and the seed. */
type Script = (at: number, seed: number) => Moment;

/** What a scene brought. */
interface Outcome {
	/** Events as spans of time. */
	readonly events: { readonly from: number; to: number; readonly label: string }[];
	readonly peak: number;
}

function play(seed: number, length: number, script: Script, settings: Partial<MotionSettings> = {}): Outcome {
	const scene = new MotionScene(seed);
	const watch = new MotionWatch({ ...MOTION_DEFAULTS, ...settings });
	const events: { from: number; to: number; label: string }[] = [];
	let peak = 0;
	for (let at = 0; at < length; at += STEP) {
		const news = watch.take(at, at, scene.shoot(script(at, seed)));
		if (news === "began") events.push({ from: watch.from, to: length, label: watch.label });
		if (news === "ended") events[events.length - 1].to = watch.to;
		peak = Math.max(peak, watch.detector.score);
	}
	return { events, peak };
}

/** A figure that walks from the left to the right, `blocks` wide, between two times. */
function walker(at: number, from: number, to: number, size: number, brightness: number, bottom = 55): Figure[] {
	if (at < from || at >= to) return [];
	const x = -size + ((80 + size) * (at - from)) / (to - from);
	const height = 2.6 * size;
	const sway = Math.sin(at / 150);
	return [
		{ x, y: bottom - height, width: size, height: height * 0.55, brightness },
		{
			x: x + size * (0.3 + 0.25 * sway),
			y: bottom - height * 0.45,
			width: size * 0.4,
			height: height * 0.45,
			brightness,
		},
	];
}

describe("simulation/motion-scenes", () => {
	/** Scenes without anything that moves: no event is allowed, or so many in all seeds together. */
	const quiet: readonly [name: string, script: Script, settings?: Partial<MotionSettings>][] = [
		["a quiet day", () => ({})],
		[
			"noise that rises at dusk",
			(at) => ({
				light: () => 1 - (0.8 * at) / (3 * MINUTE),
				noise: 3 + (17 * at) / (3 * MINUTE),
				blotches: (3 * at) / (3 * MINUTE),
			}),
		],
		[
			"a night full of noise, at high sensitivity",
			() => ({ light: () => 0.25, noise: 20, blotches: 2.5 }),
			{ sensitivity: 80 },
		],
		["a lamp in the room that is switched on and off", (at) => ({ light: () => (at % 60_000 < 30_000 ? 0.5 : 1) })],
		[
			"a garden light that comes on in a part of the picture",
			(at) => ({
				light: (column) => (at % 60_000 < 30_000 ? 0.3 : 0.3 + 0.7 * Math.exp(-(((column - 40) / 25) ** 2))),
			}),
		],
		[
			"infrared light with an exposure that takes two seconds to settle",
			(at) => ({
				light: (column, row) => {
					const since = at % 60_000;
					const infrared = 1.2 * Math.exp(-(((column - 40) / 30) ** 2) - ((row - 30) / 25) ** 2);
					return since < 30_000 ? 0.4 : (0.2 + infrared) * (1 + Math.exp(-(since - 30_000) / 500));
				},
			}),
		],
		["automatic exposure that hunts", (at) => ({ light: () => 1 + 0.25 * Math.sin(at / 1500) })],
		[
			"clouds whose shadows cross the picture",
			(at, seed) => ({
				light: (column) => {
					const edge = ((at / 1000) * (6 + (seed % 5)) - 40) % 240;
					const behind = smooth((edge - column) / 10) * smooth((column + 90 - edge) / 10);
					return 1 - 0.45 * behind;
				},
			}),
		],
		[
			"sun on a fence: a sharp shadow that creeps",
			(at) => ({
				light: (column, row) =>
					row > 20 ? 1 - 0.45 * smooth(4 * Math.abs((((column + at / 40_000) % 8) - 4) / 4) - 1.5) : 1,
			}),
		],
		["rain", () => ({ noise: 14, blotches: 1.5 })],
	];
	for (const [name, script, settings] of quiet) {
		it(`reports no motion in ${name} (STR-26)`, () => {
			for (let seed = 1; seed <= SEEDS; seed++) {
				const { events } = play(seed, 3 * MINUTE, script, settings);
				assert.deepEqual(events, [], `seed ${seed}`);
			}
		});
	}

	it("gets used to leaves in the wind, and still sees a person walk by (STR-26)", () => {
		let early = 0;
		for (let seed = 1; seed <= SEEDS; seed++) {
			const { events } = play(seed, 4 * MINUTE, (at) => ({
				wind: (column, row) => (column > 50 && row < 35 ? 22 * (0.6 + 0.4 * Math.sin(at / 4000)) : 0),
				figures: walker(at, 200_000, 208_000, 5, 40),
			}));
			early += events.filter(({ from }) => from < 60_000).length;
			assert.equal(events.filter(({ from }) => from >= 60_000 && from < 199_000).length, 0, `seed ${seed}`);
			assert.equal(events.filter(({ from }) => from >= 200_000 && from < 208_000).length, 1, `seed ${seed}`);
		}
		assert.ok(early <= SEEDS, `${early} false alarms in the first minute`);
	});

	const figures: readonly [name: string, size: number, brightness: number, moment: (at: number) => Moment][] = [
		["a dark figure near by", 12, 30, () => ({})],
		["a figure in the middle distance", 5, 35, () => ({})],
		["a figure far away", 2.5, 20, () => ({})],
		["a bright figure", 5, 225, () => ({})],
		["a figure of little contrast", 8, 118, () => ({})],
		["a figure at night", 6, 200, () => ({ light: () => 0.3, noise: 15, blotches: 2 })],
		["a figure while the exposure hunts", 5, 35, (at) => ({ light: () => 1 + 0.25 * Math.sin(at / 1500) })],
		[
			"a figure in the shadow of clouds",
			6,
			30,
			(at) => ({ light: (column) => 1 - 0.4 * smooth(((at / 1000) * 8 - 200 - column) / 10) }),
		],
		["a figure that fills half the picture", 24, 40, () => ({})],
	];
	for (const [name, size, brightness, moment] of figures) {
		it(`reports ${name} as one event while it is there (STR-26)`, () => {
			for (let seed = 1; seed <= SEEDS; seed++) {
				const from = 30_000;
				const to = 42_000;
				const { events, peak } = play(seed, 80_000, (at) => ({
					...moment(at),
					figures: walker(at, from, to, size, brightness),
				}));
				assert.equal(events.length, 1, `seed ${seed}: ${JSON.stringify(events)}`);
				const [event] = events;
				assert.ok(event.from >= from && event.from < from + 4000, `seed ${seed}: from ${event.from}`);
				assert.ok(event.to > to - 4000 && event.to < to + 2000, `seed ${seed}: to ${event.to}`);
				assert.ok(peak >= 1 || size < 4, `seed ${seed}: score ${peak}`);
			}
		});
	}

	it("sees a figure soon after the light was switched on", () => {
		for (let seed = 1; seed <= SEEDS; seed++) {
			const { events } = play(seed, MINUTE, (at) => ({
				light: () => (at < 30_000 ? 0.2 : 1),
				figures: walker(at, 30_000, 40_000, 6, 30),
			}));
			assert.equal(events.length, 1, `seed ${seed}`);
			assert.ok(events[0].from < 34_000, `seed ${seed}: ${events[0].from}`);
		}
	});

	it("counts motion only in zones that are watched, says in which, and never in ignored ones (STR-26)", () => {
		const zones = [
			{ name: "Door", isIgnored: false, left: 60, top: 50, right: 80, bottom: 100 },
			{ name: "Street", isIgnored: false, left: 0, top: 0, right: 100, bottom: 20 },
			{ name: "", isIgnored: true, left: 0, top: 80, right: 100, bottom: 100 },
		];
		const settings = { zones };
		const near = play(1, MINUTE, (at) => ({ figures: walker(at, 30_000, 40_000, 5, 30) }), settings);
		assert.deepEqual(
			near.events.map(({ label }) => label),
			["Door"],
		);
		assert.ok(near.events[0].from > 35_000, "it is at the door after 60 % of its way");
		const far = play(1, MINUTE, (at) => ({ figures: walker(at, 30_000, 40_000, 4, 30, 11) }), settings);
		assert.deepEqual(
			far.events.map(({ label }) => label),
			["Street"],
		);
		const low = play(1, MINUTE, (at) => ({ figures: walker(at, 30_000, 40_000, 4, 30, 59.5) }), settings);
		assert.deepEqual(low.events, [], "the ignored zone covers it");
	});

	it("finds smaller changes with more sensitivity, and larger things only with a larger area", () => {
		const faint: Script = (at) => ({ figures: walker(at, 30_000, 40_000, 6, 106) });
		const shares = [10, 50, 90].map((sensitivity) => {
			let seen = 0;
			for (let seed = 1; seed <= SEEDS; seed++)
				seen += play(seed, MINUTE, faint, { sensitivity }).events.length > 0 ? 1 : 0;
			return seen;
		});
		assert.ok(shares[0] <= shares[1] && shares[1] <= shares[2] && shares[2] === SEEDS, shares.join());
		const figure: Script = (at) => ({ figures: walker(at, 30_000, 40_000, 5, 30) });
		assert.equal(play(1, MINUTE, figure, { area: 30 }).events.length, 0);
		assert.equal(play(1, MINUTE, figure, { area: 5 }).events.length, 1);
	});
});

/** 0 below 0, 1 above 1, smooth in between. */
function smooth(x: number): number {
	const t = Math.max(0, Math.min(1, x));
	return t * t * (3 - 2 * t);
}
