import assert from "node:assert/strict";
import { LAB_NEEDS, needs } from "../support/needs";
import { until } from "../support/until";
import { houseFor, WAN } from "./house";

/** Searches like any control point, independent of our code; prints one LOCATION a line. */
const SEARCH = `
const socket = require("node:dgram").createSocket("udp4");
socket.on("message", (message) => {
	const location = /^location:\\s*(\\S+)/im.exec(message.toString("latin1"));
	if (location !== null) console.log(location[1]);
});
socket.bind(0, () => {
	const search = 'M-SEARCH * HTTP/1.1\\r\\nHOST: 239.255.255.250:1900\\r\\nMAN: "ssdp:discover"\\r\\nMX: 1\\r\\nST: upnp:rootdevice\\r\\n\\r\\n';
	socket.send(search, 1900, "239.255.255.250");
	setTimeout(() => socket.close(), 2500);
});
`;

/** Searches as programs do that use npm `onvif`; prints one address a line. */
const ONVIF_SEARCH = `
const { Discovery } = require("onvif");
Discovery.on("device", (cam, remote, xml) => console.log(/<d:XAddrs>([^<]*)/.exec(xml)?.[1] ?? xml));
Discovery.on("error", (error) => console.error(String(error)));
Discovery.probe({ timeout: 2500, device: "eth0" }, () => process.exit(0));
`;

/** Asks without a login, which only the LAN may. */
const ONVIF_QUESTION =
	'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><GetServices xmlns="http://www.onvif.org/ver10/device/wsdl"><IncludeCapability>false</IncludeCapability></GetServices></s:Body></s:Envelope>';

describe("lab/tools of UPnP and ONVIF in the LAN", function () {
	this.timeout(300_000);
	const house = houseFor("igd1 secure", (context) => needs(context, ...LAB_NEEDS, "build", "gssdp-discover"));

	before(async () => house().fill(2, "--presence", "on"));

	async function search(): Promise<string[]> {
		const { stdout } = await house().lab.exec("home", [process.execPath, "-e", SEARCH]);
		return stdout.split("\n").filter((line) => /^http:\/\/192\.168\.0\.1[12]:/.test(line));
	}

	it("find the cameras by M-SEARCH and read their descriptions", async () => {
		const locations = await until("both cameras answer a search", 10_000, async () => {
			const found = await search();
			return new Set(found.map((location) => new URL(location).hostname)).size === 2 ? found : undefined;
		});
		for (const location of new Set(locations)) {
			const description = (await house().lab.get("home", location)) ?? "";
			const n = new URL(location).hostname.slice(-1);
			assert.match(description, new RegExp(`<friendlyName>[^<]*camera ${n}`));
			assert.match(description, /<UDN>uuid:[0-9a-f-]{36}<\/UDN>/i);
			// Desktop network browsers open this, relative to the description.
			assert.match(description, /<presentationURL>\/<\/presentationURL>/);
		}
	});

	it("find the cameras by ONVIF's discovery, whose services a stranger on the Internet does not see", async () => {
		const device = (n: number) => `http://192.168.0.1${n}:8000/onvif/device_service`;
		await until("both cameras answer a search", 10_000, async () => {
			const { stdout } = await house().lab.exec("home", [process.execPath, "-e", ONVIF_SEARCH]);
			return [1, 2].every((n) => stdout.split("\n").includes(device(n)));
		});
		const status = async (ns: string, url: string): Promise<string> => {
			const argv = ["curl", "-s", "-m", "60", "-o", "/dev/null", "-w", "%{http_code}", "-d", ONVIF_QUESTION, url];
			return (await house().lab.exec(ns, argv)).stdout;
		};
		assert.equal(await status("home", device(1)), "200");
		assert.equal(await status("wan", `http://${WAN}:8080/onvif/device_service`), "401");
		assert.equal(await status("wan", `http://${WAN}:8080/onvif/anything`), "401");
	});

	it("find the cameras by gssdp-discover, and notice that one leaves", async () => {
		const argv = ["gssdp-discover", "-i", "eth0", "-t", "upnp:rootdevice", "-m", "all"];
		// Its output to a pipe is fully buffered by default.
		const watcher = house().lab.spawn("home", ["stdbuf", "-oL", ...argv]);
		const available = (n: number) => new RegExp(`resource available[^]*?http://192\\.168\\.0\\.1${n}:`, "i");
		await until("gssdp-discover shows both", 10_000, () => [1, 2].every((n) => available(n).test(watcher.output)));
		assert.equal(await house().cameras[2].leave(), 0);
		await until("gssdp-discover sees it go", 3000, () => /resource unavailable/i.test(watcher.output));
		await watcher.crash();
	});
});
