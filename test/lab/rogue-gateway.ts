import { createSocket, type RemoteInfo } from "node:dgram";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

// The child of rogue-gateway.test.ts, in the router's namespace of the lab: `MODE` runs a gateway that answers as real ones
// do which people have reported, and tells on standard output what it is asked.
//
// `announces`: answers searches by announcements to the group, with a LOCATION that leads nowhere; its description is not
// well-formed, its status is a number, and it cannot read a mapping back.
// `rootdevice`: answers only as upnp:rootdevice, with an empty port in LOCATION, says Disconnected, drops mappings that have
// a lease, and says 402 for an entry that it has not.
// `refuses`: has no UPnP, and refuses by PCP (not authorized) and by NAT-PMP (network failure).

const ADDRESS = "192.168.0.1";
const GROUP = "239.255.255.250";
const TYPE = "urn:schemas-upnp-org:service:WANIPConnection:1";
const IGD = "urn:schemas-upnp-org:device:InternetGatewayDevice:1";
const [mode] = process.argv.slice(2);
const announces = mode === "announces";
const location = announces ? "http://[::1]:5000/desc?file=/a/b.xml" : `http://${ADDRESS}:/desc?file=/a/b.xml`;

function tell(text: string): void {
	process.stdout.write(`${text}\n`);
}

// SSDP

const ssdp = createSocket({ type: "udp4", reuseAddr: true });
ssdp.on("message", (bytes, { address, port }: RemoteInfo) => {
	const text = bytes.toString("latin1");
	const target = /^ST: *(\S+)/im.exec(text)?.[1];
	if (mode === "refuses" || !text.startsWith("M-SEARCH") || target === undefined) return;
	tell(`search ${address} ${target}`);
	const common = `CACHE-CONTROL: max-age=120\r\nLOCATION: ${location}\r\nUSN: uuid:1::x\r\n`;
	if (announces) {
		const notify = `NOTIFY * HTTP/1.1\r\nHOST: ${GROUP}:1900\r\n${common}NT: ${IGD}\r\nNTS: ssdp:alive\r\n\r\n`;
		if (target === IGD) ssdp.send(notify, 1900, GROUP);
	} else if (target === "upnp:rootdevice") {
		ssdp.send(`HTTP/1.1 200 OK\r\n${common}ST: ${target}\r\nEXT:\r\n\r\n`, port, address);
	}
});
ssdp.bind(1900, () => {
	ssdp.addMembership(GROUP, ADDRESS);
	ssdp.setMulticastInterface(ADDRESS);
});

// HTTP

interface Entry {
	readonly client: string;
	readonly port: string;
	readonly description: string;
	readonly lease: string;
}

const table = new Map<string, Entry>();

function fault(code: number): [number, string] {
	return [
		500,
		`<s:Fault><detail><UPnPError><errorCode>${code}</errorCode><errorDescription>no</errorDescription></UPnPError></detail></s:Fault>`,
	];
}

function answer(action: string, body: string, from: string): [number, string] {
	const value = (name: string) => new RegExp(`<${name}>([^<]*)<`).exec(body)?.[1] ?? "";
	const done = (values: string): [number, string] => [200, `<u:${action}Response>${values}</u:${action}Response>`];
	const key = `${value("NewProtocol")} ${value("NewExternalPort")}`;
	switch (action) {
		case "GetStatusInfo":
			return done(`<NewConnectionStatus>${announces ? "2151102420" : "Disconnected"}</NewConnectionStatus>`);
		case "GetExternalIPAddress":
			return done("<NewExternalIPAddress>198.20.0.1</NewExternalIPAddress>");
		case "AddPortMapping": {
			if ((table.get(key)?.client ?? from) !== from) return fault(718);
			const lease = value("NewLeaseDuration");
			const description = value("NewPortMappingDescription");
			tell(`add ${key} ${from} ${lease}`);
			if (announces || lease === "0")
				table.set(key, { client: from, port: value("NewInternalPort"), description, lease });
			return done("");
		}
		case "DeletePortMapping":
			tell(`delete ${key} ${from}`);
			table.delete(key);
			return done("");
		case "GetSpecificPortMappingEntry": {
			if (announces) return [501, ""];
			const entry = table.get(key);
			if (entry === undefined) return fault(402);
			const { client, port, description, lease } = entry;
			return done(
				`<NewInternalPort>${port}</NewInternalPort><NewInternalClient>${client}</NewInternalClient><NewEnabled>1</NewEnabled><NewPortMappingDescription>${description}</NewPortMappingDescription><NewLeaseDuration>${lease}</NewLeaseDuration>`,
			);
		}
	}
	return fault(401);
}

const DESCRIPTION = `<root><UPC>0</upc><UPC><device><friendlyName>Router <3 < you</friendlyName><serviceList><service><serviceType>${TYPE}</serviceType><controlURL>control</controlURL></service></serviceList></device></root>`;

function serve(request: IncomingMessage, response: ServerResponse): void {
	const from = (request.socket.remoteAddress ?? "").replace("::ffff:", "");
	let body = "";
	request.setEncoding("latin1").on("data", (text: string) => (body += text));
	request.on("end", () => {
		if (request.url === "/desc?file=/a/b.xml") {
			response.end(DESCRIPTION);
			return;
		}
		const action = /#(\w+)"/.exec(`${request.headers["soapaction"]}`)?.[1] ?? "";
		const [status, inner] = request.url === "/control" ? answer(action, body, from) : fault(401);
		const page =
			inner === "" ? "<HTML><BODY><H1>501</H1></BODY></HTML>" : `<s:Envelope><s:Body>${inner}</s:Body></s:Envelope>`;
		response.writeHead(status, { Connection: "close" }).end(page);
	});
}

if (mode !== "refuses") createServer(serve).listen(announces ? 5000 : 80, ADDRESS);

// PCP and NAT-PMP

const pcp = createSocket("udp4");
pcp.on("message", (bytes, { address, port }: RemoteInfo) => {
	if (mode !== "refuses") return;
	const reply = Buffer.alloc(bytes[0] === 2 ? 60 : bytes[1] === 0 ? 12 : 16);
	bytes.copy(reply);
	reply[1] = bytes[1] | 0x80;
	tell(`${bytes[0] === 2 ? "PCP" : "NAT-PMP"} ${address}`);
	if (bytes[0] === 2) reply.fill(0, 2, 24)[3] = 2;
	else reply.fill(0, 2)[3] = 3;
	if (bytes[0] !== 2 && bytes[1] !== 0) bytes.copy(reply, 8, 4, 6);
	pcp.send(reply, port, address);
});
pcp.bind(5351, ADDRESS, () => tell("ready"));
process.on("SIGINT", () => process.exit(0));
