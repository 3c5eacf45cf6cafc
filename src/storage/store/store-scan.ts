import type { Octets } from "../../core/time";
import type { FileDone, FileEntry, Files } from "../../ports/files";
import { listSome } from "../files/list-folder";
import { type CameraKey, isCameraKey, type Utc } from "../recording";
import {
	cameraFolder,
	parseDayName,
	parsePartName,
	parseSegmentName,
	RECORDINGS_FOLDER,
	type SegmentFacts,
} from "./segment-name";

/** How many folders are listed at a time. */
const LANES = 4;
const CAMERAS_MAX = 4096;
const DAYS_MAX = 10_000;
/** The most entries of a day's folder: a segment a second. */
const ENTRIES_MAX = 86_400;

/** Learns what a {@link StoreScan} finds. */
export interface ScanSink {
	/** There is a folder of a camera. */
	camera(camera: CameraKey): void;
	/** A finished segment. */
	segment(camera: CameraKey, facts: SegmentFacts, octets: Octets): void;
	/** A segment that was never finished: its program was killed, or the power failed. */
	part(camera: CameraKey, start: Utc): void;
	/** A folder that can't be read; the others are looked at all the same. */
	unreadable(path: string, detail: string): void;
	/** All was looked at, or nothing can be. */
	scanned(answer: Parameters<FileDone<undefined>>[0]): void;
}

/** Looks through the folders of recordings, once. Files are not opened: their names say all. */
export class StoreScan {
	private cameras: CameraKey[] = [];
	private days: string[] = [];
	private running = 0;
	private isOver = false;

	constructor(
		private readonly files: Files,
		private readonly sink: ScanSink,
	) {
		listSome(files, RECORDINGS_FOLDER, CAMERAS_MAX, (answer) => {
			if (answer.failure === "not-found") return sink.scanned({ value: undefined });
			if (answer.failure !== undefined) return sink.scanned(answer);
			this.cameras = foldersOf(answer.value).filter(isCameraKey);
			for (const camera of this.cameras) sink.camera(camera);
			this.next();
		});
	}

	private next(): void {
		while (this.running < LANES) {
			const day = this.days.shift();
			const camera = day === undefined ? this.cameras.shift() : undefined;
			if (day !== undefined) this.listDay(day);
			else if (camera !== undefined) this.listCamera(camera);
			else break;
		}
		if (this.running > 0 || this.isOver) return;
		this.isOver = true;
		this.sink.scanned({ value: undefined });
	}

	private listCamera(camera: CameraKey): void {
		this.list(cameraFolder(camera), DAYS_MAX, (entries) => {
			for (const day of foldersOf(entries)) {
				if (parseDayName(day) !== undefined) this.days.push(`${camera}/${day}`);
			}
		});
	}

	private listDay(folder: string): void {
		const slash = folder.indexOf("/");
		const camera = folder.slice(0, slash);
		const day = parseDayName(folder.slice(slash + 1)) as Utc;
		this.list(`${RECORDINGS_FOLDER}/${folder}`, ENTRIES_MAX, (entries) => {
			for (const { kind, name, size } of entries) {
				if (kind !== "file") continue;
				const facts = parseSegmentName(day, name);
				const part = facts === undefined ? parsePartName(day, name) : undefined;
				if (facts !== undefined) this.sink.segment(camera, facts, size);
				else if (part !== undefined) this.sink.part(camera, part);
			}
		});
	}

	private list(path: string, max: number, found: (entries: readonly FileEntry[]) => void): void {
		this.running++;
		listSome(this.files, path, max, (answer) => {
			this.running--;
			if (answer.failure === undefined) found(answer.value);
			else if (answer.failure !== "not-found") this.sink.unreadable(path, answer.detail);
			this.next();
		});
	}
}

function foldersOf(entries: readonly FileEntry[]): string[] {
	const names: string[] = [];
	for (const { kind, name } of entries) if (kind === "folder") names.push(name);
	return names.sort();
}
