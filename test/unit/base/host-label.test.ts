import assert from "node:assert/strict";
import { hostLabel, hostNamesOf } from "../../../src/base/host-label";

describe("base/host-label", () => {
	for (const [text, label] of [
		["Front door", "front-door"],
		["camera 1", "camera-1"],
		["Küche 2.0", "k-che-2-0"],
		["--a--b--", "a-b"],
		["Haus\u0000.local", "haus-local"],
		["玄関", "porthole"],
		["", "porthole"],
	]) {
		it(`makes ${JSON.stringify(label)} of ${JSON.stringify(text)}`, () =>
			assert.equal(hostLabel(text, "porthole"), label));
	}

	it("keeps to 63 letters, with no hyphen at the end", () => {
		for (let n = 55; n < 70; n++) {
			const label = hostLabel(`${"a".repeat(n)} b c d e f`, "x");
			assert.ok(label.length <= 63 && !label.endsWith("-"), label);
		}
	});

	for (const [name, names] of [
		["Kitchen", ["kitchen", "kitchen.local"]],
		["nas.example.org", ["nas.example.org", "nas", "nas.local"]],
		["pi.local", ["pi", "pi.local"]],
		["", []],
		[".local", []],
	] as const) {
		it(`finds the names of ${JSON.stringify(name)}: ${names.join(", ") || "none"}`, () => {
			assert.deepEqual(hostNamesOf(name), names);
		});
	}
});
