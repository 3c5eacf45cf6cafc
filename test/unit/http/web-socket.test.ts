import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { utf8Decode, utf8Encode } from "../../../src/base/text";
import { isUtf8 } from "../../../src/base/utf8";
import { WebSocket, type WebSocketOptions, type WebSocketSink } from "../../../src/http/web-socket";
import { writeFrameHeader } from "../../../src/wire/websocket-frame";
import { FakeStream } from "../../support/fake-stream";
import { mutateOctets } from "../../support/mutate";

/** One side of a WebSocket on a fake stream. */
class Side implements WebSocketSink {
	readonly got: string[] = [];
	ends = 0;
	readonly stream: FakeStream;
	readonly socket: WebSocket;

	constructor(
		readonly isClient: boolean,
		options: WebSocketOptions = {},
		room = 1 << 20,
	) {
		const random = new Prng(5);
		const fill = (bytes: Uint8Array): void => {
			for (let i = 0; i < bytes.length; i++) bytes[i] = random.below(256);
		};
		this.stream = new FakeStream(room);
		this.socket = new WebSocket(this, isClient ? { ...options, random: { fill } } : options);
		this.socket.open(0, this.stream);
	}

	opened(): void {
		this.got.push("open");
	}

	message(_now: number, bytes: Uint8Array, start: number, end: number, isText: boolean): void {
		this.got.push(isText ? utf8Decode(bytes, start, end) : `${end - start}:${bytes[start]}`);
	}

	closed(code: number, reason: string): void {
		this.ends++;
		this.got.push(`closed ${code}${reason === "" ? "" : ` ${reason}`}`);
	}

	/** Takes what was written. */
	take(): Uint8Array {
		const pieces = this.stream.written.splice(0);
		const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
		let at = 0;
		for (const piece of pieces) {
			bytes.set(piece, at);
			at += piece.length;
		}
		return bytes;
	}

	feed(bytes: Uint8Array, now = 0): void {
		this.socket.feed(now, bytes, this.stream);
	}
}

/** A frame as the other side would send it. */
function frame(opcode: number, payload: Uint8Array, isFinal = true, masked = true): Uint8Array {
	const bytes = new Uint8Array(14 + payload.length);
	const at = writeFrameHeader(bytes, 0, opcode, isFinal, payload.length, masked ? new Uint8Array(4) : undefined);
	bytes.set(payload, at);
	return bytes.slice(0, at + payload.length);
}

const NOTHING = new Uint8Array(0);

describe("http/web-socket", () => {
	it("carries messages both ways however the stream is cut", () => {
		const random = new Prng(77);
		for (let round = 0; round < 20; round++) {
			const client = new Side(true);
			const server = new Side(false);
			const wanted: string[] = ["open"];
			for (let i = 0; i < 5; i++) {
				const length = [1, 125, 126, 2000, 16384][i];
				const bytes = new Uint8Array(length).fill(i + 1);
				for (const side of [client, server]) assert.ok(side.socket.send(bytes, 0, length));
				client.socket.sendText(`é${i}`);
				server.socket.sendText(`é${i}`);
				wanted.push(`${length}:${i + 1}`, `é${i}`);
			}
			const feedAll = (from: Side, to: Side): void => {
				const bytes = from.take();
				for (let at = 0, end = 0; at < bytes.length; at = end) {
					end = Math.min(bytes.length, at + 1 + random.below(random.chance(0.2) ? 5000 : 20));
					to.feed(bytes.slice(at, end));
				}
			};
			feedAll(client, server);
			feedAll(server, client);
			assert.deepEqual(client.got, wanted);
			assert.deepEqual(server.got, wanted);
		}
	});

	it("joins the frames of a message, with a PING between them that is answered", () => {
		const server = new Side(false);
		server.feed(frame(1, utf8Encode("Hel"), false));
		server.feed(frame(9, utf8Encode("you?")));
		server.feed(frame(0, utf8Encode("lo"), true));
		assert.deepEqual(server.got, ["open", "Hello"]);
		assert.deepEqual([...server.take()], [0x8a, 4, ...utf8Encode("you?")]);
	});

	it("closes in order: the code comes back, then the server ends the connection (RFC 6455 §7)", () => {
		const client = new Side(true);
		const server = new Side(false);
		client.socket.close(0, 1000, "done");
		server.feed(client.take());
		assert.deepEqual(server.got, ["open", "closed 1000 done"]);
		assert.ok(server.stream.ended);
		client.feed(server.take());
		client.socket.ended(0, "closed");
		client.socket.ended(0, "reset");
		assert.deepEqual(client.got, ["open", "closed 1000 done"]);
		assert.ok(client.stream.ended);
		assert.equal(client.socket.sendText("late"), false);
		assert.equal(client.socket.deadline, Infinity);
	});

	it("drops the connection when CLOSE is not answered", () => {
		const client = new Side(true);
		client.socket.close(0, 1001);
		assert.equal(client.socket.deadline, 5000);
		client.socket.expire(5000, client.stream);
		assert.ok(client.stream.aborted);
		assert.deepEqual(client.got, ["open", "closed 1001"]);
	});

	for (const [what, bytes, code] of [
		["a frame without a mask", frame(2, NOTHING, true, false), 1002],
		["a continuation of nothing", frame(0, NOTHING), 1002],
		["a reserved bit", new Uint8Array([0xc2, 0x80, 0, 0, 0, 0]), 1002],
		["a CLOSE of one octet", frame(8, new Uint8Array(1)), 1002],
		["a CLOSE with a code that is never sent", frame(8, new Uint8Array([0x03, 0xed])), 1002],
		["a CLOSE whose reason is not UTF-8", frame(8, new Uint8Array([0x03, 0xe8, 0xff])), 1002],
		["text that is not UTF-8", frame(1, new Uint8Array([0xc3, 0x28])), 1007],
		["a message that is too long", frame(2, new Uint8Array(16385)).slice(0, 20), 1009],
	] as const)
		it(`ends the connection with ${code} for ${what}`, () => {
			const server = new Side(false);
			server.feed(bytes);
			assert.equal(server.got.length, 2);
			assert.ok(server.got[1].startsWith(`closed ${code}`), server.got[1]);
			const sent = server.take();
			assert.equal(sent[0], 0x88);
			assert.equal((sent[2] << 8) | sent[3], code);
			assert.ok(server.stream.ended);
			server.feed(frame(1, utf8Encode("more")));
			server.socket.ended(0, "reset");
			assert.equal(server.got.length, 2);
		});

	it("refuses a second message within the frames of a first, and one whose parts are too long together", () => {
		const server = new Side(false);
		server.feed(frame(1, NOTHING, false));
		server.feed(frame(1, NOTHING, true));
		assert.ok(server.got[1].startsWith("closed 1002"));
		const other = new Side(false, { messageMax: 10 });
		other.feed(frame(2, new Uint8Array(6), false));
		other.feed(frame(0, new Uint8Array(5), true));
		assert.ok(other.got[1].startsWith("closed 1009"));
	});

	it("lets a client refuse masked frames", () => {
		const client = new Side(true);
		client.feed(frame(2, NOTHING, true, true));
		assert.ok(client.got[1].startsWith("closed 1002"));
	});

	it("asks a silent peer whether it is there, and drops it when it does not answer", () => {
		const server = new Side(false, { silence: 1000 });
		server.socket.expire(1000, server.stream);
		assert.deepEqual([...server.take()], [0x89, 0]);
		server.feed(frame(10, NOTHING), 1500);
		assert.equal(server.socket.deadline, 2500);
		server.socket.expire(2500, server.stream);
		assert.equal(server.take().length, 2);
		server.socket.expire(server.socket.deadline, server.stream);
		assert.ok(server.stream.aborted);
		assert.deepEqual(server.got, ["open", "closed 1006 no answer"]);
	});

	it("keeps a bounded amount for a peer that does not read, and sends it later", () => {
		const server = new Side(false, { queueMax: 1000 }, 100);
		const bytes = new Uint8Array(300).fill(3);
		let taken = 0;
		while (server.socket.send(bytes, 0, 300)) taken++;
		assert.equal(taken, 3);
		for (let i = 0; i < 1000; i++) server.feed(frame(9, new Uint8Array(100)));
		assert.ok(server.socket.queued < 4000, `${server.socket.queued}`);
		const sent: number[] = [...server.take()];
		for (let i = 0; i < 100 && server.socket.queued > 0; i++) {
			server.stream.take(100, 0, server.socket);
			sent.push(...server.take());
		}
		assert.deepEqual(sent.slice(0, 5), [0x82, 126, 1, 44, 3]);
		assert.equal(sent[304], 0x82);
	});

	it("reports a lost connection once", () => {
		const server = new Side(false);
		server.socket.ended(0, "reset");
		server.socket.ended(0, "reset");
		assert.deepEqual(server.got, ["open", "closed 1006 reset"]);
	});

	it("knows well-formed UTF-8", () => {
		for (const text of ["", "a", "é", "€", "😀", "\ud7ff\ue000"]) assert.ok(isUtf8(utf8Encode(text)), text);
		for (const bytes of [
			[0x80],
			[0xc0, 0x80],
			[0xe0, 0x80, 0x80],
			[0xed, 0xa0, 0x80],
			[0xf4, 0x90, 0x80, 0x80],
			[0xe2, 0x82],
		])
			assert.ok(!isUtf8(new Uint8Array(bytes)), `${bytes}`);
	});

	it("survives any octets, in pieces: it ends once and keeps no more than its bounds", () => {
		const random = new Prng(303);
		for (let i = 0; i < 400; i++) {
			const server = new Side(false, { messageMax: 400, queueMax: 1000 });
			const client = new Side(true);
			for (let n = random.below(5); n >= 0; n--) {
				const length = random.below(300);
				if (random.chance(0.5)) client.socket.send(new Uint8Array(length).fill(n), 0, length);
				else client.socket.sendText("a".repeat(length));
			}
			if (random.chance(0.5)) client.socket.close(0);
			const bytes = mutateOctets(random, client.take());
			for (let at = 0, end = 0; at < bytes.length; at = end) {
				end = Math.min(bytes.length, at + 1 + random.below(100));
				server.feed(bytes.slice(at, end));
			}
			server.socket.ended(0, "reset");
			assert.equal(server.ends, 1);
			assert.ok(server.socket.queued <= 2200);
		}
	});
});
