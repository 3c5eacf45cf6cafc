import { parseDigits } from "../../base/digits";
import type { FileDone, Files } from "../../ports/files";
import type { Folders } from "../files/folders";
import { listSome } from "../files/list-folder";
import { type CameraKey, isCameraKey, type Utc } from "../recording";

const FOLDER = ".porthole/locked";
/** How many locked segments of a camera are read at a start. */
const LOCKED_MAX = 100_000;
const CAMERAS_MAX = 4096;

/**
 * Keeps which segments are locked: an empty file for each, `.porthole/locked/<camera key>/<start in milliseconds>`.
 *
 * The answer comes when the change is on the medium.
 */
export class SegmentLocks {
	constructor(
		private readonly files: Files,
		private readonly folders: Folders,
	) {}

	/** Reads all locks. @param found called for each */
	load(found: (camera: CameraKey, start: Utc) => void, done: FileDone<undefined>): void {
		listSome(this.files, FOLDER, CAMERAS_MAX, (answer) => {
			if (answer.failure !== undefined) return done(answer.failure === "not-found" ? { value: undefined } : answer);
			const cameras: CameraKey[] = [];
			for (const { kind, name } of answer.value) if (kind === "folder" && isCameraKey(name)) cameras.push(name);
			this.loadNext(cameras, 0, found, done);
		});
	}

	/** Locks or unlocks segments of a camera, by their starts. */
	set(camera: CameraKey, starts: readonly Utc[], isLocked: boolean, done: FileDone<undefined>): void {
		const folder = `${FOLDER}/${camera}`;
		this.folders.ensure(folder, (answer) => {
			if (answer.failure !== undefined) return done(answer);
			this.setNext(folder, starts, 0, isLocked, done);
		});
	}

	private loadNext(
		cameras: readonly CameraKey[],
		at: number,
		found: (camera: CameraKey, start: Utc) => void,
		done: FileDone<undefined>,
	): void {
		if (at === cameras.length) return done({ value: undefined });
		const camera = cameras[at];
		listSome(this.files, `${FOLDER}/${camera}`, LOCKED_MAX, (answer) => {
			if (answer.failure !== undefined) return done(answer);
			for (const { name } of answer.value) {
				const start = parseDigits(name, 15);
				if (start !== undefined) found(camera, start);
			}
			this.loadNext(cameras, at + 1, found, done);
		});
	}

	private setNext(
		folder: string,
		starts: readonly Utc[],
		at: number,
		isLocked: boolean,
		done: FileDone<undefined>,
	): void {
		if (at === starts.length) return this.files.syncFolder(folder, done);
		const path = `${folder}/${starts[at]}`;
		if (!isLocked) {
			this.files.delete(path, (answer) => {
				if (answer.failure !== undefined && answer.failure !== "not-found") done(answer);
				else this.setNext(folder, starts, at + 1, isLocked, done);
			});
			return;
		}
		this.files.open(path, "create-or-update", (answer) => {
			if (answer.failure !== undefined) return done(answer);
			answer.value.close();
			this.setNext(folder, starts, at + 1, isLocked, done);
		});
	}
}
