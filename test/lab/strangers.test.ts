import assert from "node:assert/strict";
import { ByteWriter } from "../../src/base/byte-writer";
import { FLEET_GROUP, FLEET_PORT } from "../../src/fleet/fleet-settings";
import { encodeFleetMessage, FLEET_MESSAGE_MAX } from "../../src/wire/fleet-message";
import { SSDP_GROUP, SSDP_PORT } from "../../src/wire/ssdp";
import { PASSWORD } from "../support/digest";
import { LAB_NEEDS, needs } from "../support/needs";
import { until } from "../support/until";
import { House, WAN } from "./house";
import { CAMERA_KINDS, Lab } from "./lab";

/** The address of a machine that has asked for nothing. */
const VICTIM = "192.168.0.201";
/** The external address that a rogue router gives itself. */
const ROGUE_WAN = "198.20.0.99";
/** Where it is. */
const ROGUE = "192.168.0.200";
const ROGUE_PORT = 5555;

/** An announcement of a camera that does not exist, and asks for an answer; hexadecimal. */
const ANNOUNCEMENT = forged();

function forged(): string {
	const writer = new ByteWriter(FLEET_MESSAGE_MAX);
	const service = { kind: "http", port: 8000, externalPort: 0, path: "/", secure: false };
	const numbers = { fleet: 0, sender: "0badc0de00000000", boot: 1, sequence: 1, term: 0 };
	const flags = { answer: true, representative: false, holds: false };
	assert.ok(
		encodeFleetMessage({ type: "announce", name: "nobody", services: [service], ...numbers, ...flags }, writer),
	);
	return Buffer.from(writer.copy()).toString("hex");
}

/**
 * Sends COUNT messages from the victim's address: announcements by unicast in the name of cameras that
 * do not exist, or searches. Prints what was sent and what came to the victim in octets.
 */
const AMPLIFIER = `
const { createSocket } = require("node:dgram");
const [kind, victim, group, port, count, sample, ...cameras] = process.argv.slice(1);
const socket = createSocket({ type: "udp4", reuseAddr: true });
let [sent, came] = [0, 0];
const send = (bytes) => {
	for (const to of kind === "searches" ? [group, ...cameras] : cameras) { socket.send(bytes, Number(port), to); sent += bytes.length; }
};
socket.on("message", (bytes, from) => { if (cameras.includes(from.address)) came += bytes.length; });
const flood = () => {
	if (kind === "searches") setInterval(act, 1000);
	act();
	setTimeout(() => { console.log(JSON.stringify({ sent, came })); process.exit(0); }, 8000);
};
const act = () => {
	for (let n = 0; n < Number(count); n++) {
		if (kind === "searches") send(Buffer.from("M-SEARCH * HTTP/1.1\\r\\nHOST: 239.255.255.250:1900\\r\\nMAN: \\"ssdp:discover\\"\\r\\nST: ssdp:all\\r\\n\\r\\n"));
		else {
			const forged = Buffer.from(sample, "hex");
			forged.writeUInt32BE(n, 16);
			send(forged);
		}
	}
};
socket.bind(kind === "searches" ? 4444 : Number(port), victim, () => {
	socket.setMulticastInterface(victim);
	flood();
});
`;

/** A device in the LAN that says it is the router, and names an external address of its choice. */
const ROGUE_ROUTER = `
const { createSocket } = require("node:dgram");
const [own, port, wan] = process.argv.slice(1);
const type = "urn:schemas-upnp-org:service:WANIPConnection:1";
const udp = createSocket({ type: "udp4", reuseAddr: true });
udp.on("message", (bytes, from) => {
	const st = /\\nST: ?([^\\r]*)/i.exec(bytes)?.[1];
	if (st !== undefined) udp.send("HTTP/1.1 200 OK\\r\\nEXT:\\r\\nCACHE-CONTROL: max-age=100\\r\\nLOCATION: http://" + own + ":" + port + "/d\\r\\nST: " + st + "\\r\\nUSN: uuid:1::" + st + "\\r\\n\\r\\n", from.port, from.address);
});
udp.bind(1900, () => udp.addMembership("239.255.255.250", own));
const table = new Map();
require("node:http").createServer((request, answer) => {
	let body = "";
	request.on("data", (chunk) => { body += chunk; });
	request.on("end", () => {
		if (request.method === "GET") return answer.end("<root><device><deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType><friendlyName>rogue</friendlyName><serviceList><service><serviceType>" + type + "</serviceType><controlURL>/c</controlURL></service></serviceList></device></root>");
		const action = /#(\\w+)/.exec(request.headers.soapaction)?.[1];
		const value = (name) => new RegExp("<" + name + ">([^<]*)").exec(body)?.[1] ?? "";
		const key = value("NewExternalPort");
		const say = (text, status = 200) => { answer.statusCode = status; answer.end('<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>' + text + "</s:Body></s:Envelope>"); };
		const done = (text) => say("<u:" + action + 'Response xmlns:u="' + type + '">' + text + "</u:" + action + "Response>");
		if (action === "GetExternalIPAddress") return done("<NewExternalIPAddress>" + wan + "</NewExternalIPAddress>");
		if (action === "GetStatusInfo") return done("<NewConnectionStatus>Connected</NewConnectionStatus>");
		if (action === "AddPortMapping") { table.set(key, body); console.log("mapped " + key); return done(""); }
		if (action === "GetSpecificPortMappingEntry" && table.has(key)) return done(["NewInternalPort", "NewInternalClient", "NewEnabled", "NewPortMappingDescription", "NewLeaseDuration"].map((name) => "<" + name + ">" + new RegExp("<" + name + ">([^<]*)").exec(table.get(key))?.[1] + "</" + name + ">").join(""));
		if (action === "DeletePortMapping" && table.delete(key)) return done("");
		say("<s:Fault><detail><UPnPError><errorCode>714</errorCode></UPnPError></detail></s:Fault>", 500);
	});
}).listen(Number(port), own);
`;

describe("lab/strangers in the LAN", function () {
	this.timeout(300_000);
	let house: House | undefined;

	beforeEach(async function () {
		needs(this, ...LAB_NEEDS, "build", "porthole-linux");
		house = await House.build("igd1 insecure cams=2", CAMERA_KINDS);
		await house.lab.exec("home", ["ip", "address", "add", `${VICTIM}/24`, "dev", "eth0"]);
	});
	afterEach(async function () {
		if (this.currentTest?.state === "failed") house?.lab.report();
		await house?.clear();
		house = undefined;
	});
	const built = (): House => {
		assert.ok(house);
		return house;
	};

	it("cannot make the cameras of an open fleet flood another device with forged announcements and searches", async () => {
		await built().fill(2, "--presence", "on", "--inquiry", "1");
		const cameras = [1, 2].map((n) => Lab.address(n));
		const flood = async (kind: string, group: string, port: number, count: number): Promise<void> => {
			const words = [kind, VICTIM, group, `${port}`, `${count}`, ANNOUNCEMENT, ...cameras];
			const { stdout, stderr } = await built().lab.exec("home", [process.execPath, "-e", AMPLIFIER, ...words]);
			assert.match(stdout, /sent/, stderr);
			const { sent, came } = JSON.parse(stdout);
			assert.ok(came <= 3 * sent, `${came} octets came to a machine for ${sent} octets of ${kind} in its name`);
		};
		await Promise.all([
			flood("announcements", FLEET_GROUP, FLEET_PORT, 2),
			flood("searches", SSDP_GROUP, SSDP_PORT, 40),
		]);
	});

	it("get no pass for a sealed fleet by naming an external address", async () => {
		const { lab } = built();
		await lab.stopRouter();
		const rogue = lab.spawn("home", [process.execPath, "-e", ROGUE_ROUTER, ROGUE, `${ROGUE_PORT}`, ROGUE_WAN]);
		const key = ["--fleet-key", "the-key-of-this-house", "--password", PASSWORD];
		for (const n of [1, 2]) built().start(n, ...key);
		await until("both cameras have a port", 20_000, () => rogue.output.split("mapped ").length > 2);
		const forward =
			"tcp dport { 8080, 8081 } dnat ip to tcp dport map { 8080 : 192.168.0.11 . 8000, 8081 : 192.168.0.12 . 8000 }";
		const { code, stderr } = await lab.exec("rtr", [
			"nft",
			"add",
			"rule",
			"inet",
			"igd",
			"prerouting",
			...forward.split(" "),
		]);
		assert.equal(code, 0, stderr);
		await lab.exec("rtr", ["nft", "insert", "rule", "inet", "igd", "forward", "ct", "status", "dnat", "accept"]);
		for (const port of [8080, 8081]) {
			const url = `http://${WAN}:${port}/portal`;
			const page = await until(`${url} shows both cameras`, 20_000, async () => {
				const text = (await lab.get("wan", url)) ?? "";
				return text.includes("camera 1") && text.includes("camera 2") ? text : undefined;
			});
			const leaks = [...page.matchAll(/(?:src|href)="([^"]*[?&;](?:pass|link)=[^"]*)"/g)].map(([, link]) => link);
			for (const link of leaks) assert.ok(!link.includes(ROGUE_WAN), `a credential goes to the rogue router: ${link}`);
			assert.ok(!page.includes(`src="http://${ROGUE_WAN}`), "the owner's browser loads pictures from the rogue router");
		}
	});
});
