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
				description.services.map((s) => s.control),
				[{ address: "192.168.0.1", port, target }],
			);
			assert.equal(description.name, "FRITZ!Box");
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

	for (const [url, port, target] of [
		["http://192.168.0.1:5000/desc.xml", 5000, "/desc.xml"],
		["HTTP://192.168.0.1/desc.xml", 80, "/desc.xml"],
		["http://[::1]:5000/desc.xml", 5000, "/desc.xml"],
		["http://[fe80::1%25eth0]/desc.xml", 80, "/desc.xml"],
		["http://my_router.lan:5000/desc.xml", 5000, "/desc.xml"],
		["http://user:secret@192.168.0.1/desc.xml", 80, "/desc.xml"],
		["http://192.168.0.1:/desc.xml", 80, "/desc.xml"],
		["http://192.168.0.1:5000", 5000, "/"],
		["http://192.168.0.1:5000?file=/a/b.xml", 5000, "/?file=/a/b.xml"],
		["http://192.168.0.1:5000/desc?file=/a/b:c.xml", 5000, "/desc?file=/a/b:c.xml"],
		["http://192.168.0.1:5000/desc.xml#x", 5000, "/desc.xml"],
	] as const) {
		it(`takes port and path of ${url}, whatever its host (quirk 11)`, () =>
			assert.deepEqual(parseHttpUrl(url), { port, target }));
	}

	it("resolves a relative controlURL against a description with slashes in its query", () => {
		const place = { ...from, target: "/up/desc?file=/a/b.xml" };
		const [service] = parseIgdDescription(describeService("ctl"), place).services;
		assert.equal(service.control.target, "/up/ctl");
	});

	it("takes a controlURL with a host but no scheme to the device itself", () => {
		const [service] = parseIgdDescription(describeService("//10.0.0.1:81/ctl"), from).services;
		assert.deepEqual(service.control, { address: "192.168.0.1", port: 81, target: "/ctl" });
	});

	const service = `<service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType><controlURL>/c</controlURL></service>`;
	for (const [title, text] of [
		["a mismatched tag", `<root><UPC>0</upc><device><serviceList>${service}</serviceList></device></root>`],
		["a tag that is never closed", `<root><UPC><device><serviceList>${service}</serviceList></device></root>`],
		["a service that is never closed", `<root>${service.replace("</service>", "")}${service}</root>`],
		["a < in its name", `<root><friendlyName>Router <3 < you</friendlyName>${service}</root>`],
		["a < and a letter in its name", `<root><modelName>R <b</modelName>${service}</root>`],
		["no end", `<root>${service}<serviceList`],
		["an attribute without an end", `<root><icon a="1>${service}</root>`],
	] as const) {
		it(`takes the services of a description with ${title} (quirk 28)`, () => {
			const { services } = parseIgdDescription(bytes(text), from);
			assert.deepEqual(services[0]?.control, { address: "192.168.0.1", port: 5000, target: "/c" });
		});
	}

	for (const end of ["&#13;&#10;X: y", '"', " ", "\u00e9", "x".repeat(200)]) {
		it(`takes no service whose type could not be sent in a field: ${JSON.stringify(end.slice(0, 20))}`, () => {
			const type = `urn:schemas-upnp-org:service:WANIPConnection:1${end}1`;
			assert.deepEqual(parseIgdDescription(describeService("/c", "", type), from).services, []);
		});
	}

	it("survives 5,000 mutated descriptions, and never leads elsewhere", () => {
		const seed0 = describeService("http://192.168.0.1:49000/ctl", "<URLBase>http://a/</URLBase>");
		for (let seed = 0; seed < 5000; seed++) {
			const random = new Prng(seed);
			const text = seed0.slice();
			for (let n = 1 + random.below(8); n > 0; n--) text[random.below(text.length)] = random.below(256);
			for (const service of parseIgdDescription(text, from).services)
				assert.equal(service.control.address, "192.168.0.1", `seed ${seed}`);
		}
	});
});
