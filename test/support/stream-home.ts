import { Lan } from "../../hosts/virtual/lan";
import type { LinkSettings } from "../../hosts/virtual/link";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { World } from "../../hosts/virtual/world";
import { SourceActivation } from "../../src/app/camera/source-activation";
import { makeDistribution } from "../../src/app/stream/make-distribution";
import type { StreamService } from "../../src/app/stream/stream-service";
import type { Prng } from "../../src/base/prng";
import { type Handle, Pump } from "../../src/core/pump";
import { AccessUnit } from "../../src/media/access-unit";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../src/media/frame";
import { FrameHub } from "../../src/media/frame-hub";
import { JpegQuality } from "../../src/media/jpeg-quality";
import { Uplink } from "../../src/media/uplink";
import type { FrameSink, FrameSource, UnitSink, UnitSource } from "../../src/ports/camera";
import type { Listener, Stream, StreamSink } from "../../src/ports/net";
import { AddressTable } from "../../src/stream/address/address-table";
import { RtspServer } from "../../src/stream/control/rtsp-server";
import type { StreamDistribution } from "../../src/stream/distribution/stream-distribution";
import { toyJpeg } from "./toy-jpeg";

/** The address of the stream server. */
export const SERVER = "192.168.0.11";
const PORT = 8554;

/** Pictures differ in the octet that fills them, which tells their size: entropy-coded octets by that octet. */
export const SCANS: readonly number[] = [0, 0, 900, 2500, 4100, 1399, 6000];

/** A JPEG picture with a given octet, in the buffer of a frame. */
const TEMPLATES = SCANS.map((scan, fill) =>
	fill < 2 ? new Uint8Array() : toyJpeg({ scan, fill, width: 64 + 8 * fill }),
);
const GREY = toyJpeg({ grey: true });

/** A camera in virtual time: JPEG at one pace, H.264 at the same pace. */
export class HomeSource implements FrameSource {
	readonly description = "virtual";
	readonly quality = new JpegQuality(80);
	readonly h264: HomeUnits;
	/** `still`: no picture comes; `grey`: RTP cannot carry them. */
	mood: "fine" | "still" | "grey" = "fine";
	/** Pictures given and given back. */
	given = 0;
	returned = 0;
	/** Octets of each picture at quality 80; 0: they differ. */
	scan = 0;
	private sink: FrameSink | undefined;

	constructor(
		private readonly machine: VirtualMachine,
		readonly interval: number,
	) {
		this.h264 = new HomeUnits(machine, interval);
	}

	get isRunning(): boolean {
		return this.sink !== undefined;
	}

	start(sink: FrameSink): void {
		this.sink = sink;
		this.machine.world.after(this.interval, () => this.tick(sink));
	}

	stop(): void {
		this.sink = undefined;
	}

	private tick(sink: FrameSink): void {
		if (this.sink !== sink) return;
		this.machine.world.after(this.interval, () => this.tick(sink));
		if (this.mood !== "still") this.give(sink);
	}

	private give(sink: FrameSink): void {
		const fill = 2 + (this.given % (SCANS.length - 2));
		const picture =
			this.scan > 0
				? toyJpeg({ scan: Math.round((this.scan * this.quality.value) / 80), fill: 1 })
				: this.mood === "grey"
					? GREY
					: TEMPLATES[fill];
		const bytes = new Uint8Array(FRAME_HEADROOM + picture.length + FRAME_TAILROOM);
		bytes.set(picture, FRAME_HEADROOM);
		const end = FRAME_HEADROOM + picture.length;
		const now = this.machine.clock.now();
		sink.frame(new Frame(bytes, FRAME_HEADROOM, end, ++this.given, now, undefined, () => this.returned++));
	}
}

/** Its H.264 pictures: a key picture every 5 s, and when one is asked for. Each has its number in it. */
export class HomeUnits implements UnitSource {
	readonly description = "virtual H.264";
	parameterSets: readonly Uint8Array[] = [];
	given = 0;
	returned = 0;
	private sinceKey = 0;
	private sink: UnitSink | undefined;

	constructor(
		private readonly machine: VirtualMachine,
		private readonly interval: number,
	) {}

	get isRunning(): boolean {
		return this.sink !== undefined;
	}

	start(sink: UnitSink): void {
		this.sink = sink;
		this.sinceKey = Infinity;
		this.machine.world.after(this.interval, () => this.tick(sink));
	}

	stop(): void {
		this.sink = undefined;
	}

	requestKey(): void {
		this.sinceKey = Infinity;
	}

	private tick(sink: UnitSink): void {
		if (this.sink !== sink) return;
		this.machine.world.after(this.interval, () => this.tick(sink));
		const isKey = this.sinceKey * this.interval >= 5000;
		this.sinceKey = isKey ? 1 : this.sinceKey + 1;
		this.parameterSets = [new Uint8Array([0x67, 66, 0, 30, 0xff]), new Uint8Array([0x68, 2, 3])];
		const bytes = new Uint8Array(isKey ? 5000 : 700).fill(7);
		this.given++;
		// Octets of a NAL unit are chosen so that none looks like a start code.
		bytes.set([0, 0, 0, 1, isKey ? 0x65 : 0x41, 2 + (this.given % 200), 2 + (Math.floor(this.given / 200) % 200)]);
		const now = this.machine.clock.now();
		sink.unit(
			new AccessUnit(bytes, 0, bytes.length, isKey, this.given, now, (now * 90 + 99) >>> 0, () => this.returned++),
		);
	}
}

/** What a {@link StreamHome} is like. */
export interface StreamHomeOptions {
	/** Milliseconds between two pictures. @default 100 */
	readonly interval?: number;
	/** In kB/s; 0: no limit. @default 0 */
	readonly uplink?: number;
	/** @default 50 */
	readonly streams?: number;
	/** Of the server. */
	readonly link?: Partial<LinkSettings>;
}

/**
 * A LAN with a stream server, built as a camera builds it: RTSP server, distribution, processing units; and machines for clients.
 * All in virtual time from one seed.
 */
export class StreamHome {
	readonly world: World;
	readonly lan: Lan;
	readonly machine: VirtualMachine;
	readonly pump: Pump;
	readonly source: HomeSource;
	readonly hub: FrameHub;
	readonly server: RtspServer;
	readonly service: StreamService;
	/** What the server logged of its sessions. */
	readonly log: string[] = [];
	/** What a camera has: the distribution finds its parts there. */
	readonly video: {
		readonly source: FrameSource;
		readonly hub: FrameHub;
		readonly uplink: Uplink | undefined;
		qualityOwner: Pick<FrameSource, "quality">;
	};
	private readonly listener: Listener;
	private readonly handle: Handle<RtspServer, undefined>;
	private clients = 0;

	constructor(
		readonly seed: number,
		{ interval = 100, uplink = 0, streams = 50, link = {} }: StreamHomeOptions = {},
	) {
		this.world = new World(seed);
		this.lan = new Lan(this.world, { name: "lan" });
		this.machine = new VirtualMachine(this.world, "server");
		this.machine.attach(this.lan, { address: SERVER }, link);
		const { network, clock, random, log } = this.machine;
		this.pump = new Pump(clock);
		const { pump } = this;
		this.source = new HomeSource(this.machine, interval);
		const activation = pump.add(
			new SourceActivation(this.source, { frame: (frame) => this.hub.push(pump.now(), frame), troubled() {} }),
			undefined,
		);
		this.hub = new FrameHub({
			wanted: () => activation.call((machine) => machine.wanted()),
			unwanted: (now) => activation.call((machine) => machine.unwanted(now)),
		});
		this.video = {
			source: this.source,
			hub: this.hub,
			uplink: uplink > 0 ? new Uplink(uplink) : undefined,
			qualityOwner: this.source,
		};
		const host = { network, clock, random, log };
		const camera = {
			host,
			pump,
			video: this.video,
			addresses: { isNeighbour: (address: string) => address.startsWith("192.168."), outsideOf: () => "" },
			fleet: { self: { name: "Garden" } },
			identity: { id: "0011223344556677" },
		};
		const limits = { streams, streamsPerClient: streams };
		this.service = makeDistribution(camera as never, limits, { table: new AddressTable([], true) });
		const admission = { role: "owner", proof: "password", until: 0 } as const;
		this.server = new RtspServer({ connections: 100, connectionsPerAddress: 100 }, this.service.transport, {
			authenticator: { authenticate: () => ({ outcome: "granted", admission }) },
			random,
			ended: (_now, { request }, reason) => this.log.push(`${request.address} ${request.content}: ${reason}`),
		});
		this.handle = pump.add(this.server, undefined);
		this.server.late = { called: () => pump.rearm(this.handle) };
		this.listener = network.listen(
			{ port: PORT },
			{ opened() {}, accepted: (stream) => this.accept(stream), failed() {} },
		);
	}

	get prng(): Prng {
		return this.world.prng;
	}

	get distribution(): StreamDistribution {
		return this.service.transport as StreamDistribution;
	}

	/** UDP ports that the server has open. */
	get ports(): number {
		return (this.machine.network as unknown as { udpSockets: Map<number, unknown> }).udpSockets.size;
	}

	/** A machine for a client. */
	client(link: Partial<LinkSettings> = {}): VirtualMachine {
		const machine = new VirtualMachine(this.world, `client${++this.clients}`);
		machine.attach(this.lan, { address: `192.168.0.${20 + this.clients}` }, link);
		return machine;
	}

	/** What is left of clients that are gone; empty: nothing. */
	leaks(): string[] {
		const { source, distribution, server, hub, ports } = this;
		const { h264 } = source;
		hub.clear();
		const left: [string, number][] = [
			["streams", distribution.streams],
			["playing", distribution.playing],
			["sessions", server.sessions.size],
			["connections", server.connections],
			["ports", ports],
			["viewers", hub.watching],
			["pictures", source.given - source.returned],
			["H.264 pictures", h264.given - h264.returned],
			["timers", (distribution.deadline < Infinity ? 1 : 0) + (server.deadline < Infinity ? 1 : 0)],
			["running sources", (source.isRunning ? 1 : 0) + (h264.isRunning ? 1 : 0)],
		];
		return left.filter(([, count]) => count !== 0).map(([what, count]) => `${count} ${what}`);
	}

	/** The server leaves. */
	close(): void {
		this.listener.close();
		this.handle.call((server, now) => server.endAll(now, "the camera is stopping"));
		this.service.close(this.pump.now());
	}

	private accept(stream: Stream): StreamSink | undefined {
		const { remoteAddress, localAddress, secure } = stream;
		const connection = this.server.accept(this.pump.now(), remoteAddress, localAddress, secure);
		if (connection === undefined) return undefined;
		const handle = this.pump.addStream(connection);
		connection.late = handle;
		return handle.attach(stream);
	}
}
