import assert from "node:assert/strict";
import type { SetupChoice } from "../../../hosts/esp32/first-setup";
import { setupServer } from "../../../hosts/esp32/setup-page";
import { faultOfCredentials, keepCredentials, readCredentials } from "../../../hosts/esp32/wifi-credentials";
import { VirtualStore } from "../../../hosts/virtual/virtual-store";
import { utf8Encode } from "../../../src/base/text";
import { hashSource } from "../../../src/web/page";
import { FakeStream } from "../../support/fake-stream";

const DRAWN = "ABCD-EFGH-2345";

interface Outcome {
	/** Answers of all requests, one after the other. */
	readonly answer: string;
	readonly chosen: SetupChoice[];
}

function ask(drawn: string | undefined, ...requests: readonly string[]): Outcome {
	const chosen: SetupChoice[] = [];
	const server = setupServer("Porthole-12AB", { now: () => 0, utc: () => undefined }, drawn, (choice) =>
		chosen.push(choice),
	);
	let answer = "";
	for (const request of requests) {
		const stream = new FakeStream();
		const connection = server.accept(0, "192.168.4.2", "192.168.4.1", 80);
		assert.ok(connection !== undefined);
		connection.room(0, stream);
		connection.feed(0, utf8Encode(request), stream);
		answer += stream.text();
	}
	return { answer, chosen };
}

function request(form: string, fields = ""): string {
	return `POST /wifi HTTP/1.1\r\nHost: 192.168.4.1\r\nContent-Length: ${form.length}\r\n${fields}\r\n${form}`;
}

function post(form: string, fields = "", drawn: string | undefined = DRAWN): Outcome {
	return ask(drawn, request(form, fields));
}

describe("hosts-esp32/setup-page", () => {
	it("shows the form at any path, as phones look for a portal at one of their own", () => {
		for (const path of ["/", "/generate_204", "/hotspot-detect.html"]) {
			const { answer } = ask(DRAWN, `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
			assert.match(answer, /^HTTP\/1\.1 200 /);
			assert.match(answer, /<input name="ssid"/);
			assert.match(answer, /Content-Security-Policy: default-src 'none'/);
		}
	});

	it("has a policy that names its style by its hash, and permits nothing else", () => {
		const { answer } = ask(DRAWN, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
		const style = /<style>([^<]*)<\/style>/.exec(answer)?.[1] ?? "";
		assert.ok(answer.includes(`style-src ${hashSource(style)};`));
		assert.equal(hashSource(""), "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
		assert.doesNotMatch(answer, /unsafe-inline| style=/);
	});

	it("shows the owner's password at the first set-up, and uses it unless another is chosen", () => {
		const { answer } = ask(DRAWN, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
		assert.match(answer, /Owner password: <b>ABCD-EFGH-2345<\/b>/);
		const kept = post("ssid=home&password=12345678&owner=");
		assert.equal(kept.chosen[0].ownerPassword, DRAWN);
		assert.match(kept.answer, /<b>owner<\/b> with the password <b>ABCD-EFGH-2345<\/b>/);
		const own = post("ssid=home&password=12345678&owner=correct+horse");
		assert.equal(own.chosen[0].ownerPassword, "correct horse");
		assert.doesNotMatch(own.answer, /horse|ABCD/);
	});

	it("neither shows nor accepts an owner password when the camera only joins another network", () => {
		const form = "ssid=home&password=12345678&owner=correct+horse";
		const { answer, chosen } = ask(undefined, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", request(form));
		assert.match(answer, /The owner password stays as it is/);
		assert.doesNotMatch(answer, /name="owner"|horse/);
		assert.deepEqual(chosen, [{ credentials: { ssid: "home", password: "12345678" }, ownerPassword: undefined }]);
	});

	it("takes one form only", () => {
		const { answer, chosen } = ask(DRAWN, request("ssid=a&password="), request("ssid=b&password=&owner=correct+horse"));
		assert.match(answer, /HTTP\/1\.1 409 /);
		assert.deepEqual(chosen, [{ credentials: { ssid: "a", password: "" }, ownerPassword: DRAWN }]);
	});

	it("takes the longest values, all escaped", () => {
		const ssid = "%C3%A9".repeat(16);
		const { chosen } = post(`ssid=${ssid}&password=${"%7E".repeat(63)}&owner=${"%E2%82%AC".repeat(64)}`);
		assert.equal(chosen[0].ownerPassword, "€".repeat(64));
	});

	it("takes a network and its password, once, and answers without the password", () => {
		const { answer, chosen } = post("ssid=Caf%C3%A9+24&password=open+sesame%21");
		assert.match(answer, /^HTTP\/1\.1 200 /);
		assert.deepEqual(chosen[0].credentials, { ssid: "Café 24", password: "open sesame!" });
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
		["an owner password of 7", "ssid=a&password=&owner=1234567", "", /^HTTP\/1\.1 400 /],
		["an owner password of 65", `ssid=a&password=&owner=${"1".repeat(65)}`, "", /^HTTP\/1\.1 400 /],
		["an owner password with a line end", "ssid=a&password=&owner=12345678%0A", "", /^HTTP\/1\.1 400 /],
		["an ill-formed form", "ssid=%ZZ", "", /^HTTP\/1\.1 400 /],
		["a form that is too long", `ssid=a&password=12345678&x=${"y".repeat(1100)}`, "", /^HTTP\/1\.1 413 /],
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
	it("stores the credentials, and has none after a power cut in the middle", () => {
		const store = new VirtualStore();
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
