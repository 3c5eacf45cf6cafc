import assert from "node:assert/strict";
import { LAB_NEEDS, needs } from "../support/needs";
import { until } from "../support/until";
import { houseFor } from "./house";

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

describe("lab/UPnP tools in the LAN", function () {
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
