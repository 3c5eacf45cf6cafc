import assert from "node:assert/strict";
import { NasPart } from "../../../../src/app/nas/nas-part";
import type { KnownCamera } from "../../../../src/app/nas/recorder-control";
import { readNasPath } from "../../../../src/wire/nas-service";
import { FakeNode } from "../../../support/fake-node";

const GB = 1e9;
const DAY = 86_400_000;

function camera(change: Partial<KnownCamera> = {}): KnownCamera {
	const plain = { key: "garden", title: "Garden", mode: "continuous" as const, isRecording: true, member: undefined };
	return { ...plain, why: undefined, trouble: undefined, ...change };
}

/** A part on a store and a recorder whose states the test sets. */
class Scene {
	readonly node = new FakeNode({});
	readonly store = {
		state: "ready",
		usage: { recordings: 0, locked: 0, free: 500 * GB, total: 1000 * GB, from: 0 },
		limits: { octets: 0, age: 30 * DAY, free: 2 * GB },
		cameras: () => [{ key: "garden", title: "Garden", from: 5 * DAY, to: 6 * DAY, octets: 7 * GB }],
	};
	cameras: readonly KnownCamera[] = [];
	trouble = false;
	readonly part: NasPart;

	constructor() {
		const { node, store } = this;
		const fleet = {
			self: { name: "NAS", httpPort: 8000, externalPort: 0, secure: false },
			setTrouble: (trouble: boolean) => {
				this.trouble = trouble;
			},
		};
		const services = { node, store, fleet, recorder: { cameras: () => this.cameras } };
		this.part = new NasPart(node as never, services as never);
		this.part.start();
	}

	get messages(): string[] {
		return this.part.notices().map(({ message }) => message);
	}

	get announced(): readonly number[] {
		return readNasPath(this.part.services()[0].path);
	}

	metric(name: string): number | undefined {
		return this.part.metrics().find(([each]) => each === name)?.[3];
	}
}

describe("app/nas/nas-part", () => {
	it("announces used and free space and how far back it reaches, at most once a minute (STR-27)", () => {
		const scene = new Scene();
		scene.store.usage = { recordings: 35.34 * GB, locked: 0, free: 400 * GB, total: 1000 * GB, from: 20_418.5 * DAY };
		scene.node.pass(30_000);
		assert.deepEqual(scene.announced, [0, 5000, 0], "as it was at the start");
		scene.node.pass(60_000);
		assert.deepEqual(scene.announced, [353, 4000, 20_418]);
	});

	it("announces the same object until something has changed", () => {
		const scene = new Scene();
		const [before] = scene.part.services();
		scene.node.pass(300_000);
		assert.equal(scene.part.services()[0], before);
	});

	it("says which camera is not recorded, once that has lasted, and tells the fleet (STR-27)", () => {
		const scene = new Scene();
		scene.cameras = [
			camera(),
			camera({ key: "gate", title: "Gate", isRecording: false, why: "source" }),
			camera({ key: "cellar", title: "Cellar", mode: "event", isRecording: false, why: "waiting" }),
		];
		scene.node.pass(30_000);
		assert.deepEqual([scene.messages, scene.trouble], [[], false]);
		scene.node.pass(60_000);
		assert.deepEqual([scene.messages, scene.trouble], [["Gate is not being recorded."], true]);
		assert.equal(scene.metric("nas_cameras"), 3);
		assert.equal(scene.metric("nas_cameras_recording"), 1);
		assert.equal(scene.metric("nas_cameras_missing"), 1);
		scene.cameras = [camera()];
		scene.node.pass(10_000);
		assert.deepEqual([scene.messages, scene.trouble], [[], false]);
	});

	it("says what the medium complains of: too slow, full, or failed", () => {
		const scene = new Scene();
		const trouble = "the disk was too slow, 12 pictures were dropped";
		scene.cameras = [camera({ isRecording: false, why: "storage", trouble })];
		scene.node.pass(90_000);
		assert.equal(scene.part.notices()[0].remedy, "The disk was too slow, 12 pictures were dropped.");
		scene.store.usage = { recordings: 5 * GB, locked: 5 * GB, free: 0, total: 1000 * GB, from: 0 };
		scene.node.pass(10_000);
		assert.match(scene.messages[0], /disk is full/);
		scene.store.state = "failed";
		assert.deepEqual(scene.messages, ["The storage can't be read. Nothing is recorded."]);
		scene.node.pass(10_000);
		assert.equal(scene.trouble, true);
	});

	it("lists cameras with what there is of them, for programs", () => {
		const scene = new Scene();
		scene.cameras = [camera({ isRecording: false, why: "off", mode: "off" })];
		const { cameras } = scene.part.state() as { cameras: unknown[] };
		assert.deepEqual(cameras, [
			{
				key: "garden",
				title: "Garden",
				mode: "off",
				recording: false,
				why: "off",
				trouble: null,
				member: null,
				octets: 7 * GB,
				from: 5 * DAY,
			},
		]);
	});

	it("renews the pages only when what they show has changed", () => {
		const scene = new Scene();
		scene.node.pass(20_000);
		const before = scene.node.changes;
		scene.node.pass(60_000);
		assert.equal(scene.node.changes, before);
		scene.cameras = [camera()];
		scene.node.pass(5000);
		assert.equal(scene.node.changes, before + 1);
	});
});
