import { createSocket } from "node:dgram";
import { createServer } from "node:net";

// A router for rogue-router.test.ts, in a namespace of the lab: it maps ports (in its table only) as an IGD 1 does, and
// writes each HTTP answer in another wrong way that devices have been seen to write. It prints a line for each request:
// the way of the answer, and what was asked.

const ADDRESS = "192.168.0.1";
const PORT = 5000;
const DEVICE = "urn:schemas-upnp-org:device:InternetGatewayDevice:1";
const SERVICE = "urn:schemas-upnp-org:service:WANIPConnection:1";
const UUID = "uuid:5a1a7e00-0000-4000-8000-000000000001";

const head = (status: number, fields: string) => `HTTP/1.1 ${status} X\r\n${fields}\r\n`;
const length = (body: string, more = 0) => `Content-Length: ${body.length + more}\r\n`;
const chunks = (body: string) => `Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n`;

/** Ways to write an answer; each closes the connection. */
const WAYS: readonly (readonly [title: string, write: (status: number, body: string) => string])[] = [
	["interim", (status, body) => `HTTP/1.1 100 Continue\r\n\r\n${head(status, length(body))}${body}`],
	["folded", (status, body) => head(status, `Content-Type: text/xml;\r\n charset="utf-8"\r\n${length(body)}`) + body],
	["spaced", (status, body) => head(status, `Content Type: text/xml\r\nExt :\r\n${length(body)}`) + body],
	["colonless", (status, body) => head(status, `nonsense\r\n${length(body)}`) + body],
	["unsized", (status, body) => head(status, "Content-Length:\r\n") + body],
	["oversized", (status, body) => head(status, length(body, 7)) + body],
	["uncounted", (status, body) => head(status, "") + body],
	["unended", (status, body) => `HTTP/1.1 ${status} X\r\n${chunks(body)}`],
	["unversioned", (status, body) => `HTTP ${status}\n${length(body)}\n${body}`],
];

/** External ports with their internal `address:port`. */
const table = new Map<string, { readonly to: string; readonly port: string; readonly description: string }>();

const argument = (body: string, name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1] ?? "";

const envelope = (body: string) =>
	`<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`;
const fault = (code: number) =>
	envelope(
		`<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail><UPnPError><errorCode>${code}</errorCode></UPnPError></detail></s:Fault>`,
	);
const answer = (action: string, values: readonly (readonly [string, string])[] = []) => {
	const inside = values.map(([name, value]) => `<${name}>${value}</${name}>`).join("");
	return envelope(`<u:${action}Response xmlns:u="${SERVICE}">${inside}</u:${action}Response>`);
};

const DESCRIPTION = `<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device><deviceType>${DEVICE}</deviceType><friendlyName>Rogue</friendlyName><UDN>${UUID}</UDN><deviceList><device><deviceType>urn:schemas-upnp-org:device:WANDevice:1</deviceType><deviceList><device><deviceType>urn:schemas-upnp-org:device:WANConnectionDevice:1</deviceType><serviceList><service><serviceType>${SERVICE}</serviceType><controlURL>/control</controlURL><eventSubURL>/event</eventSubURL><SCPDURL>/scpd</SCPDURL></service></serviceList></device></deviceList></device></deviceList></device></root>`;

/** The entry of the table as output arguments. */
function entryOf(key: string): (readonly [string, string])[] | undefined {
	const entry = table.get(key);
	if (entry === undefined) return undefined;
	return [
		["NewRemoteHost", ""],
		["NewExternalPort", key.split(" ")[1]],
		["NewProtocol", key.split(" ")[0]],
		["NewInternalPort", entry.port],
		["NewInternalClient", entry.to],
		["NewEnabled", "1"],
		["NewPortMappingDescription", entry.description],
		["NewLeaseDuration", "600"],
	];
}

/** Carries out a request. @returns the status and the body */
function carryOut(action: string, body: string): readonly [number, string] {
	const key = `${argument(body, "NewProtocol")} ${argument(body, "NewExternalPort")}`;
	switch (action) {
		case "GetStatusInfo":
			return [
				200,
				answer(action, [
					["NewConnectionStatus", "Connected"],
					["NewLastConnectionError", "ERROR_NONE"],
					["NewUptime", "100"],
				]),
			];
		case "GetExternalIPAddress":
			return [200, answer(action, [["NewExternalIPAddress", "198.20.0.1"]])];
		case "AddPortMapping": {
			const to = argument(body, "NewInternalClient");
			if (table.has(key) && table.get(key)?.to !== to) return [500, fault(718)];
			const description = argument(body, "NewPortMappingDescription");
			table.set(key, { to, port: argument(body, "NewInternalPort"), description });
			return [200, answer(action)];
		}
		case "DeletePortMapping":
			return table.delete(key) ? [200, answer(action)] : [500, fault(714)];
		case "GetSpecificPortMappingEntry": {
			const entry = entryOf(key)?.slice(3);
			return entry === undefined ? [500, fault(714)] : [200, answer(action, entry)];
		}
		case "GetGenericPortMappingEntry": {
			const entry = entryOf([...table.keys()][Number(argument(body, "NewPortMappingIndex"))] ?? "");
			return entry === undefined ? [500, fault(713)] : [200, answer(action, entry)];
		}
		default:
			return [500, fault(401)];
	}
}

let requests = 0;

createServer((socket) => {
	let text = "";
	socket.on("error", () => undefined);
	socket.on("data", (chunk) => {
		text += chunk.toString("latin1");
		const end = text.indexOf("\r\n\r\n") + 4;
		const expected = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0);
		if (end < 4 || text.length < end + expected) return;
		const action = /\r\nsoapaction: *"[^"]*#(\w+)"/i.exec(text)?.[1] ?? text.slice(0, text.indexOf(" HTTP"));
		const isDescription = text.startsWith("GET /description.xml ");
		const isEvent = text.startsWith("SUBSCRIBE");
		const [status, body] = isDescription ? [200, DESCRIPTION] : isEvent ? [501, ""] : carryOut(action, text.slice(end));
		const [way, write] = WAYS[requests++ % WAYS.length];
		const port = argument(text, "NewExternalPort");
		console.log(`${way}: ${action}${port === "" ? "" : ` ${port}`} ${argument(text, "NewInternalClient")}`);
		socket.end(write(status, body), "latin1");
		text = "";
	});
}).listen(PORT, ADDRESS);

const ssdp = createSocket({ type: "udp4", reuseAddr: true });
ssdp.on("message", (message, peer) => {
	const target = /\r\nst: *([^\r]+)/i.exec(message.toString("latin1"))?.[1];
	if (target !== DEVICE && target !== "upnp:rootdevice" && target !== "ssdp:all") return;
	const location = `http://${ADDRESS}:${PORT}/description.xml`;
	const response = `HTTP/1.1 200 OK\r\nST: ${target}\r\nUSN: ${UUID}::${target}\r\nEXT:\r\nSERVER: x\r\nLOCATION: ${location}\r\nCACHE-CONTROL: max-age=1800\r\n\r\n`;
	ssdp.send(response, peer.port, peer.address);
});
ssdp.bind(1900, () => {
	ssdp.addMembership("239.255.255.250", ADDRESS);
	console.log("ready");
});
