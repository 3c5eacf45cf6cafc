import assert from "node:assert/strict";
import { isColourful, lineFormFor, terminalLine } from "../../../src/ports/line-form";
import { LineLog } from "../../../src/ports/line-log";

describe("ports/line-form", () => {
	const time = new Date(2026, 10, 27, 7, 4, 9);

	it("shows the local time of the day at a terminal", () => {
		assert.equal(terminalLine(time, "warn", "web", "text", false), "07:04:09 warn  web: text");
	});

	it("colours warnings and errors, and nothing that is ordinary", () => {
		assert.equal(terminalLine(time, "error", "web", "text", true), "\x1b[31m07:04:09 error web: text\x1b[0m");
		assert.equal(terminalLine(time, "warn", "web", "text", true), "\x1b[33m07:04:09 warn  web: text\x1b[0m");
		assert.equal(terminalLine(time, "info", "web", "text", true), "07:04:09 info  web: text");
	});

	it("gives the journal priorities and no second time", () => {
		const form = lineFormFor("journal", true);
		assert.equal(form?.("error", "web", "text"), "<3>web: text");
		assert.equal(form?.("debug", "web", "text"), "<7>web: text");
	});

	it("leaves files as they are", () => assert.equal(lineFormFor("other", true), undefined));

	it("lets no text of the network forge a line or a colour, whatever the form", () => {
		for (const reader of ["terminal", "journal", "other"] as const) {
			const lines: string[] = [];
			const log = new LineLog("info", (line) => lines.push(line), lineFormFor(reader, true));
			log.write("info", "web", "\x1b[31mred\n<0>forged");
			assert.equal(lines.length, 1);
			assert.match(lines[0], /web: \\x1b\[31mred\\x0a<0>forged\n$/);
		}
	});

	for (const [variables, expected] of [
		[{}, true],
		[{ NO_COLOR: "1" }, false],
		[{ NO_COLOR: "" }, true],
		[{ TERM: "dumb" }, false],
		[{ TERM: "xterm" }, true],
	] as const) {
		it(`${expected ? "uses" : "uses no"} colours with ${JSON.stringify(variables)}`, () => {
			const all = new Map<string, string>(Object.entries(variables));
			assert.equal(
				isColourful((name) => all.get(name)),
				expected,
			);
		});
	}
});
