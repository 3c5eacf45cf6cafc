import type { Octets } from "../../core/time";
import type { FileEntry, FileListSink, Files } from "../../ports/files";
import { inFolder } from "../files/list-folder";

/** Octets that stay free on the medium for what the host itself writes. */
const RESERVE: Octets = 1_048_576;

/** How many octets the uploaded files take, and how many more they may take. */
export class FilesQuota {
	/** Octets of all files in the folder. */
	used: Octets = 0;
	/** Octets of uploads that are not finished. */
	private promised: Octets = 0;
	private isCounting = false;
	private isOutdated = false;

	/** @param limit 0: no limit */
	constructor(
		private readonly files: Files,
		private readonly folder: string,
		private readonly limit: Octets,
	) {}

	/** Counts all files again, after changes whose size is not known. */
	count(): void {
		this.isOutdated = true;
		if (this.isCounting) return;
		this.isCounting = true;
		this.isOutdated = false;
		new Count(this.files, this.folder, (octets) => {
			this.isCounting = false;
			if (this.isOutdated) this.count();
			else this.used = octets;
		});
	}

	/** Finds out how much may be written: by the quota, and by the room on the medium. */
	available(done: (octets: Octets) => void): void {
		this.files.space((answer) => {
			const free = answer.failure === undefined ? answer.value.free - RESERVE - this.promised : 0;
			done(Math.max(0, Math.min(free, this.left)));
		});
	}

	/** Sets octets of an upload aside. @returns false: there is no room for them within the quota */
	promise(octets: Octets): boolean {
		if (octets > this.left) return false;
		this.promised += octets;
		return true;
	}

	/** Gives octets back that {@link promise} has set aside. */
	release(octets: Octets): void {
		this.promised -= octets;
	}

	/** A file has been added, or, with a negative length, has gone. */
	changed(octets: Octets): void {
		this.used = Math.max(0, this.used + octets);
		// The count that is under way may have seen it or not.
		if (this.isCounting) this.isOutdated = true;
	}

	private get left(): Octets {
		return this.limit === 0 ? Infinity : this.limit - this.used - this.promised;
	}
}

/** Adds up the lengths of all files in a folder, however many there are. */
class Count implements FileListSink {
	private readonly folders: string[];
	private folder = "";
	private octets: Octets = 0;

	constructor(
		private readonly files: Files,
		folder: string,
		private readonly done: (octets: Octets) => void,
	) {
		this.folders = [folder];
		this.listed();
	}

	entry({ name, kind, size }: FileEntry): boolean {
		if (kind === "folder") this.folders.push(inFolder(this.folder, name));
		this.octets += size;
		return true;
	}

	listed(): void {
		const folder = this.folders.pop();
		if (folder === undefined) return this.done(this.octets);
		this.folder = folder;
		this.files.list(folder, this);
	}

	/** A folder that is gone, or can't be read, counts for nothing. */
	failed(): void {
		this.listed();
	}
}
