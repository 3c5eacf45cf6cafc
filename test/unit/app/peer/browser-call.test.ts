import assert from "node:assert/strict";
import { BrowserCall, type CallHost } from "../../../../src/app/peer/browser-call";
import type { LivePictures } from "../../../../src/app/peer/browser-live";
import { utf8Encode } from "../../../../src/base/text";
import { AccessUnit } from "../../../../src/media/access-unit";
import { Frame } from "../../../../src/media/frame";
import { FrameHub } from "../../../../src/media/frame-hub";
import { Uplink } from "../../../../src/media/uplink";
import { CallProof } from "../../../../src/peer/signal/call-data";
import type { UnitSink, UnitSource } from "../../../../src/ports/camera";
import type { Stream } from "../../../../src/ports/net";
import { UnitHub } from "../../../../src/stream/distribution/unit-hub";
import { FakeNode } from "../../../support/fake-node";
import { FakeChannel, type FakePeer, FakeWebRtc } from "../../../support/fake-web-rtc";

const SETS = [new Uint8Array([0x67, 1, 2, 3]), new Uint8Array([0x68, 4])];

/** H.264 that the test makes. */
class ToyH264 implements UnitSource {
	readonly description = "toy";
	readonly parameterSets = SETS;
	sink: UnitSink | undefined;
	keys = 0;

	start(sink: UnitSink): void {
		this.sink = sink;
	}

	stop(): void {
		this.sink = undefined;
	}

	requestKey(): void {
		this.keys++;
	}

	give(isKey: boolean, sequence: number): void {
		const bytes = new Uint8Array([0, 0, 0, 1, isKey ? 0x65 : 0x41, sequence]);
		this.sink?.unit(new AccessUnit(bytes, 0, bytes.length, isKey, sequence, 0, sequence * 9000));
	}
}

class Rig {
	readonly node = new FakeNode({});
	readonly webRtc = new FakeWebRtc();
	readonly h264 = new ToyH264();
	readonly hub = new FrameHub({
		wanted: () => void this.demand.push("wanted"),
		unwanted: () => void this.demand.push("unwanted"),
	});
	readonly demand: string[] = [];
	readonly streams: Stream[] = [];
	readonly live = { watching: 0, isFull: () => this.live.watching >= 2, uplink: undefined as Uplink | undefined };
	status = 200;
	isNear = false;
	sequence = 0;
	readonly call: BrowserCall;
	readonly peer: FakePeer;

	constructor(isCamera = true, hasVideo = true) {
		const { node, hub, live } = this;
		this.webRtc.hasVideo = hasVideo;
		const units = new UnitHub({ h264: this.h264 }, () => node.now);
		const pictures: LivePictures = { hub, live, units, unitsCalled() {} };
		const host: CallHost = {
			log: node.host.log,
			now: () => node.now,
			later: (run) => node.pump.after(0, run),
			title: "door",
			kind: "camera",
			pictures: isCamera ? pictures : undefined,
			trouble: () => undefined,
			admit: () => ({ status: this.status, isOwner: false, session: "s1" }),
			isNeighbour: () => this.isNear,
			accept: (stream) => {
				this.streams.push(stream);
				return {
					room() {},
					received: (bytes) => stream.write(bytes, 0, bytes.length),
					ended: (why) => void this.demand.push(`ended ${why}`),
					gone: () => void this.demand.push("gone"),
				};
			},
			changed() {},
		};
		const proof = new CallProof(new Uint8Array(32), "00000000000000aa");
		const send = (): void => {};
		this.call = new BrowserCall(host, {
			nonce: "n",
			guest: "",
			proof,
			address: "fd50::1",
			send,
		});
		assert.ok(this.call.begin(this.webRtc, { offer: "o" }));
		[this.peer] = this.webRtc.peers;
		this.peer.sink.connected("192.0.2.9", "srflx");
	}

	open(label: string): FakeChannel {
		const channel = this.peer.open(label);
		assert.ok(channel !== undefined, label);
		return channel;
	}

	/** The camera takes a picture. */
	shoot(length = 40_000): void {
		const bytes = new Uint8Array(length + 256).fill(++this.sequence);
		const frame = new Frame(bytes, 128, 128 + length, this.sequence, this.node.now, undefined);
		this.hub.push(this.node.now, frame);
		frame.release();
	}

	watch(live: FakeChannel, content: string, more = ""): Record<string, unknown> {
		live.say(`{"type":"watch","content":"${content}"${more}}`);
		return JSON.parse(live.texts.at(-1) ?? "{}");
	}
}

describe("app/peer/browser-call", () => {
	it("sends pictures in pieces that say which, how long and where (P2P-13)", () => {
		const rig = new Rig();
		const [live, pictures] = [rig.open("live"), rig.open("pictures")];
		assert.equal(rig.watch(live, "pictures").content, "pictures");
		assert.equal(rig.call.session, "s1");
		assert.deepEqual(rig.demand, ["wanted"]);
		rig.shoot();
		assert.deepEqual(
			pictures.sent.map(({ length }) => length),
			[16_384, 16_384, 40_000 + 36 - 32_768],
		);
		const views = pictures.sent.map(({ buffer }) => new DataView(buffer));
		assert.deepEqual(
			views.map((view) => [view.getUint32(0), view.getUint32(4), view.getUint32(8)]),
			[
				[1, 40_000, 0],
				[1, 40_000, 16_372],
				[1, 40_000, 32_744],
			],
		);
		rig.call.close();
		assert.deepEqual(rig.demand, ["wanted", "unwanted"]);
		assert.equal(rig.live.watching, 0);
	});

	it("refuses channels of a caller that takes shorter messages than all do: pictures cut into pieces of nothing never end", () => {
		for (const messageMax of [1, 12, 13, 16_383]) {
			const rig = new Rig();
			for (const label of ["live", "pictures", "http"]) {
				const channel = Object.assign(new FakeChannel(label), { messageMax });
				assert.equal(rig.peer.sink.opened(channel), undefined, `${label} ${messageMax}`);
			}
			rig.watch(rig.open("live"), "pictures");
			rig.shoot();
			assert.deepEqual(rig.streams, []);
		}
		const rig = new Rig();
		for (const label of ["live", "pictures", "http"])
			assert.ok(rig.peer.sink.opened(Object.assign(new FakeChannel(label), { messageMax: 16_384 })) !== undefined);
	});

	it("drops pictures while the path is busy, and sends the newest one when it is free", () => {
		const rig = new Rig();
		const [live, pictures] = [rig.open("live"), rig.open("pictures")];
		pictures.isSlow = true;
		rig.watch(live, "pictures");
		for (let i = 0; i < 4; i++) rig.shoot(100);
		assert.equal(pictures.sent.length, 1);
		pictures.drain();
		assert.deepEqual(
			pictures.sent.map((bytes) => bytes[12]),
			[1, 4],
		);
		pictures.drain();
		assert.equal(pictures.sent.length, 2);
		assert.deepEqual(rig.call.live?.counters, { sent: 2, dropped: 3 });
		// One that stands still is not shown as live.
		rig.node.pass(5000);
		rig.watch(live, "pictures");
		assert.equal(pictures.sent.length, 2);
	});

	it("keeps to the rate that is asked for, and to the uplink's share of viewers from the Internet", () => {
		const rig = new Rig();
		const [live, pictures] = [rig.open("live"), rig.open("pictures")];
		rig.watch(live, "pictures", ',"rate":"2"');
		for (let i = 0; i < 20; i++) {
			rig.shoot(100);
			rig.node.pass(100);
		}
		assert.equal(pictures.sent.length, 4);
		rig.watch(live, "none");
		rig.live.uplink = new Uplink(1);
		pictures.sent.length = 0;
		rig.watch(live, "pictures");
		for (let i = 0; i < 20; i++) {
			rig.shoot(1000);
			rig.node.pass(100);
		}
		assert.ok(pictures.sent.length >= 2 && pictures.sent.length <= 4, `${pictures.sent.length}`);
		assert.equal(rig.live.uplink.viewers, 1);
		rig.isNear = true;
		rig.watch(live, "pictures");
		assert.equal(rig.live.uplink.viewers, 0);
	});

	it("sends H.264 from a key picture on, with its parameter sets, and asks for one when a picture was dropped", () => {
		const rig = new Rig();
		const live = rig.open("live");
		assert.deepEqual(rig.watch(live, "h264"), {
			type: "watching",
			content: "h264",
			name: "door",
			kind: "camera",
			h264: true,
			pictures: true,
		});
		assert.equal(rig.h264.keys, 1);
		rig.h264.give(false, 1);
		rig.h264.give(true, 2);
		rig.h264.give(false, 3);
		assert.deepEqual(
			rig.peer.pictures.map((bytes) => [...bytes]),
			[
				[0, 0, 0, 1, 0x67, 1, 2, 3, 0, 0, 0, 1, 0x68, 4, 0, 0, 0, 1, 0x65, 2],
				[0, 0, 0, 1, 0x41, 3],
			],
		);
		rig.peer.takesPictures = false;
		rig.node.pass(1000);
		rig.h264.give(false, 4);
		assert.equal(rig.h264.keys, 2);
		rig.peer.takesPictures = true;
		rig.h264.give(false, 5);
		assert.equal(rig.peer.pictures.length, 2);
		rig.h264.give(true, 6);
		assert.equal(rig.peer.pictures.length, 3);
		rig.peer.sink.keyWanted();
		rig.node.pass(1000);
		rig.peer.sink.keyWanted();
		rig.peer.sink.keyWanted();
		assert.equal(rig.h264.keys, 3);
	});

	it("shows JPEG to a browser without H.264", () => {
		const rig = new Rig(true, false);
		const answer = rig.watch(rig.open("live"), "h264");
		assert.deepEqual([answer.content, answer.h264], ["pictures", false]);
	});

	for (const [what, status] of [
		["a stranger", 401],
		["somebody who guesses passwords", 429],
	] as const)
		it(`shows nothing to ${what}`, () => {
			const rig = new Rig();
			rig.status = status;
			const [live, pictures] = [rig.open("live"), rig.open("pictures")];
			assert.deepEqual(rig.watch(live, "pictures", ',"link":"x"'), { type: "refused", status });
			rig.shoot();
			assert.equal(pictures.sent.length, 0);
			assert.deepEqual(rig.demand, []);
		});

	it("refuses one viewer too many with 503, and what it does not understand with 400", () => {
		const rig = new Rig();
		rig.live.watching = 2;
		const live = rig.open("live");
		assert.deepEqual(rig.watch(live, "pictures"), { type: "refused", status: 503 });
		assert.deepEqual(rig.watch(live, "sound"), { type: "refused", status: 400 });
		live.say("nonsense");
		live.say(`{"type":"${"x".repeat(3000)}"}`);
		assert.deepEqual(live.texts.slice(2), Array(2).fill('{"type":"refused","status":400}'));
	});

	it("has no live pictures on a device without a camera", () => {
		const rig = new Rig(false);
		assert.equal(rig.watch(rig.open("live"), "pictures").pictures, false);
		assert.equal(rig.peer.open("pictures"), undefined);
	});

	it("refuses channels that it does not know, and a second one of each kind", () => {
		const rig = new Rig();
		rig.open("live");
		rig.open("pictures");
		for (const label of ["live", "pictures", "other", ""]) assert.equal(rig.peer.open(label), undefined);
	});

	it("carries requests to the pages of the device, a bounded number at a time (P2P-13)", () => {
		const rig = new Rig();
		const channels: FakeChannel[] = [];
		for (let i = 0; i < 8; i++) channels.push(rig.open("http"));
		assert.equal(rig.peer.open("http"), undefined);
		assert.equal(rig.streams[0].remoteAddress, "fd50::1");
		assert.equal(rig.streams[0].secure, true);
		channels[0].give("hello");
		assert.equal(channels[0].text, "hello");
		rig.streams[0].reading(false);
		channels[0].give("wait");
		assert.equal(channels[0].text, "hello");
		rig.streams[0].reading(true);
		rig.node.pass(1);
		assert.equal(channels[0].text, "hellowait");
		channels[0].sink?.closed();
		rig.node.pass(1);
		assert.deepEqual(rig.demand, ["ended closed", "gone"]);
		rig.open("http");
		rig.streams[1].reading(false);
		for (let i = 0; i < 300; i++) channels[1].give("x".repeat(1000));
		assert.ok(channels[1].isClosed);
		rig.node.pass(1);
		assert.deepEqual(rig.demand.slice(2), ["ended reset", "gone"]);
	});

	it("has room for what fits into the channel, and none after the end", () => {
		const rig = new Rig();
		const channel = rig.open("http");
		const [stream] = rig.streams;
		channel.isSlow = true;
		assert.equal(stream.room, 131_072);
		const bytes = utf8Encode("y".repeat(100_000));
		assert.ok(stream.offer(bytes, 0, bytes.length));
		assert.ok(!stream.offer(bytes, 0, 1));
		assert.equal(stream.room, 31_072);
		assert.equal(stream.queued, 100_000);
		assert.deepEqual(
			channel.sent.map(({ length }) => length),
			[...Array(6).fill(16_384), 100_000 - 6 * 16_384],
		);
		stream.end();
		assert.equal(stream.room, 0);
		assert.ok(channel.isClosed);
	});
});
