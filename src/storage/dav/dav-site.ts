import type { Millis } from "../../core/time";
import { failedPrecondition, type Validators } from "../../http/conditions";
import type { HttpReply, HttpRequest } from "../../http/http-request";
import {
	type FileAnswer,
	type FileDone,
	type FileEntry,
	type FileFailure,
	type Files,
	isFilePath,
} from "../../ports/files";
import { encodePath } from "../../wire/dav-fields";
import { type DavConditionList, parseDavIf } from "../../wire/dav-if";
import { authorityOf, originFormOf } from "../../wire/http-host";
import { parseTarget } from "../../wire/http-target";
import { fieldOf } from "../../wire/text-message";
import { escapeXml } from "../../wire/xml";
import { deleteTree } from "../files/delete-tree";
import { folderOf } from "../files/list-folder";
import type { DavHost } from "./dav-host";
import { DavLocks } from "./dav-locks";
import { DeadProperties } from "./dead-properties";
import { FilesQuota } from "./files-quota";
import { replyError } from "./multistatus";
import { Turns } from "./turns";

/** The folders right below the root: clients may do everything in the first, and read and delete in the second. */
export const FILES = "files";
export const RECORDINGS = "recordings";

/** What is being written, and what is being deleted; emptied at the start. */
const WORKSHOP = ".porthole/dav";
const PROPERTIES = ".porthole/dav-properties";

const ROOT: FileEntry = Object.freeze({ name: "", kind: "folder", size: 0, modified: undefined });

/** A path that a request changes. */
export interface Change {
	readonly path: string;
	/** Whether everything below it changes too. */
	readonly isDeep: boolean;
}

/** Goes on with a request. @param entry what is there; `undefined`: nothing @param tokens lock tokens that the client has submitted */
export type Admitted = (entry: FileEntry | undefined, tokens: readonly string[]) => void;

/** What all requests share: files, locks, properties, and how paths and URLs belong together. */
export class DavSite {
	readonly files: Files;
	readonly locks: DavLocks;
	readonly properties: DeadProperties;
	readonly quota: FilesQuota;
	/** False until what an earlier run left was cleared away. */
	isReady = false;
	/** Files that are open for clients who read them. */
	reading = 0;
	/** Entries of large folders whose descriptions are being sent. */
	describing = 0;
	/** The largest folders take some megabytes while they are listed. */
	readonly listings = new Turns(2, 100);
	private counter = 0;

	/** @param mount the path of the root, without a slash at the end */
	constructor(
		readonly host: DavHost,
		readonly mount: string,
	) {
		this.files = host.files;
		this.locks = new DavLocks(host.random);
		this.properties = new DeadProperties(host.files, PROPERTIES, (detail) => host.mediumFailed(detail));
		this.quota = new FilesQuota(host.files, FILES, host.limit);
	}

	/** Makes the folders, and clears away what an earlier run left. @param done when it is ready */
	start(done: () => void): void {
		const { files } = this;
		const made = (): void => {};
		files.makeFolder(FILES, made);
		files.makeFolder(RECORDINGS, made);
		files.makeFolder(".porthole", () => {
			deleteTree(files, WORKSHOP, () => {
				files.makeFolder(WORKSHOP, (answer) => {
					if (answer.failure !== undefined && answer.failure !== "exists") this.host.mediumFailed(answer.detail);
					this.properties.load(() => {
						this.isReady = true;
						this.quota.count();
						done();
					});
				});
			});
		});
	}

	/** A path at which there is nothing, on the same medium as the files. */
	workPath(): string {
		return `${WORKSHOP}/${this.counter++}`;
	}

	/** Deletes what was moved to a {@link workPath}. */
	discard(path: string): void {
		deleteTree(this.files, path, (answer) => {
			if (answer.failure !== undefined) this.host.mediumFailed(answer.detail);
		});
	}

	/** The path of a file for the decoded path of a URL; `undefined`: there can be none. */
	pathOf(urlPath: string): string | undefined {
		const { mount } = this;
		if (urlPath !== mount && !urlPath.startsWith(`${mount}/`)) return undefined;
		const rest = urlPath.slice(mount.length + 1);
		const path = rest.endsWith("/") ? rest.slice(0, -1) : rest;
		const slash = path.indexOf("/");
		const area = slash < 0 ? path : path.slice(0, slash);
		if (path !== "" && area !== FILES && area !== RECORDINGS) return undefined;
		return isFilePath(path) ? path : undefined;
	}

	/** The path of a file for a URL in a field; `undefined`: it is not one of ours, or malformed. */
	pathOfUrl(url: string, request: HttpRequest): string | undefined {
		const authority = authorityOf(url);
		if (authority !== undefined && authority !== (fieldOf(request.message, "host") ?? "").toLowerCase())
			return undefined;
		const target = parseTarget(originFormOf(url));
		return target === undefined ? undefined : this.pathOf(target.path);
	}

	/** The URL of a file, without host. */
	hrefOf(path: string, kind: "file" | "folder"): string {
		const base = path === "" ? this.mount : `${this.mount}/${encodePath(path)}`;
		return kind === "folder" ? `${base}/` : base;
	}

	/** Whether clients may change what is at a path. */
	isWritable(path: string): boolean {
		return path.startsWith(`${FILES}/`);
	}

	/** Reads what is at a path. @see Files.stat */
	stat(path: string, done: FileDone<FileEntry>): void {
		if (path === "") done({ value: ROOT });
		else this.files.stat(path, done);
	}

	/**
	 * Checks the conditions and the locks of a request, then goes on.
	 * @param path what it is about
	 * @param changes what it changes
	 * @param admitted not called when the request was answered
	 */
	admit(request: HttpRequest, reply: HttpReply, path: string, changes: Changes, admitted: Admitted): void {
		const field = fieldOf(request.message, "if");
		const lists = field === undefined ? [] : parseDavIf(field);
		if (lists === undefined) return reply.error(400, "The If field is malformed.");
		this.stat(path, (answer) => {
			if (answer.failure !== undefined && answer.failure !== "not-found") return replyFailure(reply, answer.failure);
			const entry = answer.failure === undefined ? answer.value : undefined;
			const failed = failedPrecondition(request.message, validatorsOf(entry), entry !== undefined);
			if (failed !== undefined) return reply.empty(failed);
			new Conditions(this, request, path, lists, (holds, tokens) => {
				if (!holds) return reply.error(412, "The If field does not hold.");
				const { now } = request;
				for (const { path: changed, isDeep } of changes(entry)) {
					const lock = this.locks.obstacle(now, changed, isDeep, tokens);
					if (lock !== undefined) return replyLocked(reply, this.hrefOf(lock.path, "file"));
				}
				admitted(entry, tokens);
			});
		});
	}
}

/** Tells what a request changes, from what is there. */
export type Changes = (entry: FileEntry | undefined) => readonly Change[];

/** For requests that change nothing. */
export const NO_CHANGES: Changes = () => [];

/** A request that makes something new changes the folder too. @see RFC 4918 §7.4 */
export function changeOf(path: string): Changes {
	return (entry) => {
		const change = { path, isDeep: entry?.kind === "folder" };
		return entry === undefined ? [change, { path: folderOf(path), isDeep: false }] : [change];
	};
}

/** A request that takes something away changes the folder too. */
export function removalOf(path: string): Changes {
	return () => [
		{ path, isDeep: true },
		{ path: folderOf(path), isDeep: false },
	];
}

/** The entity tag of a file, with quotes: another one after each change. */
export function etagOf({ size, modified }: FileEntry): string {
	return `"${size.toString(36)}-${(modified ?? 0).toString(36)}"`;
}

/** @see failedPrecondition */
function validatorsOf(entry: FileEntry | undefined): Validators {
	return entry?.kind === "file" ? { etag: etagOf(entry), modified: entry.modified } : {};
}

/** Answers when a file operation has failed. */
export function replyFailure(reply: HttpReply, failure: FileFailure): void {
	switch (failure) {
		case "not-found":
			return reply.error(404, "There is no such file.");
		case "exists":
			return reply.error(409, "Something of that name exists.");
		case "full":
			return replyFull(reply);
		case "denied":
			return reply.error(403, "This can't be done here.");
		case "busy":
			return reply.error(503, "The server is busy, or there are too many files.", [["Retry-After", "5"]]);
		case "failed":
			return reply.error(500, "The medium has failed; see the log.");
	}
}

/** Answers that there is no room. @see RFC 4331 §6 */
export function replyFull(reply: HttpReply): void {
	replyError(reply, 507, "<D:quota-not-exceeded/>");
}

/** Answers that a lock is in the way. @param href of what is locked */
export function replyLocked(reply: HttpReply, href: string): void {
	replyError(reply, 423, `<D:lock-token-submitted><D:href>${escapeXml(href)}</D:href></D:lock-token-submitted>`);
}

/** Evaluates an If field: reads the tags that it needs, one after another. @see RFC 4918 §10.4.4 */
class Conditions {
	private readonly tags = new Map<string, string>();
	private readonly unknown: string[] = [];

	constructor(
		private readonly site: DavSite,
		private readonly request: HttpRequest,
		private readonly path: string,
		private readonly lists: readonly DavConditionList[],
		private readonly done: (holds: boolean, tokens: readonly string[]) => void,
	) {
		for (const list of lists) {
			const place = this.placeOf(list);
			const needed = list.conditions.some(({ tag }) => tag !== "");
			if (needed && place !== undefined && !this.unknown.includes(place)) this.unknown.push(place);
		}
		this.next();
	}

	private next(): void {
		const path = this.unknown.pop();
		if (path === undefined) return this.evaluate();
		this.site.stat(path, (answer: FileAnswer<FileEntry>) => {
			if (answer.failure === undefined && answer.value.kind === "file") this.tags.set(path, etagOf(answer.value));
			this.next();
		});
	}

	private evaluate(): void {
		const tokens: string[] = [];
		let holds = this.lists.length === 0;
		for (const list of this.lists) {
			const place = this.placeOf(list);
			let all = true;
			for (const { isNot, token, tag } of list.conditions) {
				if (token !== "" && !isNot) tokens.push(token);
				if (this.matches(place, token, tag) === isNot) all = false;
			}
			holds ||= all;
		}
		this.done(holds, tokens);
	}

	private matches(place: string | undefined, token: string, tag: string): boolean {
		if (place === undefined) return false;
		if (token === "") return this.tags.get(place) === tag;
		return this.site.locks.find(this.now, place, token) !== undefined;
	}

	private placeOf({ resource }: DavConditionList): string | undefined {
		return resource === "" ? this.path : this.site.pathOfUrl(resource, this.request);
	}

	private get now(): Millis {
		return this.request.now;
	}
}
