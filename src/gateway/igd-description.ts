import { utf8Decode } from "../base/text";
import { findElements, parseXml, textOf } from "../wire/xml";

/** An HTTP resource of a device in the LAN. */
export interface HttpLocation {
	readonly address: string;
	readonly port: number;
	readonly target: string;
}

/** A service that maps ports. */
export interface IgdService {
	/** The service type as the device writes it: `urn:schemas-upnp-org:service:WANIPConnection:1`. */
	readonly type: string;
	/** Takes actions. */
	readonly control: HttpLocation;
	/** Takes event subscriptions; `undefined` when the service sends no events. */
	readonly events: HttpLocation | undefined;
}

/** The part of a gateway's description that matters for port mappings. */
export interface IgdDescription {
	/** Its own name; untrusted text. */
	readonly name: string;
	/** Its WAN connection services, in the order of the description. */
	readonly services: readonly IgdService[];
}

/** The most services that are read. */
const SERVICES_MAX = 8;
/** The longest request target that is accepted, in characters. */
const TARGET_MAX = 512;
/** The longest device name that is kept, in characters. */
const NAME_MAX = 64;

/** Parses an `http` URL; `undefined` for anything else, including `https`. */
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
 * Whatever host its URLs name, they are resolved to the device that the description came from. So a wrong host does
 * no harm (quirk 11), and a forged description cannot make the camera send requests to a third party (quirk 18).
 * @param from where the description was fetched
 * @returns `undefined` when it is not a description
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
			services.push({ type, control, events: resolve(base, textOf(element, "eventSubURL")) });
	}
	const name = textOf(root, "friendlyName") || textOf(root, "modelName");
	return { name: name.slice(0, NAME_MAX), services };
}

/** Whether a service type is one that maps ports. @see WANIPConnection:2, WANPPPConnection:1 */
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
