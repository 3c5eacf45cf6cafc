import assert from "node:assert/strict";
import { ByteWriter } from "../../../src/base/byte-writer";
import { Prng } from "../../../src/base/prng";
import {
	isRtcp,
	ReceptionReport,
	RTCP_MAX,
	RtcpReader,
	type RtcpSink,
	reportsOn,
	rtcpSource,
	SenderInfo,
	writeGoodbye,
	writeReceiverReport,
	writeSenderReport,
	writeSourceDescription,
} from "../../../src/wire/rtcp";

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));

/** Records what it is told, as text. */
class Recorder implements RtcpSink {
	readonly heard: string[] = [];

	sender(from: number, { ntpSeconds, ntpFraction, timestamp, packets, octets }: SenderInfo): void {
		this.heard.push(`SR ${from} ntp ${ntpSeconds}.${ntpFraction} rtp ${timestamp} ${packets} packets ${octets} octets`);
	}

	receiver(from: number, count: number): void {
		this.heard.push(`RR ${from} rc=${count}`);
	}

	reception(from: number, r: ReceptionReport): void {
		this.heard.push(
			`${from} on ${r.ssrc}: ${r.fractionLost}/256 lost ${r.lost} seq ${r.sequence} jitter ${r.jitter} lsr ${r.lastReport} dlsr ${r.delay}`,
		);
	}

	goodbye(from: number): void {
		this.heard.push(`BYE ${from}`);
	}
}

const read = (bytes: Uint8Array) => {
	const recorder = new Recorder();
	const ok = new RtcpReader().read(bytes, 0, bytes.length, recorder);
	return ok ? recorder.heard : undefined;
};

const BLOCK = "0000002a 08 000007 00010064 0000005a 12345678 00010000";
const BLOCK_TEXT = "on 42: 8/256 lost 7 seq 65636 jitter 90 lsr 305419896 dlsr 65536";
const SDES = "81 ca 0003 00000007 01 03 616263 000000";

const CASES: readonly [string, string, readonly string[] | undefined][] = [
	["ffmpeg's first report, on nobody", "80 c9 0001 00000007", ["RR 7 rc=0"]],
	["a receiver report", `81 c9 0007 00000007 ${BLOCK}`, ["RR 7 rc=1", `7 ${BLOCK_TEXT}`]],
	[
		"GStreamer's first report, with -1 packets lost",
		`81 c9 0007 00000007 0000002a 00 ffffff 00010064 0000005a 00000000 00000000 ${SDES}`,
		["RR 7 rc=1", "7 on 42: 0/256 lost -1 seq 65636 jitter 90 lsr 0 dlsr 0"],
	],
	[
		"a sender report with a block",
		`81 c8 000c 00000007 e5000000 80000000 00015f90 0000000a 00000400 ${BLOCK}`,
		["SR 7 ntp 3841982464.2147483648 rtp 90000 10 packets 1024 octets", `7 ${BLOCK_TEXT}`],
	],
	["a report, a description and a BYE", `80 c9 0001 00000007 ${SDES} 81 cb 0001 00000007`, ["RR 7 rc=0", "BYE 7"]],
	["a BYE with a reason", `81 cb 0003 00000007 03 627965 00000000`, ["BYE 7"]],
	["feedback of another kind behind a report", "80 c9 0001 00000007 81 ce 0002 00000007 0000002a", ["RR 7 rc=0"]],
	["padding in the last packet", "80 c9 0001 00000007 a0 c9 0002 00000007 00000004", ["RR 7 rc=0", "RR 7 rc=0"]],
	["a profile's extension behind the blocks", "80 c9 0002 00000007 01020304", ["RR 7 rc=0"]],
	["nothing", "", undefined],
	["version 1", "40 c9 0001 00000007", undefined],
	["RTP", "80 1a 0001 00000007 00000000", undefined],
	["a length beyond the end", "80 c9 0002 00000007", undefined],
	["a length before the end", "80 c9 0001 00000007 80c9", undefined],
	["fewer blocks than the count says", `82 c9 0007 00000007 ${BLOCK}`, undefined],
	["a sender report without the sender", "80 c8 0001 00000007", undefined],
	["a BYE of more sources than it has room for", "83 cb 0001 00000007", undefined],
	["padding before the last packet", "a0 c9 0002 00000007 00000004 80 c9 0001 00000007", undefined],
	["padding of the whole packet", "a0 c9 0001 00000008", undefined],
	["padding that is no whole word", "a0 c9 0002 00000007 00000003", undefined],
	["padding that takes a block's room", `a1 c9 0007 00000007 ${BLOCK.slice(0, -8)} 00000004`, undefined],
];

describe("wire/rtcp", () => {
	for (const [name, text, expected] of CASES) {
		it(`${expected === undefined ? "refuses" : "reads"} ${name} (STR-10, RFC 3550 §6)`, () => {
			assert.deepEqual(read(hex(text)), expected);
		});
	}

	it("looks at no message that is longer than a datagram of reports", () => {
		const bytes = new Uint8Array(RTCP_MAX + 4);
		for (let at = 0; at < bytes.length; at += 4) bytes.set([0x80, 0xc9, 0, 0], at);
		assert.equal(isRtcp(bytes, 0, bytes.length), false);
	});

	it("writes a sender report, a description and a BYE that it reads back", () => {
		const writer = new ByteWriter(200);
		const info = new SenderInfo();
		info.setUtc(1_767_225_600_250);
		info.timestamp = 0xffffffff;
		info.packets = 5;
		info.octets = 7000;
		writeSenderReport(writer, 9, info);
		writeSourceDescription(writer, 9, "k7Jq2bXz");
		writeGoodbye(writer, 9);
		assert.equal(writer.length % 4, 0);
		assert.deepEqual(read(writer.copy()), [
			`SR 9 ntp ${1_767_225_600 + 2_208_988_800}.1073741824 rtp 4294967295 5 packets 7000 octets`,
			"BYE 9",
		]);
		assert.equal(info.utc, 1_767_225_600_250);
		assert.equal(info.middle, (((info.ntpSeconds & 0xffff) << 16) | 0x4000) >>> 0);
	});

	it("writes descriptions of every length, which end with a null octet and fill their last word", () => {
		for (let size = 1; size <= 255; size++) {
			const writer = new ByteWriter(300);
			writeSourceDescription(writer, 9, "n".repeat(size));
			const bytes = writer.copy();
			assert.equal(bytes.length, (((bytes[2] << 8) | bytes[3]) + 1) * 4);
			assert.equal(bytes[9], size);
			assert.equal(bytes[10 + size], 0);
			assert.ok(bytes.length - (10 + size) <= 4);
			assert.notEqual(read(bytes), undefined);
		}
		assert.throws(() => writeSourceDescription(new ByteWriter(300), 9, ""), RangeError);
		assert.throws(() => writeSourceDescription(new ByteWriter(300), 9, "n".repeat(256)), RangeError);
	});

	it("writes losses as signed numbers of 24 bits, within their bounds", () => {
		for (const [lost, seen] of [
			[-1, -1],
			[0x7fffff, 0x7fffff],
			[0x1000000, 0x7fffff],
			[-0x1000000, -0x800000],
		]) {
			const report = new ReceptionReport();
			report.ssrc = 42;
			report.lost = lost;
			const writer = new ByteWriter(100);
			writeReceiverReport(writer, 7, report);
			assert.ok(read(writer.copy())?.[1].includes(` lost ${seen} `));
		}
	});

	it("finds whether a message reports on a source, and whose it is (STR-7)", () => {
		const report = hex(`81 c9 0007 00000007 ${BLOCK}`);
		assert.equal(reportsOn(report, 0, report.length, 42), true);
		assert.equal(reportsOn(report, 0, report.length, 43), false);
		assert.equal(rtcpSource(report, 0), 7);
		const empty = hex("80 c9 0001 00000009");
		assert.equal(reportsOn(empty, 0, empty.length, 42), undefined);
		assert.equal(rtcpSource(empty, 0), 9);
		const nobody = hex("80 cb 0001 00000009");
		assert.equal(rtcpSource(nobody, 0), 0);
	});

	it("delivers at most 64 report blocks of a message", () => {
		const count = 31;
		const one = new Uint8Array(8 + 24 * count);
		one.set([0x80 | count, 0xc9, 0, 1 + 6 * count, 0, 0, 0, 7]);
		const three = new Uint8Array(3 * one.length);
		for (let i = 0; i < 3; i++) three.set(one, i * one.length);
		assert.equal(read(three)?.filter((line) => line.includes(" on ")).length, 64);
	});

	it("survives mutated messages, and delivers nothing of those that it refuses (fuzz)", () => {
		const random = new Prng(3605);
		const seeds = CASES.map(([, text]) => hex(text)).filter((bytes) => bytes.length > 0);
		const reader = new RtcpReader();
		let whole = 0;
		for (let round = 0; round < 8000; round++) {
			const a = seeds[random.below(seeds.length)];
			const b = seeds[random.below(seeds.length)];
			const bytes = new Uint8Array(random.chance(0.5) ? a.length : a.length + b.length);
			bytes.set(a);
			if (bytes.length > a.length) bytes.set(b, a.length);
			for (let n = random.below(4); n > 0; n--) bytes[random.below(bytes.length)] = random.u32();
			const end = random.chance(0.2) ? random.below(bytes.length + 1) : bytes.length;
			const recorder = new Recorder();
			const ok = reader.read(bytes, 0, end, recorder);
			assert.equal(ok, isRtcp(bytes, 0, end));
			if (!ok) {
				assert.deepEqual(recorder.heard, []);
				continue;
			}
			whole++;
			assert.equal(typeof rtcpSource(bytes, 0), "number");
			reportsOn(bytes, 0, end, 42);
		}
		assert.ok(whole > 800);
	});
});
