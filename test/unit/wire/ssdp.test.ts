import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { buildAlive, buildByebye, buildSearch, buildSearchResponse, parseSsdp } from "../../../src/wire/ssdp";

const bytes = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
const device = { location: "http://192.168.0.11:8000/description.xml", server: "x UPnP/1.1 y", bootId: 7 };

describe("wire/ssdp", () => {
	it("reads back each message that it builds", () => {
		for (const [kind, message, field, value] of [
			["search", buildSearch("239.255.255.250", "ssdp:all", 2), "st", "ssdp:all"],
			["search", buildSearch("192.168.0.1", "ssdp:all", 0), "host", "192.168.0.1:1900"],
			["notify", buildAlive(device, "upnp:rootdevice", "uuid:x::upnp:rootdevice"), "nts", "ssdp:alive"],
			["notify", buildByebye(device, "upnp:rootdevice", "uuid:x::upnp:rootdevice"), "bootid.upnp.org", "7"],
			["response", buildSearchResponse(device, "upnp:rootdevice", "uuid:x"), "location", device.location],
		] as const) {
			const read = parseSsdp(message);
			assert.equal(read?.kind, kind);
			assert.equal(read?.fields.get(field), value);
		}
	});

	it("writes ssdp:discover in quotes and an empty line at the end (quirk 15)", () => {
		const text = Buffer.from(buildSearch("239.255.255.250", "ssdp:all", 2)).toString();
		assert.match(text, /\r\nMAN: "ssdp:discover"\r\n/);
		assert.match(text, /\r\nMX: 2\r\n/);
		assert.match(text, /\r\n\r\n$/);
	});

	for (const [title, text, field] of [
		["lower case and no space", "http/1.1 200 ok\r\nlocation:http://a/\r\n\r\n", "http://a/"],
		["bare line feeds", "HTTP/1.1 200 OK\nLOCATION: http://a/\n\n", "http://a/"],
		["no empty line", "HTTP/1.0 200 OK\r\nLocation:   http://a/  ", "http://a/"],
	] as const) {
		it(`reads a response with ${title}`, () => assert.equal(parseSsdp(bytes(text))?.fields.get("location"), field));
	}

	for (const text of [
		"",
		"GET / HTTP/1.1\r\n\r\n",
		"HTTP/1.1 404 Not Found\r\n\r\n",
		`HTTP/1.1 200 OK\r\n${"a: b\r\n".repeat(60)}`,
		`HTTP/1.1 200 OK\r\nA: ${"b".repeat(3000)}`,
	]) {
		it(`rejects ${JSON.stringify(text.slice(0, 24))}`, () => assert.equal(parseSsdp(bytes(text)), undefined));
	}

	it("survives 10,000 mutated messages", () => {
		const seeds = [buildAlive(device, "a", "b"), buildSearch("a", "b", 1), buildSearchResponse(device, "a", "b")];
		for (let seed = 0; seed < 10000; seed++) {
			const random = new Prng(seed);
			const message = seeds[random.below(3)].slice();
			for (let n = 1 + random.below(8); n > 0; n--) message[random.below(message.length)] = random.below(256);
			assert.doesNotThrow(() => parseSsdp(message), `seed ${seed}`);
		}
	});
});
