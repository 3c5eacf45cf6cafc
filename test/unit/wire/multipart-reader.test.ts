import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { MultipartReader } from "../../../src/wire/multipart-reader";
import { mutateOctets } from "../../support/mutate";

const MAX = 1000;

/** Collects parts. */
class Parts {
	readonly types: string[] = [];
	readonly bodies: string[] = [];
	readonly reader = new MultipartReader(this, MAX);
	stopped = -1;
	private body = "";
	private length = 0;

	partBegins(type: string, length: number): boolean {
		assert.ok(length <= MAX);
		if (type === "text/plain") return false;
		this.types.push(type);
		this.length = length;
		this.body = "";
		return true;
	}

	partOctets(bytes: Uint8Array, start: number, end: number): void {
		this.body += Buffer.from(bytes.subarray(start, end)).toString("latin1");
		assert.ok(this.body.length <= this.length);
	}

	partEnds(): void {
		assert.equal(this.body.length, this.length);
		this.bodies.push(this.body);
	}

	/** Feeds octets in pieces of `step`. */
	feed(octets: Uint8Array, step: number): this {
		for (let at = 0; at < octets.length && !this.reader.isLost; at += step) {
			const end = Math.min(octets.length, at + step);
			const stop = this.reader.push(octets, at, end);
			assert.ok(stop >= at && stop <= end);
			if (this.reader.isLost) this.stopped = stop;
			else assert.equal(stop, end);
		}
		return this;
	}
}

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));
const part = (body: string, fields = `Content-Type: image/jpeg\r\nContent-Length: ${body.length}\r\n`): string =>
	`--frame\r\n${fields}\r\n${body}\r\n`;

describe("wire/multipart-reader", () => {
	it("reads parts by their lengths, however the stream is cut", () => {
		const stream = bytes(part("one") + part("two\r\n--frame\r\n") + part("") + part("\0\n\n"));
		for (const step of [1, 2, 3, 7, 1000]) {
			const parts = new Parts().feed(stream, step);
			assert.deepEqual(parts.bodies, ["one", "two\r\n--frame\r\n", "", "\0\n\n"]);
			assert.equal(parts.reader.isLost, false);
		}
	});

	for (const [what, text, bodies] of [
		["bare line feeds", "--x\nContent-Length: 3\n\none\n--x\ncontent-length:3\n\ntwo", ["one", "two"]],
		["another boundary than before", `--x\r\nContent-Length: 1\r\n\r\na--y\r\nContent-Length: 1\r\n\r\nb`, ["a", "b"]],
		["empty lines before a boundary", `\r\n\r\n${part("a")}\r\n\r\n${part("b")}`, ["a", "b"]],
		["no line end after a body", "--x\r\nContent-Length: 1\r\n\r\na--x\r\nContent-Length: 1\r\n\r\nb", ["a", "b"]],
		[
			"other fields, and lines that are none",
			part("a", "X-Time: 1:2\r\nHTTP/1.0 200 OK\r\nContent-Length: 1\r\n"),
			["a"],
		],
		[
			"parts of another type, which it skips",
			part("no", "Content-Type: text/plain\r\nContent-Length: 2\r\n") + part("a"),
			["a"],
		],
	] as const) {
		it(`accepts ${what}`, () => {
			const parts = new Parts().feed(bytes(text), 5);
			assert.deepEqual(parts.bodies, bodies);
			assert.equal(parts.reader.isLost, false);
		});
	}

	for (const [what, text] of [
		["a part without a length", part("abc", "Content-Type: image/jpeg\r\n")],
		["a length that is no number", part("abc", "Content-Length: -3\r\n")],
		["a part that is too long", part("abc", `Content-Length: ${MAX + 1}\r\n`)],
		["something else where a boundary must be", `${part("a")}abc\r\n`],
		["a line that is too long", `--${"x".repeat(2000)}`],
		["too many lines", `--x\r\n${"A: b\r\n".repeat(100)}`],
		["too many empty lines", "\r\n".repeat(100)],
	] as const) {
		it(`is lost after ${what}`, () => {
			const parts = new Parts().feed(bytes(text), 11);
			assert.equal(parts.reader.isLost, true);
			assert.ok(parts.bodies.length <= 1);
		});
	}

	it("tells where it stopped, so that nothing after the head is missed", () => {
		const text = "--x\r\nContent-Type: image/jpeg\r\n\r\nabc";
		assert.equal(new Parts().feed(bytes(text), 1000).stopped, text.length - 3);
	});

	it("survives 5,000 mutated streams", () => {
		const random = new Prng(1);
		const stream = bytes(
			part("one") + part("three") + part("\r\n--frame") + part("x", "A: b\r\nContent-Length: 1\r\n"),
		);
		for (let i = 0; i < 5000; i++) new Parts().feed(mutateOctets(random, stream), 1 + random.below(50));
	});
});
