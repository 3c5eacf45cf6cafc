import assert from "node:assert/strict";
import type { StreamOutbox } from "../../../../src/core/stream";
import { SET_MAX, SETS_MAX } from "../../../../src/media/h264-parameter-sets";
import type { ContentDescription, PlayRange } from "../../../../src/stream/content";
import { SILENCE_TIME } from "../../../../src/stream/remote/link-connection";
import { LINK_GRACE } from "../../../../src/stream/remote/remote-transport";
import { CONTROL_GRACE } from "../../../../src/stream/remote/transport-server";
import { RtspRefusal } from "../../../../src/stream/rtsp-refusal";
import type {
	InterleavedPath,
	PlayAnswer,
	StreamAnswer,
	StreamListener,
} from "../../../../src/stream/stream-transport";
import { FakeStream } from "../../../support/fake-stream";
import { FakeStreamTransport, HOLIDAY } from "../../../support/fake-stream-transport";
import { LinkPair } from "../../../support/link-pair";

/** A client of the control host. */
class Client implements StreamListener {
	readonly heard: string[] = [];
	answer: StreamAnswer | RtspRefusal | undefined;
	readonly plays: (PlayAnswer | RtspRefusal)[] = [];

	constructor(
		private readonly pair: LinkPair,
		readonly out?: FakeStream,
		content = HOLIDAY.id,
	) {
		const path =
			out === undefined
				? ({ framing: "udp", rtpPort: 6000, rtcpPort: 6001 } as const)
				: ({ framing: "tcp", out, channel: 0 } as const);
		const request = { control: "cafe", content, client: "10.1.0.7", local: "10.1.0.10", owner: false, rate: 5 };
		pair.control.setup(pair.now, { ...request, path, listener: this }, (_now, answer) => {
			this.answer = answer;
		});
		pair.run();
	}

	get stream(): number {
		assert.ok(this.answer !== undefined && !(this.answer instanceof RtspRefusal), "it is set up");
		return this.answer.stream;
	}

	play(range?: PlayRange): PlayAnswer | RtspRefusal | undefined {
		this.pair.control.play(this.pair.now, this.stream, range, (_now, answer) => this.plays.push(answer));
		this.pair.run();
		return this.plays[this.plays.length - 1];
	}

	streamEnded(_now: number, stream: number, reason: string): void {
		this.heard.push(`${stream} ended: ${reason}`);
	}

	streamLost(_now: number, stream: number, reason: string): void {
		this.heard.push(`${stream} lost: ${reason}`);
	}

	streamAlive(_now: number, stream: number): void {
		this.heard.push(`${stream} alive`);
	}
}

const setUp = (room?: number) => {
	const nas = new FakeStreamTransport();
	const pair = new LinkPair(nas, room);
	pair.connect();
	nas.calls.length = 0;
	return { nas, pair };
};

/** The connection of a client as the NAS sees it. */
const outOf = (nas: FakeStreamTransport, stream: number): StreamOutbox =>
	(nas.streams.get(stream)?.path as InterleavedPath).out;

describe("stream/remote", () => {
	it("asks the distribution as if it were here (STR-12)", () => {
		const { nas, pair } = setUp();
		const found: (ContentDescription | RtspRefusal)[] = [];
		for (const content of [HOLIDAY.id, "live", "none"])
			pair.control.describe(pair.now, content, (_now, answer) => found.push(answer));
		pair.run();
		assert.deepEqual(found.slice(0, 2), [HOLIDAY, nas.contents.get("live")]);
		assert.deepEqual(found[2], new RtspRefusal(404, "there is no such content"));
		const { video } = HOLIDAY;
		const parameterSets = Array.from({ length: SETS_MAX }, () => new Uint8Array(SET_MAX).fill(0x68));
		const large: ContentDescription = {
			id: "l",
			title: "t".repeat(9000),
			video: { ...video, encoding: "H264", parameterSets },
		};
		nas.contents.set("large", large);
		pair.control.describe(pair.now, "large", (_now, answer) => found.push(answer));
		pair.run();
		assert.deepEqual(found[3], { ...large, title: "t".repeat(4096) });
		nas.source = "203.0.113.210";
		const client = new Client(pair);
		assert.deepEqual(client.answer, {
			stream: 0,
			ssrc: 0xabcdef01,
			source: "203.0.113.210",
			rtpPort: 6000,
			rtcpPort: 6001,
		});
		const { listener: _listener, ...request } = nas.streams.get(0) ?? {};
		assert.deepEqual(request, {
			control: "cafe",
			content: HOLIDAY.id,
			client: "10.1.0.7",
			local: "10.1.0.20",
			owner: false,
			rate: 5,
			path: { framing: "udp", rtpPort: 6000, rtcpPort: 6001 },
		});
		const range = { from: 2, to: 8.25, scale: -2, speed: 0.5 };
		assert.deepEqual(client.play(range), { range, sequence: 100, timestamp: 9000 });
		client.play();
		assert.deepEqual(nas.ranges, [range, undefined]);
		assert.deepEqual([pair.control.playing, pair.control.pause(pair.now, 0)], [1, true]);
		pair.control.interleaved(pair.now, 0, true, Buffer.from("report"), 0, 6);
		pair.control.teardown(pair.now, 0);
		pair.run();
		assert.deepEqual(nas.calls.slice(-3), ["pause 0", "interleaved 0 RTCP report", "teardown 0"]);
		assert.deepEqual([pair.control.size, pair.server.streams, pair.control.pause(pair.now, 0)], [0, 0, false]);
	});

	it("passes on refusals, and ends that nobody asked for (STR-12)", () => {
		const { nas, pair } = setUp();
		nas.refusal = new RtspRefusal(461, "use TCP");
		assert.deepEqual(new Client(pair).answer, nas.refusal);
		nas.refusal = undefined;
		const client = new Client(pair);
		assert.deepEqual(
			client.play({ from: 99, to: undefined, scale: 1, speed: 1 }),
			new RtspRefusal(457, "it ends before"),
		);
		nas.streams.get(client.stream)?.listener.streamAlive(pair.now, client.stream);
		nas.streams.get(client.stream)?.listener.streamAlive(pair.now, client.stream);
		nas.finish(pair.now, client.stream);
		pair.run();
		assert.deepEqual(client.heard, ["0 alive", "0 ended: the content has ended"]);
		assert.deepEqual([(client.play() as RtspRefusal).status, pair.control.size], [454, 0]);
	});

	it("refuses a client without the key, and says why (STR-12)", () => {
		const nas = new FakeStreamTransport();
		const pair = new LinkPair(nas);
		pair.connect("another key of 16 characters");
		pair.run();
		assert.deepEqual(pair.log, [
			"warn: 10.1.0.10 was refused as a control host: it has another key, or what it sends is damaged",
			"detached: the connection is gone (reset) before anything was said; is the key the same on both machines?",
		]);
		assert.deepEqual(
			[new Client(pair).answer, nas.calls, pair.server.refused],
			[new RtspRefusal(503, "the NAS is not reachable, try again in a few seconds"), [], 1],
		);
	});

	it("drops strangers that say nothing, and makes room for others (STR-12)", () => {
		const pair = new LinkPair(new FakeStreamTransport());
		const outs = Array.from({ length: 12 }, () => {
			const out = new FakeStream();
			pair.server.accept(pair.now, "0123456789abcdef", "10.1.0.66", "10.1.0.20").room(pair.now, out);
			return out;
		});
		assert.deepEqual(
			outs.map(({ aborted }) => aborted),
			outs.map((_, i) => i < 4),
		);
		pair.connect();
		assert.ok(pair.control.isReachable);
		// Nobody who has not greeted gets an octet.
		assert.ok(outs.every((out) => out.writes === 0));
	});

	it("sends pictures to clients by TCP, the next one when the client has taken the one before (STR-12)", () => {
		for (const room of [1 << 20, 20_000, 1500]) {
			const { nas, pair } = setUp(room);
			const [fast, slow] = [new Client(pair, new FakeStream()), new Client(pair, new FakeStream(1000))];
			for (const client of [fast, slow]) client.play();
			nas.calls.length = 0;
			const picture = new Uint8Array(50_000).map((_, i) => i * 7);
			for (const { stream } of [fast, slow]) {
				assert.equal(outOf(nas, stream).offer(picture, 0, picture.length), true);
				assert.equal(outOf(nas, stream).offer(picture, 0, picture.length), false);
			}
			pair.run();
			assert.deepEqual(nas.calls, [`room ${fast.stream}`], `${room}`);
			assert.deepEqual([outOf(nas, fast.stream).queued, outOf(nas, slow.stream).queued], [0, 50_000]);
			assert.deepEqual(new Uint8Array(Buffer.concat(fast.out?.written ?? [])), picture);
			assert.deepEqual(new Uint8Array(Buffer.concat(slow.out?.written ?? [])), picture);
			slow.out?.take(49_000, pair.now, { room: () => pair.control.room(pair.now, slow.stream) } as never);
			pair.run();
			assert.deepEqual(nas.calls, [`room ${fast.stream}`, `room ${slow.stream}`]);
			assert.equal(outOf(nas, slow.stream).queued, 0);
		}
	});

	it("gives leases back, also of pictures that are not sent to their end (STR-12)", () => {
		const { nas, pair } = setUp(4000);
		let held = 0;
		const lease = { retain: () => void held++, release: () => void held-- };
		const client = new Client(pair, new FakeStream());
		client.play();
		outOf(nas, client.stream).offer(new Uint8Array(100_000), 0, 100_000, lease);
		assert.equal(held, 1);
		pair.run();
		assert.equal(held, 0);
		outOf(nas, client.stream).offer(new Uint8Array(100_000), 0, 100_000, lease);
		nas.finish(pair.now, client.stream);
		assert.equal(held, 0);
		pair.run();
		// No goodbye gets through, so the connection is to be dropped.
		assert.deepEqual(client.heard, ["0 lost: the content has ended"]);
	});

	it("sends reports to clients by TCP in one piece, and nothing after PAUSE (STR-12)", () => {
		const { nas, pair } = setUp();
		const client = new Client(pair, new FakeStream());
		client.play();
		const out = outOf(nas, client.stream);
		out.write(new Uint8Array([0x24, 1, 0, 4]), 0, 4);
		pair.run();
		assert.equal(client.out?.writes, 0);
		out.write(new Uint8Array([9, 9, 9, 9]), 0, 4);
		pair.run();
		assert.deepEqual(Buffer.concat(client.out?.written.splice(0) ?? []), Buffer.from([0x24, 1, 0, 4, 9, 9, 9, 9]));
		out.offer(new Uint8Array(100), 0, 100);
		assert.equal(pair.control.pause(pair.now, client.stream), true);
		pair.run();
		assert.deepEqual([client.out?.written.length, out.queued], [0, 0]);
	});

	it("resumes streams by UDP after an interruption, and ends those by TCP (STR-12)", () => {
		const { nas, pair } = setUp();
		const [udp, tcp, paused, over] = [
			new Client(pair),
			new Client(pair, new FakeStream()),
			new Client(pair),
			new Client(pair),
		];
		for (const client of [udp, tcp, paused, over]) client.play();
		nas.calls.length = 0;
		pair.cut();
		assert.deepEqual(tcp.heard, ["1 lost: the link to the NAS is lost"]);
		assert.deepEqual([udp.heard, (udp.play() as RtspRefusal).status], [[], 503]);
		assert.equal(pair.control.pause(pair.now, paused.stream), true);
		pair.control.teardown(pair.now, over.stream);
		pair.pass(LINK_GRACE - 1000);
		pair.connect();
		assert.deepEqual(nas.calls, ["teardown 1", "teardown 3", "pause 2"]);
		assert.deepEqual([udp.heard, paused.heard, over.heard], [[], [], []]);
		assert.deepEqual(udp.play(), { range: { from: 0, to: 12.5, scale: 1, speed: 1 }, sequence: 100, timestamp: 9000 });
		assert.deepEqual([pair.control.size, pair.server.streams], [2, 2]);
	});

	it("ends the streams of a control host that was restarted or stays away, with a BYE (STR-12)", () => {
		const { nas, pair } = setUp();
		new Client(pair).play();
		pair.restartControl();
		assert.equal(nas.streams.size, 1);
		pair.connect();
		assert.equal(nas.streams.size, 0);
		new Client(pair).play();
		pair.cut();
		pair.pass(CONTROL_GRACE - 1000);
		assert.equal(nas.streams.size, 1);
		pair.pass(1500);
		assert.deepEqual([nas.streams.size, nas.calls[nas.calls.length - 1]], [0, "teardown 1"]);
	});

	it("ends the streams of a NAS that was restarted or stays away, with their connections (STR-12)", () => {
		const { pair } = setUp();
		const client = new Client(pair);
		client.play();
		pair.restartServer(new FakeStreamTransport());
		pair.pass(2000);
		assert.deepEqual(client.heard, []);
		pair.connect();
		assert.deepEqual([client.heard, pair.control.size], [["0 lost: the NAS was restarted"], 0]);
		const other = new Client(pair);
		pair.cut();
		pair.pass(LINK_GRACE + 500);
		assert.deepEqual([other.heard, pair.control.size], [["0 lost: the NAS is not reachable"], 0]);
	});

	it("answers every request once, also when the link breaks meanwhile, and leaves no stream behind (STR-12)", () => {
		const { nas, pair } = setUp();
		nas.holds = true;
		const client = new Client(pair);
		let described = 0;
		pair.control.describe(pair.now, "live", () => described++);
		pair.run();
		assert.deepEqual([client.answer, described], [undefined, 0]);
		pair.cut();
		assert.deepEqual([(client.answer as unknown as RtspRefusal).status, described], [503, 1]);
		pair.connect();
		nas.holds = false;
		nas.release();
		pair.run();
		assert.deepEqual([nas.streams.size, nas.calls[nas.calls.length - 1], described], [0, "teardown 0", 1]);
	});

	it("notices a peer that is silent, and keeps a link on which nothing happens (STR-12)", () => {
		const { pair } = setUp();
		pair.pass(10 * SILENCE_TIME);
		assert.ok(pair.control.isReachable);
		const { far, near } = pair;
		pair.now += SILENCE_TIME;
		near?.expire(pair.now);
		assert.deepEqual([pair.control.isReachable, pair.log[pair.log.length - 1]], [false, "detached: it is silent"]);
		far?.expire(pair.now);
		assert.deepEqual([pair.server.links, near?.deadline], [0, Infinity]);
	});

	it("tells what streams have sent (STR-2, STR-12)", () => {
		const units = [{ unit: "RTP sender", bound: "10.3.0.20:5004", advertisedPort: 5004 }];
		const report = {
			packets: 100,
			octets: 5000,
			missed: 2,
			units,
			oneIn: 3,
			keyOnly: true,
			lossPercent: 1.5,
			jitter: 4,
		};
		const nas = new FakeStreamTransport();
		const pair = new LinkPair(nas, 1 << 20, () => report);
		pair.connect();
		const { stream } = new Client(pair);
		assert.deepEqual(pair.control.report(stream), { packets: 0, octets: 0, missed: 0 });
		pair.pass(6000);
		assert.deepEqual(pair.control.report(stream), report);
		assert.deepEqual([pair.control.totals, pair.control.report(9)], [{ packets: 7, octets: 8, missed: 9 }, undefined]);
	});
});
