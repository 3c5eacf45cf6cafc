import { utf8Encode } from "../../../src/base/text";
import { serviceType } from "./description";
import type { GatewayHost } from "./gateway-host";
import { type DeviceAnswer, type DeviceRequest, fieldOf } from "./http-responder";
import { IgdActions, type Result } from "./igd-actions";
import type { GatewayQuirks, ServiceQuirk } from "./quirks";
import { elements, elementText, GARBAGE_MARK } from "./xml-text";

const ERRORS: Readonly<Record<number, string>> = Object.freeze({
	401: "Invalid Action",
	402: "Invalid Args",
	501: "Action Failed",
	606: "Action not authorized",
	713: "SpecifiedArrayIndexInvalid",
	714: "NoSuchEntryInArray",
	716: "WildCardNotPermittedInExtPort",
	718: "ConflictInMappingEntry",
	725: "OnlyPermanentLeasesSupported",
	728: "NoPortMapsAvailable",
	729: "ConflictWithOtherMechanisms",
	730: "PortMappingNotFound",
	733: "InconsistentParameters",
});

/** Answers that cannot be read (27). */
const UNREADABLE: Readonly<Record<Exclude<GatewayQuirks["readBack"], "truth">, DeviceAnswer>> = Object.freeze({
	html: { status: 501, type: "text/html", body: "<HTML><BODY><H1>501</H1></BODY></HTML>" },
	empty: { status: 400, body: "" },
	garbled: {
		status: 500,
		body: `<s:Envelope xmlns:s="x"><s:Body><s:Fault><faultstring>UPnPError</faultstring><detail><UPnPError><errorCode>401</errorCode><errorDescription>Inv\ufffdtion></UPnPError></detail></s:Fault></s:Body></s:Envelope>`,
	},
	reset: { status: 0, body: "" },
});

/** Answers SOAP calls for a virtual gateway, in the dialect of its quirks. @see UPnP Device Architecture 1.1 §3 */
export class SoapControl {
	private readonly actions: IgdActions;

	constructor(private readonly gateway: GatewayHost) {
		this.actions = new IgdActions(gateway);
	}

	/** Answers a request. @returns `undefined` when the call has killed the daemon */
	answer(request: DeviceRequest, service: ServiceQuirk): DeviceAnswer | undefined {
		const { quirks } = this.gateway;
		const { header, body } = request;
		const quoted = header.includes('\r\nSOAPAction: "') || header.includes('\r\nSOAPAction:"');
		if (quirks.strictSoapAction && !quoted) return { status: 400, body: "" };
		if (quirks.strictBody && (body.trim().includes("\n") || body.includes("/>"))) return { status: 400, body: "" };
		const field = (fieldOf(header, "soapaction") ?? "").replaceAll('"', "");
		const action = field.slice(field.indexOf("#") + 1);
		if (!body.includes(action) || action === "") return this.fault(401);
		if (action === "AddPortMapping" && quirks.ignoresAdding) return undefined;
		if (action === "GetSpecificPortMappingEntry" && quirks.readBack !== "truth") return UNREADABLE[quirks.readBack];
		const result = this.actions.call(action, (name) => elementText(body, name), request.from, service);
		if (result === "died") return undefined;
		return typeof result === "number" ? this.fault(result) : this.success(action, result, service);
	}

	private success(action: string, result: Exclude<Result, number | "died">, service: ServiceQuirk): DeviceAnswer {
		const { quirks } = this.gateway;
		const type = serviceType(quirks, service);
		const prefix = { m: "m:", none: "" }[quirks.soapStyle as string] ?? "u:";
		const namespace = quirks.soapStyle === "wrong-namespace" ? "urn:schemas-upnp-org:service:Nonsense:9" : type;
		let attribute = ` xmlns${prefix === "" ? "" : ":"}${prefix.slice(0, -1)}="${namespace}"`;
		if (quirks.soapStyle === "unbound") attribute = "";
		const [first] = result;
		const cdata = first?.[0] === "NewPortListing" && !quirks.listEscaped;
		const values = cdata ? `<NewPortListing><![CDATA[${first[1]}]]></NewPortListing>` : elements(result);
		const inner = `<${prefix}${action}Response${attribute}>${values}</${prefix}${action}Response>`;
		return { status: 200, header: "EXT:\r\n", body: this.encode(this.envelope(inner)) };
	}

	private fault(code: number): DeviceAnswer {
		const { quirks } = this.gateway;
		const error = elements([
			[this.spelled("errorCode"), code],
			[this.spelled("errorDescription"), ERRORS[code] ?? "Unknown"],
		]);
		const upnp = this.spelled("UPnPError");
		const detail = `<detail><${upnp} xmlns="urn:schemas-upnp-org:control-1-0">${error}</${upnp}></detail>`;
		const s = this.prefix();
		const inner = `<${s}Fault>${elements([
			[this.spelled("faultCode").replace("faultCode", "faultcode"), `${s}Client`],
			[this.spelled("faultstring"), "UPnPError"],
		])}${detail}</${s}Fault>`;
		return { status: quirks.faultStatus, body: this.encode(this.envelope(inner)) };
	}

	private envelope(inner: string): string {
		const s = this.prefix();
		const name = s.slice(0, -1);
		const bound = this.gateway.quirks.soapStyle !== "unbound";
		const space = `xmlns${s === "" ? "" : `:${name}`}="http://schemas.xmlsoap.org/soap/envelope/"`;
		const style = `${s}encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"`;
		const start = `<${s}Envelope${bound ? ` ${space}` : ""} ${style}>`;
		return `<?xml version="1.0"?>\r\n${start}<${s}Body>${inner}</${s}Body></${s}Envelope>\r\n`;
	}

	private prefix(): string {
		const { soapStyle } = this.gateway.quirks;
		if (soapStyle === "SOAP-ENV" || soapStyle === "SOAP") return `${soapStyle}:`;
		return soapStyle === "none" ? "" : "s:";
	}

	private spelled(name: string): string {
		const { faultCase } = this.gateway.quirks;
		if (faultCase === "lower") return name.toLowerCase();
		return faultCase === "upper" ? name[0].toUpperCase() + name.slice(1) : name;
	}

	private encode(text: string): string | Uint8Array {
		if (!text.includes(GARBAGE_MARK)) return text;
		const bytes = utf8Encode(text);
		for (let i = 0; i + 2 < bytes.length; i++) {
			if (bytes[i] === 0xee && bytes[i + 1] === 0x80 && bytes[i + 2] === 0x80) bytes.set([0xff, 0xc3, 0xfe], i);
		}
		return bytes;
	}
}
