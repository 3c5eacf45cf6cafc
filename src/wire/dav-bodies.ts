import { parseXmlDocument } from "./xml-document";
import { childrenOf, writeXmlContent, writeXmlElement, XML_NAMESPACE, type XmlElement } from "./xml-element";

/** The namespace of WebDAV's own elements. */
export const DAV_NAMESPACE = "DAV:";

/** The name of a property. */
export interface DavName {
	readonly namespace: string;
	readonly name: string;
}

/** What a PROPFIND request asks for. */
export interface PropfindBody {
	/** `all`: every property that is not expensive, and the named ones; `names`: no values; `some`: the named ones. */
	readonly kind: "all" | "names" | "some";
	readonly names: readonly DavName[];
}

/** One instruction of a PROPPATCH request. */
export interface PropertyChange extends DavName {
	/** The property as an element that means the same wherever it stands; `undefined`: it is to be removed. */
	readonly xml: string | undefined;
}

/** The body of a LOCK request that asks for a new lock. */
export interface LockBody {
	readonly isShared: boolean;
	/** What the client says about itself: the content of the owner element, as XML; empty for none. */
	readonly owner: string;
}

/** The most properties that are asked for: each is answered for each file of a folder. */
const NAMES_MAX = 100;

/**
 * Parses the body of a PROPFIND request; `undefined` if it is malformed, or asks for more than 100 properties. An empty one asks
 * for all.
 * @see RFC 4918 §9.1
 */
export function parsePropfindBody(bytes: Uint8Array): PropfindBody | undefined {
	if (bytes.length === 0) return { kind: "all", names: [] };
	const root = parseXmlDocument(bytes);
	if (root === undefined || !isDav(root, "propfind")) return undefined;
	let kind: PropfindBody["kind"] | undefined;
	const names: DavName[] = [];
	for (const child of childrenOf(root)) {
		if (child.namespace !== DAV_NAMESPACE) continue;
		const asks =
			child.name === "allprop"
				? "all"
				: child.name === "propname"
					? "names"
					: child.name === "prop"
						? "some"
						: undefined;
		if (asks === undefined && child.name !== "include") continue;
		if (asks !== undefined && kind !== undefined) return undefined;
		kind = asks ?? kind;
		for (const { namespace, name } of childrenOf(child)) names.push({ namespace, name });
	}
	return kind === undefined || names.length > NAMES_MAX ? undefined : { kind, names };
}

/** Parses the body of a PROPPATCH request; `undefined` if it is malformed or changes nothing. @see RFC 4918 §9.2 */
export function parsePropertyUpdate(bytes: Uint8Array): PropertyChange[] | undefined {
	const root = parseXmlDocument(bytes);
	if (root === undefined || !isDav(root, "propertyupdate")) return undefined;
	const changes: PropertyChange[] = [];
	for (const instruction of childrenOf(root)) {
		const isRemoval = isDav(instruction, "remove");
		if (!isRemoval && !isDav(instruction, "set")) continue;
		for (const prop of childrenOf(instruction)) {
			if (!isDav(prop, "prop")) continue;
			const language = languageOf(prop) ?? languageOf(instruction) ?? languageOf(root);
			for (const property of childrenOf(prop)) {
				const { namespace, name } = property;
				const xml = isRemoval ? undefined : writeXmlElement(inLanguage(property, language));
				changes.push({ namespace, name, xml });
			}
		}
	}
	return changes.length === 0 ? undefined : changes;
}

/** Parses the body of a LOCK request; `undefined` if it is malformed, or asks for another kind of lock. @see RFC 4918 §9.10 */
export function parseLockBody(bytes: Uint8Array): LockBody | undefined {
	const root = parseXmlDocument(bytes);
	if (root === undefined || !isDav(root, "lockinfo")) return undefined;
	let isShared: boolean | undefined;
	let isWrite = false;
	let owner = "";
	for (const child of childrenOf(root)) {
		if (isDav(child, "lockscope")) {
			const [scope] = childrenOf(child);
			if (scope !== undefined && isDav(scope, "exclusive")) isShared = false;
			else if (scope !== undefined && isDav(scope, "shared")) isShared = true;
		} else if (isDav(child, "locktype")) {
			const [type] = childrenOf(child);
			isWrite = type !== undefined && isDav(type, "write");
		} else if (isDav(child, "owner")) {
			owner = writeXmlContent(child, undefined);
		}
	}
	return isShared === undefined || !isWrite ? undefined : { isShared, owner };
}

function isDav({ namespace, name }: XmlElement, wanted: string): boolean {
	return namespace === DAV_NAMESPACE && name === wanted;
}

function languageOf({ attributes }: XmlElement): string | undefined {
	for (const [namespace, name, value] of attributes) if (namespace === XML_NAMESPACE && name === "lang") return value;
	return undefined;
}

/** The language of the elements around a property is part of its value. @see RFC 4918 §4.3 */
function inLanguage(property: XmlElement, language: string | undefined): XmlElement {
	if (language === undefined || languageOf(property) !== undefined) return property;
	return { ...property, attributes: [...property.attributes, [XML_NAMESPACE, "lang", language]] };
}
