import type { Seconds } from "../../core/time";
import type { HttpReply, HttpRequest } from "../../http/http-request";
import { NO_STORE } from "../../http/response-head";
import { type LockBody, parseLockBody } from "../../wire/dav-bodies";
import { parseDavDepth, parseDavTimeout, parseLockToken } from "../../wire/dav-fields";
import { parseDavIf } from "../../wire/dav-if";
import { fieldOf, type Headers } from "../../wire/text-message";
import { escapeXml } from "../../wire/xml";
import { folderOf } from "../files/list-folder";
import type { DavLock } from "./dav-locks";
import { lockDiscovery } from "./dav-properties";
import { type DavSite, NO_CHANGES, replyFailure, replyFull } from "./dav-site";
import { replyError, XML_TYPE } from "./multistatus";

/** The longest text that a client may say about itself. */
const OWNER_MAX = 2048;

/** Answers LOCK: makes a lock, and an empty file where there is nothing; or refreshes a lock. @see RFC 4918 §9.10 */
export function lockFile(site: DavSite, request: HttpRequest, reply: HttpReply, path: string): void {
	const { message } = request;
	if (!site.isWritable(path) && path !== "files") return replyFailure(reply, "denied");
	const seconds = parseDavTimeout(fieldOf(message, "timeout") ?? "");
	if (message.body.length === 0) return refreshLock(site, request, reply, path, seconds);
	const body = parseLockBody(message.body);
	const depth = parseDavDepth(fieldOf(message, "depth") ?? "infinity");
	if (body === undefined || body.owner.length > OWNER_MAX)
		return reply.error(400, "The body is not a valid lockinfo element.");
	if (depth === undefined || depth === 1) return reply.error(400, "A lock has the depth 0 or infinity.");
	site.admit(request, reply, path, NO_CHANGES, (entry) => {
		if (isRefused(site, request, reply, path, depth !== 0, body)) return;
		if (entry !== undefined) return makeLock(site, request, reply, path, depth !== 0, body, seconds, 200);
		const { now } = request;
		const parent = site.locks.covering(now, folderOf(path));
		if (parent.length > 0) return replyConflict(site, reply, parent[0]);
		site.files.open(path, "create", (answer) => {
			if (answer.failure !== undefined)
				return replyFailure(reply, answer.failure === "not-found" ? "exists" : answer.failure);
			answer.value.close();
			if (!isRefused(site, request, reply, path, depth !== 0, body))
				makeLock(site, request, reply, path, depth !== 0, body, seconds, 201);
		});
	});
}

/** Answers UNLOCK. @see RFC 4918 §9.11 */
export function unlockFile(site: DavSite, request: HttpRequest, reply: HttpReply, path: string): void {
	const token = parseLockToken(fieldOf(request.message, "lock-token") ?? "");
	if (token === undefined) return reply.error(400, "The Lock-Token field is missing or malformed.");
	const lock = site.locks.find(request.now, path, token);
	if (lock === undefined) return replyError(reply, 409, "<D:lock-token-matches-request-uri/>");
	site.locks.remove(lock);
	reply.empty(204);
}

function refreshLock(site: DavSite, request: HttpRequest, reply: HttpReply, path: string, seconds: Seconds): void {
	const lists = parseDavIf(fieldOf(request.message, "if") ?? "") ?? [];
	const { now } = request;
	let lock: DavLock | undefined;
	for (const { conditions } of lists)
		for (const { token, isNot } of conditions) if (!isNot) lock ??= site.locks.find(now, path, token);
	if (lock === undefined) return replyError(reply, 412, "<D:lock-token-matches-request-uri/>");
	site.locks.refresh(now, lock, seconds);
	replyLock(site, request, reply, lock, 200, NO_STORE);
}

/** Answers when another lock is in the way. */
function isRefused(
	site: DavSite,
	request: HttpRequest,
	reply: HttpReply,
	path: string,
	isDeep: boolean,
	{ isShared }: LockBody,
): boolean {
	const other = site.locks.conflict(request.now, path, isDeep, isShared);
	if (other !== undefined) replyConflict(site, reply, other);
	return other !== undefined;
}

function replyConflict(site: DavSite, reply: HttpReply, { path }: DavLock): void {
	const href = escapeXml(site.hrefOf(path, "file"));
	replyError(reply, 423, `<D:no-conflicting-lock><D:href>${href}</D:href></D:no-conflicting-lock>`);
}

function makeLock(
	site: DavSite,
	request: HttpRequest,
	reply: HttpReply,
	path: string,
	isDeep: boolean,
	{ isShared, owner }: LockBody,
	seconds: Seconds,
	status: number,
): void {
	const lock = site.locks.add(request.now, { path, isDeep, isShared, owner, seconds });
	if (lock === "full") replyFull(reply);
	else replyLock(site, request, reply, lock, status, [["Lock-Token", `<${lock.token}>`], ...NO_STORE]);
}

function replyLock(
	site: DavSite,
	{ now }: HttpRequest,
	reply: HttpReply,
	lock: DavLock,
	status: number,
	headers: Headers,
): void {
	const body = `<D:prop xmlns:D="DAV:">${lockDiscovery(site, now, [lock])}</D:prop>\n`;
	reply.send(status, XML_TYPE, `<?xml version="1.0" encoding="utf-8"?>\n${body}`, headers);
}
