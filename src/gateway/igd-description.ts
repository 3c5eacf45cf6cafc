import { utf8Decode } from "../base/text";
import { findElements, parseXml, textOf } from "../wire/xml";

/** Where something is asked for by HTTP. */
export interface HttpLocation {
	readonly address: string;
	readonly port: number;
	readonly target: string;
}

/** A service that maps ports. */
export interface IgdService {
	/** As the device writes it: `urn:schemas-upnp-org:service:WANIPConnection:1`. */
	readonly type: string;
	readonly control: HttpLocation;
}

/** What a gateway's description tells. */
export interface IgdDescription {
	/** Its own name; foreign text. */
	readonly name: string;
	/** Its WAN connection services, in the order of the description. */
	readonly services: readonly IgdService[];
}

/** The most services that are looked at. */
const SERVICES_MAX = 8;
/** The longest target that is asked for. */
const TARGET_MAX = 512;
const NAME_MAX = 64;

/** Takes an `http` URL apart; `undefined` for any other. */
export function parseHttpUrl(text: string): { host: string; port: number; target: string } | undefined {
	if (text.slice(0, 7).toLowerCase() !== "http://") return undefined;
	const slash = text.indexOf("/", 7);
	const authority = slash < 0 ? text.slice(7) : text.slice(7, slash);
	const target = slash < 0 ? "/" : text.slice(slash);
	const colon = authority.indexOf(":");
	const host = colon < 0 ? authority : authority.slice(0, colon);
	const port = colon < 0 ? 80 : Number(authority.slice(colon + 1));
	if (host === "" || host.includes("@") || !Number.isInteger(port) || port < 1 || port > 65535) return undefined;
	return isTarget(target) ? { host, port, target } : undefined;
}

/**
 * Reads a device description.
 *
 * Whatever host its URLs name, they are taken to lead to the device itself, where the description came from: so a
 * wrong host does no harm (quirk 11), and nobody can make us ask a third (quirk 18).
 * @param from where the description was got
 * @see UPnP Device Architecture 2.0 §2.3
 */
export function parseIgdDescription(body: Uint8Array, from: HttpLocation): IgdDescription | undefined {
	const root = parseXml(utf8Decode(body));
	if (root === undefined) return undefined;
	const base = resolve(from, textOf(root, "URLBase")) ?? from;
	const services: IgdService[] = [];
	for (const element of findElements(root, "service")) {
		const type = textOf(element, "serviceType");
		const control = resolve(base, textOf(element, "controlURL"));
		if (isWanConnection(type) && control !== undefined && services.length < SERVICES_MAX)
			services.push({ type, control });
	}
	const name = textOf(root, "friendlyName") || textOf(root, "modelName");
	return { name: name.slice(0, NAME_MAX), services };
}

/** Tells whether a service or search target is one that maps ports. @see WANIPConnection:2, WANPPPConnection:1 */
function isWanConnection(type: string): boolean {
	const parts = type.split(":");
	return (
		parts[0] === "urn" && parts[2] === "service" && (parts[3] === "WANIPConnection" || parts[3] === "WANPPPConnection")
	);
}

function resolve(base: HttpLocation, reference: string): HttpLocation | undefined {
	if (reference === "") return undefined;
	const { address } = base;
	if (reference.includes("://")) {
		const url = parseHttpUrl(reference);
		return url && { address, port: url.port, target: url.target };
	}
	const { port } = base;
	const folder = base.target.slice(0, base.target.lastIndexOf("/") + 1);
	const target = reference[0] === "/" ? reference : folder + reference;
	return isTarget(target) ? { address, port, target } : undefined;
}

function isTarget(text: string): boolean {
	if (text.length > TARGET_MAX) return false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code <= 32 || code >= 127) return false;
	}
	return true;
}
