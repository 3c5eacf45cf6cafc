import type { HttpReply, HttpRequest } from "../../http/http-request";
import { NO_STORE } from "../../http/response-head";
import type { FileDone, FileEntry } from "../../ports/files";
import { type PropertyChange, type PropfindBody, parsePropertyUpdate, parsePropfindBody } from "../../wire/dav-bodies";
import { parseDavDepth } from "../../wire/dav-fields";
import { fieldOf, type Headers } from "../../wire/text-message";
import { inFolder, listFolder } from "../files/list-folder";
import { asksForRoom, emptyElement, isProtected, propertiesOf, type Room } from "./dav-properties";
import { changeOf, type DavSite, etagOf, NO_CHANGES, replyFailure, replyFull } from "./dav-site";
import { FileContent } from "./file-content";
import { mediaTypeOf } from "./media-types";
import { replyError, replyMultiStatus, responseOf, streamMultiStatus } from "./multistatus";

/** The most entries of a folder that are listed. */
const ENTRIES_MAX = 20_000;

/** The most files that are open for clients: each may take its time, and the host has no more than some hundreds for all. */
const READING_MAX = 96;

/** The most entries that are described at once. */
const AT_ONCE_MAX = 32;

/** The most entries of folders with more of them that are being described: each takes some hundred octets on XS. */
const DESCRIBING_MAX = 40_000;

/** Files come from other users: as pages they may do nothing, and browsers ask again each time. */
const FILE_HEADERS: Headers = Object.freeze([
	Object.freeze(["Content-Security-Policy", "sandbox; default-src 'none'"] as const),
	Object.freeze(["Cache-Control", "private, no-cache"] as const),
]);

/** Answers GET and HEAD: the octets of a file, or the page of a folder. */
export function getFile(site: DavSite, request: HttpRequest, reply: HttpReply, path: string): void {
	site.stat(path, (answer) => {
		if (answer.failure !== undefined) return replyFailure(reply, answer.failure);
		const entry = answer.value;
		if (entry.kind === "folder") return showFolder(site, request, reply, path);
		if (site.reading >= READING_MAX) return replyFailure(reply, "busy");
		site.reading++;
		const closed = (): void => {
			site.reading--;
		};
		site.files.open(path, "read", (opened) => {
			if (opened.failure !== undefined) {
				closed();
				return replyFailure(reply, opened.failure);
			}
			const now = (): number => site.host.now();
			// The length is that of the open file, which may be running.
			const etag = etagOf({ ...entry, size: opened.value.size });
			reply.content(new FileContent(opened.value, mediaTypeOf(path), etag, entry.modified, now, closed), FILE_HEADERS);
		});
	});
}

function showFolder(site: DavSite, request: HttpRequest, reply: HttpReply, path: string): void {
	// Links on the page are relative to the folder.
	if (!request.path.endsWith("/")) return reply.redirect(site.hrefOf(path, "folder"), NO_STORE);
	readFolder(site, reply, path, (answer) => {
		if (answer.failure !== undefined) return replyFailure(reply, answer.failure);
		site.host.showFolder(request, reply, path, visible(path, answer.value));
	});
}

/** Lists a folder when it is its turn. */
function readFolder(site: DavSite, reply: HttpReply, path: string, done: FileDone<FileEntry[]>): void {
	const mayWait = site.listings.take((over) => {
		// The client may have given up.
		if (reply.answered) return over();
		reply.working();
		listFolder(site.files, path, ENTRIES_MAX, (answer) => {
			over();
			done(answer);
		});
	});
	if (!mayWait) replyFailure(reply, "busy");
}

/** Answers OPTIONS. @see RFC 4918 §10.1 */
export function tellOptions(reply: HttpReply, methods: string): void {
	reply.empty(204, [
		["DAV", "1, 2"],
		["Allow", methods],
		["MS-Author-Via", "DAV"],
		["Accept-Ranges", "bytes"],
	]);
}

/** Answers PROPFIND. Everything below a folder at once is refused. @see RFC 4918 §9.1 */
export function findProperties(site: DavSite, request: HttpRequest, reply: HttpReply, path: string): void {
	const { message, now } = request;
	const body = parsePropfindBody(message.body);
	const depth = parseDavDepth(fieldOf(message, "depth") ?? "infinity");
	if (body === undefined) return reply.error(400, "The body is not a valid propfind element.");
	if (depth === undefined) return reply.error(400, "The Depth field is malformed.");
	if (depth === "infinity") return replyError(reply, 403, "<D:propfind-finite-depth/>");
	site.admit(request, reply, path, NO_CHANGES, (entry) => {
		if (entry === undefined) return replyFailure(reply, "not-found");
		withRoom(site, body, (room) => {
			const responseTo = (at: string, one: FileEntry): string =>
				responseOf(site.hrefOf(at, one.kind), propertiesOf(site, now, at, one, body, room));
			if (depth === 0 || entry.kind === "file") return replyMultiStatus(reply, responseTo(path, entry));
			readFolder(site, reply, path, (answer) => {
				if (answer.failure === "busy") return replyFull(reply);
				if (answer.failure !== undefined) return replyFailure(reply, answer.failure);
				const members = visible(path, answer.value);
				if (members.length <= AT_ONCE_MAX) {
					const responses = members.map((member) => responseTo(inFolder(path, member.name), member));
					return replyMultiStatus(reply, responseTo(path, entry) + responses.join(""));
				}
				const { length } = members;
				if (site.describing + length > DESCRIBING_MAX) return replyFailure(reply, "busy");
				site.describing += length;
				const over = (): void => {
					site.describing -= length;
				};
				let at = -1;
				const next = (): string | undefined => {
					const member = at < 0 ? undefined : members[at];
					if (at++ < 0) return responseTo(path, entry);
					return member && responseTo(inFolder(path, member.name), member);
				};
				streamMultiStatus(request, reply, next, (run) => site.host.later(() => run(site.host.now())), over);
			});
		});
	});
}

/** Answers PROPPATCH: all changes or none. @see RFC 4918 §9.2 */
export function changeProperties(site: DavSite, request: HttpRequest, reply: HttpReply, path: string): void {
	const changes = parsePropertyUpdate(request.message.body);
	if (changes === undefined) return reply.error(400, "The body is not a valid propertyupdate element.");
	if (!site.isWritable(path)) return replyFailure(reply, "denied");
	site.admit(request, reply, path, changeOf(path), (entry) => {
		if (entry === undefined) return replyFailure(reply, "not-found");
		const href = site.hrefOf(path, entry.kind);
		if (changes.some(isProtected)) return replyProtected(reply, href, changes);
		const isStored = site.properties.change(path, changes, (fault) => {
			if (fault !== "") return replyFull(reply);
			replyMultiStatus(reply, responseOf(href, [{ status: 200, properties: changes.map(emptyElement).join("") }]));
		});
		if (!isStored) replyFull(reply);
	});
}

function replyProtected(reply: HttpReply, href: string, changes: readonly PropertyChange[]): void {
	const refused = changes.filter(isProtected).map(emptyElement).join("");
	const others = changes.filter((change) => !isProtected(change));
	const error = "<D:cannot-modify-protected-property/>";
	const parts = [{ status: 403, properties: refused, error }];
	if (others.length > 0) parts.push({ status: 424, properties: others.map(emptyElement).join(""), error: "" });
	replyMultiStatus(reply, responseOf(href, parts));
}

function withRoom(site: DavSite, body: PropfindBody, then: (room: Room | undefined) => void): void {
	if (!asksForRoom(body)) return then(undefined);
	site.quota.available((available) => then({ available, used: site.quota.used }));
}

/** What clients see of a folder: the root has other folders, which are the store's own. */
function visible(path: string, entries: readonly FileEntry[]): readonly FileEntry[] {
	return path === "" ? entries.filter(({ name }) => name === "files" || name === "recordings") : entries;
}
