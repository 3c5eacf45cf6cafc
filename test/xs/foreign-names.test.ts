import assert from "node:assert/strict";
import process from "porthole:process";
import { utf8Encode } from "../../src/base/text";
import { parseCredentials } from "../../src/wire/http-auth";
import { parseSoapAnswer } from "../../src/wire/soap";
import { parseSsdp } from "../../src/wire/ssdp";
import { VirtualHome, WAN } from "../support/virtual-home";
import { XmlLeaves } from "../support/xml-leaves";

/** Names in one request. */
const NAMES = 30;
/** Requests through a door before anything is counted: the first ones make the names of our own that are made late. */
const FIRST = 2;
/** Requests through a door that are counted. */
const REQUESTS = 3;

let drawn = 0;

/** A name that nobody has used yet. */
const name = () => `x${++drawn}`;
const names = () => Array.from({ length: NAMES }, name);
/** A name for a camera, with characters that nobody has used yet: even one character can be a property name. */
const strange = () => String.fromCharCode(...Array.from({ length: 15 }, () => 0x4e00 + ++drawn));
const json = () => `{${names().map((each) => `"${each}":"1"`)}}`;
const JSON_TYPE = "Content-Type: application/json\r\n";

/** Ways in which text of strangers gets into a camera: the method, the path, the fields and the body of a request. */
const STRANGERS: readonly (readonly [door: string, () => readonly [string, string, string, string]])[] = [
	["members of JSON", () => ["POST", "login", JSON_TYPE, json()]],
	["fields of a form", () => ["POST", "login", "", names().join("=1&")]],
	[
		"parts of a form",
		() => [
			"POST",
			"login",
			"Content-Type: multipart/form-data; boundary=b\r\n",
			names()
				.map((each) => `--b\r\nContent-Disposition: form-data; name="${each}"\r\n\r\n1\r\n`)
				.join(""),
		],
	],
	["parameters of a query", () => ["GET", `login?${names().join("=1&")}`, "", ""]],
	["segments of a path", () => ["GET", names().join("/"), "", ""]],
	["names of header fields", () => ["GET", "", `${names().join(": 1\r\n")}: 1\r\n`, ""]],
	["cookies", () => ["GET", "", `Cookie: ${names().join("=1; ")}=1\r\n`, ""]],
	[
		"parameters of credentials",
		() => ["GET", "", `Authorization: Digest ${names().slice(0, 15).join('="1", ')}="1"\r\n`, ""],
	],
	["schemes of credentials", () => ["GET", "", `Authorization: ${name()} ${name()}\r\n`, ""]],
	["methods", () => [name().toUpperCase(), "", "", ""]],
	["host names", () => ["GET", "", `X-Forwarded-Host: ${name()}\r\nReferer: http://${name()}/${name()}\r\n`, ""]],
	["events of a gateway", () => ["NOTIFY", "gateway/events", `NT: ${name()}\r\nSID: uuid:${name()}\r\n`, xml()]],
];

const xml = () => {
	const tags = names();
	return `<${name()} ${name()}="1">${tags.map((tag) => `<${tag}>${tag}</${tag}>`).join("")}</${name()}>`;
};

/** Text that is read before a request is made of it, or none. */
const READERS: readonly (readonly [what: string, () => unknown])[] = [
	["the tags of XML", () => new XmlLeaves(`<a>${xml()}</a>`)],
	["the arguments of a SOAP answer", () => parseSoapAnswer(utf8Encode(`<aResponse>${xml()}</aResponse>`), "a")],
	["the fields of SSDP", () => parseSsdp(utf8Encode(`HTTP/1.1 200 OK\r\n${names().join(": 1\r\n")}: 1\r\n\r\n`))],
	["the parameters of a challenge", () => parseCredentials(`Digest ${names().slice(0, 15).join('="1", ')}="1"`)],
];

/** Does it a few times. @returns how many property names that made, after the first times */
function namesMadeBy(work: () => void): number {
	for (let i = 0; i < FIRST; i++) work();
	const before = process.names;
	for (let i = 0; i < REQUESTS; i++) work();
	return process.names - before;
}

describe("foreign text on XS", () => {
	const home = new VirtualHome(1);
	let base = "";

	before(() => {
		for (let i = 0; i < 2; i++) home.add();
		home.until(() => home.cameras.every((c) => c.port !== 0), 10000, "all have ports");
		base = `http://${WAN}:${home.cameras[0].port}/`;
	});

	for (const [door, request] of STRANGERS)
		it(`becomes no property name: ${door}`, () => {
			const made = namesMadeBy(() => {
				const [method, path, fields, body] = request();
				const length = method === "POST" || body === "" ? "" : `Content-Length: ${body.length}\r\n`;
				home.exchange(method, base + path, body, fields + length, home.visitor, 3000);
			});
			assert.equal(made, 0);
		});

	for (const [what, read] of READERS)
		it(`becomes no property name: ${what}`, () =>
			assert.equal(
				namesMadeBy(() => void read()),
				0,
			));

	for (const path of ["api/v1/motion", "api/v1/settings", "api/v1/mapping"])
		it(`becomes no property name: what the owner sends to /${path}`, () => {
			assert.equal(
				namesMadeBy(() => void home.post(base + path, json(), home.visitor, JSON_TYPE)),
				0,
			);
		});

	it("becomes no property name: the names of cameras on the portal and their own pages", () => {
		const id = home.cameras[1].camera.identity.id;
		const made = namesMadeBy(() => {
			const given = strange();
			const answer = home.post(`${base}api/v1/cameras/${id}/name`, `name=${encodeURIComponent(given)}`);
			assert.match(answer, /^HTTP\/1.1 200/);
			home.until(() => home.cameras[1].camera.fleet.self.name === given, 90_000, "the camera has its name");
			for (const page of ["portal", "settings", "fleet", "", "api/v1/status", "metrics"]) home.get(base + page);
			for (const page of ["", "settings"]) home.get(`http://${WAN}:${home.cameras[1].port}/${page}`);
		});
		assert.equal(made, 0);
	});
});
