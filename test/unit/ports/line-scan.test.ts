import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { latin1, utf8Encode } from "../../../src/base/text";
import type { FileSink, OpenFile } from "../../../src/ports/files";
import { LineScan } from "../../../src/ports/line-scan";

const LINE_MAX = 100;

/** What a scan has told. */
interface Seen {
	readonly lines: string[];
	/** The offsets of their ends. */
	readonly ends: number[];
	fault: string | undefined;
	skipped: number;
	isClosed: boolean;
}

/** Scans a text; lines that begin with `!` are not valid. @param broken the reads fail from this offset on */
function scan(text: string, end = text.length, broken = Infinity): Seen {
	const bytes = utf8Encode(text);
	const seen: Seen = { lines: [], ends: [], fault: undefined, skipped: -1, isClosed: false };
	const answers: (() => void)[] = [];
	const file = {
		read(at: number, into: Uint8Array, start: number, to: number, sink: FileSink) {
			answers.push(() => {
				if (at + to - start > broken) return sink.failed("read", "failed", "the medium fails");
				const piece = bytes.subarray(at, at + to - start);
				into.set(piece, start);
				sink.completed("read", piece.length);
			});
		},
		close() {
			seen.isClosed = true;
		},
	} as unknown as OpenFile;
	new LineScan(
		file,
		end,
		LINE_MAX,
		(line, from, to, at) => {
			const shown = latin1(line, from, to);
			if (shown[0] === "!") return false;
			seen.lines.push(shown);
			seen.ends.push(at);
			return true;
		},
		(fault, skipped) => {
			seen.fault = fault;
			seen.skipped = skipped;
		},
	);
	for (let answer = answers.shift(); answer !== undefined; answer = answers.shift()) answer();
	return seen;
}

describe("ports/line-scan", () => {
	const cases: [title: string, text: string, lines: string[], skipped: number][] = [
		["an empty file", "", [], 0],
		["lines", "one\ntwo\n", ["one", "two"], 0],
		["a last line without its end", "one\ntw", ["one", "tw"], 0],
		["empty lines", "\none\n\n\ntwo\n", ["one", "two"], 0],
		["a line that is not valid", "one\n!two\nthree\n", ["one", "three"], 1],
		["a line of the greatest length", `${"x".repeat(LINE_MAX)}\none\n`, ["x".repeat(LINE_MAX), "one"], 0],
		["a line that is too long", `${"x".repeat(LINE_MAX + 1)}\none\n`, ["one"], 1],
		["a line that is longer than what is read at a time", `one\n${"x".repeat(50_000)}\ntwo\n`, ["one", "two"], 1],
		["a last line that is too long", `one\n${"x".repeat(50_000)}`, ["one"], 1],
	];
	for (const [title, text, lines, skipped] of cases) {
		it(`reads ${title}`, () => {
			assert.deepEqual(scan(text), { ...scan(text), lines, skipped, fault: undefined, isClosed: true });
		});
	}

	it("tells the offset of the end of each line", () => {
		assert.deepEqual(scan("one\n\nthree\n").ends, [3, 10]);
	});

	it("reads no further than it is told", () => {
		assert.deepEqual(scan("one\ntwo\nthree\n", 7).lines, ["one", "two"]);
	});

	it("closes the file and tells the fault when the medium fails", () => {
		const { lines, fault, isClosed } = scan(`one\n${"two\n".repeat(10_000)}`, undefined, 20_000);
		assert.equal(lines[0], "one");
		assert.deepEqual([fault, isClosed], ["the medium fails", true]);
	});

	it("finds the same lines wherever the pieces that it reads begin", () => {
		const random = new Prng(7);
		for (let round = 0; round < 20; round++) {
			const lines: string[] = [];
			for (let i = 0; i < 800; i++) lines.push(`${i % 10}`.repeat(1 + random.below(LINE_MAX)));
			const text = `${lines.join("\n")}\n`;
			const seen = scan(text);
			assert.deepEqual([seen.lines.length, seen.skipped], [lines.length, 0]);
			assert(seen.lines.every((line, i) => line === lines[i]));
			assert(seen.ends.every((end) => text[end] === "\n"));
		}
	});
});
