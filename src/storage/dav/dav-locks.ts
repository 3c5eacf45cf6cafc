import { toHex } from "../../base/hex";
import type { Millis, Seconds } from "../../core/time";
import type { Random } from "../../ports/random";

/** A write lock. @see RFC 4918 §6 */
export interface DavLock {
	readonly token: string;
	/** The locked path. */
	readonly path: string;
	/** Whether everything below the path is locked too. */
	readonly isDeep: boolean;
	readonly isShared: boolean;
	/** What the client says about itself, as XML. */
	readonly owner: string;
	/** For how long it was granted or refreshed. */
	seconds: Seconds;
	/** When it ends by itself, monotonic. */
	end: Millis;
}

/** The most locks at a time. */
const LOCKS_MAX = 1000;
/** The most shared locks that hold for one path: each file of a folder is listed with them. */
const SHARED_MAX = 32;
/** How long a lock lasts: by itself, and at most. Clients refresh theirs. */
const USUAL: Seconds = 600;
const LONGEST: Seconds = 86_400;

/** Locks of paths, in memory: they end with the program. */
export class DavLocks {
	private readonly locks: DavLock[] = [];

	constructor(private readonly random: Random) {}

	/** How many locks there are. */
	count(now: Millis): number {
		this.prune(now);
		return this.locks.length;
	}

	/** The locks that hold for a path: its own, and deep ones of folders above it. */
	covering(now: Millis, path: string): DavLock[] {
		this.prune(now);
		return this.locks.filter((lock) => covers(lock, path));
	}

	/** The lock of a token that holds for a path. */
	find(now: Millis, path: string, token: string): DavLock | undefined {
		this.prune(now);
		return this.locks.find((lock) => lock.token === token && covers(lock, path));
	}

	/**
	 * Finds a locked path that a request may not change.
	 * @param tokens those that the client has submitted
	 * @param isDeep whether everything below the path changes too
	 * @returns `undefined`: nothing is in the way
	 */
	obstacle(now: Millis, path: string, isDeep: boolean, tokens: readonly string[]): DavLock | undefined {
		this.prune(now);
		for (const lock of this.locks) {
			// The holder of one of several shared locks may write.
			if (meets(lock, path, isDeep) && !this.mayPass(lock, tokens)) return lock;
		}
		return undefined;
	}

	/** Locks a path. @returns the lock, the one in its way, or `full`: there are too many */
	add(now: Millis, wanted: Pick<DavLock, "path" | "isDeep" | "isShared" | "owner" | "seconds">): DavLock | "full" {
		const { seconds } = wanted;
		const bytes = new Uint8Array(16);
		this.random.fill(bytes);
		// Version 4, variant 1. RFC 9562 §5.4
		bytes[6] = (bytes[6] & 0x0f) | 0x40;
		bytes[8] = (bytes[8] & 0x3f) | 0x80;
		const hex = toHex(bytes);
		const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
		if (this.count(now) >= LOCKS_MAX) return "full";
		const { path, isDeep } = wanted;
		let shared = 0;
		for (const other of this.locks) if (meets(other, path, isDeep)) shared++;
		if (shared >= SHARED_MAX) return "full";
		const lock = { ...wanted, token: `urn:uuid:${uuid}`, end: 0 };
		this.refresh(now, lock, seconds);
		this.locks.push(lock);
		return lock;
	}

	/** The lock that a new one would conflict with. */
	conflict(now: Millis, path: string, isDeep: boolean, isShared: boolean): DavLock | undefined {
		this.prune(now);
		return this.locks.find((lock) => meets(lock, path, isDeep) && !(isShared && lock.isShared));
	}

	/** Lets a lock last longer. @param seconds as the client asks; 0: the default */
	refresh(now: Millis, lock: DavLock, seconds: Seconds): void {
		lock.seconds = Math.min(LONGEST, seconds === 0 ? USUAL : seconds);
		lock.end = now + lock.seconds * 1000;
	}

	remove(lock: DavLock): void {
		const at = this.locks.indexOf(lock);
		if (at >= 0) this.locks.splice(at, 1);
	}

	/** What was at a path, and below it, is gone. */
	removeTree(path: string): void {
		for (let i = this.locks.length - 1; i >= 0; i--) {
			const { path: locked } = this.locks[i];
			if (locked === path || isBelow(locked, path)) this.locks.splice(i, 1);
		}
	}

	private mayPass({ token, path, isShared }: DavLock, tokens: readonly string[]): boolean {
		if (tokens.includes(token)) return true;
		return isShared && this.locks.some((other) => other.path === path && tokens.includes(other.token));
	}

	private prune(now: Millis): void {
		for (let i = this.locks.length - 1; i >= 0; i--) if (this.locks[i].end <= now) this.locks.splice(i, 1);
	}
}

/** Whether a path is somewhere in a folder. */
export function isBelow(path: string, folder: string): boolean {
	return path.length > folder.length && path.startsWith(folder) && (folder === "" || path[folder.length] === "/");
}

/** Whether a lock holds for a path or, if `isDeep`, for something below it. */
function meets(lock: DavLock, path: string, isDeep: boolean): boolean {
	return covers(lock, path) || (isDeep && isBelow(lock.path, path));
}

function covers(lock: DavLock, path: string): boolean {
	return lock.path === path || (lock.isDeep && isBelow(path, lock.path));
}
