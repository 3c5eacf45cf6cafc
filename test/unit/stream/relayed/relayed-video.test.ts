import assert from "node:assert/strict";
import { RtspRefusal } from "../../../../src/stream/rtsp-refusal";
import { PPS, type Relayed, RelayStage, SPS } from "../../../support/relay-stage";

const FRAMINGS = ["udp", "tcp"] as const;
const ENCODINGS = ["JPEG", "H264"] as const;

/** Asserts that packets have one source and running numbers. */
function assertRunning(packets: readonly Relayed[], gaps = 0): void {
	let missing = 0;
	for (let i = 1; i < packets.length; i++) {
		missing += (packets[i].sequence - packets[i - 1].sequence - 1) & 0xffff;
		assert.equal(packets[i].ssrc, packets[0].ssrc);
	}
	assert.equal(missing, gaps);
}

describe("stream/relayed: a video", () => {
	for (const framing of FRAMINGS) {
		for (const encoding of ENCODINGS) {
			const name = `${encoding} over ${framing}`;

			it(`REP-4 copies payloads unchanged to all viewers: ${name}`, () => {
				const stage = new RelayStage(encoding);
				stage.begin();
				const viewers = [stage.play(framing), stage.play(framing), stage.play(framing)];
				for (let i = 0; i < 20; i++) stage.picture({ packets: 1 + (i % 5), key: i % 8 === 0, alone: i % 2 === 0 });
				const sources = new Set<number>();
				for (const viewer of viewers) {
					const packets = viewer.relayed();
					assert.deepEqual(
						packets.map(({ payload }) => payload),
						stage.sent,
					);
					assertRunning(packets);
					assert.ok(packets.every(({ type }) => type === (encoding === "JPEG" ? 26 : 96)));
					assert.equal(packets[0].sequence, (viewer.plays[0] as { sequence?: number }).sequence ?? packets[0].sequence);
					const { ssrc } = viewer.setup as { ssrc: number };
					assert.equal(packets[0].ssrc, ssrc);
					sources.add(ssrc);
				}
				assert.equal(sources.size, framing === "udp" ? 3 : 1);
			});

			it(`REP-3 a later viewer begins at once with the newest key picture: ${name}`, () => {
				const stage = new RelayStage(encoding);
				stage.begin();
				const first = stage.play(framing);
				for (let i = 0; i < 6; i++) stage.picture({ key: i % 4 === 0 });
				const late = stage.play(framing);
				const since = encoding === "JPEG" ? 15 : 12;
				assert.deepEqual(late.payloads(), stage.sent.slice(since));
				stage.picture({ key: false });
				assert.deepEqual(late.payloads(), stage.sent.slice(18));
				assert.deepEqual(first.payloads(), stage.sent);
			});

			it(`a viewer that joins within a picture gets all of it: ${name}`, () => {
				const stage = new RelayStage(encoding);
				stage.begin();
				const first = stage.play(framing);
				stage.picture();
				stage.picture({ packets: 2, marker: false });
				stage.pass(5);
				const late = stage.play(framing);
				stage.send(new Uint8Array([0x65, 9, 9, 9, 9, 9, 9, 9, 9]), true);
				// Over TCP, where nothing waits for a part of a picture, it gets the one before at once, too.
				assert.deepEqual(late.payloads(), stage.sent.slice(framing === "tcp" ? 0 : 3));
				assert.deepEqual(first.payloads(), stage.sent);
			});

			it(`what the origin loses is missing in the numbers: ${name}`, () => {
				const stage = new RelayStage(encoding);
				stage.begin();
				const viewer = stage.play(framing);
				stage.picture({ packets: 2, marker: false });
				stage.lose(3);
				stage.send(new Uint8Array([0x65, 1, 1, 1, 1, 1, 1, 1, 1]), true);
				stage.picture();
				const packets = viewer.relayed();
				assert.deepEqual(
					packets.map(({ payload }) => payload),
					stage.sent,
				);
				assertRunning(packets, 3);
				assert.equal((packets[2].sequence - packets[1].sequence) & 0xffff, 4);
			});

			it(`REP-10 numbers and times go on when the origin begins again: ${name}`, () => {
				const stage = new RelayStage(encoding);
				stage.begin();
				const viewer = stage.play(framing);
				stage.picture();
				stage.picture({ packets: 2, marker: false });
				stage.video.interrupt(stage.now);
				stage.pass(3000);
				Object.assign(stage, { sequence: 5, timestamp: 4, ssrc: 78 });
				stage.begin();
				stage.picture({ after: 0 });
				stage.picture();
				const packets = viewer.relayed();
				assert.equal(packets.length, 11);
				assertRunning(packets, 1);
				const passed = (packets[5].timestamp - packets[4].timestamp) >>> 0;
				assert.ok(Math.abs(passed - 3000 * 90) < 90, `${passed}`);
				assert.equal((packets[8].timestamp - packets[5].timestamp) >>> 0, 3600);
			});

			it(`counts packets, octets and pictures of each viewer (REP-5): ${name}`, () => {
				const stage = new RelayStage(encoding);
				stage.begin();
				const viewer = stage.play(framing);
				for (let i = 0; i < 10; i++) stage.picture({ packets: 4, length: 50, key: i % 3 === 0 });
				const { payload, packets, frames, drops } = viewer.viewerOf(stage);
				assert.deepEqual({ payload, packets, frames, drops }, { payload: 40 * 62, packets: 40, frames: 10, drops: 0 });
			});
		}
	}

	it("REP-5 counts the octets on the wire, with reports and the goodbye (UDP)", () => {
		for (const [address, heads] of [
			["192.168.0.9", 28],
			["2001:db8::9", 48],
		] as const) {
			const stage = new RelayStage();
			stage.begin();
			stage.play("tcp");
			stage.picture();
			const viewer = stage.play("udp", { address });
			stage.picture({ packets: 2, marker: false });
			stage.lose(2);
			for (let i = 0; i < 200; i++) stage.picture();
			const counters = viewer.viewerOf(stage);
			const { socket, reports } = viewer.path;
			viewer.teardown();
			assert.ok(reports.length > 1);
			const sent = [...socket.sent, ...reports];
			assert.equal(
				counters.total,
				sent.reduce((sum, { length }) => sum + length + heads, 0),
			);
		}
	});

	it("packets over UDP wait a millisecond for others, and leave together", () => {
		const stage = new RelayStage();
		stage.begin();
		const viewer = stage.play("udp");
		stage.picture({ packets: 3, marker: false });
		assert.equal(viewer.payloads().length, 0);
		stage.pass(1);
		assert.equal(viewer.payloads().length, 3);
		stage.picture({ packets: 3 });
		assert.equal(viewer.payloads().length, 3);
	});

	it("H.264: a key picture is known although others come before it", () => {
		const stage = new RelayStage("H264");
		stage.begin();
		stage.picture({ key: false });
		const viewer = stage.play("udp");
		stage.picture({ key: false });
		assert.equal(viewer.payloads().length, 0);
		stage.timestamp += 3600;
		stage.send(new Uint8Array([9, 0xf0]), false);
		stage.pass(5);
		stage.send(new Uint8Array([6, 1, 2, 3]), false);
		stage.pass(5);
		assert.equal(viewer.payloads().length, 0);
		stage.send(SPS, false);
		stage.send(new Uint8Array([0x65, 0x88, 1, 2, 3]), true);
		assert.deepEqual(viewer.payloads(), stage.sent.slice(6));
	});

	it("H.264: parameter sets that are pictures of their own stay with the key picture", () => {
		const stage = new RelayStage("H264");
		stage.begin();
		stage.send(SPS, false);
		stage.send(PPS, true);
		stage.picture();
		const viewer = stage.play("tcp");
		assert.deepEqual(viewer.payloads(), stage.sent);
	});

	it("H.264: sets that the origin only describes after it has begun again are sent before its key picture", () => {
		const stage = new RelayStage("H264");
		stage.begin();
		const viewer = stage.play("udp");
		stage.picture();
		const other = SPS.slice();
		other[3] = 0x1f;
		stage.begin([other, PPS]);
		stage.picture();
		stage.picture({ key: false });
		const packets = viewer.relayed();
		assert.equal(packets[3].payload, Buffer.from(other).toString("hex"));
		assert.equal(packets[4].payload, Buffer.from(PPS).toString("hex"));
		assert.equal(packets.length, 3 + 2 + 3 + 3);
		assertRunning(packets, 1);
	});

	it("H.264: a viewer that waits too long for a key picture begins without one", () => {
		const stage = new RelayStage("H264");
		stage.begin();
		const viewer = stage.play("tcp");
		for (let i = 0; i < 12; i++) stage.picture({ after: 1000, key: false, packets: 1 });
		assert.equal(viewer.payloads().length, 3);
	});

	it("keeps a bounded part of a long sequence without key pictures", () => {
		const stage = new RelayStage("H264");
		stage.begin();
		stage.picture();
		for (let i = 0; i < 700; i++) stage.picture({ key: false, packets: 1 });
		const viewer = stage.play("tcp");
		assert.equal(viewer.payloads().length, 0);
		stage.picture();
		assert.equal(viewer.payloads().length, 3);
	});

	it("REP-4 a slow viewer over TCP misses pictures of its own, whole ones, and costs one: JPEG", () => {
		const stage = new RelayStage();
		stage.begin();
		const slow = stage.play("tcp", { room: 100 });
		const good = stage.play("tcp");
		for (let i = 0; i < 10; i++) stage.picture({ packets: 2, tag: i });
		assert.equal(good.payloads().length, 20);
		assert.equal(slow.payloads().length, 2);
		const viewer = slow.viewerOf(stage);
		assert.equal(viewer.frames, 1);
		assert.equal(viewer.drops, 9);
		slow.take(1 << 20);
		assert.deepEqual(slow.payloads(), stage.sent.slice(18));
		assert.equal(viewer.frames, 2);
		assert.equal(viewer.drops, 8);
		stage.picture();
		assert.equal(viewer.frames, 3);
		assert.equal(viewer.drops, 8);
	});

	it("REP-4 a slow viewer over TCP goes on where it was, as long as that is kept: H.264", () => {
		const stage = new RelayStage("H264");
		stage.begin();
		const slow = stage.play("tcp", { room: 100 });
		for (let i = 0; i < 10; i++) stage.picture({ key: i === 0 });
		const viewer = slow.viewerOf(stage);
		assert.equal(viewer.drops, 9);
		slow.take(1 << 20);
		assert.equal(viewer.drops, 0);
		assert.deepEqual(slow.payloads(), stage.sent);
		slow.out.leave(10);
		for (let i = 0; i < 10; i++) stage.picture({ key: i === 5 });
		slow.take(1 << 20);
		const packets = slow.relayed();
		// The first went into its buffer; then those from the key picture on.
		assert.equal(packets.length, 3 * 6);
		assert.equal(viewer.drops, 4);
		assertRunning(packets, 12);
	});

	it("a viewer that asks for fewer pictures has no gaps in its numbers (UDP)", () => {
		const stage = new RelayStage();
		stage.begin();
		const viewer = stage.play("udp", { rate: 5 });
		for (let i = 0; i < 25; i++) stage.picture();
		const packets = viewer.relayed();
		assertRunning(packets);
		assert.ok(packets.length >= 15 && packets.length <= 21, `${packets.length}`);
		assert.equal(viewer.viewerOf(stage).drops, 0);
	});

	it("the whole of what is kept is sent to a viewer over UDP in steps", () => {
		const stage = new RelayStage("H264");
		stage.begin();
		stage.play("tcp");
		for (let i = 0; i < 50; i++) stage.picture({ key: i === 0, packets: 10 });
		const late = stage.play("udp");
		assert.ok(late.payloads().length <= 30);
		const before = late.viewerOf(stage).packets;
		stage.picture({ key: false, after: 10 });
		stage.pass(200);
		stage.picture({ key: false });
		const packets = late.relayed();
		assert.equal(before + packets.length, stage.sent.length);
		assert.equal(packets[packets.length - 1].payload, stage.sent[stage.sent.length - 1]);
		assertRunning(packets);
	});

	it("pauses and plays again", () => {
		for (const framing of FRAMINGS) {
			const stage = new RelayStage();
			stage.begin();
			const viewer = stage.play(framing);
			stage.picture();
			assert.equal(viewer.payloads().length, 3);
			assert.ok(viewer.pause());
			stage.picture();
			assert.equal(viewer.payloads().length, 0);
			viewer.play();
			assert.equal(viewer.payloads().length, 3);
			stage.picture();
			assert.equal(viewer.payloads().length, 3);
			viewer.teardown();
			assert.deepEqual(stage.log, ["the viewer left"]);
			stage.picture();
		}
	});

	it("describes what the origin describes, with the newest parameter sets", () => {
		const stage = new RelayStage("H264");
		stage.begin([]);
		stage.send(SPS, false);
		stage.send(PPS, false);
		stage.picture({ after: 0 });
		const [answer] = stage.describe();
		assert.ok(!(answer instanceof RtspRefusal));
		assert.deepEqual(answer.video.parameterSets, [SPS, PPS]);
		assert.equal(answer.video.frameRate, 25);
	});

	it("REP-2 gives all waiting viewers the origin's refusal", () => {
		const stage = new RelayStage();
		stage.waiting = [];
		stage.refusal = new RtspRefusal(403, "the origin forbids it");
		const described = stage.describe();
		const set = stage.setup("udp");
		for (const answer of stage.waiting) answer();
		assert.equal((described[0] as RtspRefusal).status, 403);
		assert.equal((set.setup as RtspRefusal).status, 403);
		assert.equal(stage.paths.count, 0);
		assert.deepEqual(stage.viewers, []);
	});

	it("a viewer that left while the origin was asked is not counted", () => {
		const stage = new RelayStage();
		stage.waiting = [];
		const viewer = stage.setup("tcp");
		stage.distribution.teardown(stage.now, 1);
		for (const answer of stage.waiting) answer();
		assert.equal((viewer.setup as RtspRefusal).status, 454);
		assert.deepEqual(stage.viewers, []);
	});

	it("ends its viewers when the upstream has ended", () => {
		const stage = new RelayStage();
		stage.begin();
		const viewers = FRAMINGS.map((framing) => stage.play(framing));
		stage.picture();
		stage.contents.remove(stage.now, stage.video, "the upstream has ended");
		for (const { ended } of viewers) assert.deepEqual(ended, ["the upstream has ended"]);
		assert.deepEqual(stage.log, ["the upstream has ended", "the upstream has ended"]);
	});

	it("ends its viewers when the origin comes back with another encoding", () => {
		const stage = new RelayStage();
		stage.begin();
		const viewers = FRAMINGS.map((framing) => stage.play(framing));
		const ready = stage.setup("udp");
		stage.picture();
		stage.begin([SPS, PPS], "H264");
		const reason = "the origin's video has another encoding now";
		for (const { ended } of [...viewers, ready]) assert.deepEqual(ended, [reason]);
		const [described] = stage.describe();
		assert.equal((described as { video: { encoding: string } }).video.encoding, "H264");
	});

	it("bounds what an origin costs that leaves out numbers", () => {
		const stage = new RelayStage("H264");
		stage.begin();
		stage.picture();
		const before = stage.sent.length;
		for (let i = 0; i < 40_000; i++) {
			stage.lose(1);
			stage.send(new Uint8Array([0x41, 1]), false);
		}
		const viewer = stage.play("tcp");
		// The picture was ended, and what was kept given up.
		assert.equal(viewer.payloads().length, 0);
		stage.picture();
		assert.equal(viewer.payloads().length, 3);
		assert.equal(stage.sent.length, before + 40_003);
	});

	it("cuts packets that are too long for datagrams", () => {
		const stage = new RelayStage();
		stage.begin();
		const [udp, tcp] = [stage.play("udp"), stage.play("tcp")];
		stage.picture({ packets: 2, length: 30_000 });
		stage.pass(50);
		assert.deepEqual(tcp.payloads(), stage.sent);
		const packets = udp.relayed();
		assert.ok(packets.every(({ payload }) => payload.length / 2 <= 1388));
		assert.ok(packets.length > 42 && packets.length < 48);
		assertRunning(packets);
		assert.deepEqual(
			packets.filter(({ marker }) => marker),
			packets.slice(-1),
		);
	});

	it("copies pictures of very many small packets: an origin may cut them as it likes", () => {
		for (const length of [10, 1, 0]) {
			const stage = new RelayStage("JPEG");
			stage.begin();
			const [udp, tcp] = [stage.play("udp"), stage.play("tcp")];
			stage.picture({ packets: 3000, length: Math.max(10, length) });
			for (let i = 0; i < 3000; i++) stage.send(new Uint8Array(length), i === 2999);
			stage.pass(50);
			assert.deepEqual(tcp.payloads(), stage.sent);
			assert.deepEqual(udp.payloads(), stage.sent);
		}
	});

	it("ends a picture that an origin never ends, of packets without any payload, too", () => {
		const stage = new RelayStage("JPEG");
		stage.begin();
		const tcp = stage.play("tcp");
		for (let i = 0; i <= 8 * 1024 * 1024; i += 12) stage.send(new Uint8Array(0), false);
		assert.ok(tcp.payloads().length > 300_000);
	});
});
