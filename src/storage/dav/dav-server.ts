import type { HttpReply, HttpRequest } from "../../http/http-request";
import type { DavHost } from "./dav-host";
import { lockFile, unlockFile } from "./dav-locking";
import { changeProperties, findProperties, getFile, tellOptions } from "./dav-reading";
import { DavSite } from "./dav-site";
import { DavUploads } from "./dav-upload";
import { copyOrMove, deleteFile, makeFolder } from "./dav-writing";

/** The largest XML body. */
const XML_MAX = 65_536;
/** How many requests may wait for the start. */
const WAITING_MAX = 100;

/** A method of the file server: what it needs of the client, and how it takes the body of a request. */
export interface DavMethod {
	readonly method: string;
	/** Whether it only reads. */
	readonly isReading: boolean;
	/** @see HttpRoute.body */
	readonly body: number | "stream";
}

/** The methods of the file server. GET answers HEAD too. */
export const DAV_METHODS: readonly DavMethod[] = Object.freeze([
	Object.freeze({ method: "OPTIONS", isReading: true, body: XML_MAX }),
	Object.freeze({ method: "GET", isReading: true, body: 0 }),
	Object.freeze({ method: "PROPFIND", isReading: true, body: XML_MAX }),
	Object.freeze({ method: "PUT", isReading: false, body: "stream" as const }),
	Object.freeze({ method: "DELETE", isReading: false, body: XML_MAX }),
	Object.freeze({ method: "MKCOL", isReading: false, body: XML_MAX }),
	Object.freeze({ method: "COPY", isReading: false, body: XML_MAX }),
	Object.freeze({ method: "MOVE", isReading: false, body: XML_MAX }),
	Object.freeze({ method: "PROPPATCH", isReading: false, body: XML_MAX }),
	Object.freeze({ method: "LOCK", isReading: false, body: XML_MAX }),
	Object.freeze({ method: "UNLOCK", isReading: false, body: XML_MAX }),
]);

const ALLOWED = "OPTIONS, GET, HEAD, PROPFIND, PUT, DELETE, MKCOL, COPY, MOVE, PROPPATCH, LOCK, UNLOCK";

/**
 * A file server for desktops: WebDAV, class 1 and 2 (STR-14).
 *
 * Below the root are two folders: `files`, in which clients may do everything, and `recordings`, in which they may read and
 * delete. Whatever changes appears complete or not at all: uploads, copies and deletions are prepared elsewhere and renamed.
 * @see RFC 4918
 */
export class DavServer {
	private readonly site: DavSite;
	private readonly uploads: DavUploads;
	private waiting: [HttpRequest, HttpReply][] = [];

	/** @param mount the path of the root, without a slash at the end */
	constructor(host: DavHost, mount: string) {
		this.site = new DavSite(host, mount);
		this.uploads = new DavUploads(this.site);
	}

	/** Octets that all files in `files` take. */
	get used(): number {
		return this.site.quota.used;
	}

	/** Uploads under way. */
	get uploading(): number {
		return this.uploads.count;
	}

	/** Locks that clients hold. */
	get locks(): number {
		return this.site.locks.count(this.site.host.now());
	}

	/** Makes the folders. Called once; requests before its end wait. */
	start(): void {
		this.site.start(() => {
			const { waiting } = this;
			this.waiting = [];
			for (const [request, reply] of waiting) this.handle(request, reply);
		});
	}

	/** Answers a request whose path is at the mount or below it. */
	handle(request: HttpRequest, reply: HttpReply): void {
		const { site } = this;
		if (request.method === "OPTIONS") return tellOptions(reply, ALLOWED);
		if (!site.isReady) {
			if (this.waiting.length >= WAITING_MAX) reply.error(503, "The file server is starting.", [["Retry-After", "2"]]);
			else this.waiting.push([request, reply]);
			return;
		}
		const path = site.pathOf(request.path);
		if (path === undefined) return reply.error(404, "There is no such file.");
		switch (request.method) {
			case "GET":
			case "HEAD":
				return getFile(site, request, reply, path);
			case "PROPFIND":
				return findProperties(site, request, reply, path);
			case "PUT":
				return this.uploads.put(request, reply, path);
			case "DELETE":
				return deleteFile(site, request, reply, path);
			case "MKCOL":
				return makeFolder(site, request, reply, path);
			case "COPY":
			case "MOVE":
				return copyOrMove(site, request, reply, path);
			case "PROPPATCH":
				return changeProperties(site, request, reply, path);
			case "LOCK":
				return lockFile(site, request, reply, path);
			case "UNLOCK":
				return unlockFile(site, request, reply, path);
			default:
				return reply.error(405, "", [["Allow", ALLOWED]]);
		}
	}
}
