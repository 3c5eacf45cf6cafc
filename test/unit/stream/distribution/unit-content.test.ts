import assert from "node:assert/strict";
import type { ContentDescription } from "../../../../src/stream/content";
import type { RtspRefusal } from "../../../../src/stream/rtsp-refusal";
import type { PlayAnswer } from "../../../../src/stream/stream-transport";
import { StreamStage, ToyUnits } from "../../../support/stream-stage";

const SETS = [new Uint8Array([0x67, 66, 0, 30]), new Uint8Array([0x68, 2])];
const IDR = 5;
const SPS = 7;
const PPS = 8;

/** A camera with H.264. */
function stageWithUnits(seed = 1): { stage: StreamStage; source: ToyUnits } {
	const stage = new StreamStage(seed);
	const source = new ToyUnits();
	stage.camera.h264 = source;
	return { stage, source };
}

describe("stream/unit-content: DESCRIBE", () => {
	it("wakes the source and waits for its parameter sets (STR-25)", () => {
		const { stage, source } = stageWithUnits();
		const answers = stage.describe("h264");
		assert.equal(source.starts, 1);
		stage.unit(true);
		assert.equal(answers.length, 0);
		source.parameterSets = SETS;
		stage.unit(false);
		const { id, video } = answers[0] as ContentDescription;
		assert.deepEqual([id, video.encoding, video.parameterSets, video.frameRate], ["h264", "H264", SETS, 25]);
		stage.pass(10_000);
		assert.equal(source.sink, undefined, "it sleeps again");
		assert.equal(stage.distribution.deadline, Infinity);
	});

	it("answers at once when the parameter sets are known, and wakes the source (STR-25)", () => {
		const { stage, source } = stageWithUnits();
		source.parameterSets = SETS;
		assert.equal(stage.describe("h264").length, 1);
		assert.notEqual(source.sink, undefined);
	});

	it("answers 503 when nothing has come for 8 s", () => {
		const { stage } = stageWithUnits();
		const answers = stage.describe("h264");
		stage.pass(8000);
		assert.equal((answers[0] as RtspRefusal).status, 503);
	});
});

for (const framing of ["udp", "tcp"] as const) {
	describe(`stream/unit-content: pictures by ${framing}`, () => {
		it("begins with a key picture, with the parameter sets in front, and asks for one (STR-25)", () => {
			const { stage, source } = stageWithUnits();
			source.parameterSets = SETS;
			const first = stage.play(framing, { content: "h264" });
			assert.equal(source.keys, 1);
			stage.unit(false);
			assert.equal(first.got().length, 0);
			stage.unit(true);
			const late = stage.play(framing, { content: "h264" });
			stage.unit(false);
			assert.equal(first.pictures().length, 2);
			assert.equal(late.got().length, 0);
			stage.unit(true);
			stage.unit(false);
			assert.equal(first.pictures().length, 2);
			assert.equal(late.pictures().length, 2);
		});

		it("sends the parameter sets in front of a key picture only (RFC 6184)", () => {
			const { stage, source } = stageWithUnits();
			source.parameterSets = SETS;
			const client = stage.play(framing, { content: "h264" });
			stage.unit(true);
			const raw = framing === "udp" ? client.path.socket.sent.splice(0) : client.frames().map(([, bytes]) => bytes);
			const types = raw.map((bytes) => bytes[12] & 31);
			assert.deepEqual(types, [SPS, PPS, IDR]);
			stage.unit(false);
			assert.equal(client.got().length, 1);
		});

		it("goes on with a key picture after a pause (STR-25)", () => {
			const { stage, source } = stageWithUnits();
			const client = stage.play(framing, { content: "h264" });
			stage.unit(true);
			client.pause();
			stage.unit(false);
			stage.pass(2000);
			client.play();
			stage.unit(false);
			assert.equal(client.pictures().length, 1);
			stage.unit(true);
			assert.equal(client.pictures().length, 1);
			assert.equal(source.keys, 2);
		});

		it("gives a client that wants fewer pictures key pictures, as no others can be left out", () => {
			const { stage } = stageWithUnits();
			const client = stage.play(framing, { content: "h264", rate: 2 });
			for (let i = 0; i < 250; i++) stage.unit(i % 25 === 0);
			// It may lag by one: a picture follows each key picture.
			assert.equal(client.pictures().length, 20);
		});

		it("gives a client that wants more pictures than there are all of them", () => {
			const { stage } = stageWithUnits();
			const client = stage.play(framing, { content: "h264", rate: 30 });
			for (let i = 0; i < 250; i++) stage.unit(i % 100 === 0, 35 + ((i * 7) % 11));
			assert.equal(client.pictures().length, 250);
		});

		it("keeps the time of the source in the timestamps, and goes on when the source starts again (STR-9)", () => {
			const { stage, source } = stageWithUnits();
			const client = stage.play(framing, { content: "h264" });
			stage.unit(true);
			stage.unit(false, 40);
			const [[a], [b]] = client.pictures();
			assert.equal((b.timestamp - a.timestamp) >>> 0, 3600);
			stage.clockShift = -123_456_789;
			stage.unit(true, 1000);
			const [[c]] = client.pictures();
			assert.equal((c.timestamp - b.timestamp) >>> 0, 90_000);
			assert.equal(source.starts, 1);
		});

		it("frees all pictures, and stops the source 10 s after the last client (STR-25)", () => {
			const { stage, source } = stageWithUnits();
			const client = stage.play(framing, { content: "h264" });
			for (let i = 0; i < 30; i++) stage.unit(i % 10 === 0);
			client.teardown();
			stage.pass(10_000);
			assert.equal(source.sink, undefined);
			assert.equal(stage.recycled, 30);
			assert.equal(stage.distribution.deadline, Infinity);
		});
	});
}

describe("stream/unit-content: TCP", () => {
	it("lets a client that missed a picture go on with a key picture, which it asks for (STR-25)", () => {
		const { stage, source } = stageWithUnits();
		const slow = stage.play("tcp", { content: "h264", room: 1000 });
		const fast = stage.play("tcp", { content: "h264" });
		stage.unit(true, 1000);
		stage.unit(false);
		assert.equal(source.keys, 1);
		stage.unit(false);
		assert.equal(source.keys, 2);
		stage.unit(false, 1000);
		assert.equal(source.keys, 2);
		assert.equal(slow.pictures().length, 2, "the second one filled its connection");
		slow.take(100_000);
		stage.unit(false);
		assert.equal(slow.pictures().length, 0);
		stage.unit(true);
		stage.unit(false);
		assert.equal(slow.pictures().length, 2);
		assert.equal(fast.pictures().length, 7);
	});

	it("gives a client that has room again the newest picture if that is a key picture (STR-25)", () => {
		const { stage } = stageWithUnits();
		const client = stage.play("tcp", { content: "h264", room: 700 });
		stage.unit(true);
		stage.unit(false);
		stage.unit(false);
		stage.unit(true);
		assert.equal(client.pictures().length, 2);
		client.take(100_000);
		const [late] = client.pictures();
		assert.equal(late[0].fill, (stage.sequence % 250) + 2);
		stage.unit(false);
		assert.equal(client.pictures().length, 1);
	});

	it("does not announce a number that pictures for others may take", () => {
		const { stage } = stageWithUnits();
		const answer = stage.play("tcp", { content: "h264" }).plays[0] as PlayAnswer;
		assert.deepEqual([answer.sequence, answer.timestamp], [undefined, undefined]);
	});

	it("asks for no more than one key picture a second", () => {
		const { stage, source } = stageWithUnits();
		for (let i = 0; i < 10; i++) stage.play("tcp", { content: "h264" });
		assert.equal(source.keys, 1);
		stage.pass(1000);
		stage.play("tcp", { content: "h264" });
		assert.equal(source.keys, 2);
	});
});
