import assert from "node:assert/strict";
import process from "porthole:process";
import { LinuxInterfaces } from "../../hosts/linux/adapters/interface-source";
import { LinuxNetwork } from "../../hosts/linux/adapters/network";
import { Time, Timer } from "../../hosts/linux/adapters/timers";
import { StillPicture } from "../../hosts/linux/sources/still-picture";
import { LiveViewers } from "../../src/camera/live-viewers";
import type { MjpegViewer } from "../../src/camera/mjpeg-viewer";
import { PanTilt } from "../../src/camera/pan-tilt";
import { FrameHub } from "../../src/media/frame-hub";
import { MatroskaCluster } from "../../src/media/matroska/matroska-cluster";
import { matroskaHead } from "../../src/media/matroska/matroska-head";
import { MatroskaWalker } from "../../src/media/matroska/matroska-walker";
import type { ListenerSink, Stream, StreamSink, UdpPeer, UdpSink, UdpSocket } from "../../src/ports/net";

const FRAMES = 20;
const DATAGRAMS = 500;
const BATCH = 50;
const STEPS = 500;

class Watcher implements StreamSink {
	stream!: Stream;

	constructor(private readonly viewer: MjpegViewer | undefined) {}

	room(): void {
		this.viewer?.fill(Time.ticks, this.stream);
	}

	received(): void {}
	ended(): void {}
	gone(): void {}
}

/** A port on which each connection watches the hub. */
class Port implements ListenerSink {
	isOpen = false;

	constructor(private readonly live: LiveViewers) {}

	opened(): void {
		this.isOpen = true;
	}

	accepted(stream: Stream): StreamSink {
		const watcher = new Watcher(this.live.watch(0, false));
		watcher.stream = stream;
		return watcher;
	}

	failed(): void {}
}

class Echo implements UdpSink {
	count = 0;
	/** Datagrams before which slots were allocated since the one before; and the slots when the last one came. */
	costly = 0;
	private last = 0;
	isOpen = false;
	socket!: UdpSocket;

	opened(): void {
		this.isOpen = true;
	}

	received(): void {
		// The first of a batch comes after whatever else the program did.
		if (this.count % BATCH !== 1 && process.slots > this.last) this.costly++;
		this.count++;
		this.last = process.slots;
	}

	failed(): void {}
}

async function until(done: () => boolean): Promise<void> {
	const end = Time.ticks + 60_000;
	while (!done()) {
		if (Time.ticks > end) throw new Error("it takes too long");
		await new Promise<void>((resolve) => Timer.set(resolve, 2));
	}
}

/** Slots and octets of chunks that a frame to so many viewers takes. */
async function costOf(viewers: number): Promise<{ slots: number; chunks: number }> {
	const network = new LinuxNetwork(new LinuxInterfaces());
	const hub = new FrameHub({ wanted() {}, unwanted() {} });
	const settings = { viewers: 1000, uplink: 0 };
	const port = new Port(new LiveViewers(hub, settings, network.fanOut(), () => Time.ticks));
	const listener = network.listen({ address: "127.0.0.1", port: 0 }, port);
	await until(() => port.isOpen);
	const clients: Stream[] = [];
	for (let i = 0; i < viewers; i++) {
		const client = network.connect({ address: "127.0.0.1", port: listener.port }, new Watcher(undefined));
		client.reading(false);
		clients.push(client);
	}
	await until(() => hub.watching === viewers);
	const picture = new StillPicture(new Uint8Array(1000));
	const slots: number[] = [];
	const chunks: number[] = [];
	for (let i = 0; i < FRAMES; i++) {
		const before = [process.slots, process.chunks];
		const frame = picture.frame(i);
		hub.push(Time.ticks, frame);
		frame.release();
		slots.push(process.slots - before[0]);
		chunks.push(process.chunks - before[1]);
	}
	assert.equal(hub.delivered, FRAMES * viewers);
	listener.close();
	for (const client of clients) client.abort();
	return { slots: median(slots), chunks: median(chunks) };
}

/** Slots and octets of chunks that a burst of so many RTP packets to so many clients takes. */
async function costOfBurst(clients: number, packets: number): Promise<{ slots: number; chunks: number }> {
	const network = new LinuxNetwork(new LinuxInterfaces());
	const group = network.fanOut();
	const ends = [new Echo(), new Echo()];
	for (const end of ends) end.socket = network.udp({ address: "127.0.0.1", port: 0 }, end);
	await until(() => ends.every(({ isOpen }) => isOpen));
	const peer = ends[0].socket.peer("127.0.0.1", ends[1].socket.port) as UdpPeer;
	for (let ssrc = 0; ssrc < clients; ssrc++) group.addPeer(ends[0].socket, peer, { ssrc, sequence: 0xfff0 });
	const bytes = new Uint8Array(packets * 100);
	const offsets = new Uint32Array(packets + 1);
	for (let i = 0; i <= packets; i++) offsets[i] = 100 * i;
	const slots: number[] = [];
	const chunks: number[] = [];
	for (let i = 0; i < FRAMES; i++) {
		const slotsBefore = process.slots;
		const chunksBefore = process.chunks;
		group.sendBatch(bytes, offsets, packets);
		const chunksAfter = process.chunks;
		slots.push(process.slots - slotsBefore);
		chunks.push(chunksAfter - chunksBefore);
		await until(() => ends[1].count === (i + 1) * clients * packets);
	}
	for (const end of ends) end.socket.close();
	return { slots: median(slots), chunks: median(chunks) };
}

/** The collector may come in between now and then. */
function median(numbers: readonly number[]): number {
	return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}

describe("allocations on XS", () => {
	it("delivers a frame to one more viewer without a slot or an octet", async () => {
		const one = await costOf(1);
		const many = await costOf(17);
		process.print(`a frame takes ${one.slots} slots and ${one.chunks} octets, with any number of viewers\n`);
		assert.deepEqual(many, one);
	});

	it("sends a burst of RTP packets to any number of clients without a slot or an octet", async () => {
		assert.deepEqual(await costOfBurst(17, 20), { slots: 0, chunks: 0 });
		assert.deepEqual(await costOfBurst(1, 1), { slots: 0, chunks: 0 });
	});

	it("receives and sends datagrams without a slot each", async () => {
		const network = new LinuxNetwork(new LinuxInterfaces());
		const [a, b] = [new Echo(), new Echo()];
		for (const echo of [a, b]) echo.socket = network.udp({ address: "127.0.0.1", port: 0 }, echo);
		await until(() => a.isOpen && b.isOpen);
		const bytes = new Uint8Array(100);
		a.socket.send(bytes, 0, 100, "127.0.0.1", b.socket.port);
		await until(() => b.count === 1);
		process.collect();
		let sending = 0;
		b.costly = 0;
		for (let sent = 0; sent < DATAGRAMS; sent += BATCH) {
			const before = process.slots;
			for (let i = 0; i < BATCH; i++) a.socket.send(bytes, 0, 100, "127.0.0.1", b.socket.port);
			// The collector, which may come at any time, gives slots back.
			sending += Math.max(0, process.slots - before);
			await until(() => b.count === 1 + sent + BATCH);
		}
		process.print(`sending a datagram takes ${sending / DATAGRAMS} slots\n`);
		assert.equal(sending, 0);
		// A timer may come between two datagrams that came together, at most once for each batch.
		assert.ok(b.costly <= DATAGRAMS / BATCH, `${b.costly} datagrams took slots`);
		for (const echo of [a, b]) echo.socket.close();
	});

	it("turns a camera without a slot or an octet for a step", () => {
		const drive = {
			...{ panLimit: 90, tiltLimit: 90, pan: 0, tilt: 0 },
			moveTo(pan: number, tilt: number): void {
				this.pan = pan;
				this.tilt = tilt;
			},
		};
		const options = { panLimit: 90, tiltLimit: 90, speed: 1, dwell: 1 };
		const panTilt = new PanTilt(drive, options, { read: () => undefined, write() {} });
		panTilt.moveTo(0, 80, 40);
		panTilt.expire(40);
		process.collect();
		const slots = process.slots;
		const chunks = process.chunks;
		for (let step = 2; step <= STEPS; step++) panTilt.expire(step * 40);
		const moreSlots = process.slots - slots;
		const moreChunks = process.chunks - chunks;
		assert.deepEqual([moreSlots, moreChunks], [0, 0]);
		assert.equal(panTilt.state.pan, 20);
	});

	it("records pictures, and walks over them, without an octet for a picture (STR-13)", () => {
		const frame = new StillPicture(new Uint8Array(1000)).frame(0);
		const cluster = new MatroskaCluster().begin();
		cluster.frame(frame, 0);
		for (let i = 1; i < 100; i++) cluster.frame(frame, i);
		cluster.begin();
		process.collect();
		let slots = process.slots;
		let chunks = process.chunks;
		for (let i = 0; i < 100; i++) cluster.frame(frame, i);
		// A view of the picture, which `set` needs.
		const recordedSlots = process.slots - slots;
		const recordedChunks = process.chunks - chunks;
		const size = { width: 64, height: 48 };
		const head = matroskaHead({ ...size, encoding: "JPEG", utc: 0, parameterSets: [], camera: "", title: "" });
		const file = new Uint8Array(head.length + cluster.length);
		file.set(head);
		file.set(cluster.bytes.subarray(0, cluster.length), head.length);
		let pictures = 0;
		const walker = new MatroskaWalker({
			head() {},
			cluster() {},
			picture() {
				pictures++;
				return pictures % 10 !== 0;
			},
		});
		walker.open(file.length).take(file, 0, file.length);
		process.collect();
		slots = process.slots;
		chunks = process.chunks;
		while (pictures < 100) walker.take(file, walker.at, file.length);
		const walkedSlots = process.slots - slots;
		const walkedChunks = process.chunks - chunks;
		assert.equal(pictures, 100);
		process.print(`recording a picture takes ${recordedSlots / 100} slots\n`);
		assert.equal(recordedChunks, 0);
		assert.deepEqual([walkedSlots, walkedChunks], [0, 0]);
	});
});
