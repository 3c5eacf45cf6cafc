import assert from "node:assert/strict";
import { toHex } from "../../../../src/base/hex";
import { Prng } from "../../../../src/base/prng";
import { TurnDeframer } from "../../../../src/peer/turn/turn-deframer";
import { BINDING, REQUEST, SOFTWARE } from "../../../../src/wire/stun";
import { StunWriter } from "../../../../src/wire/stun-writer";
import { mutateOctets } from "../../../support/mutate";

function stunOf(octets: number): Uint8Array {
	const writer = new StunWriter(2048).begin(REQUEST, BINDING, new Uint8Array(12).fill(octets));
	writer.octets(SOFTWARE, new Uint8Array(octets));
	return writer.bytes.slice(0, writer.end);
}

function channelOf(octets: number): Uint8Array {
	const message = new Uint8Array(4 + octets).fill(0xab);
	message.set([0x40, octets & 7, octets >> 8, octets & 0xff]);
	return message;
}

function padded(message: Uint8Array): Uint8Array {
	const bytes = new Uint8Array((message.length + 3) & ~3);
	bytes.set(message);
	return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
	const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
	let at = 0;
	for (const part of parts) {
		bytes.set(part, at);
		at += part.length;
	}
	return bytes;
}

/** Feeds octets in pieces. @returns the messages, or `undefined` when they were refused */
function split(bytes: Uint8Array, random: Prng, most: number): string[] | undefined {
	const found: string[] = [];
	const deframer = new TurnDeframer((message) => found.push(toHex(message)));
	for (let at = 0; at < bytes.length; ) {
		const end = Math.min(bytes.length, at + 1 + random.below(most));
		if (!deframer.feed(bytes.subarray(at, end))) return undefined;
		at = end;
	}
	return found;
}

describe("peer/turn/turn-deframer (RFC 8656 §12.5)", () => {
	it("splits STUN messages and data of channels, in whichever pieces they come, and removes the padding", () => {
		for (let seed = 0; seed < 200; seed++) {
			const random = new Prng(seed);
			const messages = Array.from({ length: 1 + random.below(6) }, () =>
				random.chance(0.5) ? stunOf(random.below(90)) : channelOf(random.below(1400)),
			);
			const bytes = joined(messages.map(padded));
			const expected = messages.map((message) => toHex(message));
			for (const most of [1, 7, 4000]) assert.deepEqual(split(bytes, random, most), expected, `seed ${seed}`);
		}
	});

	it("takes a message of the longest length, and refuses longer ones and other protocols", () => {
		const random = new Prng(1);
		assert.equal(split(padded(channelOf(2048)), random, 3000)?.length, 1);
		assert.equal(split(padded(channelOf(2049)), random, 3000), undefined);
		for (const other of ["HTTP/1.1 400 Bad Request\r\n\r\n", "\x50tunnel", "\x16\x03\x01\x02\x00"])
			assert.equal(
				split(
					Uint8Array.from(other, (letter) => letter.charCodeAt(0)),
					random,
					9,
				),
				undefined,
			);
		assert.equal(split(new Uint8Array([0, 1, 0, 3, 0, 0]), random, 9), undefined);
	});

	it("survives mutated streams", () => {
		const whole = joined([stunOf(8), channelOf(5), stunOf(0), channelOf(33)].map(padded));
		let refused = 0;
		for (let seed = 0; seed < 2000; seed++) {
			const random = new Prng(seed);
			const found = split(mutateOctets(random, whole), random, 20);
			if (found === undefined) refused++;
			else for (const message of found) assert.ok(message.length >= 8 && message.length <= 2 * 2052);
		}
		assert.ok(refused > 100 && refused < 2000, `${refused} refused`);
	});
});
