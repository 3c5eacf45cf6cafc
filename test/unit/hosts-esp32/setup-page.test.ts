import assert from "node:assert/strict";
import { setupServer } from "../../../hosts/esp32/setup-page";
import {
	faultOfCredentials,
	keepCredentials,
	readCredentials,
	type WifiCredentials,
} from "../../../hosts/esp32/wifi-credentials";
import { utf8Encode } from "../../../src/base/text";
import { FakeStream } from "../../support/fake-stream";

class MapStore {
	readonly values = new Map<string, string>();
	read(key: string): string | undefined {
		return this.values.get(key);
	}
	write(key: string, value: string): void {
		this.values.set(key, value);
	}
	delete(key: string): void {
		this.values.delete(key);
	}
}

function ask(text: string): { answer: string; chosen: WifiCredentials[] } {
	const chosen: WifiCredentials[] = [];
	const server = setupServer(
		"Porthole-12AB",
		() => undefined,
		(credentials) => chosen.push(credentials),
	);
	const stream = new FakeStream();
	const connection = server.accept(0, "192.168.4.2", "192.168.4.1", 80);
	assert.ok(connection !== undefined);
	connection.room(0, stream);
	connection.feed(0, utf8Encode(text), stream);
	return { answer: stream.text(), chosen };
}

function post(form: string, fields = ""): { answer: string; chosen: WifiCredentials[] } {
	return ask(`POST /wifi HTTP/1.1\r\nHost: 192.168.4.1\r\nContent-Length: ${form.length}\r\n${fields}\r\n${form}`);
}

describe("hosts-esp32/setup-page", () => {
	it("shows the form at any path, as phones look for a portal at one of their own", () => {
		for (const path of ["/", "/generate_204", "/hotspot-detect.html"]) {
			const { answer } = ask(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
			assert.match(answer, /^HTTP\/1\.1 200 /);
			assert.match(answer, /<input name="ssid"/);
			assert.match(answer, /Content-Security-Policy: default-src 'none'/);
		}
	});

	it("takes a network and its password, once, and answers without the password", () => {
		const { answer, chosen } = post("ssid=Caf%C3%A9+24&password=open+sesame%21");
		assert.match(answer, /^HTTP\/1\.1 200 /);
		assert.deepEqual(chosen, [{ ssid: "Café 24", password: "open sesame!" }]);
		assert.doesNotMatch(answer, /sesame/);
	});

	it("escapes the network's name", () => {
		const { answer } = post("ssid=%3Cscript%3E%22%26&password=short");
		assert.match(answer, /^HTTP\/1\.1 400 /);
		assert.match(answer, /value="&lt;script&gt;&quot;&amp;"/);
		assert.doesNotMatch(answer, /<script>/);
		assert.match(post("ssid=%3Cb%3E&password=").answer, /joins <b>&lt;b&gt;<\/b>/);
	});

	const refused: [string, string, string, RegExp][] = [
		["no name", "password=12345678", "", /^HTTP\/1\.1 400 /],
		["a name of 33 octets", `ssid=${"x".repeat(33)}&password=`, "", /^HTTP\/1\.1 400 /],
		["a name of 32 characters that are more octets", `ssid=${"%C3%A9".repeat(17)}`, "", /^HTTP\/1\.1 400 /],
		["a line end in the name", "ssid=a%0Ab&password=", "", /^HTTP\/1\.1 400 /],
		["a password of 7", "ssid=a&password=1234567", "", /^HTTP\/1\.1 400 /],
		["a password of 64", `ssid=a&password=${"1".repeat(64)}`, "", /^HTTP\/1\.1 400 /],
		[
			"a password that is not ASCII",
			"ssid=a&password=%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9",
			"",
			/^HTTP\/1\.1 400 /,
		],
		["an ill-formed form", "ssid=%ZZ", "", /^HTTP\/1\.1 400 /],
		["a form that is too long", `ssid=a&password=12345678&x=${"y".repeat(600)}`, "", /^HTTP\/1\.1 413 /],
		["a form of another page", "ssid=a&password=12345678", "Origin: http://evil.example\r\n", /^HTTP\/1\.1 403 /],
	];
	for (const [name, form, fields, status] of refused) {
		it(`refuses ${name}`, () => {
			const { answer, chosen } = post(form, fields);
			assert.match(answer, status);
			assert.deepEqual(chosen, []);
		});
	}
});

describe("hosts-esp32/wifi-credentials", () => {
	it("keeps what was chosen, and has none after a power cut in the middle", () => {
		const store = new MapStore();
		assert.equal(readCredentials(store), undefined);
		const home = { ssid: "home", password: "12345678" };
		keepCredentials(store, home);
		assert.deepEqual(readCredentials(store), home);
		const write = store.write.bind(store);
		store.write = (key, value) => {
			if (key === "wifi-ssid") throw new Error("power cut");
			write(key, value);
		};
		assert.throws(() => keepCredentials(store, { ssid: "office", password: "87654321" }));
		assert.equal(readCredentials(store), undefined);
	});

	it("takes an open network, and the longest name and password", () => {
		assert.equal(faultOfCredentials({ ssid: "x", password: "" }), undefined);
		assert.equal(faultOfCredentials({ ssid: "x".repeat(32), password: "~ ".repeat(31) }), undefined);
	});
});
