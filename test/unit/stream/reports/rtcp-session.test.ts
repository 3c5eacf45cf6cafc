import assert from "node:assert/strict";
import { ByteWriter } from "../../../../src/base/byte-writer";
import { latin1 } from "../../../../src/base/text";
import { InterleavedReports } from "../../../../src/stream/reports/interleaved-reports";
import { MediaClock } from "../../../../src/stream/reports/media-clock";
import { RtcpContext, type RtcpOutbox, RtcpSession } from "../../../../src/stream/reports/rtcp-session";
import {
	ReceptionReport,
	RtcpReader,
	type RtcpSink,
	type SenderInfo,
	writeGoodbye,
	writeReceiverReport,
	writeSourceDescription,
} from "../../../../src/wire/rtcp";

const UTC = 1_767_225_600_000;

/** Records what is sent: each message as a line. */
class Client implements RtcpOutbox, RtcpSink {
	readonly heard: string[] = [];
	/** The middle 32 bits of NTP time of the last sender report. */
	middle = 0;
	info: Partial<SenderInfo> = {};
	text = "";
	private line = "";
	private readonly reader = new RtcpReader();

	sendReport(bytes: Uint8Array, start: number, end: number): void {
		this.line = "";
		assert.equal(this.reader.read(bytes, start, end, this), true);
		this.heard.push(this.line);
		this.text = latin1(bytes.slice(start, end));
	}

	sender(from: number, info: SenderInfo): void {
		this.middle = info.middle;
		this.info = { utc: info.utc, timestamp: info.timestamp, packets: info.packets, octets: info.octets };
		this.line += `SR ${from} `;
	}

	receiver(from: number): void {
		this.line += `RR ${from} `;
	}

	reception(): void {}

	goodbye(from: number): void {
		this.line += `BYE ${from} `;
	}
}

/** A session of source 42 with its client; `unit` is what the random source gives. */
function rig(unit = 0.5, utc: () => number | undefined = () => undefined) {
	const random = { fill() {}, unit: () => unit };
	const context = new RtcpContext({ utc }, random, "k7Jq2bXz");
	const clock = new MediaClock();
	const counters = { packets: 0, octets: 0 };
	const stream = {
		ssrc: 42,
		overhead: 12,
		get packets() {
			return counters.packets;
		},
		get octets() {
			return counters.octets;
		},
		timestampAt: (now: number) => clock.timestampAt(now),
	};
	return { session: new RtcpSession(stream, context), context, client: new Client(), counters, clock };
}

const writer = new ByteWriter(400);
function report(fields: Partial<ReceptionReport>, bye = false): Uint8Array {
	const block = Object.assign(new ReceptionReport(), { ssrc: 42 }, fields);
	writeReceiverReport(writer.reset(), 7, block);
	writeSourceDescription(writer, 7, "player");
	if (bye) writeGoodbye(writer, 7);
	return writer.copy();
}

describe("stream/rtcp-session", () => {
	it("sends its first report soon after PLAY, and then one about every 5 s, at random (STR-10, RFC 3550 §6.2)", () => {
		for (const [unit, first, next] of [
			[0, 100, 2500],
			[0.5, 300, 5000],
			[0.999, 499, 7495],
		]) {
			const { session, client } = rig(unit);
			assert.equal(session.deadline, Infinity);
			session.play(1000);
			assert.equal(session.deadline, 1000 + first);
			session.expire(session.deadline - 1, client);
			assert.deepEqual(client.heard, []);
			session.expire(session.deadline, client);
			assert.deepEqual(client.heard, ["SR 42 "]);
			assert.equal(session.deadline, 1000 + first + next);
		}
	});

	it("tells the time, the timestamp of that instant, and packets and octets without headers (RFC 3550 §6.4.1)", () => {
		const { session, client, counters, clock } = rig(0.5, () => UTC + 300);
		clock.set(1250, 0xffffffff);
		session.play(1000);
		Object.assign(counters, { packets: 20, octets: 20 * 1400 });
		session.expire(1300, client);
		assert.deepEqual(client.info, { utc: UTC + 300, timestamp: 50 * 90 - 1, packets: 20, octets: 20 * 1388 });
		assert.ok(client.text.includes("k7Jq2bXz"));
	});

	it("tells elapsed time while the date is unknown", () => {
		const { session, client, clock } = rig();
		clock.set(1000, 0);
		session.play(1000);
		session.expire(1300, client);
		assert.deepEqual([client.info.utc, client.info.timestamp], [1300, 300 * 90]);
	});

	it("sends receiver reports while nothing is sent, none in a pause, and sender reports again (RFC 3550 §6.4)", () => {
		const { session, client, counters } = rig();
		session.play(0);
		for (let i = 0; i < 4; i++) session.expire(session.deadline, client);
		counters.packets = 1;
		session.expire(session.deadline, client);
		assert.deepEqual(client.heard, ["SR 42 ", "RR 42 ", "RR 42 ", "RR 42 ", "SR 42 "]);
		session.pause();
		assert.equal(session.deadline, Infinity);
	});

	it("reads loss, signed loss, jitter and the round trip (STR-10)", () => {
		const { session, client } = rig(0.5, () => UTC);
		session.play(0);
		session.expire(300, client);
		const first = report({ lost: -1, sequence: 65_000, jitter: 900, lastReport: client.middle, delay: 65_536 });
		assert.equal(session.receive(1340, first, 0, first.length), "report");
		assert.deepEqual(
			[session.at, session.loss, session.lost, session.expected, session.jitter, session.roundTrip],
			[1340, 0, -1, 0, 10, 40],
		);
		const second = report({ fractionLost: 64, lost: 24, sequence: 65_100 + 65_536 - 65_536, delay: 0 });
		session.receive(6340, second, 0, second.length);
		assert.deepEqual([session.loss, session.lost, session.expected, session.roundTrip], [0.25, 24, 100, 40]);
		const wrapped = report({ sequence: 65_536 + 10 });
		session.receive(7340, wrapped, 0, wrapped.length);
		assert.equal(session.expected, 65_546 - 65_100);
	});

	it("takes the round trip from the report before the last too, and from no report that it has not sent", () => {
		const { session, client } = rig(0.5, () => UTC);
		let now = 300;
		const context = rig(0.5, () => UTC + now);
		context.session.play(0);
		context.session.expire(now, context.client);
		const before = context.client.middle;
		context.counters.packets = 5;
		now = 5300;
		context.session.expire(now, context.client);
		const late = report({ lastReport: before, delay: 5 * 65_536 });
		context.session.receive(5400, late, 0, late.length);
		assert.deepEqual([context.session.roundTrip, context.session.probedAt], [100, 300]);
		// It knows an older report only: the round trip is longer than the report before the last is old.
		const older = report({ lastReport: before - 0x50000, delay: 65_536 });
		context.session.receive(6000, older, 0, older.length);
		assert.deepEqual([context.session.roundTrip, context.session.probedAt], [5700, 300]);
		session.play(0);
		session.expire(300, client);
		for (const lastReport of [client.middle + 1, 0]) {
			const wrong = report({ lastReport });
			assert.equal(session.receive(400, wrong, 0, wrong.length), "report");
			assert.equal(session.roundTrip, undefined);
		}
	});

	it("bounds what a client claims", () => {
		const { session, client } = rig();
		session.play(0);
		session.expire(300, client);
		let bytes = report({ jitter: 0xffffffff, lastReport: client.middle, delay: 0xffffffff, sequence: 5 });
		session.receive(400, bytes, 0, bytes.length);
		assert.deepEqual([session.jitter, session.roundTrip], [60_000, 0]);
		bytes = report({ sequence: 0 });
		session.receive(500, bytes, 0, bytes.length);
		assert.equal(session.expected, 0);
	});

	it("tells apart reports on it, signs of life, goodbyes and rubbish (STR-22)", () => {
		const { session, context } = rig();
		const arrivals: string[] = [];
		const take = (bytes: Uint8Array) => arrivals.push(session.receive(1, bytes, 0, bytes.length));
		writeReceiverReport(writer.reset(), 7);
		take(writer.copy());
		// Whoever does not know our source may have forged the sender's address.
		writeGoodbye(writer, 7);
		take(writer.copy());
		take(report({ ssrc: 43 }, true));
		take(report({}));
		take(new Uint8Array(20));
		writeReceiverReport(writer.reset(), 8);
		writeGoodbye(writer, 8);
		take(writer.copy());
		take(report({}, true));
		assert.deepEqual(arrivals, ["alive", "alive", "alive", "report", "malformed", "alive", "goodbye"]);
		assert.deepEqual([context.received, context.malformed], [6, 1]);
	});

	it("says goodbye once, with a report before it, if it has ever reported (RFC 3550 §6.3.7, §6.6)", () => {
		const { session, client } = rig();
		session.end(0, client);
		session.play(0);
		session.expire(300, client);
		session.end(400, client);
		session.end(500, client);
		assert.deepEqual(client.heard, ["SR 42 ", "RR 42 BYE 42 "]);
		assert.equal(session.deadline, Infinity);
	});

	it("sends between RTSP messages with channel and length, and only where there is room (RFC 2326 §10.12)", () => {
		const written: number[] = [];
		const out = {
			room: 9,
			write: (bytes: Uint8Array, start: number, end: number) => written.push(...bytes.slice(start, end)),
		};
		const reports = new InterleavedReports(out as never, 1);
		reports.sendReport(new Uint8Array([9, 1, 2, 3, 4, 5, 9]), 1, 6);
		assert.deepEqual(written, [0x24, 1, 0, 5, 1, 2, 3, 4, 5]);
		out.room = 8;
		reports.sendReport(new Uint8Array([1, 2, 3, 4, 5]), 0, 5);
		assert.equal(written.length, 9);
	});
});
