import assert from "node:assert/strict";
import type { Lease } from "../../src/core/stream";
import type { FanOutGroup, FanOutReceiver, UdpPeer, UdpSink, UdpSocket } from "../../src/ports/net";
import { wireOctets } from "../../src/ports/wire-octets";
import { Bench, type HostPorts, type PortFixture, pattern } from "./port-fixture";
import { ListenerProbe, StreamProbe } from "./tcp-probe";

/** Octets of a frame. */
const FRAME = 30_000;
/** Frames that no host queues for a reader that does not read. */
const FAR_TOO_MANY = 3000;

/** Counts the references to the octets of a frame. */
class CountingLease implements Lease {
	held = 0;
	retains = 0;

	retain(): void {
		this.held++;
		this.retains++;
	}

	release(): void {
		assert.ok(--this.held >= 0, "released too often");
	}
}

/** A UDP socket that keeps what it hears. */
class Ear implements UdpSink {
	readonly heard: Uint8Array[] = [];
	open = false;
	readonly socket: UdpSocket;

	constructor(host: HostPorts, port = 0) {
		this.socket = host.network.udp({ port }, this);
	}

	opened(): void {
		this.open = true;
	}

	received(bytes: Uint8Array): void {
		this.heard.push(bytes.slice());
	}

	failed(why: string): void {
		assert.fail(why);
	}
}

/** The clauses of {@link FanOutGroup} and of {@link StreamOutbox.offer}. */
export function fanOutSuite(open: () => Promise<PortFixture>): void {
	let bench: Bench;
	let group: FanOutGroup;
	let listener: ListenerProbe;
	let viewers: StreamProbe[];
	let ears: Ear[];

	beforeEach(async () => {
		bench = new Bench(await open());
		group = bench.a.network.fanOut();
		viewers = [];
		ears = [];
		listener = new ListenerProbe(bench.guard, bench.a, { port: 0 });
		await bench.until("listening", () => listener.openings > 0);
	});
	afterEach(async () => {
		listener.close();
		for (const probe of [...viewers, ...listener.streams]) probe.abort();
		for (const ear of ears) ear.socket.close();
		await bench.close();
	});

	/** A viewer at b, and the stream to it at a. */
	async function viewer(): Promise<[StreamProbe, StreamProbe]> {
		const number = listener.streams.length;
		const probe = StreamProbe.connect(bench.guard, bench.b, bench.a.address, listener.listener.port);
		viewers.push(probe);
		await bench.until("open", () => probe.rooms > 0 && (listener.streams[number]?.rooms ?? 0) > 0);
		return [probe, listener.streams[number]];
	}

	async function ear(host: HostPorts): Promise<Ear> {
		const one = new Ear(host);
		ears.push(one);
		await bench.until("open", () => one.open);
		return one;
	}

	function peer(socket: UdpSocket, of: Ear): UdpPeer {
		return socket.peer(bench.b.address, of.socket.port) as UdpPeer;
	}

	/** A frame that shows its number and its end. */
	function frame(number: number, length = FRAME): Uint8Array {
		const bytes = new Uint8Array(length).fill(number & 255);
		bytes[0] = 0x5b;
		bytes[length - 1] = 0x5d;
		return bytes;
	}

	function send(bytes: Uint8Array, lease?: Lease): number {
		return bench.guard.call(() => group.send(bytes, 0, bytes.length, lease));
	}

	/** The numbers of the frames in what a viewer got; fails unless each is whole. */
	function framesIn(content: Uint8Array, length = FRAME): number[] {
		assert.equal(content.length % length, 0, "whole frames only");
		const numbers: number[] = [];
		for (let at = 0; at < content.length; at += length) {
			assert.deepEqual([content[at], content[at + length - 1]], [0x5b, 0x5d]);
			const number = content[at + 1];
			for (let i = at + 2; i < at + length - 1; i++) if (content[i] !== number) assert.fail("frames are mixed");
			numbers.push(number);
		}
		return numbers;
	}

	/** Sends frames until a viewer that does not read misses one. @returns how many were sent */
	async function fill(receiver: FanOutReceiver, lease?: Lease): Promise<number> {
		let sent = 0;
		for (; receiver.missed === 0 && sent < FAR_TOO_MANY; sent++) {
			send(frame(sent), lease);
			await bench.fixture.run(() => receiver.missed > 0, 1);
		}
		assert.ok(receiver.missed > 0, "nothing is queued without end");
		return sent;
	}

	it("is empty at first", () => {
		assert.deepEqual([group.size, group.sends, group.delivered, group.missed], [0, 0, 0, 0]);
		assert.equal(send(frame(1)), 0);
		assert.equal(group.sends, 1);
	});

	it("sends a frame to all receivers, and counts for each and in total", async () => {
		const ends = [await viewer(), await viewer(), await viewer()];
		const receivers = ends.map(([, out]) => group.addStream(out.stream));
		assert.equal(group.size, 3);
		assert.deepEqual(
			[receivers[0].delivered, receivers[0].missed, receivers[0].octets, receivers[0].last],
			[0, 0, 0, 0],
		);
		const bytes = pattern(1000);
		const took = bench.guard.call(() => group.send(bytes, 100, 900));
		assert.equal(took, 3);
		await bench.until("all", () => ends.every(([probe]) => probe.length === 800));
		for (const [probe] of ends) assert.deepEqual(probe.content, bytes.slice(100, 900));
		for (const { delivered, missed, octets, last } of receivers) {
			assert.deepEqual([delivered, missed, octets, last], [1, 0, 800, 1]);
		}
		assert.deepEqual([group.delivered, group.missed, group.sends], [3, 0, 1]);
	});

	it("sends frames whole that are larger than the room of a stream", async () => {
		const [probe, out] = await viewer();
		const receiver = group.addStream(out.stream);
		const large = frame(7, 3_000_000);
		assert.equal(send(large), 1);
		await bench.until("all", () => probe.length === large.length);
		assert.deepEqual(framesIn(probe.content, large.length), [7]);
		assert.deepEqual([receiver.delivered, receiver.octets], [1, large.length]);
		await bench.until("room", () => out.stream.queued === 0);
		assert.equal(send(frame(8)), 1);
	});

	it("skips frames for a viewer that does not read, and for no other", async () => {
		const [slow, slowOut] = await viewer();
		const [quick, quickOut] = await viewer();
		slow.reading(false);
		const [receiver, other] = [group.addStream(slowOut.stream), group.addStream(quickOut.stream)];
		const sent = await fill(receiver);
		assert.equal(other.missed, 0);
		assert.deepEqual([receiver.delivered + receiver.missed, other.delivered], [sent, sent]);
		assert.ok(receiver.last < group.sends);
		assert.equal(other.last, group.sends);
		await bench.until("the quick one", () => quick.length === sent * FRAME);
		const rooms = slowOut.rooms;
		slow.reading(true);
		await bench.until("the slow one", () => slow.length === receiver.delivered * FRAME && slowOut.rooms > rooms);
		assert.equal(framesIn(slow.content).length, receiver.delivered);
		assert.deepEqual(
			framesIn(quick.content),
			Array.from({ length: sent }, (_, i) => i & 255),
		);
		assert.equal(send(frame(200)), 2);
		await bench.until("both", () => slow.length === receiver.delivered * FRAME);
		assert.equal(framesIn(slow.content).at(-1), 200);
	});

	it("counts the octets that the network stack took from a stream, which are all once it has nothing queued (REP-5)", async () => {
		const [slow, slowOut] = await viewer();
		const [quick, quickOut] = await viewer();
		const { stream } = slowOut;
		const bytes = pattern(1000);
		for (const out of [slowOut, quickOut]) {
			assert.equal(out.stream.sent, 0);
			bench.guard.call(() => out.stream.write(bytes, 0, 700));
			await bench.until("sent", () => out.stream.queued === 0);
			assert.equal(out.stream.sent, 700);
		}
		slow.reading(false);
		const receivers = [slowOut, quickOut].map((out) => group.addStream(out.stream));
		const sent = await fill(receivers[0]);
		const written = 700 + receivers[0].delivered * FRAME;
		const before = stream.sent as number;
		assert.ok(stream.queued > 0 && before <= written && before >= written - FRAME, `${before} of ${written}`);
		await bench.until("the quick one", () => quick.length === 700 + sent * FRAME);
		assert.equal(quickOut.stream.sent, quick.length);
		slow.reading(true);
		await bench.until("the slow one", () => slow.length === written);
		assert.equal(stream.sent, written);
		bench.guard.call(() => quickOut.stream.end());
		quick.abort();
		await bench.until("gone", () => quickOut.goings > 0);
		assert.equal(quickOut.stream.sent, 700 + sent * FRAME);
	});

	it("counts for a stream that is dropped what the network stack had taken (REP-5)", async () => {
		const [slow, slowOut] = await viewer();
		slow.reading(false);
		const receiver = group.addStream(slowOut.stream);
		await fill(receiver);
		const sent = slowOut.stream.sent as number;
		assert.ok(sent > 0 && sent <= receiver.delivered * FRAME);
		bench.guard.call(() => slowOut.stream.abort());
		await bench.until("gone", () => slowOut.goings > 0);
		assert.equal(slowOut.stream.sent, sent);
	});

	it("skips receivers on hold without counting", async () => {
		const [probe, out] = await viewer();
		const receiver = group.addStream(out.stream);
		receiver.hold = true;
		assert.equal(send(frame(1)), 0);
		receiver.hold = false;
		assert.equal(send(frame(2)), 1);
		await bench.until("the second", () => probe.length === FRAME);
		assert.deepEqual(framesIn(probe.content), [2]);
		assert.deepEqual([receiver.delivered, receiver.missed, receiver.last], [1, 0, 2]);
	});

	it("keeps the others when one is removed, which may be repeated", async () => {
		const ends = [await viewer(), await viewer(), await viewer()];
		const receivers = ends.map(([, out]) => group.addStream(out.stream));
		send(frame(1));
		bench.guard.call(() => group.remove(receivers[0]));
		bench.guard.call(() => group.remove(receivers[0]));
		assert.equal(group.size, 2);
		assert.equal(send(frame(2)), 2);
		group.remove(receivers[2]);
		assert.equal(send(frame(3)), 1);
		await bench.until("all", () => ends[1][0].length === 3 * FRAME && ends[2][0].length === 2 * FRAME);
		assert.deepEqual(
			ends.map(([probe]) => framesIn(probe.content)),
			[[1], [1, 2, 3], [1, 2]],
		);
		assert.deepEqual(
			receivers.map(({ delivered }) => delivered),
			[1, 3, 2],
		);
		assert.equal(group.delivered, 6);
	});

	it("finishes a frame whose receiver is removed", async () => {
		const [probe, out] = await viewer();
		const receiver = group.addStream(out.stream);
		const large = frame(9, 2_000_000);
		send(large);
		group.remove(receiver);
		await bench.until("all", () => probe.length === large.length);
		assert.deepEqual(framesIn(probe.content, large.length), [9]);
	});

	it("counts frames as missed by a stream that has ended", async () => {
		const [probe, out] = await viewer();
		const receiver = group.addStream(out.stream);
		probe.abort();
		await bench.until("gone", () => out.goings > 0);
		assert.equal(send(frame(1)), 0);
		assert.deepEqual([receiver.delivered, receiver.missed], [0, 1]);
	});

	it("treats a stream as not ready before it is open and after end", async () => {
		const probe = StreamProbe.connect(bench.guard, bench.a, bench.b.address, 9);
		viewers.push(probe);
		assert.equal(
			bench.guard.call(() => probe.stream.offer(frame(1), 0, FRAME)),
			false,
		);
		const [, out] = await viewer();
		const receiver = group.addStream(out.stream);
		out.end();
		assert.equal(send(frame(1)), 0);
		assert.equal(receiver.missed, 1);
	});

	it("sends frames between other writes", async () => {
		const [probe, out] = await viewer();
		group.addStream(out.stream);
		out.write(frame(1));
		await bench.until("the first", () => probe.length === FRAME && out.stream.queued === 0);
		assert.equal(send(frame(2)), 1);
		await bench.until("the second", () => probe.length === 2 * FRAME && out.stream.queued === 0);
		out.write(frame(3));
		await bench.until("the third", () => probe.length === 3 * FRAME);
		assert.deepEqual(framesIn(probe.content), [1, 2, 3]);
	});

	it("retains a lease only while it refers to the octets", async () => {
		const [quick, quickOut] = await viewer();
		const [slow, slowOut] = await viewer();
		slow.reading(false);
		group.addStream(quickOut.stream);
		const receiver = group.addStream(slowOut.stream);
		const lease = new CountingLease();
		const sent = await fill(receiver, lease);
		await bench.until("the quick one", () => quick.length === sent * FRAME);
		slow.reading(true);
		await bench.until("the slow one", () => slow.length === receiver.delivered * FRAME && lease.held === 0);
	});

	it("releases a lease when the connection is dropped", async () => {
		const [slow, out] = await viewer();
		slow.reading(false);
		const receiver = group.addStream(out.stream);
		const lease = new CountingLease();
		await fill(receiver, lease);
		out.abort();
		await bench.until("released", () => lease.held === 0);
	});

	it("sends a datagram to each UDP peer, and the same octets to streams", async () => {
		const socket = await ear(bench.a);
		const one = await ear(bench.b);
		const two = await ear(bench.b);
		const [probe, out] = await viewer();
		const receivers = [one, two].map((to) => group.addPeer(socket.socket, peer(socket.socket, to)));
		group.addStream(out.stream);
		const bytes = pattern(1300);
		assert.equal(
			bench.guard.call(() => group.send(bytes, 100, 1300)),
			3,
		);
		bytes.subarray(0, 100).fill(0);
		await bench.until("all", () => one.heard.length > 0 && two.heard.length > 0 && probe.length === 1200);
		for (const { heard } of [one, two]) assert.deepEqual(heard, [bytes.slice(100)]);
		for (const { delivered, octets } of receivers) assert.deepEqual([delivered, octets], [1, 1200]);
		group.remove(receivers[0]);
		assert.equal(send(bytes), 2);
	});

	it("sends a burst as datagrams to UDP peers, and in one write to streams", async () => {
		const socket = await ear(bench.a);
		const one = await ear(bench.b);
		const [probe, out] = await viewer();
		const receiver = group.addPeer(socket.socket, peer(socket.socket, one));
		group.addStream(out.stream);
		const bytes = pattern(10 + 4 * 1000 + 300);
		const offsets = Uint32Array.of(10, 1010, 2010, 3010, 4010, 4310);
		assert.equal(
			bench.guard.call(() => group.sendBatch(bytes, offsets, 5)),
			2,
		);
		offsets.fill(0);
		await bench.until("all", () => one.heard.length === 5 && probe.length === 4300);
		assert.deepEqual(
			one.heard.map(({ length }) => length),
			[1000, 1000, 1000, 1000, 300],
		);
		const joined = new Uint8Array(4300);
		for (const [i, part] of one.heard.entries()) joined.set(part, i * 1000);
		assert.deepEqual(joined, bytes.slice(10));
		assert.deepEqual(probe.content, bytes.slice(10));
		assert.deepEqual([receiver.delivered, receiver.octets, group.sends], [1, 4300, 1]);
		assert.equal(wireOctets(receiver, bench.b.address), 4300 + 5 * 28);
	});

	it("numbers the packets of each receiver, and changes no other octet (STR-21)", async () => {
		const socket = (await ear(bench.a)).socket;
		const ends = [await ear(bench.b), await ear(bench.b), await ear(bench.b)];
		const numbers = [{ ssrc: 0xfedcba98, sequence: 0xfffe }, { ssrc: 1, sequence: 7 }, undefined];
		const receivers = ends.map((to, i) => group.addPeer(socket, peer(socket, to), numbers[i]));
		assert.deepEqual(
			receivers.map(({ sequence, packets }) => [sequence, packets]),
			[
				[0xfffe, 0],
				[7, 0],
				[0, 0],
			],
		);
		const bytes = pattern(10 + 3000);
		const original = bytes.slice();
		const offsets = Uint32Array.of(10, 1010, 2010, 2700, 3010);
		assert.equal(
			bench.guard.call(() => group.sendBatch(bytes, offsets, 4)),
			3,
		);
		bytes.fill(0);
		await bench.until("all", () => ends.every(({ heard }) => heard.length === 4));
		for (const [i, { heard }] of ends.entries()) {
			for (const [k, packet] of heard.entries()) {
				const expected = original.slice(offsets[k], offsets[k + 1]);
				const { ssrc, sequence } = numbers[i] ?? { ssrc: 0, sequence: 0 };
				assert.equal(packet.length, expected.length);
				if (numbers[i] !== undefined) {
					const view = new DataView(expected.buffer);
					view.setUint16(2, (sequence + k) & 0xffff);
					view.setUint32(8, ssrc);
				} else {
					// What the receivers before it left there.
					for (const at of [2, 3, 8, 9, 10, 11]) expected[at] = packet[at];
				}
				assert.deepEqual(packet, expected);
			}
		}
		assert.deepEqual(
			receivers.map(({ sequence, packets, octets }) => [sequence, packets, octets]),
			[
				[2, 4, 3000],
				[11, 4, 3000],
				[0, 4, 3000],
			],
		);
	});

	it("leaves no gap in the numbers of a receiver that skipped frames", async () => {
		const socket = (await ear(bench.a)).socket;
		const ends = [await ear(bench.b), await ear(bench.b)];
		const receivers = ends.map((to) => group.addPeer(socket, peer(socket, to), { ssrc: 5, sequence: 0xffff }));
		const offsets = Uint32Array.of(0, 100, 200);
		for (let i = 0; i < 3; i++) {
			receivers[0].hold = i === 1;
			bench.guard.call(() => group.sendBatch(frame(i, 200), offsets, 2));
		}
		await bench.until("all", () => ends[0].heard.length === 4 && ends[1].heard.length === 6);
		const sequences = (of: Ear): number[] => of.heard.map((packet) => packet[2] * 256 + packet[3]);
		assert.deepEqual(sequences(ends[0]), [0xffff, 0, 1, 2]);
		assert.deepEqual(sequences(ends[1]), [0xffff, 0, 1, 2, 3, 4]);
		assert.deepEqual(
			receivers.map(({ sequence, packets, delivered, missed }) => [sequence, packets, delivered, missed]),
			[
				[3, 4, 2, 0],
				[5, 6, 3, 0],
			],
		);
		socket.close();
		bench.guard.call(() => group.sendBatch(frame(3, 200), offsets, 2));
		assert.deepEqual([receivers[0].sequence, receivers[0].packets, receivers[0].missed], [3, 4, 1]);
	});

	it("sends a burst of 150 packets of one length, and a shorter one, in order", async () => {
		const socket = (await ear(bench.a)).socket;
		const one = await ear(bench.b);
		const receiver = group.addPeer(socket, peer(socket, one), { ssrc: 9, sequence: 0xff80 });
		const count = 151;
		const offsets = Uint32Array.from({ length: count + 1 }, (_, i) => Math.min(i * 100, 15_050));
		assert.equal(
			bench.guard.call(() => group.sendBatch(frame(1, 15_050), offsets, count)),
			1,
		);
		await bench.until("all", () => one.heard.length === count);
		assert.deepEqual(
			one.heard.map((packet) => [packet.length, packet[2] * 256 + packet[3]]),
			Array.from({ length: count }, (_, i) => [i < 150 ? 100 : 50, (0xff80 + i) & 0xffff]),
		);
		assert.equal(receiver.packets, count);
	});

	it("numbers a single packet, and none that is shorter than a header", async () => {
		const socket = (await ear(bench.a)).socket;
		const one = await ear(bench.b);
		const receiver = group.addPeer(socket, peer(socket, one), { ssrc: 0x01020304, sequence: 0x0506 });
		send(new Uint8Array(12));
		await bench.until("it", () => one.heard.length === 1);
		assert.deepEqual([...one.heard[0]], [0, 0, 5, 6, 0, 0, 0, 0, 1, 2, 3, 4]);
		bench.guard.call(() => group.sendBatch(new Uint8Array(24), Uint32Array.of(0, 11, 23, 24), 3));
		await bench.until("three", () => one.heard.length === 4);
		assert.deepEqual(
			one.heard.slice(1).map((packet) => [...packet]),
			[[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 5, 7, 0, 0, 0, 0, 1, 2, 3, 4], [0]],
		);
		assert.equal(receiver.sequence, 0x0508);
	});

	it("counts packets of streams too", async () => {
		const [probe, out] = await viewer();
		const receiver = group.addStream(out.stream);
		bench.guard.call(() => group.sendBatch(frame(1, 300), Uint32Array.of(0, 100, 200, 300), 3));
		send(frame(2, 300));
		await bench.until("both", () => probe.length >= 300);
		assert.equal(receiver.packets, receiver.delivered === 2 ? 4 : 3);
		assert.equal(receiver.sequence, 0);
	});

	it("counts frames as missed by a closed UDP socket", async () => {
		const socket = await ear(bench.a);
		const one = await ear(bench.b);
		const receiver = group.addPeer(socket.socket, peer(socket.socket, one));
		socket.socket.close();
		assert.equal(send(frame(1, 100)), 0);
		assert.deepEqual([receiver.delivered, receiver.missed], [0, 1]);
	});
}
