import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { parseHttpUrl, parseIgdDescription } from "../../../src/gateway/igd-description";

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const from = { address: "192.168.0.1", port: 5000, target: "/up/root.xml" };

function describeService(
	controlUrl: string,
	base = "",
	type = "urn:schemas-upnp-org:service:WANIPConnection:1",
): Uint8Array {
	return bytes(
		`<root>${base}<device><friendlyName>FRITZ!Box</friendlyName><deviceList><device><serviceList><service><serviceType>urn:schemas-upnp-org:service:Layer3Forwarding:1</serviceType><controlURL>/l3</controlURL></service><service><serviceType>${type}</serviceType><controlURL>${controlUrl}</controlURL></service></serviceList></device></deviceList></device></root>`,
	);
}

describe("gateway/igd-description", () => {
	const cases: [string, string, string, number, string][] = [
		["an absolute path", "/ctl/IPConn", "", 5000, "/ctl/IPConn"],
		["a relative path (quirk 18)", "ctl", "", 5000, "/up/ctl"],
		["a whole URL with another port", "http://192.168.0.1:49000/ctl", "", 49000, "/ctl"],
		["a query", "/ctl?x=1", "", 5000, "/ctl?x=1"],
		["URLBase", "ctl", "<URLBase>http://192.168.0.1:80/base/</URLBase>", 80, "/base/ctl"],
		["URLBase without a slash", "/ctl", "<URLBase>http://192.168.0.1:81</URLBase>", 81, "/ctl"],
		["on another host, which is not asked", "http://8.8.8.8:80/ctl", "", 80, "/ctl"],
	];
	for (const [title, url, base, port, target] of cases) {
		it(`resolves a controlURL that is ${title}`, () => {
			const description = parseIgdDescription(describeService(url, base), from);
			assert.deepEqual(
				description?.services.map((s) => s.control),
				[{ address: "192.168.0.1", port, target }],
			);
			assert.equal(description?.name, "FRITZ!Box");
		});
	}

	for (const [title, element, target] of [
		["an eventSubURL", "<eventSubURL>/evt</eventSubURL>", "/evt"],
		[
			"an eventSubURL on another host, which is not asked",
			"<eventSubURL>http://8.8.8.8:5000/evt</eventSubURL>",
			"/evt",
		],
		["an empty eventSubURL", "<eventSubURL></eventSubURL>", undefined],
		["no eventSubURL", "", undefined],
	] as const) {
		it(`reads ${title} (IMG-30)`, () => {
			const text = Buffer.from(describeService("/ctl"))
				.toString()
				.replace("</controlURL></service></serviceList>", `</controlURL>${element}</service></serviceList>`);
			const events = parseIgdDescription(bytes(text), from)?.services[0].events;
			assert.deepEqual(events, target && { address: "192.168.0.1", port: 5000, target });
		});
	}

	for (const type of [
		"urn:schemas-upnp-org:service:WANIPConnection:2",
		"urn:schemas-upnp-org:service:WANPPPConnection:1",
		"urn:dslforum-org:service:WANPPPConnection:1",
	]) {
		it(`takes ${type} (quirks 13, 17)`, () =>
			assert.equal(parseIgdDescription(describeService("/c", "", type), from)?.services[0].type, type));
	}

	for (const url of [
		"ftp://192.168.0.1/",
		"https://192.168.0.1/",
		"http://user@192.168.0.1/",
		"http://192.168.0.1:0/",
		"http://192.168.0.1:99999/",
		"http:///x",
		"http://a/b c",
		`http://a/${"x".repeat(600)}`,
		"",
		"nonsense",
	]) {
		it(`rejects the URL ${JSON.stringify(url.slice(0, 30))}`, () => assert.equal(parseHttpUrl(url), undefined));
	}

	it("survives 5,000 mutated descriptions, and never leads elsewhere", () => {
		const seed0 = describeService("http://192.168.0.1:49000/ctl", "<URLBase>http://a/</URLBase>");
		for (let seed = 0; seed < 5000; seed++) {
			const random = new Prng(seed);
			const text = seed0.slice();
			for (let n = 1 + random.below(8); n > 0; n--) text[random.below(text.length)] = random.below(256);
			for (const service of parseIgdDescription(text, from)?.services ?? [])
				assert.equal(service.control.address, "192.168.0.1", `seed ${seed}`);
		}
	});
});
