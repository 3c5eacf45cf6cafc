import type { Millis, Octets } from "../../core/time";
import type { BodySink } from "../../http/body-sink";
import type { HttpReply, HttpRequest } from "../../http/http-request";
import type { FileEntry, FileFailure, FileOperation, FileSink, OpenFile } from "../../ports/files";
import { fieldOf } from "../../wire/text-message";
import { folderOf } from "../files/list-folder";
import { changeOf, type DavSite, etagOf, replyFailure, replyFull, replyLocked } from "./dav-site";

/** Octets that are written at a time. */
const STEP: Octets = 131_072;
/** How many writes may wait before the client is paused. */
const WRITES_MAX = 3;
/** How many uploads there may be at a time. */
const UPLOADS_MAX = 32;

/** Takes uploads: each is written to a file of its own, which takes the place of the old one when it is complete. */
export class DavUploads {
	/** Uploads under way. */
	count = 0;

	constructor(private readonly site: DavSite) {}

	/** Answers PUT. @see RFC 9110 §9.3.4, RFC 4918 §9.7 */
	put(request: HttpRequest, reply: HttpReply, path: string): void {
		const { site } = this;
		if (!site.isWritable(path)) return replyFailure(reply, "denied");
		if (request.path.endsWith("/")) return reply.error(405, "The name of a file can't end with a slash.");
		if (fieldOf(request.message, "content-range") !== undefined)
			return reply.error(400, "A part of a file can't be uploaded.");
		if (this.count >= UPLOADS_MAX) return replyFailure(reply, "busy");
		site.admit(request, reply, path, changeOf(path), (entry, tokens) => {
			if (entry?.kind === "folder") return reply.error(405, "There is a folder of that name.");
			site.stat(folderOf(path), (parent) => {
				if (parent.failure !== undefined || parent.value.kind !== "folder")
					return reply.error(409, "The folder does not exist.");
				this.reserve(request, reply, path, entry, tokens);
			});
		});
	}

	private reserve(
		request: HttpRequest,
		reply: HttpReply,
		path: string,
		entry: FileEntry | undefined,
		tokens: readonly string[],
	): void {
		const { site } = this;
		const length = request.length ?? 0;
		site.quota.available((room) => {
			if (length > room || !site.quota.promise(length)) return replyFull(reply);
			const work = site.workPath();
			this.count++;
			site.files.open(work, "create", (answer) => {
				if (answer.failure === undefined) {
					reply.receive(new Upload(this, site, reply, path, work, answer.value, entry, tokens, length, room));
					return;
				}
				this.ended(length);
				replyFailure(reply, answer.failure);
			});
		});
	}

	/** An upload is over. @param promised what was set aside for it */
	ended(promised: Octets): void {
		this.count--;
		this.site.quota.release(promised);
	}
}

/** One upload. */
class Upload implements BodySink, FileSink {
	private bytes = new Uint8Array(STEP);
	private filled = 0;
	private length: Octets = 0;
	private waiting = 0;
	private isPaused = false;
	private isOver = false;
	private fault: FileFailure | undefined;

	constructor(
		private readonly uploads: DavUploads,
		private readonly site: DavSite,
		private readonly reply: HttpReply,
		private readonly path: string,
		private readonly work: string,
		private readonly file: OpenFile,
		private readonly before: FileEntry | undefined,
		/** Lock tokens that the client has submitted. */
		private readonly tokens: readonly string[],
		private promised: Octets,
		private readonly room: Octets,
	) {}

	/** @see BodySink */
	take(_now: Millis, bytes: Uint8Array, start: number, end: number): boolean {
		if (this.fault !== undefined) return true;
		this.length += end - start;
		if (!this.mayGrow()) {
			this.fail("full");
			return true;
		}
		for (let at = start; at < end; ) {
			const count = Math.min(end - at, STEP - this.filled);
			this.bytes.set(bytes.subarray(at, at + count), this.filled);
			this.filled += count;
			at += count;
			if (this.filled === STEP) this.write();
		}
		this.isPaused = this.waiting >= WRITES_MAX;
		return !this.isPaused;
	}

	/** @see BodySink */
	end(_now: Millis): void {
		if (this.fault !== undefined) return;
		this.isOver = true;
		if (this.filled > 0) this.write();
		this.file.sync(this);
		this.file.close(this);
	}

	/** @see BodySink */
	abort(): void {
		this.fail("failed");
	}

	/** @see FileSink */
	completed(operation: FileOperation): void {
		if (operation === "write") {
			this.waiting--;
			if (this.isPaused && this.fault === undefined) {
				this.isPaused = false;
				this.reply.resume();
			}
		} else if (operation === "close") {
			if (this.fault === undefined) this.place();
			else this.site.discard(this.work);
		}
	}

	/** @see FileSink */
	failed(operation: FileOperation, why: FileFailure, detail: string): void {
		if (why !== "full") this.site.host.mediumFailed(detail);
		if (operation === "close") this.site.discard(this.work);
		this.fail(why);
	}

	private write(): void {
		this.waiting++;
		this.file.append(this.bytes, 0, this.filled, this);
		// The file has the buffer until it is written.
		this.bytes = new Uint8Array(this.isOver ? 0 : STEP);
		this.filled = 0;
	}

	/** The length of a body in chunks is known at its end only. */
	private mayGrow(): boolean {
		const more = this.length - this.promised;
		if (more <= 0) return true;
		if (this.length > this.room || !this.site.quota.promise(more)) return false;
		this.promised += more;
		return true;
	}

	private fail(why: FileFailure): void {
		if (this.fault !== undefined) return;
		this.fault = why;
		this.uploads.ended(this.promised);
		if (!this.isOver) this.file.close(this);
		replyFailure(this.reply, why);
	}

	/** The file is complete and on the medium. Somebody else may have locked or changed what is there. */
	private place(): void {
		const { site, reply, path, work } = this;
		this.uploads.ended(this.promised);
		for (const change of changeOf(path)(this.before)) {
			const lock = site.locks.obstacle(site.host.now(), change.path, change.isDeep, this.tokens);
			if (lock === undefined) continue;
			site.discard(work);
			return replyLocked(reply, site.hrefOf(lock.path, "file"));
		}
		site.files.rename(work, path, (renamed) => {
			if (renamed.failure !== undefined) {
				site.discard(work);
				return replyFailure(reply, renamed.failure === "not-found" ? "exists" : renamed.failure);
			}
			site.quota.changed(this.length - (this.before?.size ?? 0));
			if (this.before !== undefined) site.host.fileGone(path);
			site.files.syncFolder(folderOf(path), () => this.tell());
		});
	}

	private tell(): void {
		const { site, reply, path, before } = this;
		const status = before === undefined ? 201 : 204;
		site.stat(path, (answer) => {
			const headers: [string, string][] = answer.failure === undefined ? [["ETag", etagOf(answer.value)]] : [];
			site.host.fileAppeared(path, ({ content, fault }) => {
				if (status === 204) {
					if (content !== undefined) headers.push(["Porthole-Content", content]);
					return reply.empty(204, headers);
				}
				const text = content === undefined ? `Stored. ${fault}\n` : `Stored. It can be played as ${content}.\n`;
				reply.send(201, "text/plain; charset=utf-8", text, headers);
			});
		});
	}
}
