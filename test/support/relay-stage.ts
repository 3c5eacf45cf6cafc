import { Prng } from "../../src/base/prng";
import { LoopFanOut } from "../../src/ports/fan-out";
import type { RtspTrack } from "../../src/stream/client/rtp-sink";
import type { ContentDescription } from "../../src/stream/content";
import { SessionKeeper } from "../../src/stream/distribution/session-keeper";
import { StreamDistribution } from "../../src/stream/distribution/stream-distribution";
import { type RelayedCatalog, RelayedContents } from "../../src/stream/relayed/relayed-contents";
import { RelayedVideo } from "../../src/stream/relayed/relayed-video";
import type { RelayedViewer } from "../../src/stream/relayed/relayed-viewer";
import { RtcpContext } from "../../src/stream/reports/rtcp-session";
import type { RtspRefusal } from "../../src/stream/rtsp-refusal";
import type { Answered } from "../../src/stream/stream-transport";
import { UdpReachability } from "../../src/stream/units/udp-reachability";
import { RtpPacket, writeRtpHeader } from "../../src/wire/rtp";
import { StageClient } from "./stream-stage";
import { ToyPaths } from "./toy-paths";

export const SPS = new Uint8Array([0x67, 0x42, 0xc0, 0x1e, 0xd9, 0x00, 0xa0, 0x47, 0xfe, 0xc8]);
export const PPS = new Uint8Array([0x68, 2, 3]);

/** A packet that a viewer got. */
export interface Relayed {
	readonly sequence: number;
	readonly timestamp: number;
	readonly ssrc: number;
	readonly marker: boolean;
	readonly type: number;
	/** In hexadecimal. */
	readonly payload: string;
}

/** Reads an RTP packet. @throws when it is malformed */
export function relayedOf(bytes: Uint8Array): Relayed {
	const packet = new RtpPacket();
	if (!packet.read(bytes, 0, bytes.length)) throw new Error("malformed RTP packet");
	const { sequence, timestamp, ssrc, marker, payloadType, start, end } = packet;
	const payload = Buffer.from(bytes.subarray(start, end)).toString("hex");
	return { sequence, timestamp, ssrc, marker, type: payloadType, payload };
}

/** The contents of a relay whose one origin is the test: it sends packets, loses some, and begins again. */
export class RelayStage implements RelayedCatalog {
	now = 1000;
	readonly paths = new ToyPaths(() => this.now);
	readonly distribution: StreamDistribution;
	readonly contents: RelayedContents;
	readonly video: RelayedVideo;
	/** What the origin has sent, in order. */
	readonly sent: string[] = [];
	/** The origin's own numbers. */
	sequence = 65_530;
	timestamp = 0xffff_f000;
	ssrc = 77;
	/** Viewers that have joined, and left with a reason. */
	readonly log: string[] = [];
	readonly viewers: RelayedViewer[] = [];
	refusal: RtspRefusal | undefined;
	/** Answers that wait until the test gives them; `undefined`: they are given at once. */
	waiting: (() => void)[] | undefined;
	opened = 0;
	readonly prng: Prng;
	private readonly packet = new RtpPacket();

	constructor(
		readonly encoding: "JPEG" | "H264" = "JPEG",
		seed = 1,
	) {
		this.prng = new Prng(seed);
		const { prng } = this;
		const random = {
			fill: (bytes: Uint8Array) => void bytes.set(bytes.map(() => prng.below(256))),
			unit: () => prng.unit(),
		};
		const reachability = new UdpReachability();
		this.distribution = new StreamDistribution(
			{
				random,
				paths: this.paths,
				rtcp: new RtcpContext({ utc: () => 1_767_225_600_000 + this.now }, random, "relay"),
				reachability,
				uplink: undefined,
				now: () => this.now,
				isFar: () => false,
				fanOut: () => new LoopFanOut(),
				rearm: () => {},
			},
			{ streams: 1000, streamsPerClient: 1000 },
			new SessionKeeper(reachability, undefined, () => 0),
		);
		this.contents = new RelayedContents(this, this.distribution);
		this.distribution.add(this.contents);
		this.video = new RelayedVideo(this.distribution);
		this.contents.add(this.video);
	}

	/** The origin's session begins, or begins again. */
	begin(
		parameterSets: readonly Uint8Array[] = this.encoding === "H264" ? [SPS, PPS] : [],
		encoding = this.encoding,
	): void {
		const url = { user: "", password: "", host: "origin", port: 554, secure: false, target: "/" };
		const track = {
			encoding,
			payloadType: 98,
			width: 64,
			height: 48,
			frameRate: 25,
			parameterSets,
			url,
		};
		this.video.began(this.now, track as unknown as RtspTrack);
	}

	/** One packet of the origin. @param alone whether it is in a buffer of its own, as a datagram is */
	send(payload: Uint8Array, marker: boolean, alone = true): void {
		const before = alone ? 0 : 40;
		const bytes = new Uint8Array(before + 12 + payload.length + (alone ? 0 : 9)).fill(0xee);
		writeRtpHeader(bytes, before, 98, marker, this.sequence, this.timestamp, this.ssrc);
		bytes.set(payload, before + 12);
		this.sequence = (this.sequence + 1) & 0xffff;
		if (!this.packet.read(bytes, before, before + 12 + payload.length)) throw new Error("malformed");
		this.video.packet(this.now, this.packet, bytes);
		this.sent.push(Buffer.from(payload).toString("hex"));
	}

	/** Packets of the origin are lost. */
	lose(count: number): void {
		this.sequence = (this.sequence + count) & 0xffff;
		this.video.lost(this.now, count);
	}

	/** A whole picture, after a time. */
	picture({
		after = 40,
		packets = 3,
		key = true,
		alone = true,
		length = 100,
		marker = true,
		tag = this.sent.length,
	} = {}): void {
		this.pass(after);
		this.timestamp = (this.timestamp + after * 90) >>> 0;
		for (let i = 0; i < packets; i++) {
			const payload = new Uint8Array(length).fill(7);
			if (this.encoding === "H264") payload.set([key ? 0x65 : 0x41, 0x88, tag >> 8, tag & 255, i]);
			else payload.set([0, 0, i, 0, 1, 80, 8, 6, tag >> 8, tag & 255]);
			this.send(payload, marker && i === packets - 1, alone);
		}
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

	setup(framing: "udp" | "tcp", { address = "192.168.0.9", room = 1 << 20, rate = 0 } = {}): RelayClient {
		const client = new RelayClient(this, framing, address, room);
		this.distribution.setup(
			this.now,
			{
				control: "12345678",
				content: "garage",
				client: address,
				local: "192.168.0.11",
				owner: false,
				rate,
				path:
					framing === "tcp"
						? { framing, out: client.out, channel: 0 }
						: { framing, rtpPort: 6000 + 2 * this.prng.below(1000), rtcpPort: 7001 },
				listener: client,
			},
			(_now, answer) => {
				client.setup = answer;
			},
		);
		return client;
	}

	play(framing: "udp" | "tcp", options: Parameters<RelayStage["setup"]>[1] = {}): RelayClient {
		const client = this.setup(framing, options);
		client.play();
		return client;
	}

	describe(id = "garage"): (ContentDescription | RtspRefusal)[] {
		const answers: (ContentDescription | RtspRefusal)[] = [];
		this.distribution.describe(this.now, id, (_now, answer) => answers.push(answer));
		return answers;
	}

	/** @see RelayedCatalog */
	has(id: string): boolean {
		return id === "garage";
	}

	/** @see RelayedCatalog */
	open(now: number, _id: string, answered: Answered<RelayedVideo>): void {
		this.opened++;
		const answer = (): void => answered(now, this.refusal ?? this.video);
		if (this.waiting === undefined) answer();
		else this.waiting.push(answer);
	}

	/** @see RelayedCatalog */
	joined(_now: number, viewer: RelayedViewer): void {
		this.viewers.push(viewer);
	}

	/** @see RelayedCatalog */
	left(_now: number, viewer: RelayedViewer): void {
		this.log.push(viewer.reason);
	}
}

/** A viewer of a {@link RelayStage}. */
export class RelayClient extends StageClient {
	/** Packets that came since the last call. */
	relayed(): Relayed[] {
		if (this.framing === "udp") return this.path.socket.sent.splice(0).map(relayedOf);
		return this.frames()
			.filter(([on]) => on === 0)
			.map(([, bytes]) => relayedOf(bytes));
	}

	/** Payloads that came since the last call. */
	payloads(): string[] {
		return this.relayed().map(({ payload }) => payload);
	}

	/** The viewer as the relay knows it. */
	viewerOf(stage: RelayStage): RelayedViewer {
		const viewer = stage.contents.viewer(this.stream);
		if (viewer === undefined) throw new Error("the viewer has left");
		return viewer;
	}
}
