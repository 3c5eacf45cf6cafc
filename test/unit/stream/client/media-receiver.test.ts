import assert from "node:assert/strict";
import { ByteWriter, readU32 } from "../../../../src/base/byte-writer";
import { Prng } from "../../../../src/base/prng";
import { MediaReceiver } from "../../../../src/stream/client/media-receiver";
import { SenderInfo, writeGoodbye, writeSenderReport, writeSourceDescription } from "../../../../src/wire/rtcp";
import { parseSourceUrl } from "../../../../src/wire/rtsp-source-url";
import type { RtspUrl } from "../../../../src/wire/rtsp-url";
import { mutateOctets } from "../../../support/mutate";
import { DULL_RANDOM, RecordingRtpSink, rtpPacket } from "../../../support/rtsp-script";

const TRACK = {
	encoding: "JPEG",
	width: 0,
	height: 0,
	frameRate: 0,
	parameterSets: [],
	payloadType: 26,
	url: parseSourceUrl("rtsp://camera/track1") as RtspUrl,
} as const;

class Scene {
	readonly sink = new RecordingRtpSink();
	readonly media = new MediaReceiver(this.sink, DULL_RANDOM);
	readonly reports: Uint8Array[] = [];
	readonly out = {
		sendReport: (bytes: Uint8Array, start: number, end: number) => this.reports.push(bytes.slice(start, end)),
	};

	constructor(reorders = true) {
		this.media.begin(0, TRACK, reorders);
	}

	take(now: number, packet: Uint8Array): boolean {
		return this.media.rtp(now, packet, 0, packet.length);
	}
}

function reportOf(ssrc: number, bye = false): Uint8Array {
	const writer = new ByteWriter(200);
	const info = new SenderInfo();
	info.setUtc(1_790_000_000_000);
	writeSenderReport(writer, ssrc, info);
	writeSourceDescription(writer, ssrc, "camera");
	if (bye) writeGoodbye(writer, ssrc);
	return writer.copy();
}

describe("stream/media-receiver", () => {
	it("tells the numbers of a packet right that ends the wait for others", () => {
		const { sink, media } = new Scene();
		const take = (sequence: number): void => {
			const packet = rtpPacket(sequence);
			media.rtp(1000, packet, 0, packet.length);
		};
		take(1);
		// 2 is missing; 3 and 4 wait for it, until 100 is too far ahead.
		for (const sequence of [3, 4, 100, 101]) take(sequence);
		assert.deepEqual(sink.sequence, [1, -1, 3, 4, -95, 100, 101]);
		assert.deepEqual(sink.payloads, ["p1", "p3", "p4", "p100", "p101"]);
	});

	it("measures jitter as RFC 3550 §6.4.1 does", () => {
		const { media, reports, out, ...scene } = new Scene();
		// Packets are due every 40 ms; the third comes 16 ms late.
		for (const [i, at] of [1000, 1040, 1096, 1120].entries()) {
			const packet = rtpPacket(i, { timestamp: i * 3600 });
			media.rtp(at, packet, 0, packet.length);
		}
		media.expire(1500, out);
		assert.equal(scene.sink.sequence.length, 4);
		// 16 ms are 1,440 ticks: a sixteenth of them once, and again when the delay is over.
		assert.equal(readU32(reports[0], 20), Math.floor(90 + (1440 - 90) / 16));
	});

	it("counts duplicates as negative loss, which is signed", () => {
		const { media, reports, out } = new Scene();
		for (const sequence of [1, 1, 1, 2]) {
			const packet = rtpPacket(sequence);
			media.rtp(0, packet, 0, packet.length);
		}
		media.expire(500, out);
		assert.equal(readU32(reports[0], 12) & 0xffffff, 0xfffffe);
		assert.equal(reports[0][12], 0);
	});

	it("says goodbye at its end, and nothing afterwards", () => {
		const { media, reports, out } = new Scene();
		media.end(0, out);
		media.end(0, out);
		assert.equal(reports.length, 1);
		assert.equal(reports[0].at(-7), 203);
		assert.equal(media.deadline, Infinity);
		const packet = rtpPacket(1);
		assert.equal(media.rtp(0, packet, 0, packet.length), false);
	});

	it("refuses other payload types, and believes no goodbye of another source", () => {
		const scene = new Scene();
		const { media } = scene;
		assert.equal(scene.take(0, rtpPacket(1, { payloadType: 96 })), false);
		assert.equal(scene.take(0, rtpPacket(1)), true);
		const foreign = reportOf(5, true);
		media.rtcp(0, foreign, 0, foreign.length);
		assert.equal(media.goodbyes, 0);
		const own = reportOf(0x1234, true);
		media.rtcp(0, own, 0, own.length);
		assert.equal(media.goodbyes, 1);
		assert.equal(scene.sink.calendar?.utcOf(0), 1_790_000_000_000);
	});

	it("survives 20,000 mutated packets and reports", () => {
		for (let seed = 0; seed < 200; seed++) {
			const random = new Prng(seed);
			const scene = new Scene(random.chance(0.5));
			let now = 0;
			for (let n = 0; n < 100; n++) {
				now += random.below(50);
				const packet = random.chance(0.8) ? rtpPacket(n, { ssrc: 7 }) : reportOf(7);
				const changed = random.chance(0.5) ? mutateOctets(random, packet) : packet;
				if (packet[1] === 200) scene.media.rtcp(now, changed, 0, changed.length);
				else scene.take(now, changed);
				if (now >= scene.media.deadline) scene.media.expire(now, scene.out);
			}
			assert.ok(scene.media.packets > 0, `seed ${seed}`);
			for (const report of scene.reports) assert.equal(report[1], 201, `seed ${seed}`);
		}
	});
});
