import assert from "node:assert/strict";
import { metricsText } from "../../../../src/app/system/metrics-text";

describe("app/system/metrics-text", () => {
	it("writes a heading for each name, and the value", () => {
		const text = metricsText([
			["frames_total", "counter", "Pictures taken", 3],
			["viewers", "gauge", "Viewers", 0.5],
		]);
		const expected = [
			"# HELP porthole_frames_total Pictures taken.",
			"# TYPE porthole_frames_total counter",
			"porthole_frames_total 3",
			"# HELP porthole_viewers Viewers.",
			"# TYPE porthole_viewers gauge",
			"porthole_viewers 0.5",
			"",
		];
		assert.equal(text, expected.join("\n"));
	});

	it("writes one heading for values that labels distinguish", () => {
		const labelled = (path: string, count: number) =>
			["links", "gauge", "Links", count, [["path", path] as const, ["kind", "x"] as const]] as const;
		const [, , ...lines] = metricsText([labelled("lan", 1), labelled("punched", 2)]).split("\n");
		assert.deepEqual(lines, ['porthole_links{path="lan",kind="x"} 1', 'porthole_links{path="punched",kind="x"} 2', ""]);
	});

	it("escapes labels, so that a camera's name cannot add a line", () => {
		const name = 'a"} 1\nporthole_up{x="\\';
		const [, , line, rest] = metricsText([["camera", "gauge", "A camera", 1, [["name", name]]]]).split("\n");
		assert.equal(line, 'porthole_camera{name="a\\"} 1\\nporthole_up{x=\\"\\\\"} 1');
		assert.equal(rest, "");
	});
});
