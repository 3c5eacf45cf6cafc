import assert from "node:assert/strict";
import { BUDGETS, judge, type SceneSize } from "../../../tools/xs-size";

const fine: SceneSize = {
	members: 20,
	representative: true,
	delivered: 4,
	players: 0,
	page: 15_000,
	login: 7000,
	idle: { slots: 1000, chunks: 10_000 },
	fleet: { slots: 1500, chunks: 15_000 },
	full: { slots: BUDGETS[0].slots, chunks: BUDGETS[0].chunks },
	modules: { slots: 13_000, chunks: 300_000 },
	frameBuffers: 99_072,
	slotsPerFrame: BUDGETS[0].slotsPerFrame,
	slotsPerFrameAndViewer: 0,
	slotsPerFrameStreamed: 0,
	slotsPerAnnouncement: BUDGETS[0].slotsPerAnnouncement,
	slotsPerSealedAnnouncement: BUDGETS[0].slotsPerAnnouncement,
};

describe("tools/xs-size", () => {
	it("accepts a scene that is just within its budget", () => {
		assert.deepEqual(judge(fine, BUDGETS[0]), []);
	});

	const cases: [string, Partial<SceneSize>, RegExp][] = [
		["slots", { full: { slots: BUDGETS[0].slots + 1, chunks: 0 } }, /slots: 4001, at most 4000/],
		["chunks", { full: { slots: 0, chunks: BUDGETS[0].chunks + 1 } }, /octets of chunks: 60001/],
		["garbage a frame", { slotsPerFrame: 17 }, /slots a frame: 17/],
		["garbage a frame and viewer", { slotsPerFrameAndViewer: 0.25 }, /slots a frame and viewer: 0.25, at most 0/],
		["garbage an announcement", { slotsPerAnnouncement: 2000 }, /slots an announcement: 2000/],
		["garbage a sealed announcement", { slotsPerSealedAnnouncement: 2000 }, /slots a sealed announcement: 2000/],
		["a number that is none", { slotsPerFrame: Number.NaN }, /slots a frame: NaN/],
		["a scene that was not played: members", { members: 19 }, /knew 19 cameras/],
		["a scene that was not played: role", { representative: false }, /not the representative/],
		["a scene that was not played: viewers", { delivered: 3 }, /3 viewers got all frames/],
		["garbage a frame for players", { slotsPerFrameStreamed: 1 }, /slots a frame for players: 1, at most 0/],
		["a scene that was not played: players", { players: 1 }, /1 players got all frames/],
		["a scene that was not played: pages", { page: 0 }, /pages had 0 octets/],
		["a scene that was not played: a stranger", { login: 400 }, /the stranger got 400 octets/],
	];
	for (const [name, change, words] of cases) {
		it(`refuses ${name}`, () => {
			const faults = judge({ ...fine, ...change }, BUDGETS[0]);
			assert.equal(faults.length, 1, faults.join("\n"));
			assert.match(faults[0], words);
		});
	}
});
