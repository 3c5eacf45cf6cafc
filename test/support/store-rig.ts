import assert from "node:assert/strict";
import { type DiskSettings, FileNode, type FolderNode } from "../../hosts/virtual/virtual-disk";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { World } from "../../hosts/virtual/world";
import { Prng } from "../../src/base/prng";
import { Pump } from "../../src/core/pump";
import { AccessUnit } from "../../src/media/access-unit";
import { Frame } from "../../src/media/frame";
import type { StoreLimits } from "../../src/storage/content-store";
import type { Segment } from "../../src/storage/recording";
import type { RecordingWriter } from "../../src/storage/recording-writer";
import { FileContentStore } from "../../src/storage/store/file-content-store";
import { parseDayName, parseSegmentName } from "../../src/storage/store/segment-name";
import { PLAIN_SETS, plainDelta, plainJpeg, plainKey, sameOctets } from "./plain-pictures";
import { NO_LIMITS } from "./recordings";
import { walkOver } from "./toy-matroska";

const KEYS = 7;
const JPEGS = new Map<number, Uint8Array>();
const UNITS = new Map<number, Uint8Array>();

/** What a camera of a {@link StoreRig} shows at a time. */
function jpegAt(utc: number): Uint8Array {
	const grey = 20 + (Math.floor(utc / 100) % 200);
	const known = JPEGS.get(grey) ?? plainJpeg(grey);
	JPEGS.set(grey, known);
	return known;
}

function keyAt(utc: number): Uint8Array {
	const grey = 20 + (Math.floor(utc / 100) % 200);
	const known = UNITS.get(grey) ?? plainKey(grey);
	UNITS.set(grey, known);
	return known;
}

/** A camera that is recorded in a virtual world. */
class RecordedCamera {
	writer: RecordingWriter | undefined;
	/** The times of all pictures that the writer was given, and when. */
	given: { readonly utc: number; readonly at: number }[] = [];
	/** True: H.264 pictures are ignored until the next key picture. */
	waitsForKey = false;

	constructor(
		readonly key: string,
		readonly isJpeg: boolean,
		readonly interval: number,
	) {}
}

/** A store on the disk of a virtual machine, whose cameras are recorded, with a check of everything that it promises. */
export class StoreRig {
	readonly world: World;
	readonly machine: VirtualMachine;
	readonly prng: Prng;
	readonly cameras: RecordedCamera[] = [];
	store!: FileContentStore;
	/** Segments by camera and start whose lock or deletion was confirmed. */
	readonly locked = new Set<string>();
	readonly deleted = new Map<string, Segment>();
	/** Segments that the quota deleted, or a deletion that was not confirmed may have. */
	readonly maybeDeleted = new Map<string, Segment>();
	/** Locks that were asked for and not confirmed: either state is right. */
	readonly maybeLocked = new Set<string>();
	/** How often a listener was told that nothing can be written, and that it can again. */
	troubles = 0;
	works = 0;

	constructor(
		seed: number,
		disk: Partial<DiskSettings> = {},
		public limits: StoreLimits = NO_LIMITS,
		utc = Date.UTC(2026, 10, 26, 23, 35, 0),
		/** Octets that may wait for the disk. */
		private readonly queueMax = 50_000_000,
	) {
		this.world = new World(seed, utc);
		this.prng = new Prng(seed);
		this.machine = new VirtualMachine(this.world, "nas", { disk: { capacity: 1e9, delay: 2, syncDelay: 15, ...disk } });
		this.open();
	}

	get utc(): number {
		return this.machine.clock.utc() as number;
	}

	open(): void {
		const { files, clock, log } = this.machine;
		const { limits, queueMax } = this;
		this.store = new FileContentStore({ files, clock, log, queueMax, pump: new Pump(clock) }, limits);
		this.store.watch({
			segmentDeleted: (segment) => this.maybeDeleted.set(nameOf(segment), segment),
		});
	}

	ready(): this {
		assert.ok(
			this.world.runUntil(() => this.store.state !== "opening", 600_000),
			"the store opens",
		);
		assert.equal(this.store.state, "ready");
		return this;
	}

	/** Adds a camera that is recorded from now on, across power cuts. */
	add(key: string, isJpeg: boolean, interval: number): void {
		const camera = new RecordedCamera(key, isJpeg, interval);
		this.cameras.push(camera);
		this.record(camera);
	}

	/** Records all cameras again, after a power cut. */
	recordAll(): void {
		for (const camera of this.cameras) this.record(camera);
	}

	pause(camera = this.cameras[this.prng.below(this.cameras.length)]): void {
		camera.writer?.pause("waiting");
		camera.waitsForKey = true;
	}

	/** Locks or unlocks what was recorded in some minutes. */
	lock(isLocked: boolean): void {
		const { store } = this;
		const { key } = this.cameras[this.prng.below(this.cameras.length)];
		const from = this.utc - this.prng.below(3_600_000);
		const segments = store.segments(key, from, from + 900_000, 100).map(nameOf);
		for (const name of segments) this.maybeLocked.add(name);
		store.lock(key, from, from + 900_000, isLocked, (answer) => {
			assert.equal(answer.failure, undefined);
			for (const name of segments) {
				this.maybeLocked.delete(name);
				if (isLocked && !this.maybeDeleted.has(name)) this.locked.add(name);
				else this.locked.delete(name);
			}
		});
	}

	/** Deletes one of the oldest finished segments. */
	deleteOne(): void {
		const { key } = this.cameras[this.prng.below(this.cameras.length)];
		const segments = this.store.segments(key, 0, Infinity, 3);
		const segment = segments[this.prng.below(segments.length)];
		if (segment === undefined) return;
		const isAllowed = !segment.isRunning && !segment.isLocked;
		if (isAllowed) this.maybeDeleted.set(nameOf(segment), segment);
		this.store.delete(segment, (answer) => {
			if (answer.failure === undefined) this.deleted.set(nameOf(segment), segment);
			if (answer.failure === undefined) assert.ok(isAllowed || this.maybeLocked.has(nameOf(segment)));
		});
	}

	/** The finished segments of a camera. */
	finished(key: string): readonly Segment[] {
		return this.store.segments(key, 0, Infinity, 1e6).filter(({ isRunning }) => !isRunning);
	}

	/** The power fails, and comes back. */
	powerCut(): void {
		this.machine.crash();
		this.world.runFor(100);
		this.machine.powerOn();
		this.open();
	}

	/** The files on the disk: path and content. */
	files(): Map<string, Uint8Array> {
		const files = new Map<string, Uint8Array>();
		const visit = (folder: FolderNode, path: string) => {
			for (const [name, node] of folder.entries) {
				if (node instanceof FileNode) files.set(path + name, node.read(0, node.size).slice());
				else visit(node, `${path}${name}/`);
			}
		};
		visit(this.machine.disk.root, "");
		return files;
	}

	/** Every finished segment is whole, whatever happened: to be called right after a power cut. */
	checkFinished(): void {
		for (const [path, bytes] of this.files()) if (path.endsWith(".mkv")) checkWhole(path, bytes);
	}

	/**
	 * Checks a ready store.
	 * @param cut when the power failed: pictures that were given two seconds before must be there
	 */
	checkAll(cut: number): void {
		const { store } = this;
		const paths = [...this.files()];
		for (const camera of this.cameras) {
			const segments = store.segments(camera.key, 0, Infinity, 1e6);
			const found = new Map<number, string>();
			for (const segment of segments) {
				if (segment.isRunning) continue;
				const [, bytes] = paths.find(([path]) => path === segment.path) ?? [];
				assert.ok(bytes !== undefined, `${segment.path} exists`);
				const times = checkWhole(segment.path, bytes);
				assert.equal(times.length, segment.pictures);
				assert.equal(bytes.length, segment.octets);
				for (const time of times) found.set(segment.start + time, segment.path);
				const name = nameOf(segment);
				assert.ok(!this.deleted.has(name), `${segment.path} was deleted`);
				if (!this.maybeLocked.has(name))
					assert.equal(segment.isLocked, this.locked.has(name), `lock of ${segment.path}`);
				// From now on it is known what became of what was not confirmed.
				if (segment.isLocked) this.locked.add(name);
				else this.locked.delete(name);
				this.maybeLocked.delete(name);
				this.maybeDeleted.delete(name);
			}
			for (const { utc, at } of camera.given) {
				if (at > cut - 2000 || found.has(utc) || this.mayBeGone(camera.key, utc)) continue;
				// The quota deletes the oldest first.
				if (this.limits.octets > 0 && utc < (segments[0]?.start ?? Infinity)) continue;
				assert.fail(`${camera.key} has no picture of ${new Date(utc).toISOString()}, cut at ${cut}, given at ${at}`);
			}
			// What was lost now is not missed later.
			camera.given = camera.given.filter(({ utc, at }) => at > cut || found.has(utc));
		}
		for (const [path] of paths) {
			if (!path.startsWith("recordings/") || !path.endsWith(".part")) continue;
			assert.ok(store.segmentAt(path)?.isRunning ?? path.includes(this.day()), `${path} is left over`);
		}
		this.checkIndex();
	}

	/** The index is what another store finds in the same files. */
	private checkIndex(): void {
		const { files, clock, log } = this.machine;
		const other = new FileContentStore({ files, clock, log, pump: new Pump(new StoppedClock(clock.now())) }, NO_LIMITS);
		const describe = (store: FileContentStore) =>
			store.cameras().map(({ key }) => store.segments(key, 0, Infinity, 1e6).filter(({ isRunning }) => !isRunning));
		const before = describe(this.store);
		// A running segment of this store would look like a broken one to the other.
		if (this.store.cameras().some(({ key }) => this.store.segments(key, 0, Infinity, 1e6).some((s) => s.isRunning)))
			return;
		if (this.cameras.some(({ writer }) => writer !== undefined)) return;
		assert.ok(this.world.runUntil(() => other.state !== "opening", 600_000));
		assert.deepEqual(describe(other), before);
	}

	private day(): string {
		return new Date(this.utc).toISOString().slice(0, 10);
	}

	/** True for a picture in a segment that was deleted, perhaps. */
	private mayBeGone(key: string, utc: number): boolean {
		for (const { camera, start, end } of this.maybeDeleted.values()) {
			if (camera === key && start <= utc && utc <= end) return true;
		}
		return false;
	}

	private record(camera: RecordedCamera): void {
		const { machine, store } = this;
		const { clock } = machine;
		const writer = store.writer(camera.key, `Camera ${camera.key}`, {
			storageTrouble: () => this.troubles++,
			storageWorks: () => this.works++,
		});
		camera.writer = writer;
		let number = 0;
		const next = () => {
			if (!machine.on || machine.clock !== clock || camera.writer !== writer) return;
			const utc = clock.utc() as number;
			const sinceKey = number++ % KEYS;
			if (camera.isJpeg) {
				const bytes = jpegAt(utc);
				writer.frame(new Frame(bytes, 0, bytes.length, number, clock.now(), utc), utc);
			} else {
				const bytes = sinceKey === 0 ? keyAt(utc) : plainDelta(sinceKey);
				writer.unit(new AccessUnit(bytes, 0, bytes.length, sinceKey === 0, number, clock.now(), 0), utc, PLAIN_SETS);
			}
			if (camera.isJpeg || sinceKey === 0) camera.waitsForKey = false;
			if (!camera.waitsForKey) camera.given.push({ utc, at: this.world.now });
			this.world.after(camera.interval, next);
		};
		this.world.after(this.prng.below(camera.interval), next);
	}
}

/** A clock whose alarm never rings again after a short while: for a store that is only to open. */
class StoppedClock {
	constructor(private readonly time: number) {}

	now(): number {
		return this.time;
	}

	set(): void {}
}

/** The name of a segment in the sets of a {@link StoreRig}. */
export function nameOf({ camera, start }: Segment): string {
	return `${camera}/${start}`;
}

/** Checks a finished segment by its content. @returns the times of its pictures, since its start */
export function checkWhole(path: string, bytes: Uint8Array): number[] {
	const words = path.split("/");
	const facts = parseSegmentName(parseDayName(words[2]) as number, words[3]);
	assert.ok(facts !== undefined, `${path} has a name of ours`);
	const { walker, scan } = walkOver(bytes, { checks: true });
	assert.equal(walker.state, "ended", `${path}: ${walker.detail}`);
	const head = walker.facts;
	assert.ok(head?.ending !== undefined, `${path} has an ending`);
	assert.equal(head.ending.length, bytes.length, path);
	assert.equal(head.ending.pictures, facts.pictures, path);
	assert.equal(head.ending.gap, facts.gap ?? "", path);
	assert.equal(head.utc, facts.start, path);
	assert.equal(scan.pictures, facts.pictures, path);
	assert.ok(scan.last < facts.duration, path);
	for (const [start, end, time, isKey] of scan.found) {
		const expected = facts.encoding === "JPEG" ? jpegAt(facts.start + time) : undefined;
		if (expected !== undefined) assert.ok(sameOctets(bytes.subarray(start, end), expected), `${path} at ${time}`);
		else if (isKey) {
			const key = keyAt(facts.start + time);
			const picture = bytes.subarray(start + 4, end);
			assert.ok(sameOctets(picture, key.subarray(key.length - picture.length)), `${path} at ${time}`);
		}
	}
	return scan.found.map(([, , time]) => time);
}
