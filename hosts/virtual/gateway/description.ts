import type { GatewayQuirks, ServiceQuirk } from "./quirks";

/** The control URL of a service, as its description has it and as its web server understands it. */
export interface ControlEndpoint {
	/** The text of `controlURL`. */
	readonly text: string;
	readonly port: number;
	readonly target: string;
}

/** The properties of a gateway that its description contains. */
export interface DescribedGateway {
	readonly quirks: GatewayQuirks;
	readonly name: string;
	readonly uuid: string;
	readonly lanAddress: string;
	readonly controlPort: number;
	/** Grows with each restart. */
	readonly bootId: number;
}

/** The target of the description. */
export const DESCRIPTION_TARGET = "/rootDesc.xml";

/** Returns the WAN connection services of a gateway. */
export function servicesOf(quirks: GatewayQuirks): readonly ServiceQuirk[] {
	return quirks.services ?? [{ kind: "WANIPConnection", version: quirks.igd, connected: true }];
}

/** Returns a service's type. */
export function serviceType(quirks: GatewayQuirks, service: ServiceQuirk): string {
	return `urn:${organisation(quirks)}:service:${service.kind}:${service.version}`;
}

/** Returns the root device's type. */
export function deviceType(quirks: GatewayQuirks, name: string): string {
	return `urn:${organisation(quirks)}:device:${name}:${quirks.igd}`;
}

function organisation(quirks: GatewayQuirks): string {
	return quirks.dslforum ? "dslforum-org" : "schemas-upnp-org";
}

/** Returns the control URL of the service at `index`. */
export function controlEndpoint(gateway: DescribedGateway, index: number): ControlEndpoint {
	const { quirks, lanAddress, controlPort, bootId } = gateway;
	const kind = servicesOf(quirks)[index].kind === "WANIPConnection" ? "IPConn" : "PPPConn";
	const name = `${kind}${index === 0 ? "" : index}`;
	const folder = quirks.controlPathMoves ? `ctl${bootId}` : "ctl";
	const path = `/${folder}/${name}`;
	switch (quirks.controlUrl) {
		case "path":
			return { text: path, port: controlPort, target: path };
		case "relative":
			return { text: path.slice(1), port: controlPort, target: quirks.urlBase === "with-path" ? `/base${path}` : path };
		case "absolute":
			return { text: `http://${lanAddress}:${controlPort}${path}`, port: controlPort, target: path };
		case "query":
			return { text: `/${folder}?service=${name}`, port: controlPort, target: `/${folder}?service=${name}` };
		case "other-port":
			return { text: `http://${lanAddress}:${controlPort + 1}${path}`, port: controlPort + 1, target: path };
	}
}

/** Returns the target at which the service at `index` takes event subscriptions. */
export function eventTarget(index: number): string {
	return `/evt/${index}`;
}

/** Writes the device description. @see UPnP Device Architecture 1.1 §2.3, InternetGatewayDevice:1 §2 */
export function description(gateway: DescribedGateway): string {
	const { quirks, uuid, lanAddress, controlPort, name } = gateway;
	switch (quirks.garbage) {
		case "empty":
			return "";
		case "binary":
			return "\u0000\u0001\u0002<\u0003root>\u0004\u0005</".repeat(50);
		case "html":
			return "<!DOCTYPE html><html><head><title>Login</title></head><body><br><p>Please log in</body></html>";
		case "deep":
			return `<?xml version="1.0"?>${"<a>".repeat(20_000)}`;
	}
	const base = `http://${lanAddress}:${controlPort}`;
	const urlBase = { none: "", root: `${base}/`, "no-slash": base, "with-path": `${base}/base/` }[quirks.urlBase];
	const services = servicesOf(quirks).map((service, index) => {
		const type = serviceType(quirks, service);
		const id = `urn:upnp-org:serviceId:${service.kind}${index}`;
		const control = quirks.controlUrlText ?? controlEndpoint(gateway, index).text;
		return `<service>${tag("serviceType", type)}${tag("serviceId", id)}${tag("controlURL", control)}${tag("eventSubURL", quirks.events ? eventTarget(index) : "")}${tag("SCPDURL", `/${service.kind}.xml`)}</service>`;
	});
	const common = "urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1";
	const device = (kind: string, n: number, inner: string): string =>
		`<device>${tag("deviceType", deviceType(quirks, kind))}${tag("friendlyName", name)}${tag("manufacturer", "Virtual")}${tag("modelName", "Gateway")}${tag("UDN", `uuid:${uuid}${n}`)}${inner}</device>`;
	const connection = device("WANConnectionDevice", 2, `<serviceList>${services.join("")}</serviceList>`);
	const wan = device(
		"WANDevice",
		1,
		`<serviceList><service>${tag("serviceType", common)}${tag("serviceId", "urn:upnp-org:serviceId:WANCommonIFC1")}${tag("controlURL", "/ctl/CmnIfCfg")}${tag("eventSubURL", "/evt/CmnIfCfg")}${tag("SCPDURL", "/WANCfg.xml")}</service></serviceList><deviceList>${connection}</deviceList>`,
	);
	const fault = { none: "", mismatched: "<UPC>0</upc>", unclosed: "<UPC>", "less-than": "<UPC>1 < 2 <3 <b</UPC>" };
	const root = device("InternetGatewayDevice", 0, `${fault[quirks.descriptionFault]}<deviceList>${wan}</deviceList>`);
	const version = `<specVersion>${tag("major", "1")}${tag("minor", "0")}</specVersion>`;
	const text = `<?xml version="1.0"?>\r\n<root xmlns="urn:schemas-upnp-org:device-1-0">${version}${urlBase === "" ? "" : tag("URLBase", urlBase)}${root}</root>\r\n`;
	if (quirks.garbage === "truncated") return text.slice(0, text.indexOf("<controlURL>", text.indexOf("PConn")) + 8);
	return quirks.whitespaceInTags ? spaced(text) : text;
}

function tag(name: string, text: string): string {
	return `<${name}>${text}</${name}>`;
}

/** Adds white space wherever XML or a lax device allows it (18). */
function spaced(text: string): string {
	let out = "";
	for (let i = 0; i < text.length; i++) {
		const c = text[i];
		if (c === "<" && text[i + 1] !== "?") out += "\r\n\t <";
		else if (c === ">" && text[i - 1] !== "?") out += " > \r\n";
		else out += c;
	}
	return out.trim();
}
