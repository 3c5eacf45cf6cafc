import assert from "node:assert/strict";
import { ConsoleLog } from "../../../hosts/node/console-log";
import { escapeControls } from "../../../src/ports/line-log";
import type { LogLevel } from "../../../src/ports/log";

describe("hosts-node/console-log", () => {
	const levels: LogLevel[] = ["error", "warn", "info", "debug"];
	for (const [at, level] of levels.entries()) {
		it(`at ${level} writes ${levels.slice(0, at + 1).join(", ")}`, () => {
			const lines: string[] = [];
			const log = new ConsoleLog(level, { write: (line) => lines.push(line) });
			for (const each of levels) log.write(each, "area", each);
			assert.deepEqual(
				lines.map((line) => line.trim().split(" ").at(-1)),
				levels.slice(0, at + 1),
			);
		});
	}

	it("writes the time, the level, the area and the text on one line", () => {
		const lines: string[] = [];
		new ConsoleLog("info", { write: (line) => lines.push(line) }).write("warn", "gateway", "Küche → 🏠\nforged line");
		assert.match(lines[0], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warn {2}gateway: Küche → 🏠\\x0aforged line\n$/);
	});

	it("does not fill the memory while nothing reads, and says how many lines were lost", () => {
		const lines: string[] = [];
		const to = { writableLength: 0, write: (line: string) => lines.push(line) };
		const log = new ConsoleLog("info", to);
		log.write("info", "area", "first");
		to.writableLength = 1 << 20;
		for (let i = 0; i < 1000; i++) log.write("info", "area", "lost");
		to.writableLength = 1000;
		log.write("info", "area", "last");
		assert.deepEqual(
			lines.map((line) => line.replace(/^\S+Z info {2}area: /, "")),
			["first\n", "1000 log lines were lost: nothing read them\n", "last\n"],
		);
	});

	for (const [text, expected] of [
		["\x1b[2J", "\\x1b[2J"],
		["\r\n\t\0\x7f\x9b", "\\x0d\\x0a\\x09\\x00\\x7f\\x9b"],
		["a\u202eb\u2028c\u2066", "a\\u202eb\\u2028c\\u2066"],
		["ordinary äöü 東京 🏠", "ordinary äöü 東京 🏠"],
	]) {
		it(`writes ${expected}`, () => assert.equal(escapeControls(text), expected));
	}
});
