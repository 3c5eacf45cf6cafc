import assert from "node:assert/strict";
import process from "porthole:process";
import { LinuxClock } from "../../hosts/linux/adapters/clock";
import { LinuxInterfaces } from "../../hosts/linux/adapters/interface-source";
import { LinuxNetwork } from "../../hosts/linux/adapters/network";
import { Time, Timer } from "../../hosts/linux/adapters/timers";
import { ByteWriter } from "../../src/base/byte-writer";
import { latin1, utf8Encode } from "../../src/base/text";
import { Pump } from "../../src/core/pump";
import { FrameHub } from "../../src/media/frame-hub";
import type { ListenerSink, Stream, StreamSink, UdpSink, UdpSocket } from "../../src/ports/net";
import { AddressTable } from "../../src/stream/address/address-table";
import { RtspServer } from "../../src/stream/control/rtsp-server";
import { LiveContent } from "../../src/stream/distribution/live-content";
import { SessionKeeper } from "../../src/stream/distribution/session-keeper";
import { StreamDistribution } from "../../src/stream/distribution/stream-distribution";
import { RtcpContext } from "../../src/stream/reports/rtcp-session";
import { RtspRefusal } from "../../src/stream/rtsp-refusal";
import type { StreamListener, StreamRequest } from "../../src/stream/stream-transport";
import { ProcessingUnits } from "../../src/stream/units/processing-units";
import { UdpReachability } from "../../src/stream/units/udp-reachability";
import { ReceptionReport, writeReceiverReport } from "../../src/wire/rtcp";
import { toyFrame } from "../support/toy-jpeg";

const FRAMES = 20;
/** Octets of a slot on 64 bits; half of it on 32. */
const SLOT = 32;
const HERE = "127.0.0.1";
const LISTENER: StreamListener = { streamEnded() {}, streamLost() {}, streamAlive() {} };

async function until(done: () => boolean): Promise<void> {
	const end = Time.ticks + 60_000;
	while (!done()) {
		if (Time.ticks > end) throw new Error("it takes too long");
		await new Promise<void>((resolve) => Timer.set(resolve, 2));
	}
}

/** The port of all clients by UDP. */
class Drain implements UdpSink {
	isOpen = false;
	socket!: UdpSocket;

	opened(): void {
		this.isOpen = true;
	}

	received(): void {}
	failed(): void {}
}

/** Accepts the connections of clients by TCP, and keeps the server's ends. */
class Port implements ListenerSink, StreamSink {
	isOpen = false;
	readonly ends: Stream[] = [];

	opened(): void {
		this.isOpen = true;
	}

	accepted(stream: Stream): StreamSink {
		this.ends.push(stream);
		return this;
	}

	room(): void {}
	received(): void {}
	ended(): void {}
	gone(): void {}
	failed(): void {}
}

/** Accepts the control connections of players, who are all the owner. */
class ControlPort implements ListenerSink {
	isOpen = false;
	readonly ends: Stream[] = [];
	readonly server: RtspServer;
	private readonly pump = new Pump(new LinuxClock());

	constructor(distribution: StreamDistribution) {
		const admission = { role: "owner", proof: "password", until: 0 } as const;
		this.server = new RtspServer({ connections: 1000, connectionsPerAddress: 1000 }, distribution, {
			authenticator: { authenticate: () => ({ outcome: "granted", admission }) },
			random: { fill },
		});
	}

	opened(): void {
		this.isOpen = true;
	}

	accepted(stream: Stream): StreamSink | undefined {
		const { remoteAddress, localAddress } = stream;
		const connection = this.server.accept(Time.ticks, remoteAddress, localAddress, false);
		if (connection === undefined) return undefined;
		this.ends.push(stream);
		const handle = this.pump.addStream(connection);
		connection.late = handle;
		return handle.attach(stream);
	}

	failed(): void {}
}

/** The client's end of a control connection: sets a stream up and plays it. */
class Player implements StreamSink {
	static playing = 0;
	stream!: Stream;
	private isPlaying = false;

	constructor(private readonly transport: string) {}

	room(): void {
		this.ask(`SETUP rtsp://${HERE}/live/trackID=0 RTSP/1.0\r\nCSeq: 1\r\n${this.transport}`);
	}

	received(bytes: Uint8Array): void {
		// Then come pictures.
		if (this.isPlaying) return;
		const answer = latin1(bytes);
		if (!answer.startsWith("RTSP/1.0 200")) throw new Error(answer);
		if (answer.includes("CSeq: 2")) {
			this.isPlaying = true;
			Player.playing++;
			return;
		}
		const id = answer.slice(answer.indexOf("Session: ") + 9, answer.indexOf(";timeout"));
		this.ask(`PLAY rtsp://${HERE}/live RTSP/1.0\r\nCSeq: 2\r\nSession: ${id}`);
	}

	ended(): void {}
	gone(): void {}

	private ask(text: string): void {
		const bytes = utf8Encode(`${text}\r\n\r\n`);
		this.stream.write(bytes, 0, bytes.length);
	}
}

/** A distribution on this machine, with its clients. */
class Stage {
	readonly network = new LinuxNetwork(new LinuxInterfaces());
	readonly hub = new FrameHub({ wanted() {}, unwanted() {} });
	readonly distribution: StreamDistribution;
	readonly drain = new Drain();
	readonly port = new Port();
	readonly listener = this.network.listen({ address: HERE, port: 0 }, this.port);
	readonly players: Player[] = [];
	playing = 0;

	constructor() {
		const random = { fill: (bytes: Uint8Array) => fill(bytes), unit: () => Math.random() };
		const clock = { now: () => Time.ticks, utc: () => 1_767_225_600_000 };
		const reachability = new UdpReachability();
		const log = { write() {} };
		const table = new AddressTable([], true);
		this.drain.socket = this.network.udp({ address: HERE, port: 0 }, this.drain);
		this.distribution = new StreamDistribution(
			{
				random,
				paths: new ProcessingUnits(this.network, clock, random, table, log),
				rtcp: new RtcpContext(clock, random, "cam"),
				reachability,
				uplink: undefined,
				now: clock.now,
				isFar: () => false,
				fanOut: () => this.network.fanOut(),
				rearm() {},
			},
			{ streams: 1000, streamsPerClient: 1000 },
			new SessionKeeper(reachability, undefined, () => 0),
		);
		this.distribution.add(new LiveContent("live", () => "Garden", this.hub, this.distribution));
	}

	async opened(): Promise<void> {
		await until(() => this.drain.isOpen && this.port.isOpen);
	}

	/** The clients by UDP report, as players do. */
	async report(): Promise<void> {
		const writer = new ByteWriter(100);
		const { entries } = this.distribution.table;
		for (const { ssrc, media } of entries) {
			writeReceiverReport(writer.reset(), 7, Object.assign(new ReceptionReport(), { ssrc, jitter: 900 }));
			this.drain.socket.send(writer.bytes, 0, writer.length, HERE, media?.rtcpPort ?? 0);
		}
		await until(() => entries.every(({ bandwidth }) => bandwidth !== undefined));
	}

	/** Plays to so many more clients. */
	async add(framing: "udp" | "tcp", count: number): Promise<void> {
		const wanted = this.playing + count;
		for (let i = 0; i < count; i++) {
			if (framing === "udp") {
				const { port } = this.drain.socket;
				this.setup({ framing, rtpPort: port, rtcpPort: port });
				continue;
			}
			const { ends } = this.port;
			const { length } = ends;
			this.network.connect({ address: HERE, port: this.listener.port }, this.port).reading(false);
			await until(() => ends.length > length);
			this.setup({ framing, out: ends[length], channel: 0 });
		}
		await until(() => this.playing === wanted);
	}

	private setup(path: StreamRequest["path"]): void {
		const { distribution } = this;
		const request = { control: "12345678", content: "live", client: HERE, local: HERE, owner: true, rate: 0 };
		distribution.setup(Time.ticks, { ...request, path, listener: LISTENER }, (now, answer) => {
			if (answer instanceof RtspRefusal) throw new Error(answer.message);
			distribution.play(now, answer.stream, undefined, () => {
				this.playing++;
			});
		});
	}

	/** The greatest numbers of slots and octets of chunks that a picture takes, but for a few that the collector meets. */
	cost(): { slots: number; chunks: number } {
		const frames = Array.from({ length: FRAMES }, (_, i) => toyFrame(i, Time.ticks + i, { scan: 20_000 }));
		const slots: number[] = [];
		const chunks: number[] = [];
		process.collect();
		for (let i = 0; i < FRAMES; i++) {
			const slotsBefore = process.slots;
			const chunksBefore = process.chunks;
			this.hub.push(Time.ticks, frames[i]);
			const chunksAfter = process.chunks;
			slots.push(process.slots - slotsBefore);
			chunks.push(chunksAfter - chunksBefore);
		}
		return { slots: median(slots), chunks: median(chunks) };
	}

	/** Connects so many players to a port. */
	connect(port: number, count: number, transport: string): void {
		for (let i = 0; i < count; i++) {
			const player = new Player(transport);
			player.stream = this.network.connect({ address: HERE, port }, player);
			this.players.push(player);
		}
	}

	close(): void {
		for (const { stream } of this.players) stream.abort();
		this.distribution.close(Time.ticks);
		this.listener.close();
		for (const end of this.port.ends) end.abort();
		this.drain.socket.close();
	}
}

/** Measures the octets of the heap that each of so many clients takes, beginning when the collector has run. */
async function perClient(what: string, count: number, add: () => Promise<void>): Promise<number> {
	process.collect();
	const slots = process.slots;
	const chunks = process.chunks;
	await add();
	process.collect();
	const each = ((process.slots - slots) * SLOT + process.chunks - chunks) / count;
	process.print(`${what} takes ${each} octets: ${(process.slots - slots) / count} slots\n`);
	return each;
}

function fill(bytes: Uint8Array): void {
	for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(Math.random() * 256);
}

function median(numbers: readonly number[]): number {
	return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}

describe("allocations of streams on XS", () => {
	for (const framing of ["udp", "tcp"] as const) {
		it(`packetizes a picture and sends it to any number of clients by ${framing} without a slot or an octet`, async () => {
			const stage = new Stage();
			await stage.opened();
			await stage.add(framing, 1);
			assert.deepEqual(stage.cost(), { slots: 0, chunks: 0 });
			await stage.add(framing, 16);
			assert.deepEqual(stage.cost(), { slots: 0, chunks: 0 });
			stage.close();
		});
	}

	// A board with 32 bits needs little more than half.
	it("takes at most 4 kB of a heap of 64 bits for a client by UDP, and 1.4 kB more from its first report on", async () => {
		const stage = new Stage();
		await stage.opened();
		await stage.add("udp", 10);
		stage.cost();
		const octets = await perClient("a client by UDP", 40, () => stage.add("udp", 40));
		assert.ok(octets <= 4096, `${octets} octets`);
		const judged = await perClient("judging the reports of a client by UDP", 50, () => stage.report());
		assert.ok(judged <= 1434, `${judged} octets`);
		stage.close();
	});

	for (const [name, transport, most] of [
		["UDP", "RTP/AVP;unicast;client_port=", 7168],
		["TCP", "RTP/AVP/TCP;unicast;interleaved=0-1", 5120],
	] as const) {
		it(`takes at most ${most / 1024} kB of a heap of 64 bits for a client by ${name} with its control connection`, async () => {
			const stage = new Stage();
			const control = new ControlPort(stage.distribution);
			const listener = stage.network.listen({ address: HERE, port: 0 }, control);
			await stage.opened();
			await until(() => control.isOpen);
			const { port } = stage.drain.socket;
			const field = `Transport: ${transport}${name === "UDP" ? `${port}-${port}` : ""}`;
			const connect = async (count: number): Promise<void> => {
				const wanted = Player.playing + count;
				stage.connect(listener.port, count, field);
				await until(() => Player.playing === wanted);
			};
			await connect(10);
			stage.cost();
			// The ends of the clients are in this heap, too: half of a connection that nobody serves.
			const ends = stage.port.ends;
			const pair = await perClient("a bare connection with both ends", 20, async () => {
				stage.connect(stage.listener.port, 20, field);
				await until(() => ends.length === 20);
				for (let i = 0; i < 20; i++) await new Promise<void>((resolve) => Timer.set(resolve, 2));
			});
			const all = await perClient(`a client by ${name} with both ends of its control connection`, 40, () =>
				connect(40),
			);
			const octets = all - pair / 2;
			process.print(`without the client's end: ${octets} octets\n`);
			assert.ok(octets <= most, `${octets} octets`);
			for (const end of control.ends) end.abort();
			listener.close();
			stage.close();
		});
	}
});
