import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import {
	type MotionMessage,
	OF_VIEWERS_MAX,
	type PullPoint,
	PullPoints,
	type PullReply,
	SUBSCRIPTIONS_MAX,
} from "../../../src/onvif/pull-points";

/** A client that waits. */
class Reply implements PullReply {
	isGone = false;
	messages: readonly MotionMessage[] | undefined;
	hasEnded = false;
	kept = 0;

	working(): void {
		this.kept++;
	}

	answer(messages: readonly MotionMessage[], _point: PullPoint): void {
		assert.equal(this.messages, undefined);
		this.messages = messages;
	}

	ended(): void {
		this.hasEnded = true;
	}
}

const ACCOUNT = { isViewer: false, session: "" };

class Stage {
	wanted: boolean[] = [];
	readonly points: PullPoints;

	constructor() {
		const prng = new Prng(3);
		this.points = new PullPoints({
			random: { fill: (bytes) => bytes.set(bytes.map(() => prng.below(256))) },
			wanted: (isWanted) => void this.wanted.push(isWanted),
		});
	}

	create(now: number, life?: number, holder = ACCOUNT): string {
		const made = this.points.create(now, life, 1000, holder);
		assert.ok(made !== undefined);
		return made.id;
	}

	pull(now: number, id: string, wait = 60_000, limit = 100): Reply {
		const reply = new Reply();
		assert.ok(this.points.pull(now, id, wait, limit, reply));
		return reply;
	}
}

describe("onvif/pull-points", () => {
	it("tells a new client how things are, then what changes, and looks for motion only meanwhile", () => {
		const { points, wanted } = new Stage();
		const stage = new Stage();
		assert.deepEqual(wanted, []);
		assert.equal(points.size, 0);
		const id = stage.create(0);
		assert.deepEqual(stage.wanted, [true]);
		assert.deepEqual(stage.pull(0, id).messages, [{ isMoving: false, utc: 1000, change: "Initialized" }]);
		const reply = stage.pull(0, id);
		assert.equal(reply.messages, undefined);
		stage.points.moved(true, 5000);
		stage.points.moved(true, 6000);
		assert.deepEqual(reply.messages, [{ isMoving: true, utc: 5000, change: "Changed" }]);
		stage.points.unsubscribe(id);
		assert.deepEqual(stage.wanted, [true, false]);
	});

	it("answers a client with nothing when its time is over, and gives it its time again until then", () => {
		const stage = new Stage();
		const id = stage.create(0, 10_000);
		stage.pull(0, id);
		const reply = stage.pull(0, id, 12_000);
		for (let now = 0; now < 12_000; now += 1000) stage.points.expire(now);
		assert.equal(reply.messages, undefined);
		assert.equal(reply.kept, 2);
		stage.points.expire(12_000);
		assert.deepEqual(reply.messages, []);
		assert.equal(stage.points.size, 1);
		stage.points.expire(30_000);
		assert.equal(stage.points.size, 0);
		assert.equal(stage.points.deadline, Infinity);
	});

	it("keeps news for a client that is gone, in a queue of limited length", () => {
		const stage = new Stage();
		const id = stage.create(0, 600_000);
		stage.pull(0, id);
		const gone = stage.pull(0, id);
		gone.isGone = true;
		for (let i = 1; i <= 101; i++) stage.points.moved(i % 2 === 1, i);
		assert.equal(gone.messages, undefined);
		const { messages = [] } = stage.pull(200, id);
		assert.equal(messages.length, 32);
		assert.deepEqual(messages[31], { isMoving: true, utc: 101, change: "Changed" });
		stage.points.moved(false, 102);
		stage.points.moved(true, 103);
		assert.equal(stage.pull(300, id, 1000, 1).messages?.length, 1);
	});

	it("has few subscriptions, and gives the place of one that was forgotten to a new client", () => {
		const stage = new Stage();
		const ids = Array.from({ length: SUBSCRIPTIONS_MAX }, () => stage.create(0, 600_000));
		assert.equal(stage.points.create(1000, undefined, 0, ACCOUNT), undefined);
		for (const id of ids.slice(1)) stage.points.renew(50_000, id, 600_000);
		assert.ok(stage.points.create(60_000, undefined, 0, ACCOUNT) !== undefined);
		assert.equal(stage.points.unsubscribe(ids[0]), false);
		assert.equal(stage.points.create(60_001, undefined, 0, ACCOUNT), undefined);
	});

	it("leaves room for recorders, however many subscriptions viewers ask for", () => {
		const stage = new Stage();
		const viewer = { isViewer: true, session: " 0a1b2c3d" };
		for (let i = 0; i < OF_VIEWERS_MAX; i++) stage.create(0, 600_000, viewer);
		assert.equal(stage.points.create(1000, undefined, 0, viewer), undefined);
		for (let i = OF_VIEWERS_MAX; i < SUBSCRIPTIONS_MAX; i++) stage.create(1000, 600_000);
		assert.ok(
			stage.points.create(60_001, undefined, 0, viewer) !== undefined,
			"one that a viewer has forgotten makes room",
		);
		assert.equal(stage.points.size, SUBSCRIPTIONS_MAX);
	});

	it("ends the subscriptions of a viewer link that has been revoked, and no other", () => {
		const stage = new Stage();
		const [kept, ended] = [stage.create(0), stage.create(0, undefined, { isViewer: true, session: " 0a1b2c3d" })];
		const [first, second] = [stage.pull(1, kept), stage.pull(1, ended)];
		assert.ok(first.messages !== undefined && second.messages !== undefined);
		const waiting = stage.pull(2, ended);
		stage.points.endOf((session) => session === " 0a1b2c3d");
		assert.ok(waiting.hasEnded);
		assert.equal(stage.points.size, 1);
	});

	it("ends a second wait for the same subscription, and all when the sessions end", () => {
		const stage = new Stage();
		const id = stage.create(0);
		stage.pull(0, id);
		const first = stage.pull(0, id);
		const second = stage.pull(1, id);
		assert.deepEqual(first.messages, []);
		stage.points.endAll();
		assert.ok(second.hasEnded);
		assert.equal(stage.points.pull(2, id, 1000, 1, new Reply()), false);
		assert.equal(stage.points.synchronize(2, id, 0), false);
		assert.equal(stage.points.renew(2, id, 1000), undefined);
	});
});
