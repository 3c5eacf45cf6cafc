import assert from "node:assert/strict";
import type { Millis } from "../../../../src/core/time";
import { AccessUnit } from "../../../../src/media/access-unit";
import { Frame } from "../../../../src/media/frame";
import type { VideoEncoding } from "../../../../src/media/video-encoding";
import type { ContentDescription, PlayRange } from "../../../../src/stream/content";
import { H264Packetizer } from "../../../../src/stream/packets/h264-packetizer";
import type { PacketBurst } from "../../../../src/stream/packets/packet-burst";
import { PacketStream } from "../../../../src/stream/packets/packet-stream";
import { RtspRefusal } from "../../../../src/stream/rtsp-refusal";
import type { StoredReader, StoredSearch, StoredSink, Ticks } from "../../../../src/stream/stored/stored-content";
import { StoredIndex } from "../../../../src/stream/stored/stored-index";
import { type StoredAnswer, StoredPlayback } from "../../../../src/stream/stored/stored-playback";
import { nalOf, PICTURE, streamOf } from "../../../support/rtp-pictures";

const RATE = 10;
const COUNT = 100;
/** Of H.264 every fifth picture is a key picture. */
const KEY_EVERY = 5;
const FIRST_TIMESTAMP = 0xffff0000;
const SLICE = streamOf([nalOf(1, 50)]);

/** Plays ten seconds of pictures that the reader makes up, in virtual time. */
class Rig implements StoredReader {
	now: Millis = 1000;
	/** Content times and timestamps (from the first one) of the pictures that were sent, and when. */
	readonly sent: { at: number; timestamp: number; time: Millis }[] = [];
	endedAt: Millis | undefined;
	reason = "";
	isReady = true;
	isClosed = false;
	/** How long reading takes. */
	delay: Millis = 3;
	/** What the next read fails with. */
	fault: string | undefined;
	/** Before this picture nothing was recorded for a time. */
	gapAt = Infinity;
	gap: Ticks = 0;
	/** Pictures that were not released. */
	held = 0;
	rearmed = 0;
	readonly playback: StoredPlayback;
	private readonly index = new StoredIndex(RATE);
	private reads: { due: Millis; run: () => void }[] = [];
	private current = 0;

	constructor(
		private readonly encoding: VideoEncoding,
		rate = 0,
	) {
		for (let i = 0; i < COUNT; i++) this.index.add(0, 1, encoding === "JPEG" || i % KEY_EVERY === 0);
		const content: ContentDescription = {
			id: "files/x",
			title: "x",
			video: { encoding, width: 640, height: 480, frameRate: RATE, parameterSets: [] },
			range: { duration: COUNT / RATE, utc: undefined },
		};
		const packets = new PacketStream("tcp", 0, { ssrc: 1, sequence: 0 }, new H264Packetizer());
		this.playback = new StoredPlayback(
			content,
			this,
			packets,
			{
				now: () => this.now,
				send: (now, burst) => this.send(now, burst),
				rearm: () => this.rearmed++,
				ended: (now, reason) => {
					this.endedAt = now;
					this.reason = reason;
				},
			},
			FIRST_TIMESTAMP,
			rate,
		);
	}

	read(at: Ticks, search: StoredSearch, keysOnly: boolean, sink: StoredSink): void {
		assert.equal(this.reads.length, 0, "one read at a time");
		const { fault } = this;
		this.fault = undefined;
		const picture = this.index.find(at, search, keysOnly);
		const run = (): void => {
			if (fault !== undefined) return sink.failed(fault);
			if (picture < 0) return sink.none();
			this.held++;
			this.current = picture;
			const at = this.index.ticks(picture) + (picture >= this.gapAt ? this.gap : 0);
			sink.found(at, this.picture(picture), picture === this.gapAt ? this.gap : 0);
		};
		this.reads.push({ due: this.now + this.delay, run });
	}

	close(): void {
		this.isClosed = true;
		this.reads = [];
	}

	private picture(picture: number): Frame | AccessUnit {
		const release = (): void => void this.held--;
		if (this.encoding === "JPEG") return new Frame(PICTURE, 0, PICTURE.length, picture, 0, undefined, release);
		return new AccessUnit(SLICE, 0, SLICE.length, this.index.isKey(picture), picture, 0, 0, release);
	}

	private send(time: Millis, burst: PacketBurst): boolean {
		if (!this.isReady) return false;
		const timestamp = (burst.timestamp - FIRST_TIMESTAMP) >>> 0;
		this.sent.push({ at: this.current / RATE, timestamp, time });
		return true;
	}

	/** Lets time pass. */
	run(millis: Millis): this {
		const end = this.now + millis;
		for (;;) {
			const due = Math.min(this.playback.deadline, this.reads[0]?.due ?? Infinity);
			if (due > end) break;
			this.now = Math.max(this.now, due);
			if (this.reads.length > 0 && this.reads[0].due <= this.now) {
				const before = this.rearmed;
				const deadline = this.playback.deadline;
				this.reads.shift()?.run();
				if (this.playback.deadline !== deadline) assert.ok(this.rearmed > before, "says that the deadline has changed");
			} else this.playback.expire(this.now);
		}
		this.now = end;
		return this;
	}

	/** Plays, and waits for the answer. */
	play(wanted: Partial<PlayRange> = {}): StoredAnswer | RtspRefusal {
		const answers: (StoredAnswer | RtspRefusal)[] = [];
		this.playback.play(this.now, { from: undefined, to: undefined, scale: 1, speed: 1, ...wanted }, (_now, answer) =>
			answers.push(answer),
		);
		for (let i = 0; i < 20 && answers.length === 0; i++) this.run(1);
		assert.equal(answers.length, 1);
		return answers[0];
	}

	ok(wanted: Partial<PlayRange> = {}): StoredAnswer {
		const answer = this.play(wanted);
		assert.ok(!(answer instanceof RtspRefusal), JSON.stringify(answer));
		return answer;
	}

	get times(): number[] {
		return this.sent.map(({ at }) => at);
	}
}

function steps(from: number, to: number, step: number): number[] {
	const count = Math.round((to - from) / step) + 1;
	return Array.from({ length: count }, (_, i) => Math.round((from + i * step) * 1000) / 1000);
}

describe("stream/stored-playback", () => {
	for (const encoding of ["JPEG", "H264"] as const) {
		it(`plays all of a content by its own clock, then ends (STR-9, STR-11): ${encoding}`, () => {
			const rig = new Rig(encoding);
			const answer = rig.ok();
			assert.deepEqual(answer, { range: { from: 0, to: 10, scale: 1, speed: 1 }, timestamp: FIRST_TIMESTAMP });
			const started = rig.now;
			rig.run(9899);
			assert.deepEqual(rig.times, steps(0, 9.9, 0.1).slice(0, 99));
			for (const [i, { timestamp, time }] of rig.sent.entries()) {
				assert.equal(timestamp, i * 9000);
				assert.ok(Math.abs(time - started - i * 100) <= 1, `picture ${i} at ${time - started}`);
			}
			rig.run(600);
			// So late that a player which is busy has read the last picture before it is told of the end.
			assert.deepEqual(
				[rig.sent.length, rig.endedAt !== undefined && rig.endedAt - started, rig.reason],
				[100, 10_400, "the content has ended"],
			);
			rig.playback.close();
			assert.deepEqual([rig.held, rig.isClosed], [0, true]);
		});
	}

	const ranges: [string, VideoEncoding, Partial<PlayRange>, number[]][] = [
		["a part of JPEG", "JPEG", { from: 2.04, to: 2.5 }, [2, 2.1, 2.2, 2.3, 2.4, 2.5]],
		[
			"a part of H.264 from the key picture before",
			"H264",
			{ from: 2.34, to: 2.7 },
			[2, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6, 2.7],
		],
		["twice as fast", "JPEG", { from: 1, to: 2, scale: 2 }, [1, 1.2, 1.4, 1.6, 1.8, 2]],
		["eight times as fast", "JPEG", { from: 0, to: 3, scale: 8 }, [0, 0.6, 1.2, 1.8, 2.4, 3]],
		["half as fast", "JPEG", { from: 9.8, scale: 0.5 }, [9.8, 9.9]],
		["H.264 twice as fast: key pictures", "H264", { from: 1, to: 3, scale: 2 }, [1, 1.5, 2, 2.5, 3]],
		["JPEG backwards", "JPEG", { from: 1, to: 0.7, scale: -1 }, [1, 0.9, 0.8, 0.7]],
		["JPEG backwards to the start", "JPEG", { from: 0.2, scale: -1 }, [0.2, 0.1, 0]],
		["H.264 backwards: key pictures", "H264", { from: 2.2, to: 0.5, scale: -1 }, [2, 1.5, 1, 0.5]],
		["backwards from the end", "JPEG", { to: 9.7, scale: -1 }, [9.9, 9.8, 9.7]],
		["the end", "JPEG", { from: 10 }, [9.9]],
	];
	for (const [title, encoding, wanted, expected] of ranges) {
		it(`plays ${title}`, () => {
			const rig = new Rig(encoding);
			const answer = rig.ok(wanted);
			assert.equal(answer.range.from, expected[0]);
			const started = rig.now;
			rig.run(9000);
			assert.deepEqual(rig.times, expected);
			// The timestamps advance as the clock does, forwards, whatever the scale is.
			for (const { at, timestamp, time } of rig.sent) {
				const passed = (at - expected[0]) / (wanted.scale ?? 1);
				assert.ok(Math.abs(timestamp / 90_000 - passed) < 0.001);
				assert.ok(Math.abs(time - started - passed * 1000) <= 2);
			}
			assert.ok(rig.endedAt !== undefined);
		});
	}

	it("delivers faster with Speed: the timestamps are the content's", () => {
		const rig = new Rig("JPEG");
		assert.equal(rig.ok({ from: 0, to: 1, speed: 4 }).range.speed, 4);
		const started = rig.now;
		rig.run(300);
		assert.deepEqual(rig.times, steps(0, 1, 0.1));
		assert.deepEqual(rig.sent[10].timestamp, 90_000);
		assert.ok(Math.abs(rig.sent[10].time - started - 250) <= 4);
	});

	it("replaces a scale and a speed that are not possible by the nearest", () => {
		const cases: [number, number, number, number][] = [
			[1000, 100, 32, 8],
			[-1000, 0.001, -32, 1 / 8],
			[0.01, 1, 1 / 8, 1],
			[0, 0, 1 / 8, 1 / 8],
		];
		for (const [scale, speed, isScale, isSpeed] of cases) {
			const { range } = new Rig("JPEG").ok({ scale, speed });
			assert.deepEqual([range.scale, range.speed], [isScale, isSpeed]);
		}
	});

	const refused: Partial<PlayRange>[] = [
		{ from: 10.01 },
		{ from: -1 },
		{ from: Number.NaN },
		{ from: 5, to: 5 },
		{ from: 5, to: 4 },
		{ from: 4, to: 5, scale: -1 },
		{ to: -1 },
		{ scale: Number.NaN },
		{ from: 0.55, to: 0.56, scale: -1 },
	];
	for (const wanted of refused) {
		it(`refuses the range ${JSON.stringify(wanted)} with 457`, () => {
			const rig = new Rig("JPEG");
			const answer = rig.play(wanted);
			assert.ok(answer instanceof RtspRefusal);
			assert.equal(answer.status, 457);
			rig.run(1000);
			assert.equal(rig.sent.length, 0);
			rig.ok({ from: 1 });
		});
	}

	for (const encoding of ["JPEG", "H264"] as const) {
		it(`resumes after a pause where it was, without a jump of the timestamps: ${encoding}`, () => {
			for (const paused of [1, 1000, 5000]) {
				for (const after of [310, 301, 399]) {
					const rig = new Rig(encoding);
					rig.ok();
					const started = rig.now;
					rig.run(after);
					rig.playback.pause();
					assert.equal(rig.playback.deadline, Infinity);
					rig.run(paused);
					assert.equal(rig.sent.length, 4);
					const { range, timestamp } = rig.ok();
					assert.equal(range.from, 0.4);
					rig.run(250);
					assert.deepEqual(rig.times.slice(3, 7), [0.3, 0.4, 0.5, 0.6]);
					const [, , , before, first, second] = rig.sent;
					assert.equal(first.timestamp, (timestamp - FIRST_TIMESTAMP) >>> 0);
					assert.ok(first.timestamp > before.timestamp);
					assert.equal(second.timestamp - first.timestamp, 9000);
					assert.ok(Math.abs(first.timestamp / 90 - (first.time - started)) <= 5);
				}
			}
		});
	}

	it("skips a time in which nothing was recorded, without a jump of the timestamps (STR-11)", () => {
		for (const scale of [1, 0.5]) {
			const rig = new Rig("JPEG");
			rig.gapAt = 20;
			rig.gap = 8 * 3600 * 90_000;
			// The content is as long as the gap makes it.
			(rig.playback as unknown as { content: { range: unknown } }).content.range = { duration: 40_000, utc: undefined };
			rig.playback.play(rig.now, { from: 0, to: undefined, scale, speed: 1 }, () => {});
			rig.run(6000);
			const [before, after] = [19, 20].map((picture) => rig.sent.find(({ at }) => at === picture / RATE));
			assert.ok(before !== undefined && after !== undefined, `${scale}`);
			assert.ok(Math.abs(after.time - before.time - 100 / scale) <= 5);
			assert.ok(Math.abs(after.timestamp - before.timestamp - 9000 / scale) <= 1);
		}
	});

	it("seeks while it plays", () => {
		const rig = new Rig("JPEG");
		rig.ok();
		rig.run(300);
		for (const [from, after] of [
			[5, 0],
			[7, 1],
			[2, 103],
			[9, 50],
		] as const) {
			rig.sent.length = 0;
			assert.equal(rig.ok({ from }).range.from, from);
			rig.run(250);
			assert.deepEqual(rig.times.slice(0, 3), [from, from + 0.1, Math.round((from + 0.2) * 10) / 10]);
			rig.run(after);
		}
		rig.playback.close();
		assert.equal(rig.held, 0);
	});

	it("changes the direction at the picture where it is", () => {
		const rig = new Rig("JPEG");
		rig.ok({ from: 5 });
		rig.run(320);
		rig.playback.pause();
		rig.ok({ scale: -1 });
		rig.run(250);
		assert.deepEqual(rig.times, [5, 5.1, 5.2, 5.3, 5.4, 5.3, 5.2]);
	});

	it("waits for a client by TCP, misses nothing, and does not hurry afterwards", () => {
		const rig = new Rig("JPEG");
		rig.ok();
		rig.run(250);
		rig.isReady = false;
		rig.run(3000);
		assert.equal(rig.sent.length, 3);
		rig.playback.room(rig.now);
		assert.equal(rig.sent.length, 3);
		rig.isReady = true;
		rig.playback.room(rig.now);
		rig.run(310);
		assert.deepEqual(rig.times, [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]);
	});

	it("does not send a heap of pictures after a slow disk", () => {
		const rig = new Rig("JPEG");
		rig.ok();
		rig.delay = 2000;
		rig.run(300);
		rig.delay = 3;
		rig.run(2000);
		const gaps = rig.sent.slice(1).map(({ time }, i) => time - rig.sent[i].time);
		assert.ok(gaps.some((gap) => gap > 1500));
		assert.ok(
			gaps.every((gap) => gap >= 80),
			gaps.join(),
		);
	});

	it("ends when the file can't be read, with the reason", () => {
		const rig = new Rig("JPEG");
		rig.ok();
		rig.run(50);
		rig.fault = "input/output error";
		rig.run(700);
		assert.equal(rig.reason, "the content can't be read: input/output error");
		const other = new Rig("JPEG");
		other.fault = "input/output error";
		const answer = other.play();
		assert.ok(answer instanceof RtspRefusal);
		assert.equal(answer.status, 500);
	});

	it("sends no more pictures than the client wants", () => {
		const rig = new Rig("JPEG", 2);
		rig.ok({ to: 2 });
		rig.run(3000);
		assert.deepEqual(rig.times, [0, 0.5, 1, 1.5, 2]);
	});

	it("answers a PLAY that waits when it is closed, refuses another meanwhile, and frees everything", () => {
		const rig = new Rig("H264");
		const statuses: number[] = [];
		const all: PlayRange = { from: undefined, to: undefined, scale: 1, speed: 1 };
		const take = (_now: Millis, answer: StoredAnswer | RtspRefusal): void =>
			void statuses.push(answer instanceof RtspRefusal ? answer.status : 200);
		rig.playback.play(rig.now, all, take);
		rig.playback.play(rig.now, all, take);
		rig.playback.close();
		rig.playback.close();
		rig.playback.play(rig.now, all, take);
		assert.deepEqual(statuses, [455, 454, 454]);
		assert.deepEqual([rig.held, rig.playback.deadline], [0, Infinity]);
	});
});
