import { readXml, type XmlHandler } from "../wire/xml";

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
/** The longest URL that is looked at, in characters. */
const URL_MAX = 1024;
/** The longest device name that is kept, in characters. */
const NAME_MAX = 64;

/** The longest service type that is accepted, in characters. */
const TYPE_MAX = 128;

/**
 * Parses an `http` URL; `undefined` for anything else, including `https`. The host may be anything: nobody connects to it
 * (quirk 11).
 */
export function parseHttpUrl(text: string): { port: number; target: string } | undefined {
	if (text.length > URL_MAX || text.slice(0, 7).toLowerCase() !== "http://") return undefined;
	let end = 7;
	let colon = 0;
	for (; end < text.length; end++) {
		const character = text[end];
		if (character === "/" || character === "?" || character === "#") break;
		// Behind a user, or an IPv6 address in brackets, the search for the port starts again.
		if (character === ":") colon = end;
		else if (character === "@" || character === "]") colon = 0;
	}
	const digits = colon === 0 ? "" : text.slice(colon + 1, end);
	const port = digits === "" ? 80 : Number(digits);
	const mark = text.indexOf("#", end);
	const target = text.slice(end, mark < 0 ? text.length : mark);
	if (end === 7 || !Number.isInteger(port) || port < 1 || port > 65535) return undefined;
	const whole = target[0] === "/" ? target : `/${target}`;
	return isTarget(whole) ? { port, target: whole } : undefined;
}

/**
 * Reads a device description. Its services are taken one by one, so that a fault in another part does no harm.
 *
 * All locations are on the device that sent the description, whatever hosts it names: a device behind another address
 * would not be reached, and a forged description cannot make the camera send requests to a third party (quirk 18).
 * @param from where the description was fetched
 * @see UPnP Device Architecture 2.0 §2.3
 */
export function parseIgdDescription(body: Uint8Array, from: HttpLocation): IgdDescription {
	const reader = new DescriptionReader();
	readXml(body, reader);
	reader.begin("service");
	const base = resolve(from, reader.base) ?? from;
	const services: IgdService[] = [];
	for (const { type, control, events } of reader.services) {
		const location = resolve(base, control);
		if (location !== undefined) services.push({ type, control: location, events: resolve(base, events) });
	}
	return { name: (reader.friendlyName || reader.modelName).slice(0, NAME_MAX), services };
}

/** Collects the first of each text, outside services and in each. */
class DescriptionReader implements XmlHandler {
	base = "";
	friendlyName = "";
	modelName = "";
	readonly services: { type: string; control: string; events: string }[] = [];
	private service = { type: "", control: "", events: "" };

	begin(name: string): void {
		const { service, services } = this;
		if (name.toLowerCase() !== "service") return;
		if (isWanConnection(service.type) && services.length < SERVICES_MAX) services.push(service);
		this.service = { type: "", control: "", events: "" };
	}

	leaf(name: string, text: string): void {
		const { service } = this;
		switch (name.toLowerCase()) {
			case "urlbase":
				this.base ||= text;
				break;
			case "friendlyname":
				this.friendlyName ||= text;
				break;
			case "modelname":
				this.modelName ||= text;
				break;
			case "servicetype":
				service.type ||= text;
				break;
			case "controlurl":
				service.control ||= text;
				break;
			case "eventsuburl":
				service.events ||= text;
				break;
		}
	}
}

/** Whether a service type is one that maps ports, and safe in a header field. @see WANIPConnection:2, WANPPPConnection:1 */
function isWanConnection(type: string): boolean {
	const parts = type.length > TYPE_MAX || !isVisible(type) || type.includes('"') ? [] : type.split(":");
	return (
		parts[0] === "urn" && parts[2] === "service" && (parts[3] === "WANIPConnection" || parts[3] === "WANPPPConnection")
	);
}

function resolve(base: HttpLocation, reference: string): HttpLocation | undefined {
	if (reference === "") return undefined;
	const { address, port } = base;
	const absolute = reference.startsWith("//") ? `http:${reference}` : reference;
	if (absolute.slice(0, 8).includes("://")) {
		const url = parseHttpUrl(absolute);
		return url && { address, port: url.port, target: url.target };
	}
	const query = base.target.indexOf("?");
	const path = query < 0 ? base.target : base.target.slice(0, query);
	const target = reference[0] === "/" ? reference : path.slice(0, path.lastIndexOf("/") + 1) + reference;
	return isTarget(target) ? { address, port, target } : undefined;
}

function isTarget(text: string): boolean {
	return text.length <= TARGET_MAX && isVisible(text);
}

/** Whether a text is ASCII without spaces and control characters. */
function isVisible(text: string): boolean {
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code <= 32 || code >= 127) return false;
	}
	return true;
}
