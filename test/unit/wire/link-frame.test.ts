import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { LinkReader, LinkWriter } from "../../../src/wire/link-fields";
import {
	HELLO_OCTETS,
	LINK_VERSION,
	LinkFrameReader,
	LinkFrameWriter,
	type LinkRole,
	LinkSeal,
	MESSAGE_MAX,
	readHello,
	writeHello,
} from "../../../src/wire/link-frame";
import { mutateOctets } from "../../support/mutate";

/** Of the fuzzer. */
const ROUNDS = 100 * Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "30");

const KEY = "a key that nobody can guess";
const ONE = new Uint8Array(16).fill(1);
const TWO = new Uint8Array(16).fill(2);

const seal = (role: LinkRole = "control", key = KEY, one = ONE, two = TWO) => new LinkSeal(key, role, one, two);

/** Frames of messages, each with a number and octets. */
function frames(count: number, by = seal()): Uint8Array[] {
	const writer = new LinkFrameWriter();
	return Array.from({ length: count }, (_, i) => {
		writer.begin(i + 1).u32(1000 + i);
		writer.octets(new Uint8Array(i * 100).fill(i));
		writer.finish(by);
		return writer.copy();
	});
}

/** Feeds octets in pieces. @returns the kinds of the messages, and -1 at the end where the link is to be dropped */
function feed(bytes: Uint8Array, by = seal(), piece = Infinity): number[] {
	const reader = new LinkFrameReader(by);
	const kinds: number[] = [];
	for (let from = 0; from < bytes.length; from += piece) {
		const part = bytes.subarray(from, Math.min(bytes.length, from + piece));
		for (let at = 0; at < part.length; ) {
			at = reader.push(part, at);
			if (at < 0) return [...kinds, -1];
			if (reader.hasMessage) kinds.push(reader.bytes[reader.start]);
		}
	}
	return kinds;
}

describe("wire/link-frame", () => {
	it("carries messages in pieces of any size (STR-12)", () => {
		const all = Buffer.concat(frames(20));
		const kinds = Array.from({ length: 20 }, (_, i) => i + 1);
		for (const piece of [1, 2, 3, 7, 100, 4096, Infinity]) assert.deepEqual(feed(all, seal(), piece), kinds);
	});

	it("refuses what was made with another key, for the other direction, or for another connection (STR-12)", () => {
		const [frame] = frames(1);
		assert.deepEqual(feed(frame), [1]);
		assert.deepEqual(feed(frame, seal("control", `${KEY}!`)), [-1]);
		assert.deepEqual(feed(frame, seal("distribution")), [-1]);
		assert.deepEqual(feed(frame, seal("control", KEY, TWO, TWO)), [-1]);
		assert.deepEqual(feed(frame, seal("control", KEY, ONE, ONE)), [-1]);
	});

	it("refuses messages that are repeated, left out or in another order (STR-12)", () => {
		const [one, two, three] = frames(3);
		assert.deepEqual(feed(Buffer.concat([one, one])), [1, -1]);
		assert.deepEqual(feed(Buffer.concat([one, three])), [1, -1]);
		assert.deepEqual(feed(Buffer.concat([two, one])), [-1]);
		assert.deepEqual(feed(Buffer.concat([one, two, three])), [1, 2, 3]);
	});

	it("numbers more frames than one octet counts", () => {
		const by = seal();
		const bytes = new Uint8Array(5);
		const codes = new Set<string>();
		for (let i = 0; i < 700; i++) codes.add(Buffer.from(by.next(bytes, 0, 5)).toString("hex"));
		assert.equal(codes.size, 700);
	});

	it("believes no length before the octets have come, and none that is too large", () => {
		const reader = new LinkFrameReader(seal());
		assert.equal(reader.push(new Uint8Array([0, 0, 0xbf, 0xff, 1, 2, 3]), 0), 7);
		assert.ok(reader.bytes.length <= 1024);
		for (const length of [0, MESSAGE_MAX + 1, 0x7fffffff, 0xffffffff]) {
			const head = new Uint8Array([length >>> 24, length >>> 16, length >>> 8, length, 9, 9]);
			assert.equal(new LinkFrameReader(seal()).push(head, 0), -1, `${length}`);
		}
		const writer = new LinkFrameWriter();
		writer.begin(1).octets(new Uint8Array(MESSAGE_MAX - 1));
		writer.finish(seal());
		// The length in front, the code behind.
		assert.equal(writer.length, 4 + MESSAGE_MAX + 16);
		assert.deepEqual(feed(writer.copy(), seal(), 1000), [1]);
		writer.begin(1).octets(new Uint8Array(MESSAGE_MAX));
		assert.throws(() => writer.finish(seal()), RangeError);
	});

	it("takes nothing that was changed on the way: fuzzed (STR-12)", () => {
		const random = new Prng(12);
		for (let round = 0; round < ROUNDS; round++) {
			const all = Buffer.concat(frames(4));
			const changed = mutateOctets(random, all);
			const kinds = feed(changed, seal(), 1 + random.below(300));
			// What comes before the change is as it was, and nothing after it is taken.
			assert.deepEqual(
				kinds.filter((kind) => kind > 0),
				[1, 2, 3, 4].slice(0, kinds.filter((kind) => kind > 0).length),
			);
		}
	});

	it("reads hellos: the version, the side that speaks, the nonce", () => {
		const hello = writeHello("control", TWO);
		assert.equal(hello.length, HELLO_OCTETS);
		assert.deepEqual(readHello(hello, "control"), TWO);
		assert.match(readHello(hello, "distribution") as string, /not a distribution host/);
		const newer = hello.slice();
		newer[4] = LINK_VERSION + 1;
		assert.match(readHello(newer, "control") as string, /speaks version 2 of the protocol, and this is 1/);
		for (let i = 0; i < 4; i++) {
			const other = hello.slice();
			other[i] ^= 1;
			assert.match(readHello(other, "control") as string, /does not speak this protocol/);
		}
	});
});

describe("wire/link-fields", () => {
	it("carries numbers, text and octets", () => {
		const writer = new LinkWriter(500);
		writer
			.f64(1 / 3)
			.optional(undefined)
			.optional(-0.5)
			.flag(true)
			.flag(false)
			.text("Grüße 🙂")
			.block(ONE, 2, 5);
		const reader = new LinkReader().reset(writer.bytes, 0, writer.length);
		assert.deepEqual([reader.f64(), reader.optional(), reader.optional()], [1 / 3, undefined, -0.5]);
		assert.deepEqual([reader.flag(), reader.flag(), reader.text()], [true, false, "Grüße 🙂"]);
		assert.deepEqual(reader.block(), new Uint8Array([1, 1, 1]));
		assert.ok(reader.isWhole);
		assert.deepEqual([reader.u8(), reader.isSound], [0, false]);
	});

	it("cuts text that is too long between characters", () => {
		const writer = new LinkWriter(10_000);
		writer.text(`${"a".repeat(4095)}ü`);
		const reader = new LinkReader().reset(writer.bytes, 0, writer.length);
		assert.equal(reader.text(), "a".repeat(4095));
		assert.ok(reader.isWhole);
	});

	it("says so when something is missing, infinite or neither on nor off", () => {
		const read = (bytes: number[], run: (reader: LinkReader) => unknown): boolean => {
			const reader = new LinkReader().reset(new Uint8Array(bytes), 0, bytes.length);
			run(reader);
			return reader.isSound;
		};
		assert.equal(
			read([0, 5, 1, 2], (reader) => reader.text()),
			false,
		);
		assert.equal(
			read([0x10, 0x01], (reader) => reader.text()),
			false,
		);
		assert.equal(
			read([0, 3, 1], (reader) => reader.block()),
			false,
		);
		assert.equal(
			read([1, 2, 3], (reader) => reader.u32()),
			false,
		);
		assert.equal(
			read([2], (reader) => reader.flag()),
			false,
		);
		assert.equal(
			read([0x7f, 0xf0, 0, 0, 0, 0, 0, 0], (reader) => reader.optional()),
			false,
		);
		assert.equal(
			read([0x7f, 0xf8, 0, 0, 0, 0, 0, 0], (reader) => reader.f64()),
			false,
		);
		assert.equal(
			read([0x7f, 0xf8, 0, 0, 0, 0, 0, 0], (reader) => reader.optional()),
			true,
		);
	});
});
