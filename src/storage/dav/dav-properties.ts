import type { FileEntry } from "../../ports/files";
import { DAV_NAMESPACE, type DavName, type PropfindBody } from "../../wire/dav-bodies";
import { httpDate } from "../../wire/http-date";
import { escapeXml } from "../../wire/xml";
import type { DavLock } from "./dav-locks";
import { type DavSite, etagOf } from "./dav-site";
import { mediaTypeOf } from "./media-types";
import type { PropertyStatus } from "./multistatus";

/** The properties that the server itself knows, besides those that cost more. */
const USUAL: readonly string[] = Object.freeze([
	"resourcetype",
	"getcontentlength",
	"getcontenttype",
	"getetag",
	"getlastmodified",
	"lockdiscovery",
	"supportedlock",
]);
const COSTLY: readonly string[] = Object.freeze(["quota-available-bytes", "quota-used-bytes"]);

/** The room for files, for the properties of RFC 4331. */
export interface Room {
	readonly available: number;
	readonly used: number;
}

/** Whether a request asks for the room that is left. */
export function asksForRoom({ names }: PropfindBody): boolean {
	return names.some(({ namespace, name }) => namespace === DAV_NAMESPACE && COSTLY.includes(name));
}

/** Whether the server itself keeps a property, so that clients can't change it. */
export function isProtected({ namespace, name }: DavName): boolean {
	return namespace === DAV_NAMESPACE && (USUAL.includes(name) || COSTLY.includes(name) || name === "creationdate");
}

/** Answers what a PROPFIND request asks about one file or folder. @see RFC 4918 §9.1 */
export function propertiesOf(
	site: DavSite,
	now: number,
	path: string,
	entry: FileEntry,
	body: PropfindBody,
	room: Room | undefined,
): readonly PropertyStatus[] {
	const dead = site.properties.of(path);
	let found = "";
	let missing = "";
	if (body.kind === "names") {
		for (const name of USUAL)
			if (liveProperty(site, now, path, entry, name, room) !== undefined) found += `<D:${name}/>`;
		for (const property of dead) found += emptyElement(property);
		return [{ status: 200, properties: found }];
	}
	if (body.kind === "all") {
		for (const name of USUAL) found += liveProperty(site, now, path, entry, name, room) ?? "";
		for (const { xml } of dead) found += xml;
	}
	for (const wanted of body.names) {
		const { namespace, name } = wanted;
		const isLive = namespace === DAV_NAMESPACE && (USUAL.includes(name) || COSTLY.includes(name));
		if (isLive && body.kind === "all" && USUAL.includes(name)) continue;
		const xml = isLive
			? liveProperty(site, now, path, entry, name, room)
			: dead.find((property) => property.name === name && property.namespace === namespace)?.xml;
		if (xml === undefined) missing += emptyElement(wanted);
		else if (isLive || body.kind === "some") found += xml;
	}
	const parts: PropertyStatus[] = [];
	if (found !== "" || missing === "") parts.push({ status: 200, properties: found });
	if (missing !== "" && body.kind === "some") parts.push({ status: 404, properties: missing });
	return parts;
}

/** Writes a property without its value. */
export function emptyElement({ namespace, name }: DavName): string {
	return namespace === DAV_NAMESPACE ? `<D:${name}/>` : `<${name} xmlns="${escapeXml(namespace)}"/>`;
}

/** Writes the property with the locks of a path. @see RFC 4918 §15.8 */
export function lockDiscovery(site: DavSite, now: number, locks: readonly DavLock[]): string {
	let text = "<D:lockdiscovery>";
	for (const { token, path, isDeep, isShared, owner, end } of locks) {
		text += `<D:activelock><D:locktype><D:write/></D:locktype><D:lockscope><D:${isShared ? "shared" : "exclusive"}/>`;
		text += `</D:lockscope><D:depth>${isDeep ? "infinity" : "0"}</D:depth>`;
		if (owner !== "") text += `<D:owner>${owner}</D:owner>`;
		text += `<D:timeout>Second-${Math.max(0, Math.ceil((end - now) / 1000))}</D:timeout>`;
		text += `<D:locktoken><D:href>${escapeXml(token)}</D:href></D:locktoken>`;
		text += `<D:lockroot><D:href>${escapeXml(site.hrefOf(path, "file"))}</D:href></D:lockroot></D:activelock>`;
	}
	return `${text}</D:lockdiscovery>`;
}

/** Writes a property in DAV's namespace that the server knows; `undefined` where it does not exist. @see RFC 4918 §15 */
function liveProperty(
	site: DavSite,
	now: number,
	path: string,
	entry: FileEntry,
	name: string,
	room: Room | undefined,
): string | undefined {
	const { kind, size, modified } = entry;
	const isFile = kind === "file";
	switch (name) {
		case "resourcetype":
			return isFile ? "<D:resourcetype/>" : "<D:resourcetype><D:collection/></D:resourcetype>";
		case "getcontentlength":
			return isFile ? `<D:getcontentlength>${size}</D:getcontentlength>` : undefined;
		case "getcontenttype":
			return isFile ? `<D:getcontenttype>${mediaTypeOf(path)}</D:getcontenttype>` : undefined;
		case "getetag":
			return isFile ? `<D:getetag>${escapeXml(etagOf(entry))}</D:getetag>` : undefined;
		case "getlastmodified":
			return modified === undefined ? undefined : `<D:getlastmodified>${httpDate(modified)}</D:getlastmodified>`;
		case "lockdiscovery":
			return lockDiscovery(site, now, site.locks.covering(now, path));
		case "supportedlock":
			return site.isWritable(path) ? SUPPORTED_LOCKS : "<D:supportedlock/>";
		case "quota-available-bytes":
			return room && `<D:quota-available-bytes>${room.available}</D:quota-available-bytes>`;
		case "quota-used-bytes":
			return room && `<D:quota-used-bytes>${room.used}</D:quota-used-bytes>`;
		default:
			return undefined;
	}
}

const SUPPORTED_LOCKS = `<D:supportedlock>${["exclusive", "shared"]
	.map(
		(scope) => `<D:lockentry><D:lockscope><D:${scope}/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>`,
	)
	.join("")}</D:supportedlock>`;
