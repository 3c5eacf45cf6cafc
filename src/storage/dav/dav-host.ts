import type { Millis, Octets } from "../../core/time";
import type { HttpReply, HttpRequest } from "../../http/http-request";
import type { FileDone, FileEntry, Files } from "../../ports/files";
import type { Random } from "../../ports/random";

/** What became of a file as a content of the stream server. */
export interface ContentVerdict {
	/** The name under which it is played; `undefined`: it can't be. */
	readonly content: string | undefined;
	/** Why it can't be played, for people; empty if it can. */
	readonly fault: string;
}

/** What a {@link DavServer} needs from its owner. */
export interface DavHost {
	/** The folder of the store. */
	readonly files: Files;
	readonly random: Random;
	/** Octets that all uploaded files together may take; 0: no limit. */
	readonly limit: Octets;
	now(): Millis;
	/** Calls something in a moment, after other work. */
	later(run: () => void): void;
	/** Deletes a file in `recordings`, which belongs to somebody else. `busy`: it is running or locked. */
	deleteRecording(path: string, done: FileDone<undefined>): void;
	/** A file was uploaded, copied or moved. @param done gets what it is as a content, perhaps after a while */
	fileAppeared(path: string, done: (verdict: ContentVerdict) => void): void;
	/** A file was deleted, replaced or moved away, or a folder with all below it: its playback has to end. */
	fileGone(path: string): void;
	/** Shows a folder to a browser. @param path of the folder; empty: the root */
	showFolder(request: HttpRequest, reply: HttpReply, path: string, entries: readonly FileEntry[]): void;
	/** Logs a failure of the medium. */
	mediumFailed(detail: string): void;
}
