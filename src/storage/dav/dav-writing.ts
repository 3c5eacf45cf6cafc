import type { HttpReply, HttpRequest } from "../../http/http-request";
import type { FileEntry, FileFailure } from "../../ports/files";
import { type DavDepth, parseDavDepth } from "../../wire/dav-fields";
import { fieldOf } from "../../wire/text-message";
import { folderOf, inFolder, listFolder } from "../files/list-folder";
import { TreeCopy } from "./copy-tree";
import { isBelow } from "./dav-locks";
import { type Change, changeOf, type DavSite, RECORDINGS, removalOf, replyFailure } from "./dav-site";
import { replyMultiStatus, statusOf } from "./multistatus";

/** The most recordings that one request deletes. */
const RECORDINGS_MAX = 10_000;

/** Answers MKCOL. @see RFC 4918 §9.3 */
export function makeFolder(site: DavSite, request: HttpRequest, reply: HttpReply, path: string): void {
	if (request.message.body.length > 0) return reply.error(415, "MKCOL takes no body.");
	if (!site.isWritable(path)) return replyFailure(reply, "denied");
	site.admit(request, reply, path, changeOf(path), (entry) => {
		if (entry !== undefined) return reply.error(405, "Something of that name exists.");
		site.files.makeFolder(path, (answer) => {
			// The folder that it would be in does not exist, or is a file.
			if (answer.failure === "not-found" || answer.failure === "denied") return replyFailure(reply, "exists");
			if (answer.failure !== undefined) return replyFailure(reply, answer.failure);
			site.files.syncFolder(folderOf(path), () => reply.empty(201));
		});
	});
}

/** Answers DELETE. A folder disappears at once, whatever is in it. @see RFC 4918 §9.6 */
export function deleteFile(site: DavSite, request: HttpRequest, reply: HttpReply, path: string): void {
	if (isBelow(path, RECORDINGS)) return deleteRecordings(site, request, reply, path);
	if (!site.isWritable(path)) return replyFailure(reply, "denied");
	site.admit(request, reply, path, removalOf(path), (entry) => {
		if (entry === undefined) return replyFailure(reply, "not-found");
		remove(site, path, entry, (failure) => {
			if (failure !== undefined) return replyFailure(reply, failure);
			site.locks.removeTree(path);
			site.properties.removeTree(path);
			site.host.fileGone(path);
			site.files.syncFolder(folderOf(path), () => reply.empty(204));
		});
	});
}

/** Deletes a file, or moves a folder to where it is deleted meanwhile. */
function remove(site: DavSite, path: string, entry: FileEntry, done: (failure: FileFailure | undefined) => void): void {
	if (entry.kind === "file") {
		site.files.delete(path, ({ failure }) => {
			if (failure === undefined) site.quota.changed(-entry.size);
			done(failure);
		});
		return;
	}
	const work = site.workPath();
	site.files.rename(path, work, ({ failure }) => {
		if (failure === undefined) {
			site.quota.count();
			site.discard(work);
		}
		done(failure);
	});
}

/** Recordings belong to the store, which keeps running and locked ones. Its folders stay. */
function deleteRecordings(site: DavSite, request: HttpRequest, reply: HttpReply, path: string): void {
	site.admit(request, reply, path, removalOf(path), (entry) => {
		if (entry === undefined) return replyFailure(reply, "not-found");
		const found = entry.kind === "file" ? [path] : [];
		const folders = entry.kind === "file" ? [] : [path];
		const collect = (): void => {
			const folder = folders.pop();
			if (folder === undefined) return deleteEach(site, reply, path, found);
			listFolder(site.files, folder, RECORDINGS_MAX, (answer) => {
				if (answer.failure !== undefined) return replyFailure(reply, answer.failure);
				for (const { name, kind } of answer.value) (kind === "file" ? found : folders).push(inFolder(folder, name));
				if (found.length > RECORDINGS_MAX) replyFailure(reply, "busy");
				else collect();
			});
		};
		collect();
	});
}

function deleteEach(site: DavSite, reply: HttpReply, asked: string, paths: string[]): void {
	const kept: string[] = [];
	const next = (): void => {
		reply.working();
		const path = paths.pop();
		if (path === undefined) return kept.length === 0 ? reply.empty(204) : replyMultiStatus(reply, kept.join(""));
		site.host.deleteRecording(path, ({ failure }) => {
			if (failure === undefined) return next();
			// What the client asked for itself has no need of a list. RFC 4918 §9.6.1
			if (path === asked) return failure === "busy" ? reply.error(423, RUNNING) : replyFailure(reply, failure);
			kept.push(statusOf(site.hrefOf(path, "file"), failure === "busy" ? 423 : 403));
			next();
		});
	};
	next();
}

const RUNNING = "The recording is locked, or is still running.";

/** Answers COPY and MOVE. The copy appears at once when it is complete. @see RFC 4918 §9.8, §9.9 */
export function copyOrMove(site: DavSite, request: HttpRequest, reply: HttpReply, path: string): void {
	const { message, method } = request;
	const isMove = method === "MOVE";
	const depth = parseDavDepth(fieldOf(message, "depth") ?? "infinity");
	const overwrite = (fieldOf(message, "overwrite") ?? "T").trim().toUpperCase();
	const destination = fieldOf(message, "destination");
	if (destination === undefined) return reply.error(400, "The Destination field is missing.");
	if (depth === undefined || depth === 1 || (isMove && depth === 0))
		return reply.error(400, "The Depth field is malformed.");
	if (overwrite !== "T" && overwrite !== "F") return reply.error(400, "The Overwrite field is malformed.");
	const to = site.pathOfUrl(destination, request);
	if (to === undefined) return reply.error(502, "The destination is not on this server.");
	if (!site.isWritable(to) || (isMove && !site.isWritable(path))) return replyFailure(reply, "denied");
	if (to === path || isBelow(to, path) || isBelow(path, to)) return reply.error(403, "Source and destination overlap.");
	site.stat(to, (answer) => {
		if (answer.failure !== undefined && answer.failure !== "not-found") {
			// A file where a folder would have to be.
			return answer.failure === "denied" ? replyFailure(reply, "exists") : replyFailure(reply, answer.failure);
		}
		const target = answer.failure === undefined ? answer.value : undefined;
		if (target !== undefined && overwrite === "F") return reply.error(412, "The destination exists.");
		const changes = (): readonly Change[] => [
			{ path: to, isDeep: true },
			...(target === undefined ? [{ path: folderOf(to), isDeep: false }] : []),
			...(isMove ? removalOf(path)(undefined) : []),
		];
		site.admit(request, reply, path, changes, (entry) => {
			if (entry === undefined) return replyFailure(reply, "not-found");
			site.stat(folderOf(to), (parent) => {
				if (parent.failure !== undefined || parent.value.kind !== "folder")
					return reply.error(409, "The folder of the destination does not exist.");
				const transfer = { site, reply, from: path, to, entry, target };
				if (isMove) place(transfer, path, true);
				else copy(transfer, depth);
			});
		});
	});
}

/** A COPY or MOVE that is being carried out. */
interface Transfer {
	readonly site: DavSite;
	readonly reply: HttpReply;
	readonly from: string;
	readonly to: string;
	readonly entry: FileEntry;
	/** What is at the destination. */
	readonly target: FileEntry | undefined;
}

function copy(transfer: Transfer, depth: DavDepth): void {
	const { site, reply, from, entry } = transfer;
	const work = site.workPath();
	site.quota.available((room) => {
		const { quota } = site;
		let copied = 0;
		const listener = {
			copied(octets: number): boolean {
				reply.working();
				// Others copy, too.
				if (copied + octets > room || !quota.promise(octets)) return false;
				copied += octets;
				return true;
			},
		};
		new TreeCopy(site.files, from, work, entry.kind, depth !== 0, listener, ({ failure }) => {
			quota.release(copied);
			// It counts from now on; where it will be, all is counted again.
			quota.changed(copied);
			if (failure === undefined) return place(transfer, work, false);
			discardCopy(site, work);
			replyFailure(reply, failure);
		});
	});
}

/** Deletes a copy that found no place. */
function discardCopy(site: DavSite, work: string): void {
	site.discard(work);
	site.quota.count();
}

/** Puts what is at `source` at the destination, in place of what is there. */
function place(transfer: Transfer, source: string, isMove: boolean): void {
	const { site, reply, to, entry, target } = transfer;
	const { files } = site;
	if (target === undefined || (target.kind === "file" && entry.kind === "file")) {
		files.rename(source, to, ({ failure }) => {
			if (failure === undefined) return placed(transfer, isMove);
			if (!isMove) discardCopy(site, source);
			replyFailure(reply, failure);
		});
		return;
	}
	const work = site.workPath();
	files.rename(to, work, (moved) => {
		if (moved.failure !== undefined) {
			if (!isMove) discardCopy(site, source);
			return replyFailure(reply, moved.failure);
		}
		files.rename(source, to, ({ failure }) => {
			if (failure === undefined) {
				site.discard(work);
				return placed(transfer, isMove);
			}
			files.rename(work, to, () => replyFailure(reply, failure));
			if (!isMove) discardCopy(site, source);
		});
	});
}

function placed({ site, reply, from, to, target }: Transfer, isMove: boolean): void {
	const { files, locks, properties, host } = site;
	site.quota.count();
	properties.removeTree(to);
	if (isMove) {
		properties.moveTree(from, to);
		locks.removeTree(from);
		host.fileGone(from);
	} else properties.copyTree(from, to);
	if (target !== undefined) host.fileGone(to);
	files.syncFolder(folderOf(to), () => {
		const finish = (): void => {
			host.fileAppeared(to, () => {});
			reply.empty(target === undefined ? 201 : 204);
		};
		if (isMove) files.syncFolder(folderOf(from), finish);
		else finish();
	});
}
