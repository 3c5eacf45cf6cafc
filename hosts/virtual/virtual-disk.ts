import type { Prng } from "../../src/base/prng";
import type { Millis, Octets } from "../../src/core/time";
import type { FileFailure, FileOperation, FileSpace } from "../../src/ports/files";

/** Settings of a {@link VirtualDisk}. */
export interface DiskSettings {
	/** The capacity for all files together. @default 67108864 */
	capacity: Octets;
	/** The time that each operation takes. @default 0.1 */
	delay: Millis;
	/** The additional time of a sync. @default 2 */
	syncDelay: Millis;
	/** Octets per second that are read and written. @default 100000000 */
	rate: number;
	/** Probability that an operation fails with `failed`. @default 0 */
	faults: number;
}

const DISK_DEFAULTS: Readonly<DiskSettings> = Object.freeze({
	capacity: 67_108_864,
	delay: 0.1,
	syncDelay: 2,
	rate: 100_000_000,
	faults: 0,
});

/** The operations of a disk, each of which can fail. */
export type DiskOperation =
	| FileOperation
	| "open"
	| "stat"
	| "list"
	| "makeFolder"
	| "rename"
	| "delete"
	| "syncFolder"
	| "space";

/** A change of the content of a file that may not be on the medium yet. */
type Change =
	| { readonly kind: "write"; readonly at: Octets; readonly bytes: Uint8Array }
	| { readonly kind: "truncate"; readonly length: Octets };

/** A byte array of variable length. */
class Content {
	length: Octets = 0;
	private bytes = new Uint8Array(0);

	/** Returns the octets from `at`, at most `max`; valid until the next change. */
	slice(at: Octets, max: Octets): Uint8Array {
		return this.bytes.subarray(Math.min(at, this.length), Math.min(at + max, this.length));
	}

	apply(change: Change): void {
		if (change.kind === "write") this.write(change.at, change.bytes);
		else this.truncate(change.length);
	}

	copyFrom(other: Content): void {
		this.length = other.length;
		this.bytes = other.bytes.slice(0, other.length);
	}

	private write(at: Octets, bytes: Uint8Array): void {
		if (bytes.length === 0) return;
		this.reserve(at + bytes.length);
		this.bytes.set(bytes, at);
		this.length = Math.max(this.length, at + bytes.length);
	}

	private truncate(length: Octets): void {
		this.reserve(length);
		if (length < this.length) this.bytes.fill(0, length, this.length);
		this.length = length;
	}

	private reserve(length: Octets): void {
		if (length <= this.bytes.length) return;
		const larger = new Uint8Array(Math.max(length, 2 * this.bytes.length));
		larger.set(this.bytes.subarray(0, this.length));
		this.bytes = larger;
	}
}

/** A file: the content that programs see, the content on the medium, and the changes in between. */
export class FileNode {
	readonly kind = "file";
	modified: Millis | undefined;
	/** The number of open handles. */
	opens = 0;
	/** False when it was deleted. */
	linked = true;
	private readonly content = new Content();
	private readonly durable = new Content();
	private changes: Change[] = [];

	get size(): Octets {
		return this.content.length;
	}

	/** Returns the octets from `at`, at most `max`; valid until the next change. */
	read(at: Octets, max: Octets): Uint8Array {
		return this.content.slice(at, max);
	}

	/** Writes a copy of `bytes`. */
	write(at: Octets, bytes: Uint8Array): void {
		this.change({ kind: "write", at, bytes: bytes.slice() });
	}

	truncate(length: Octets): void {
		this.change({ kind: "truncate", length });
	}

	sync(): void {
		for (const change of this.changes) this.durable.apply(change);
		this.changes = [];
	}

	/** A sync failed: some changes never reach the medium, though programs see them, as on Linux. */
	failSync(prng: Prng): void {
		this.changes = this.changes.filter(() => prng.chance(0.5));
	}

	/** The power fails: any of the changes that were not synced may be on the medium, the last one perhaps in part. */
	crash(prng: Prng): void {
		const { changes } = this;
		for (let i = 0; i < changes.length; i++) {
			const change = changes[i];
			if (prng.chance(0.5)) continue;
			const whole = i < changes.length - 1 || change.kind !== "write" || prng.chance(0.5);
			if (whole) this.durable.apply(change);
			else this.durable.apply({ ...change, bytes: change.bytes.subarray(0, prng.below(change.bytes.length + 1)) });
		}
		this.changes = [];
		this.opens = 0;
		this.content.copyFrom(this.durable);
	}

	private change(change: Change): void {
		this.content.apply(change);
		this.changes.push(change);
	}
}

/** A folder: the entries that programs see, and those on the medium. */
export class FolderNode {
	readonly kind = "folder";
	modified: Millis | undefined;
	readonly entries = new Map<string, DiskNode>();
	readonly durable = new Map<string, DiskNode>();
}

/** A file or a folder. */
export type DiskNode = FileNode | FolderNode;

/** A change of a folder. */
export interface EntryChange {
	readonly folder: FolderNode;
	readonly name: string;
	/** `undefined`: the name is removed. */
	readonly node: DiskNode | undefined;
}

/**
 * The disk of a machine. Like a real one it survives crashes, after which anything that was not synced may be lost, torn or
 * out of order.
 *
 * - A sync of a file puts its writes on the medium. At a crash any of the other writes may be on it, in any order, and the last
 *   one in part.
 * - Changes of folders reach the medium in order, as in a journal: at a crash some of them are on it, and none after those.
 *   A sync of a folder puts its last change on the medium, and all changes before that.
 * - So a file whose name was not synced may be missing, and one that was renamed without a sync may have any content.
 *
 * The disk can be full, and fails on demand ({@link fail}) or at random. Everything depends only on the seed of the world.
 */
export class VirtualDisk {
	readonly settings: DiskSettings;
	readonly root = new FolderNode();
	/** The octets in all files. */
	used: Octets = 0;
	/** The number of operations so far, by kind. */
	readonly counts = new Map<DiskOperation, number>();
	private journal: (readonly EntryChange[])[] = [];
	private readonly faults: { operation: DiskOperation; failure: FileFailure; skip: number }[] = [];

	constructor(
		private readonly prng: Prng,
		settings: Partial<DiskSettings> = {},
	) {
		this.settings = { ...DISK_DEFAULTS, ...settings };
	}

	get space(): FileSpace {
		const { capacity } = this.settings;
		return { free: Math.max(0, capacity - this.used), total: capacity };
	}

	/** Makes an operation fail once. @param skip how many operations of this kind succeed before. @default 0 */
	fail(operation: DiskOperation, failure: FileFailure = "failed", skip = 0): void {
		this.faults.push({ operation, failure, skip });
	}

	/** Counts an operation at its start. @returns how it must fail, if at all */
	begin(operation: DiskOperation): FileFailure | undefined {
		this.counts.set(operation, (this.counts.get(operation) ?? 0) + 1);
		for (const [i, fault] of this.faults.entries()) {
			if (fault.operation !== operation) continue;
			if (fault.skip-- > 0) break;
			this.faults.splice(i, 1);
			return fault.failure;
		}
		return this.settings.faults > 0 && this.prng.chance(this.settings.faults) ? "failed" : undefined;
	}

	/** Writes as much as fits. @returns false when not all fits */
	write(file: FileNode, at: Octets, bytes: Uint8Array): boolean {
		const room = file.size + this.space.free - at;
		const fits = Math.max(0, Math.min(bytes.length, room));
		const before = file.size;
		file.write(at, bytes.subarray(0, fits));
		this.used += file.size - before;
		return fits === bytes.length;
	}

	/** Writes some of the octets, like a disk that fails during the write. */
	writePart(file: FileNode, at: Octets, bytes: Uint8Array): void {
		this.write(file, at, bytes.subarray(0, this.prng.below(bytes.length + 1)));
	}

	/** Changes the length of a file. @returns false when the disk has no room for it */
	truncate(file: FileNode, length: Octets): boolean {
		if (length - file.size > this.space.free) return false;
		this.used += length - file.size;
		file.truncate(length);
		return true;
	}

	failSync(file: FileNode): void {
		file.failSync(this.prng);
	}

	/** Applies changes of folders atomically. */
	change(changes: readonly EntryChange[]): void {
		for (const { folder, name, node } of changes) {
			const before = folder.entries.get(name);
			if (before instanceof FileNode && !changes.some((other) => other.node === before)) {
				before.linked = false;
				this.freeIfUnused(before);
			}
			if (node === undefined) folder.entries.delete(name);
			else folder.entries.set(name, node);
		}
		this.journal.push(changes);
	}

	/** Puts the changes of a folder on the medium, and all changes before them. */
	syncFolder(folder: FolderNode): void {
		let last = this.journal.length - 1;
		while (last >= 0 && !this.journal[last].some((change) => change.folder === folder)) last--;
		this.commit(last + 1);
	}

	/** A handle of the file was closed. */
	closed(file: FileNode): void {
		file.opens--;
		this.freeIfUnused(file);
	}

	/** The power fails. Afterwards programs see only the data on the medium. */
	crash(): void {
		this.commit(this.prng.below(this.journal.length + 1));
		this.journal = [];
		this.used = 0;
		this.restore(this.root);
	}

	private commit(count: number): void {
		for (const changes of this.journal.splice(0, count)) {
			for (const { folder, name, node } of changes) {
				if (node === undefined) folder.durable.delete(name);
				else folder.durable.set(name, node);
			}
		}
	}

	private restore(folder: FolderNode): void {
		folder.entries.clear();
		for (const [name, node] of folder.durable) {
			folder.entries.set(name, node);
			if (node instanceof FolderNode) {
				this.restore(node);
				continue;
			}
			node.crash(this.prng);
			node.linked = true;
			this.used += node.size;
		}
	}

	private freeIfUnused(file: FileNode): void {
		if (!file.linked && file.opens === 0) this.used -= file.size;
	}
}
