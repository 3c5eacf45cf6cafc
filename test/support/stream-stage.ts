import { readU16 } from "../../src/base/byte-writer";
import { Prng } from "../../src/base/prng";
import { AccessUnit } from "../../src/media/access-unit";
import { FrameHub } from "../../src/media/frame-hub";
import { JpegQuality } from "../../src/media/jpeg-quality";
import { Uplink } from "../../src/media/uplink";
import type { UnitSink, UnitSource } from "../../src/ports/camera";
import { LoopFanOut } from "../../src/ports/fan-out";
import type { ContentDescription, PlayRange } from "../../src/stream/content";
import { LiveContent } from "../../src/stream/distribution/live-content";
import { QualityLadder } from "../../src/stream/distribution/quality-ladder";
import { SessionKeeper } from "../../src/stream/distribution/session-keeper";
import { StreamDistribution } from "../../src/stream/distribution/stream-distribution";
import type { StreamSession } from "../../src/stream/distribution/stream-session";
import { UnitContent } from "../../src/stream/distribution/unit-content";
import { UnitHub } from "../../src/stream/distribution/unit-hub";
import { RtcpContext } from "../../src/stream/reports/rtcp-session";
import { RtspRefusal } from "../../src/stream/rtsp-refusal";
import type { StoredCatalog } from "../../src/stream/stored/stored-content";
import { StoredStreams } from "../../src/stream/stored/stored-streams";
import type { PlayAnswer, StreamAnswer, StreamListener } from "../../src/stream/stream-transport";
import { UdpReachability } from "../../src/stream/units/udp-reachability";
import { RtpPacket } from "../../src/wire/rtp";
import { FakeStream } from "./fake-stream";
import { type ToyJpeg, toyFrame } from "./toy-jpeg";
import { type ToyPath, ToyPaths } from "./toy-paths";

/** What a client got: one RTP packet. */
export interface Got {
	readonly sequence: number;
	readonly timestamp: number;
	readonly ssrc: number;
	readonly marker: boolean;
	readonly type: number;
	/** The last octet of its payload. */
	readonly fill: number;
	readonly length: number;
}

/** Reads a packet. @throws when it is malformed */
function readPacket(bytes: Uint8Array): Got {
	const packet = new RtpPacket();
	if (!packet.read(bytes, 0, bytes.length)) throw new Error("malformed RTP packet");
	const { sequence, timestamp, ssrc, marker, payloadType, end } = packet;
	return { sequence, timestamp, ssrc, marker, type: payloadType, fill: bytes[end - 1], length: bytes.length };
}

/** An H.264 source that gives a picture whenever the test says. */
export class ToyUnits implements UnitSource {
	readonly description = "toy";
	parameterSets: readonly Uint8Array[] = [];
	sink: UnitSink | undefined;
	starts = 0;
	/** How often a key picture was asked for. */
	keys = 0;

	start(sink: UnitSink): void {
		this.sink = sink;
		this.starts++;
	}

	stop(): void {
		this.sink = undefined;
	}

	requestKey(): void {
		this.keys++;
	}
}

/** A client as the distribution knows it. */
export class StageClient implements StreamListener {
	/** The answers of SETUP and of each PLAY. */
	setup: StreamAnswer | RtspRefusal | undefined;
	readonly plays: (PlayAnswer | RtspRefusal)[] = [];
	/** Why its stream ended without its request. */
	readonly ended: string[] = [];
	alive = 0;
	/** Its connection, or ports. */
	readonly out: FakeStream;

	constructor(
		private readonly stage: Pick<StreamStage, "now" | "distribution">,
		readonly framing: "udp" | "tcp",
		readonly address: string,
		room: number,
	) {
		this.out = new FakeStream(room);
	}

	get stream(): number {
		if (this.setup === undefined || this.setup instanceof RtspRefusal) throw new Error("the stream is not set up");
		return this.setup.stream;
	}

	get session(): StreamSession | undefined {
		return this.stage.distribution.table.get(this.stream);
	}

	get path(): ToyPath {
		return this.session?.media as ToyPath;
	}

	/** Plays. @returns the answer, if it has come */
	play(range?: PlayRange): PlayAnswer | RtspRefusal | undefined {
		const { now, distribution } = this.stage;
		distribution.play(now, this.stream, range, (_at, answer) => this.plays.push(answer));
		return this.plays[this.plays.length - 1];
	}

	pause(): boolean {
		return this.stage.distribution.pause(this.stage.now, this.stream);
	}

	teardown(): void {
		this.stage.distribution.teardown(this.stage.now, this.stream);
	}

	/** The connection takes octets. */
	take(octets: number): void {
		const { now, distribution } = this.stage;
		this.out.take(octets, now, { room: () => distribution.room(now, this.stream) } as never);
	}

	/** RTP packets that came since the last call. */
	got(channel = 0): Got[] {
		if (this.framing === "udp") return this.path.socket.sent.splice(0).map(readPacket);
		return this.frames()
			.filter(([on]) => on === channel)
			.map(([, bytes]) => readPacket(bytes));
	}

	/** Pictures that came since the last call: the packets of each. */
	pictures(): Got[][] {
		const all: Got[][] = [];
		let picture: Got[] = [];
		for (const packet of this.got()) {
			picture.push(packet);
			if (!packet.marker) continue;
			all.push(picture);
			picture = [];
		}
		if (picture.length > 0) throw new Error("a picture is not whole");
		return all;
	}

	/** What came between RTSP messages since the last call, with its channel. */
	frames(): [number, Uint8Array][] {
		const bytes = Buffer.concat(this.out.written.splice(0));
		const frames: [number, Uint8Array][] = [];
		for (let at = 0; at < bytes.length; ) {
			if (bytes[at] !== 0x24) throw new Error("no frame");
			const end = at + 4 + readU16(bytes, at + 2);
			frames.push([bytes[at + 1], new Uint8Array(bytes.subarray(at + 4, end))]);
			at = end;
		}
		return frames;
	}

	streamEnded(_now: number, _stream: number, reason: string): void {
		this.ended.push(reason);
	}

	streamLost(_now: number, _stream: number, reason: string): void {
		this.ended.push(`lost: ${reason}`);
	}

	streamAlive(): void {
		this.alive++;
	}
}

/** Options of a {@link StreamStage}. */
export interface StageOptions {
	readonly streams?: number;
	readonly perClient?: number;
	/** In kB/s. */
	readonly uplink?: number;
	/** Stored contents. */
	readonly stored?: StoredCatalog;
}

/** A distribution with a live JPEG content and an H.264 content, whose time and pictures the test gives. */
export class StreamStage {
	now = 1000;
	/** Whether the source of JPEG pictures runs. */
	isAwake = false;
	/** Called when the source is woken. */
	woken: () => void = () => {};
	/** Pictures that were given back. */
	recycled = 0;
	sequence = 0;
	/** Added to the clock of the H.264 source, in ticks. */
	clockShift = 0;
	readonly hub: FrameHub;
	readonly paths = new ToyPaths(() => this.now);
	readonly camera: { quality: JpegQuality; h264?: ToyUnits } = { quality: new JpegQuality(80) };
	readonly ladder = new QualityLadder(this.camera);
	readonly units: UnitHub;
	readonly uplink: Uplink | undefined;
	readonly live: LiveContent;
	readonly distribution: StreamDistribution;
	/** How often the deadline was said to have changed. */
	rearmed = 0;
	private readonly prng: Prng;

	constructor(seed = 1, { streams = 100, perClient = 100, uplink = 0, stored }: StageOptions = {}) {
		this.prng = new Prng(seed);
		const { prng } = this;
		const random = {
			fill: (bytes: Uint8Array) => void bytes.set(bytes.map(() => prng.below(256))),
			unit: () => prng.unit(),
		};
		this.hub = new FrameHub({
			wanted: () => {
				this.isAwake = true;
				this.woken();
			},
			unwanted: () => {
				this.isAwake = false;
			},
		});
		this.uplink = uplink > 0 ? new Uplink(uplink) : undefined;
		const reachability = new UdpReachability();
		this.distribution = new StreamDistribution(
			{
				random,
				paths: this.paths,
				rtcp: new RtcpContext({ utc: () => 1_767_225_600_000 + this.now }, random, "cam"),
				reachability,
				uplink: this.uplink,
				now: () => this.now,
				isFar: (client) => client.startsWith("198."),
				fanOut: () => new LoopFanOut(),
				rearm: () => void this.rearmed++,
			},
			{ streams, streamsPerClient: perClient },
			new SessionKeeper(reachability, this.ladder, () => this.hub.watching),
		);
		this.units = new UnitHub(this.camera, () => this.now);
		this.live = new LiveContent("live", () => "Garden", this.hub, this.distribution);
		this.distribution.add(this.live);
		this.distribution.add(new UnitContent("h264", () => "Garden", this.units, this.distribution));
		if (stored !== undefined) this.distribution.add(new StoredStreams(stored, this.distribution));
	}

	/** Describes a content. @returns the answers so far, which grow */
	describe(content = "live"): (ContentDescription | RtspRefusal)[] {
		const answers: (ContentDescription | RtspRefusal)[] = [];
		this.distribution.describe(this.now, content, (_now, answer) => answers.push(answer));
		return answers;
	}

	/** Sets a stream up. */
	setup(
		framing: "udp" | "tcp",
		{ content = "live", address = "192.168.0.9", owner = false, rate = 0, room = 1 << 20, channel = 0 } = {},
	): StageClient {
		const client = new StageClient(this, framing, address, room);
		this.distribution.setup(
			this.now,
			{
				control: "12345678",
				content,
				client: address,
				local: "192.168.0.11",
				owner,
				rate,
				path:
					framing === "tcp"
						? { framing, out: client.out, channel }
						: { framing, rtpPort: 6000 + 2 * this.prng.below(1000), rtcpPort: 7001 },
				listener: client,
			},
			(_now, answer) => {
				client.setup = answer;
			},
		);
		return client;
	}

	/** Sets a stream up and plays it. */
	play(framing: "udp" | "tcp", options: Parameters<StreamStage["setup"]>[1] = {}): StageClient {
		const client = this.setup(framing, options);
		client.play();
		return client;
	}

	/** Time passes; what is due happens. */
	pass(duration: number): void {
		const end = this.now + duration;
		for (;;) {
			const at = this.distribution.deadline;
			if (at > end) break;
			this.now = Math.max(this.now, at);
			this.distribution.expire(this.now);
		}
		this.now = end;
	}

	/** The camera takes a picture, after a time. */
	picture(after = 40, options: ToyJpeg = {}): void {
		this.pass(after);
		const frame = toyFrame(++this.sequence, this.now, { fill: (this.sequence % 250) + 2, ...options }, () => {
			this.recycled++;
		});
		this.hub.push(this.now, frame);
		frame.release();
	}

	/** The H.264 source gives a picture, after a time. */
	unit(isKey: boolean, after = 40, length = 500): void {
		this.pass(after);
		const bytes = new Uint8Array(length).fill((++this.sequence % 250) + 2);
		bytes.set([0, 0, 0, 1, isKey ? 0x65 : 0x41]);
		const ticks = (this.now * 90 + 12345 + this.clockShift) >>> 0;
		this.camera.h264?.sink?.unit(
			new AccessUnit(bytes, 0, length, isKey, this.sequence, this.now, ticks, () => void this.recycled++),
		);
	}
}
