import { readXml, type XmlHandler } from "../../wire/xml";
import { parseHttpUrl } from "../igd-description";

/** A gateway's service that opens pinholes in its IPv6 firewall. @see WANIPv6FirewallControl:1 */
export interface FirewallControl {
	/** The service type as the device writes it. */
	readonly type: string;
	/** Takes actions; the host is always the gateway itself. */
	readonly port: number;
	readonly target: string;
}

/** What a search asks for, the most precise first. @see WANIPv6FirewallControl:1 §1 */
export const FIREWALL_TARGETS: readonly string[] = Object.freeze([
	"urn:schemas-upnp-org:service:WANIPv6FirewallControl:1",
	"urn:schemas-upnp-org:device:InternetGatewayDevice:2",
	"upnp:rootdevice",
]);

/** The group of SSDP on a link. @see UPnP Device Architecture 2.0, annex A */
export const SSDP_GROUP_6 = "ff02::c";

/** The longest service type and target that are accepted, in characters. */
const TEXT_MAX = 256;
const SERVICE = ":service:WANIPv6FirewallControl:";

/**
 * Reads a device description for its {@link FirewallControl}; `undefined` if it has none.
 * @param from where the description was fetched; a URL in it may have another port, never another host
 */
export function readFirewallControl(
	body: Uint8Array,
	from: { readonly port: number; readonly target: string },
): FirewallControl | undefined {
	const reader = new ServiceReader();
	readXml(body, reader);
	reader.begin("service");
	const { type, control } = reader.found ?? { type: "", control: "" };
	if (type === "" || control === "") return undefined;
	if (control.slice(0, 7).toLowerCase() === "http://") {
		const url = parseHttpUrl(control);
		return url && { type, port: url.port, target: url.target };
	}
	if (control.includes("://")) return undefined;
	const target = control.startsWith("/")
		? control
		: `${from.target.slice(0, from.target.lastIndexOf("/") + 1)}${control}`;
	return isVisible(target) ? { type, port: from.port, target } : undefined;
}

class ServiceReader implements XmlHandler {
	found: { type: string; control: string } | undefined;
	private type = "";
	private control = "";

	begin(name: string): void {
		if (name.toLowerCase() !== "service") return;
		if (this.type.includes(SERVICE) && isVisible(this.type) && !this.type.includes('"')) {
			this.found ??= { type: this.type, control: this.control };
		}
		this.type = this.control = "";
	}

	leaf(name: string, text: string): void {
		const lower = name.toLowerCase();
		if (lower === "servicetype") this.type ||= text;
		else if (lower === "controlurl") this.control ||= text;
	}
}

/** Whether a text is short ASCII without spaces and control characters, so that it is safe in a request. */
function isVisible(text: string): boolean {
	if (text.length > TEXT_MAX) return false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code <= 32 || code >= 127) return false;
	}
	return true;
}
