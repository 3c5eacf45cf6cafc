import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { MediaReceiver, type MediaTaker } from "../../../../src/peer/tunnel/media-receiver";
import { MediaQueue, MediaRepairs } from "../../../../src/peer/tunnel/media-repairs";
import { FrameReader, MEDIA, PacketWriter } from "../../../../src/peer/tunnel/packet-format";
import { RtspCutter } from "../../../../src/peer/tunnel/rtsp-cutter";
import { isSame, octetsOf } from "../../../support/tunnel-pair";

function octets(text: string): Uint8Array {
	return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function text(bytes: Uint8Array): string {
	return String.fromCharCode(...bytes);
}

/** Cuts a connection, given in pieces of any size, into what is messages and what is media. */
function cut(bytes: Uint8Array, random: Prng): [string, string] {
	const cutter = new RtspCutter();
	const kinds: [string, string] = ["", ""];
	for (let from = 0; from < bytes.length; ) {
		const to = Math.min(bytes.length, from + 1 + random.below(random.chance(0.3) ? 3 : 60));
		for (let at = from; at < to; ) {
			const end = cutter.next(bytes, at, to);
			assert.ok(end > at && end <= to);
			kinds[cutter.isMedia ? 1 : 0] += text(bytes.subarray(at, end));
			at = end;
		}
		from = to;
	}
	return kinds;
}

const OPTIONS = "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n";
const PLAY = "RTSP/1.0 200 OK\r\nCSeq: 2\r\nRTP-Info: url=$;content-length: 7\r\n\r\n";
const DESCRIBE = "RTSP/1.0 200 OK\r\ncontent-LENGTH:  9\r\nCSeq: 3\r\n\r\n$\n\n$abc\r\n";
const BARE = "OPTIONS * RTSP/1.0\nCSeq: 1\nContent-Length: 2\n\n$$";
const FRAMES = ["$\0\0\x03abc", "$\x01\0\0", "$\x02\x01\0".padEnd(260, "\n"), "$\x03\0\x04$$$$"];

describe("peer/tunnel/rtsp-cutter", () => {
	it("tells messages from media, however the connection is cut", () => {
		for (let seed = 1; seed <= 300; seed++) {
			const random = new Prng(seed);
			let whole = "";
			const kinds: [string, string] = ["", ""];
			for (let n = 0; n < 12; n++) {
				const isMedia = random.chance(0.5);
				const from = isMedia ? FRAMES : [OPTIONS, PLAY, DESCRIBE, BARE, "\r\n"];
				const part = from[random.below(from.length)];
				whole += part;
				kinds[isMedia ? 1 : 0] += part;
			}
			assert.deepEqual(cut(octets(whole), random), kinds, `seed ${seed}`);
		}
	});

	it("loses and repeats nothing of octets that are not RTSP", () => {
		for (let seed = 1; seed <= 200; seed++) {
			const random = new Prng(seed);
			const bytes = octetsOf(400, seed);
			for (let i = 0; i < 40; i++) bytes[random.below(400)] = [36, 13, 10, 10][random.below(4)];
			const [messages, media] = cut(bytes, random);
			assert.equal(messages.length + media.length, 400);
		}
	});

	it("believes no length that is longer than a number", () => {
		const cutter = new RtspCutter();
		const bytes = octets(`A\r\nContent-Length: ${"9".repeat(400)}\r\n\r\n$`);
		assert.equal(cutter.next(bytes, 0, bytes.length), bytes.length);
		assert.equal(cutter.isMedia, false);
		assert.equal(cutter.isBetween, false);
	});
});

/** Takes media at a place among the messages that the test sets. */
class Taker implements MediaTaker {
	position = 0;
	isOpen = true;
	isPaused = false;
	/** Pauses after so many pieces. */
	pauseAfter = Infinity;
	all = "";
	pieces = 0;

	get isBetween(): boolean {
		return this.isOpen && !this.isPaused;
	}

	takeFrames(bytes: Uint8Array): void {
		assert.equal(this.isBetween, true, "taken while it could not be");
		let at = 0;
		while (at < bytes.length) {
			assert.equal(bytes[at], 36);
			at += 4 + ((bytes[at + 2] << 8) | bytes[at + 3]);
		}
		assert.equal(at, bytes.length, "whole frames only");
		this.all += text(bytes);
		if (++this.pieces >= this.pauseAfter) this.isPaused = true;
	}
}

/** Interleaved frames, whose content tells their number. */
function frameOf(number: number, length: number): Uint8Array {
	const bytes = new Uint8Array(4 + length).fill(number & 255, 4);
	bytes.set([36, number & 7, length >> 8, length & 255]);
	return bytes;
}

/** A sender, whose packets the test carries. */
class Sender {
	readonly queue = new MediaQueue(7);
	readonly repairs = new MediaRepairs(64);
	private readonly writer = new PacketWriter();

	/** The next packet; `undefined`: there is none. */
	next(now: number): Uint8Array | undefined {
		const { writer, repairs, queue } = this;
		writer.at = writer.start;
		if (repairs.hasLost(now)) repairs.writeLost(writer);
		else if (queue.isReady) repairs.write(now, writer, queue, 0);
		else return undefined;
		assert.ok(writer.at <= writer.limit);
		return writer.bytes.slice(writer.start, writer.at);
	}
}

function receive(receiver: MediaReceiver, now: number, packet: Uint8Array): void {
	const frame = new FrameReader().begin(packet, 0, packet.length);
	assert.equal(frame.next() && frame.type, MEDIA);
	receiver.put(now, frame.low, frame.first, frame.offset, frame.bytes, frame.start, frame.end);
}

describe("peer/tunnel/media", () => {
	it("brings all frames whole and in order when losses are repaired, in any order of packets (P2P-13)", () => {
		for (let seed = 1; seed <= 60; seed++) {
			const random = new Prng(seed);
			const sender = new Sender();
			const taker = new Taker();
			const receiver = new MediaReceiver(taker, 64, 65_539);
			let expected = "";
			for (let n = 0; n < 40; n++) {
				const frame = frameOf(n, random.below(random.chance(0.2) ? 5000 : 60));
				expected += text(frame);
				// A frame may be written in two parts.
				const middle = random.below(frame.length);
				sender.queue.queue.push(frame, 0, middle);
				const packets: Uint8Array[] = [];
				const flush = (): void => {
					for (let packet = sender.next(n); packet !== undefined; packet = sender.next(n)) {
						if (random.chance(0.2)) sender.repairs.missed(n, 0, sender.repairs.number);
						else packets.splice(random.below(packets.length + 1), 0, packet);
					}
				};
				flush();
				sender.queue.queue.push(frame, middle, frame.length);
				flush();
				for (const packet of packets) {
					receive(receiver, n, packet);
					if (random.chance(0.1)) receive(receiver, n, packet);
				}
			}
			assert.ok(taker.all === expected, `seed ${seed}`);
			assert.equal(receiver.lost, 0);
		}
	});

	it("gives up after 250 ms, and goes on with the next whole frame", () => {
		const sender = new Sender();
		const taker = new Taker();
		const receiver = new MediaReceiver(taker, 64, 65_539);
		const frames = [3000, 2000, 10, 1500, 20].map((length, n) => frameOf(n, length));
		for (const frame of frames) sender.queue.queue.push(frame, 0, frame.length);
		for (let n = 0; ; n++) {
			const packet = sender.next(0);
			if (packet === undefined) break;
			if (n !== 1) receive(receiver, 10, packet);
		}
		assert.equal(taker.all, "");
		assert.equal(receiver.deadline, 260);
		receiver.expire(259);
		assert.equal(taker.all, "");
		receiver.expire(260);
		assert.equal(taker.all, frames.slice(1).map(text).join(""), "the first frame has lost its middle");
		assert.equal(receiver.lost, 1);
		assert.equal(receiver.deadline, Infinity);
	});

	it("repeats nothing that is older than 250 ms, or that has arrived", () => {
		const sender = new Sender();
		const frame = frameOf(1, 500);
		sender.queue.queue.push(frame, 0, frame.length);
		sender.next(1000);
		sender.repairs.missed(1250, 0, sender.repairs.number);
		assert.equal(sender.repairs.hasLost(1250), false);
		sender.repairs.missed(1100, 0, sender.repairs.number);
		assert.equal(sender.repairs.hasLost(1250), false);
		sender.repairs.arrived(0, sender.repairs.number);
		sender.repairs.missed(1010, 0, sender.repairs.number);
		assert.equal(sender.repairs.hasLost(1010), false);
	});

	it("waits for the messages that come before, and gives media up that have lost their place", () => {
		const taker = new Taker();
		const receiver = new MediaReceiver(taker, 64, 65_539);
		const frame = frameOf(1, 5);
		receiver.put(0, 0, 0, 100, frame, 0, frame.length);
		assert.equal(taker.all, "");
		taker.position = 100;
		taker.isOpen = false;
		receiver.drain();
		assert.equal(taker.all, "", "within a message");
		taker.isOpen = true;
		receiver.drain();
		assert.equal(taker.all, text(frame));
		receiver.put(0, 1, 0, 200, frame, 0, frame.length);
		receiver.expire(250);
		taker.position = 200;
		receiver.drain();
		assert.equal(taker.all, text(frame));
		assert.equal(receiver.lost, 1);
	});

	it("passes nothing on while the reader pauses, not even the rest of a packet, and drops the oldest", () => {
		const taker = new Taker();
		taker.pauseAfter = 1;
		const receiver = new MediaReceiver(taker, 4, 65_539);
		const half = frameOf(1, 8);
		const rest = new Uint8Array(6 + 2 * 12);
		rest.set(half.subarray(6));
		rest.set(frameOf(2, 8), 6);
		rest.set(frameOf(3, 8), 18);
		receiver.put(0, 0, 0, 0, half, 0, 6);
		receiver.put(0, 1, 6, 0, rest, 0, rest.length);
		assert.equal(taker.all, text(half));
		assert.equal(receiver.deadline, Infinity, "nothing is given up");
		taker.isPaused = false;
		taker.pauseAfter = Infinity;
		receiver.drain();
		assert.equal(taker.all, text(half) + text(frameOf(2, 8)) + text(frameOf(3, 8)));
		taker.isPaused = true;
		taker.all = "";
		for (let n = 2; n < 12; n++) {
			const frame = frameOf(n, 3);
			receiver.put(0, n, 0, 0, frame, 0, frame.length);
		}
		taker.isPaused = false;
		receiver.drain();
		assert.equal(taker.all, [8, 9, 10, 11].map((n) => text(frameOf(n, 3))).join(""));
		assert.equal(receiver.lost, 6);
	});

	it("skips frames that are too long for it, and anything else", () => {
		const sender = new Sender();
		const taker = new Taker();
		const receiver = new MediaReceiver(taker, 64, 2048);
		for (const frame of [frameOf(1, 3000), frameOf(2, 100), frameOf(3, 2044)]) {
			sender.queue.queue.push(frame, 0, frame.length);
		}
		for (let packet = sender.next(0); packet !== undefined; packet = sender.next(0)) receive(receiver, 0, packet);
		assert.ok(receiver.lost > 0);
		assert.ok(taker.all.endsWith(text(frameOf(3, 2044))));
	});

	it("survives any packets, and passes on whole frames only", () => {
		for (let seed = 1; seed <= 200; seed++) {
			const random = new Prng(seed);
			const taker = new Taker();
			const receiver = new MediaReceiver(taker, 8, 2048);
			for (let n = 0; n < 200; n++) {
				const bytes = octetsOf(1 + random.below(60), n);
				if (random.chance(0.7)) bytes.set([36, 0, 0, random.below(40)].slice(0, bytes.length));
				const sequence = random.chance(0.05) ? random.u32() : (random.below(12) + n) >>> 0;
				const first = random.chance(0.3) ? 0xffff : random.below(bytes.length);
				receiver.put(n * 10, sequence, first, random.chance(0.1) ? 1e9 : 0, bytes, 0, bytes.length);
				if (random.chance(0.2)) taker.isPaused = !taker.isPaused;
				if (random.chance(0.2)) receiver.drain();
				if (receiver.deadline <= n * 10) receiver.expire(n * 10);
			}
			assert.ok(receiver.lost >= 0);
		}
	});

	it("keeps frames the same that are longer than a packet", () => {
		const sender = new Sender();
		const taker = new Taker();
		const receiver = new MediaReceiver(taker, 64, 65_539);
		const content = octetsOf(60_000);
		const bytes = frameOf(0, 60_000);
		bytes.set(content, 4);
		sender.queue.queue.push(bytes, 0, bytes.length);
		for (let packet = sender.next(0); packet !== undefined; packet = sender.next(0)) receive(receiver, 0, packet);
		assert.ok(isSame(octets(taker.all), bytes));
	});
});
