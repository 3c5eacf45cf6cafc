import assert from "node:assert/strict";
import { readU32 } from "../../../../src/base/byte-writer";
import type { ContentDescription } from "../../../../src/stream/content";
import { READY } from "../../../../src/stream/distribution/stream-session";
import { RtspRefusal } from "../../../../src/stream/rtsp-refusal";
import type { PlayAnswer } from "../../../../src/stream/stream-transport";
import { StreamStage } from "../../../support/stream-stage";

const status = (answer: unknown): number | undefined => (answer instanceof RtspRefusal ? answer.status : undefined);

describe("stream/stream-distribution: DESCRIBE", () => {
	it("describes the live pictures with size and rate (STR-11)", () => {
		const stage = new StreamStage();
		const first = stage.describe();
		assert.ok(stage.isAwake, "the source is woken");
		stage.picture(40);
		assert.deepEqual(first, [], "one picture tells no rate");
		stage.picture(40);
		const video = { encoding: "JPEG", width: 64, height: 48, frameRate: 25, parameterSets: [] };
		assert.deepEqual(first, [{ id: "live", title: "Garden", video }]);
		assert.ok(!stage.isAwake, "and may sleep again");
		assert.deepEqual(stage.describe(), first, "at once");
	});

	it("waits no longer than 200 ms for a second picture", () => {
		const stage = new StreamStage();
		const answers = stage.describe();
		stage.picture(40);
		stage.pass(199);
		assert.equal(answers.length, 0);
		stage.pass(1);
		assert.equal((answers[0] as ContentDescription).video.frameRate, 0);
	});

	it("answers 503 when there has been no picture for 8 s", () => {
		const stage = new StreamStage();
		const answers = stage.describe();
		stage.pass(7999);
		assert.equal(answers.length, 0);
		stage.pass(1);
		assert.equal(status(answers[0]), 503);
		assert.ok(!stage.isAwake);
		assert.equal(stage.distribution.deadline, Infinity);
	});

	it("refuses pictures that RTP/JPEG cannot carry with 415 and the reason (STR-9)", () => {
		const stage = new StreamStage();
		const answers = stage.describe();
		stage.picture(40, { grey: true });
		stage.picture(40, { grey: true });
		assert.equal(status(answers[0]), 415);
		assert.match((answers[0] as RtspRefusal).message, /greyscale/);
	});

	it("refuses contents that do not exist with 404 (STR-3)", () => {
		const stage = new StreamStage();
		assert.equal(status(stage.describe("nothing")[0]), 404);
		const [refusal] = stage.describe("h264");
		assert.equal(status(refusal), 404);
		assert.match(refusal instanceof RtspRefusal ? refusal.message : "", /no H\.264: play \/live/);
		assert.equal(status(stage.setup("tcp", { content: "h264" }).setup), 404);
	});

	it("limits how many wait", () => {
		const stage = new StreamStage();
		const all = Array.from({ length: 65 }, () => stage.describe());
		assert.equal(status(all[64][0]), 503);
		assert.equal(all[63].length, 0);
	});
});

for (const framing of ["udp", "tcp"] as const) {
	describe(`stream/stream-distribution: live pictures by ${framing}`, () => {
		it("sends the newest picture at PLAY at once, with the numbers of RTP-Info (STR-9)", () => {
			const stage = new StreamStage();
			stage.picture();
			stage.pass(13);
			const client = stage.setup(framing);
			const answer = client.play() as PlayAnswer;
			const [picture] = client.pictures();
			assert.deepEqual([picture[0].sequence, picture[0].timestamp], [answer.sequence, answer.timestamp]);
			assert.equal(picture[0].fill, (stage.sequence % 250) + 2);
			stage.picture();
			const [next] = client.pictures();
			assert.equal(next[0].sequence, (picture[picture.length - 1].sequence + 1) & 0xffff);
			assert.equal((next[0].timestamp - picture[0].timestamp) >>> 0, 53 * 90, "the time of the camera");
		});

		it("wakes a source that sleeps, and announces the number of the first packet (STR-9)", () => {
			const stage = new StreamStage();
			const client = stage.setup(framing);
			assert.ok(!stage.isAwake);
			const answer = client.play() as PlayAnswer;
			assert.ok(stage.isAwake);
			assert.equal(answer.timestamp, undefined);
			stage.picture();
			assert.equal(client.pictures()[0][0].sequence, answer.sequence);
		});

		it("copes with a source that gives a picture while it is woken", () => {
			const stage = new StreamStage();
			stage.woken = () => stage.picture(0);
			const client = stage.setup(framing);
			const answer = client.play() as PlayAnswer;
			assert.equal(client.pictures()[0][0].sequence, answer.sequence);
		});

		it("does not show an old picture as the newest", () => {
			const stage = new StreamStage();
			stage.picture();
			stage.pass(1500);
			assert.equal(stage.play(framing).pictures().length, 0);
		});

		it("gives every client every picture, whole, with one SSRC each and no gap (STR-8)", () => {
			const stage = new StreamStage();
			const clients = Array.from({ length: 5 }, () => stage.play(framing));
			for (let i = 0; i < 30; i++) stage.picture(33, { scan: 1000 + 700 * (i % 7), width: 64 + 8 * (i % 3) });
			for (const client of clients) {
				const packets = client.got();
				assert.equal(packets.filter(({ marker }) => marker).length, 30);
				for (let i = 1; i < packets.length; i++)
					assert.equal(packets[i].sequence, (packets[i - 1].sequence + 1) & 0xffff);
				assert.equal(new Set(packets.map(({ ssrc }) => ssrc)).size, 1);
				assert.equal(packets[0].ssrc, (client.setup as { ssrc: number }).ssrc);
			}
			const sources = new Set(clients.map(({ setup }) => (setup as { ssrc: number }).ssrc));
			assert.equal(sources.size, framing === "udp" ? 5 : 1, "by UDP each has its own (STR-21)");
		});

		it("sends nothing after PAUSE, and goes on with the next number (STR-1)", () => {
			const stage = new StreamStage();
			const client = stage.play(framing);
			stage.picture();
			const before = client.got();
			assert.ok(client.pause());
			assert.ok(!stage.isAwake, "nobody watches");
			stage.pass(300);
			stage.hub.clear();
			stage.picture();
			assert.equal(client.got().length, 0);
			const answer = client.play() as PlayAnswer;
			const [picture] = client.pictures();
			assert.equal(picture[0].sequence, answer.sequence);
			assert.equal(picture[0].sequence, (before[before.length - 1].sequence + 1) & 0xffff);
		});

		it("keeps to the rate that the client asked for", () => {
			const stage = new StreamStage();
			const slow = stage.play(framing, { rate: 5 });
			const all = stage.play(framing);
			for (let i = 0; i < 250; i++) stage.picture(40);
			assert.equal(all.pictures().length, 250);
			const { length } = slow.pictures();
			assert.ok(length >= 49 && length <= 51, `${length} pictures in 10 s`);
		});

		it("keeps clients on the Internet within their share of the uplink", () => {
			const stage = new StreamStage(1, { uplink: 100 });
			const far = [1, 2].map((i) => stage.play(framing, { address: `198.51.100.${i}`, room: 1 << 30 }));
			const near = stage.play(framing, { room: 1 << 30 });
			for (let i = 0; i < 250; i++) stage.picture(40, { scan: 20_000 });
			const octets = far.map((client) => client.got().reduce((sum, { length }) => sum + length, 0));
			for (const each of octets) assert.ok(each > 450_000 && each < 550_000, `${each} octets in 10 s`);
			assert.equal(near.pictures().length, 250);
			assert.equal(stage.uplink?.viewers, 2);
			far[0].pause();
			far[1].teardown();
			assert.equal(stage.uplink?.viewers, 0, "nobody else's share is smaller for them");
			far[0].play();
			far[0].teardown();
			assert.equal(stage.uplink?.viewers, 0);
		});

		it("ends streams with the reason when RTP/JPEG cannot carry the picture any more (STR-9)", () => {
			const stage = new StreamStage();
			const clients = [stage.play(framing), stage.play(framing)];
			stage.picture();
			stage.picture(40, { grey: true });
			for (const { ended, stream } of clients) {
				assert.match(ended.join(), /greyscale/);
				assert.equal(stage.distribution.pause(stage.now, stream), false);
			}
			assert.equal(stage.distribution.table.size, 0);
			const late = stage.setup(framing);
			assert.equal(status(late.play()), 415);
			assert.equal(late.session?.state, READY);
		});

		it("says goodbye at TEARDOWN, frees everything, and does not know the stream afterwards (STR-3)", () => {
			const stage = new StreamStage();
			const client = stage.play(framing);
			stage.picture();
			stage.pass(1000);
			const { path, stream } = client;
			client.frames();
			client.teardown();
			client.teardown();
			const report = framing === "udp" ? path.reports[path.reports.length - 1] : client.frames()[0][1];
			assert.ok(report.includes(203), "a BYE");
			assert.equal(stage.paths.count, 0);
			assert.equal(stage.distribution.deadline, Infinity);
			assert.equal(stage.distribution.table.size, 0);
			assert.ok(!stage.isAwake);
			assert.deepEqual(client.ended, []);
			stage.distribution.play(stage.now, stream, undefined, (_now, answer) => assert.equal(status(answer), 454));
			stage.picture();
			stage.hub.clear();
			assert.equal(stage.recycled, stage.sequence, "no picture is held");
		});

		it("has so many places, keeps an eighth for owners, and limits each client: 453 (STR-3)", () => {
			const stage = new StreamStage(1, { streams: 8, perClient: 3 });
			const setup = (address: string, owner = false) => stage.setup(framing, { address, owner });
			for (let i = 0; i < 3; i++) assert.equal(status(setup("192.168.0.1").setup), undefined);
			assert.equal(status(setup("192.168.0.1").setup), 453);
			for (let i = 0; i < 3; i++) assert.equal(status(setup("192.168.0.2").setup), undefined);
			const last = setup("192.168.0.3");
			assert.equal(status(last.setup), undefined);
			assert.equal(status(setup("192.168.0.4").setup), 453);
			assert.equal(status(setup("192.168.0.4", true).setup), undefined);
			assert.equal(status(setup("192.168.0.4", true).setup), 453);
			last.teardown();
			assert.equal(status(setup("192.168.0.4").setup), 453);
			assert.equal(status(setup("192.168.0.5", true).setup), undefined);
		});

		it("ends all streams when the camera leaves, and takes no more", () => {
			const stage = new StreamStage();
			const clients = [stage.play(framing), stage.setup(framing)];
			const pending = stage.describe();
			stage.distribution.close(stage.now);
			for (const { ended } of clients) assert.equal(ended.length, 1);
			assert.equal(status(pending[0]), 503);
			assert.equal(status(stage.setup(framing).setup), 503);
			assert.equal(status(stage.describe()[0]), 503);
			assert.equal(stage.paths.count, 0);
			assert.ok(!stage.isAwake);
			assert.equal(stage.distribution.deadline, Infinity);
		});
	});
}

describe("stream/stream-distribution: UDP", () => {
	it("begins with numbers that differ from stream to stream", () => {
		const stage = new StreamStage();
		const answers = Array.from({ length: 20 }, () => stage.play("udp").plays[0] as PlayAnswer);
		assert.ok(new Set(answers.map(({ sequence }) => sequence)).size >= 19);
	});

	it("begins with other timestamps after each start of the program", () => {
		const first = (seed: number): number => {
			const stage = new StreamStage(seed);
			stage.picture();
			return (stage.play("udp").plays[0] as PlayAnswer).timestamp as number;
		};
		assert.notEqual(first(1), first(2));
	});

	it("refuses as the address table does, and where no port is free (STR-4)", () => {
		const stage = new StreamStage();
		stage.paths.refusal = new RtspRefusal(403, "no network");
		assert.equal(status(stage.setup("udp").setup), 403);
		assert.equal(stage.distribution.table.size, 0);
	});

	it("closes ports that open after the camera has left or the stream was taken down", () => {
		const stage = new StreamStage();
		stage.paths.waiting = [];
		const client = stage.setup("udp");
		assert.equal(client.setup, undefined);
		stage.distribution.close(stage.now);
		stage.paths.waiting[0]();
		assert.equal(status(client.setup), 503);
		assert.equal(stage.paths.count, 0);
		assert.deepEqual(client.ended, []);
	});

	it("counts streams whose ports are being opened as taken", () => {
		const stage = new StreamStage(1, { streams: 1 });
		stage.paths.waiting = [];
		stage.setup("udp");
		assert.equal(status(stage.setup("udp").setup), 453);
	});

	it("ends a stream that says goodbye, and reports others alive (STR-10)", () => {
		const stage = new StreamStage();
		const client = stage.play("udp");
		stage.picture();
		const send = (...octets: number[]) =>
			client.path.request.reports.report(stage.now, new Uint8Array(octets), 0, octets.length);
		send(1, 2, 3);
		assert.equal(client.alive, 0);
		send(0x80, 201, 0, 1, 1, 2, 3, 4);
		assert.equal(client.alive, 1);
		const { path } = client;
		// A goodbye of somebody who has never reported on the stream may be forged.
		send(0x80, 201, 0, 1, 1, 2, 3, 4, 0x81, 203, 0, 1, 1, 2, 3, 4);
		assert.deepEqual([client.alive, client.ended], [2, []]);
		const { ssrc } = client.path.request.reports;
		const ours = [ssrc >>> 24, (ssrc >>> 16) & 255, (ssrc >>> 8) & 255, ssrc & 255];
		send(0x81, 201, 0, 7, 1, 2, 3, 4, ...ours, ...Array<number>(20).fill(0), 0x81, 203, 0, 1, 1, 2, 3, 4);
		assert.deepEqual(client.ended, ["the client said goodbye"]);
		assert.ok(!path.isOpen);
		path.request.reports.report(stage.now, new Uint8Array([0x80, 201, 0, 1, 1, 2, 3, 4]), 0, 8);
		assert.equal(client.alive, 2);
	});

	it("sends reports while it plays, and none while it is paused (STR-10)", () => {
		const stage = new StreamStage();
		const client = stage.play("udp");
		for (let i = 0; i < 250; i++) stage.picture(40);
		const { reports } = client.path;
		assert.ok(reports.length >= 2 && reports.length <= 5, `${reports.length}`);
		client.pause();
		const { length } = reports;
		stage.pass(20_000);
		assert.equal(reports.length, length);
	});

	it("counts on in its reports after PAUSE and PLAY (RFC 3550 §6.4.1)", () => {
		const stage = new StreamStage();
		const client = stage.play("udp");
		const { reports } = client.path;
		let packets = 0;
		let octets = 0;
		for (const isAgain of [false, true]) {
			if (isAgain) {
				client.pause();
				client.play();
			}
			for (let i = 0; i < 250; i++) stage.picture(40);
			for (const { length } of client.got()) {
				packets++;
				octets += length - 12;
			}
		}
		client.teardown();
		const report = reports[reports.length - 1];
		assert.deepEqual([readU32(report, 20), readU32(report, 24)], [packets, octets]);
	});

	it("ends a stream to an Internet client whose reports don't come, and refuses the next with 461 (STR-22)", () => {
		const stage = new StreamStage();
		stage.paths.expectsReports = true;
		const client = stage.play("udp");
		for (let i = 0; i < 525; i++) stage.picture(40);
		assert.match(client.ended.join(), /TCP/);
		assert.equal(status(stage.setup("udp").setup), 461);
		assert.equal(status(stage.setup("tcp").setup), undefined);
	});
});

describe("stream/stream-distribution: TCP", () => {
	it("lets a slow client miss whole pictures, and no other client (STR-8)", () => {
		const stage = new StreamStage();
		const slow = stage.play("tcp", { room: 4000 });
		const fast = stage.play("tcp");
		for (let i = 0; i < 100; i++) {
			stage.picture(40);
			if (i % 3 === 2) slow.take(3300);
		}
		assert.equal(fast.pictures().length, 100);
		const { length } = slow.pictures();
		assert.ok(length > 25 && length < 70, `${length}`);
	});

	it("gives a client the newest picture as soon as its connection has room", () => {
		const stage = new StreamStage();
		const client = stage.play("tcp", { room: 1000 });
		stage.picture();
		stage.picture();
		stage.picture();
		assert.equal(client.got().length, 1);
		client.take(10_000);
		const [late] = client.pictures();
		assert.equal(late[0].fill, (stage.sequence % 250) + 2);
		client.take(10_000);
		assert.equal(client.got().length, 0, "once");
		assert.equal(client.session?.missed, 1, "what it got later is not missed");
		assert.equal(client.session?.delivered, 2);
	});

	it("does not send the picture again that the group has sent", () => {
		const stage = new StreamStage();
		const client = stage.play("tcp", { room: 1000 });
		stage.picture();
		client.take(10_000);
		assert.equal(client.got().length, 1);
	});

	it("ends a stream whose connection takes nothing for 20 s, and the connection", () => {
		const stage = new StreamStage();
		const stuck = stage.play("tcp", { room: 100 });
		const fine = stage.play("tcp", { room: 1 << 30 });
		for (let i = 0; i < 480; i++) stage.picture(40);
		assert.deepEqual(stuck.ended, []);
		for (let i = 0; i < 50; i++) stage.picture(40);
		assert.deepEqual(stuck.ended, ["the connection takes nothing"]);
		assert.ok(stuck.out.aborted);
		assert.deepEqual(fine.ended, []);
	});

	it("does not take a source without pictures for a connection that takes nothing", () => {
		const stage = new StreamStage();
		const client = stage.play("tcp");
		stage.picture();
		stage.pass(120_000);
		assert.deepEqual(client.ended, []);
	});

	it("uses the channel that the client asked for", () => {
		const stage = new StreamStage();
		const first = stage.play("tcp");
		const other = stage.play("tcp", { channel: 4 });
		stage.picture();
		stage.pass(1000);
		assert.deepEqual([...new Set(first.frames().map(([channel]) => channel))], [0, 1]);
		assert.deepEqual([...new Set(other.frames().map(([channel]) => channel))], [4, 5]);
	});

	it("takes reports that come between messages", () => {
		const stage = new StreamStage();
		const client = stage.play("tcp");
		const report = new Uint8Array([0x80, 201, 0, 1, 1, 2, 3, 4]);
		stage.distribution.interleaved(stage.now, client.stream, false, report, 0, 8);
		assert.equal(client.alive, 0);
		stage.distribution.interleaved(stage.now, client.stream, true, report, 0, 8);
		assert.equal(client.alive, 1);
		stage.distribution.interleaved(stage.now, 999, true, report, 0, 8);
	});
});
