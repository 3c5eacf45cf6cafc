import assert from "node:assert/strict";
import { median, type Result, type Series } from "../../../tools/bench/succession-measure";
import { longestGap, longestStall, type Probe, parseProbe } from "../../../tools/bench/succession-prober";
import type { Contender, Goal } from "../../../tools/bench/succession-stage";
import { idleLines, machineReadable, tableOf } from "../../../tools/bench/succession-table";

function answers(...times: readonly (readonly [ended: number, who: string])[]): Probe[] {
	return times.map(([ended, who]) => ({ opened: ended - 2, ended, outcome: who === "" ? "no answer" : "ok", who }));
}

function series(goal: Goal | undefined, results: readonly Result[]): Series {
	const contender: Contender = {
		id: "x",
		title: "some cameras",
		disruptions: ["crash"],
		patience: 1,
		rhythm: 1,
		goal: () => goal,
		open: () => Promise.reject(new Error("not to be opened")),
	};
	return { contender, disruption: "crash", results, rebuilt: 0, disturbed: 0 };
}

function run(gap: number, lease?: number): Result {
	return { gap, before: "camera 1", after: "camera 2", stall: 10, ...(lease === undefined ? {} : { lease }) };
}

describe("tools/bench/succession", () => {
	it("reads the prober's lines, and nothing else", () => {
		assert.deepEqual(parseProbe("10.5\t12.25\tok\tcamera 1"), {
			opened: 10.5,
			ended: 12.25,
			outcome: "ok",
			who: "camera 1",
		});
		assert.equal(parseProbe("10.5\t12.25\tECONNREFUSED\t")?.who, "");
		for (const line of ["", "10.5\t12.25\tok", "x\t12\tok\tcamera 1"]) assert.equal(parseProbe(line), undefined, line);
	});

	it("names the camera whose identity is in the realm of the password challenge", () => {
		const nameOf = (id: string): string => (id === "0123456789abcdef" ? "camera 2" : id);
		assert.equal(parseProbe("1\t2\tok\t0123456789abcdef", nameOf)?.who, "camera 2");
		assert.equal(parseProbe("1\t2\tok\tfedcba9876543210", nameOf)?.who, "fedcba9876543210");
		assert.equal(parseProbe("1\t2\tno answer\t", nameOf)?.who, "");
	});

	it("finds the longest gap between good answers, and the cameras before and after it", () => {
		const probes = answers([0, "a"], [10, "a"], [20, ""], [30, ""], [150, "b"], [160, "b"], [200, "b"]);
		assert.deepEqual(longestGap(probes, 0, 300), { length: 140, before: "a", after: "b" });
	});

	it("counts a gap that started before the disruption or reaches beyond the end, and none outside", () => {
		const probes = answers([0, "a"], [100, "a"], [150, "b"], [400, "b"]);
		assert.equal(longestGap(probes, 90, 120)?.length, 100);
		assert.equal(longestGap(probes, 101, 149)?.length, 50);
		assert.equal(longestGap(probes, 101, 150)?.length, 250);
		assert.equal(longestGap(answers([0, "a"], [10, ""]), 0, 100), undefined);
	});

	it("finds how long the prober itself was held up, in whatever order answers came", () => {
		const probes = answers([30, "a"], [12, ""], [22, "a"], [90, "b"], [101, "b"], [400, "b"]);
		assert.equal(longestStall(probes, 0, 200), 60);
		assert.equal(longestStall(probes, 0, 50), 10);
		assert.equal(longestStall([], 0, 50), 0);
	});

	it("takes the mean of the two in the middle as the median of an even number", () => {
		assert.equal(median([5, 1, 3]), 3);
		assert.equal(median([4, 1, 3, 2]), 2.5);
		assert.equal(median([1, Infinity]), Infinity);
		assert.ok(Number.isNaN(median([])));
	});

	const VERDICTS: readonly (readonly [what: string, goal: Goal | undefined, results: Result[], words: RegExp])[] = [
		[
			"a median below the goal",
			{ most: 200 },
			[run(100), run(150), run(900)],
			/\| +3 \| +150 \| +900 \| +200 \| +met \|/,
		],
		["a median above it", { most: 100 }, [run(100), run(150), run(900)], /\| +100 \| +MISSED \|/],
		["no goal", undefined, [run(100)], /\| +100 \| +100 \| +- \| +- \|/],
		["a run in which nobody took over", { most: 100 }, [run(Infinity)], /\| +never \| +never \| +100 \| +MISSED \|/],
		[
			"a goal after the lease",
			{ most: 1000, afterLease: true },
			[run(20_500, 20_000)],
			/\| +lease \+ 1000 \| +met \| +500 \(500\)/,
		],
	];
	for (const [what, goal, results, words] of VERDICTS) {
		it(`prints a row for ${what}`, () => {
			const lines = tableOf([series(goal, results)]);
			assert.match(lines[lines.length - 1], words);
		});
	}

	it("extrapolates the traffic of few and many cameras to 250 on a straight line", () => {
		const lines = idleLines(
			new Map([
				[3, 300],
				[9, 540],
			]),
		); // 40 octets/s more for each
		assert.match(lines[2], /leads to 10180 octets\/s for 250; goal 10000: MISSED/);
		assert.equal(idleLines(new Map()).length, 0);
	});

	it("keeps every run as JSON", () => {
		const text = machineReadable([series(undefined, [run(12), run(Infinity)])], new Map([[3, 300]]));
		const { series: kept, idle } = JSON.parse(text);
		assert.deepEqual([kept[0].results[0].gap, kept[0].results[1].gap, idle["3"]], [12, null, 300]);
	});
});
