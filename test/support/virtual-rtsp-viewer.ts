import type { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { Pump } from "../../src/core/pump";
import type { AccessUnit } from "../../src/media/access-unit";
import type { Frame } from "../../src/media/frame";
import type { RtspTrack } from "../../src/stream/client/rtp-sink";
import { type RtspFailure, rtspFailureText } from "../../src/stream/client/rtsp-failure";
import { RtspFeed, type RtspFeedOptions, type RtspFeedSink } from "../../src/stream/client/rtsp-feed";
import { H264Depacketizer } from "../../src/stream/packets/h264-depacketizer";
import { JpegDepacketizer } from "../../src/stream/packets/jpeg-depacketizer";
import { type RtpPacket, sequenceDistance } from "../../src/wire/rtp";
import { parseSourceUrl } from "../../src/wire/rtsp-source-url";
import type { RtspUrl } from "../../src/wire/rtsp-url";
import { PICTURE } from "./rtp-pictures";

/** Octets at the end of a picture that are compared. */
const SCAN = 20_000;

/** A viewer by RTSP in virtual time that checks what it gets: whole pictures, one source, numbers and times without jumps. */
export class VirtualRtspViewer implements RtspFeedSink {
	readonly feed: RtspFeed;
	track: RtspTrack | undefined;
	/** Whole pictures, and when the first came; `undefined`: none has. */
	pictures = 0;
	firstAt: number | undefined;
	keys = 0;
	/** Packets, and those that were missing by their numbers. */
	packets = 0;
	missing = 0;
	/** Octets of packets with their headers. */
	octets = 0;
	readonly sources = new Set<number>();
	/** What was wrong. */
	readonly faults: string[] = [];
	/** Why it got nothing, in order. */
	readonly failures: RtspFailure[] = [];
	/** The largest step between timestamps, in milliseconds. */
	longest = 0;
	private last = -1;
	private lastTicks = 0;
	private readonly jpeg = new JpegDepacketizer({ picture: (frame) => this.picture(frame) });
	private readonly h264 = new H264Depacketizer({ unit: (unit) => this.unit(unit) });

	constructor(
		private readonly machine: VirtualMachine,
		url: string,
		options: Partial<RtspFeedOptions> = {},
	) {
		const { network, resolver, random, clock } = machine;
		const host = { pump: new Pump(clock), network, resolver, random };
		const parsed = parseSourceUrl(url) as RtspUrl;
		this.feed = new RtspFeed(host, { url: parsed, framing: "tcp", basic: false, certificate: "", ...options }, this);
		this.feed.start();
	}

	/** The failures as text. */
	get troubles(): string[] {
		return this.failures.map(rtspFailureText);
	}

	leave(): void {
		this.feed.stop();
	}

	began(_now: number, track: RtspTrack): void {
		this.track = track;
		this.last = -1;
		this.jpeg.reset();
		this.h264.reset();
	}

	packet(now: number, packet: RtpPacket, bytes: Uint8Array): void {
		this.packets++;
		this.octets += 12 + packet.end - packet.start;
		this.sources.add(packet.ssrc);
		if (this.last >= 0) {
			const step = sequenceDistance(this.last, packet.sequence);
			if (step < 1) this.faults.push(`${packet.sequence} after ${this.last}`);
			this.missing += step - 1;
			const ticks = (packet.timestamp - this.lastTicks) | 0;
			if (ticks < 0) this.faults.push(`time went back by ${-ticks}`);
			this.longest = Math.max(this.longest, ticks / 90);
		}
		this.last = packet.sequence;
		this.lastTicks = packet.timestamp;
		if (this.track?.encoding === "JPEG") this.jpeg.packet(now, undefined, bytes, packet);
		else this.h264.packet(now, bytes, packet);
	}

	lost(): void {}

	failed(_now: number, failure: RtspFailure): void {
		this.failures.push(failure);
	}

	private picture(frame: Frame): void {
		const { bytes, end } = frame;
		let same = 0;
		while (same < SCAN && bytes[end - 1 - same] === PICTURE[PICTURE.length - 1 - same]) same++;
		if (same < SCAN) this.faults.push("a picture has changed");
		this.whole();
		frame.release();
	}

	private unit(unit: AccessUnit): void {
		if (this.pictures === 0 && !unit.isKey) this.faults.push("the first picture is no key picture");
		if (unit.isKey) this.keys++;
		this.whole();
		unit.release();
	}

	private whole(): void {
		this.pictures++;
		this.firstAt ??= this.machine.world.now;
	}
}
