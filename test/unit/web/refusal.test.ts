import assert from "node:assert/strict";
import type { Admission } from "../../../src/access/role";
import { HttpServer } from "../../../src/http/http-server";
import { renderError, renderRefusal } from "../../../src/web/refusal";
import { FakeStream } from "../../support/fake-stream";
import { statusOf } from "../../support/home-answer";
import { HTTP_LIMITS } from "../../support/http-limits";

const VISITOR = Object.freeze({
	owner: true,
	session: true,
	device: "Garage",
	links: [{ path: "/portal", url: "/portal", label: "Cameras" }],
});

/** A server whose visitors have all logged in. */
const server = new HttpServer<Admission, undefined>(
	{ ...HTTP_LIMITS, handlerTimeout: 5000 },
	{
		now: () => 1000,
		utc: () => undefined,
		refuse: (refusal, _request, reply) => renderRefusal(refusal, reply),
		error: (status, message, headers, request, reply) => renderError(status, message, headers, request, reply, VISITOR),
	},
);
const path = (area: string, status: number) => `${area}/${status}`;
for (const area of ["/page", "/api/v1"])
	for (const status of [400, 403, 404, 409, 413, 415, 429, 500, 503, 507])
		server.route("GET", path(area, status), (_request, reply) => reply.error(status, `Why <${status}>.`));
server.route("GET", "/throws", () => {
	throw new Error("broken");
});
server.route("GET", "/never", () => {});
server.route("GET", "/bare", (_request, reply) => reply.error(409, ""));
server.route("GET", "/moved", (_request, reply) => reply.error(307, "elsewhere", [["Location", "/"]]));
server.route("POST", "/form", (_request, reply) => reply.redirect("/"), undefined, 100);

function ask(head: string, fields: readonly string[] = [], body = "", wait = 0): string {
	const connection = server.accept(1000, "192.168.0.12", "192.168.0.11", 8000)!;
	const stream = new FakeStream();
	connection.room(1000, stream);
	const lines = [`${head} HTTP/1.1`, "Host: 192.168.0.11:8000", ...fields];
	if (body !== "") lines.push(`Content-Length: ${body.length}`);
	connection.feed(1000, new Uint8Array(Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`)), stream);
	if (wait > 0) connection.expire(1000 + wait, stream);
	const text = stream.text();
	connection.ended(1000, "reset");
	return text;
}

const HTML = "Accept: text/html,*/*";

describe("web/refusal", () => {
	for (const code of [400, 403, 404, 409, 413, 415, 429, 500, 503, 507]) {
		it(`answers a browser with a page that has the navigation: ${code}`, () => {
			const answer = ask(`GET ${path("/page", code)}`, [HTML, "Referer: http://192.168.0.11:8000/settings"]);
			assert.equal(statusOf(answer), code);
			assert.match(answer, /Cache-Control: no-store/);
			assert.match(answer, /<nav [^>]*><div><a href="\/portal">Cameras<\/a>/);
			assert.ok(answer.includes(`role="alert">Why &lt;${code}&gt;.<`));
			assert.match(answer, /<a class="button" href="\/settings">Go back<\/a>/);
			assert.equal(answer.includes(">Try again<"), code >= 500);
			assert.match(answer, /<title>[^<]+ Garage<\/title>/);
		});

		it(`answers a program that asks the API with JSON, and others with text: ${code}`, () => {
			const api = ask(`GET ${path("/api/v1", code)}`);
			assert.equal(statusOf(api), code);
			assert.deepEqual(JSON.parse(api.slice(api.indexOf("\r\n\r\n"))), { error: `Why <${code}>.` });
			const text = ask(`GET ${path("/page", code)}`);
			assert.equal(statusOf(text), code);
			assert.match(text, /Content-Type: text\/plain/);
		});
	}

	for (const [what, code, answer] of [
		["no such page", 404, () => ask("GET /nowhere", [HTML])],
		["the wrong method", 405, () => ask("POST /throws", [HTML, "Content-Length: 0"])],
		["a form that is too large", 413, () => ask("POST /form", [HTML], "x".repeat(200))],
		["a form of another site", 403, () => ask("POST /form", [HTML, "Origin: http://evil.example"], "a=b")],
		["a form that does not arrive", 408, () => ask("POST /form", [HTML, "Content-Length: 50"], "", 60_000)],
		["a handler that throws", 500, () => ask("GET /throws", [HTML])],
		["a handler that does not answer", 504, () => ask("GET /never", [HTML], "", 60_000)],
		["an error without a message", 409, () => ask("GET /bare", [HTML])],
	] as const) {
		it(`shows the page where the engine refuses: ${what}`, () => {
			const text = answer();
			assert.equal(statusOf(text), code);
			assert.match(text, /<nav /);
			assert.match(text, /role="alert">[^<]+</);
		});
	}

	it("leaves redirects, and requests that can't be read, as they are", () => {
		assert.match(ask("GET /moved", [HTML]), /^HTTP\/1\.1 307 [\s\S]*text\/plain/);
		assert.match(ask("GET http://other.example/", [HTML]), /^HTTP\/1\.1 400 [\s\S]*text\/plain/);
		assert.match(ask("GET /page/404", [HTML, "Malformed"]), /^HTTP\/1\.1 400 [\s\S]*text\/plain/);
	});

	it("leads nowhere but to this server", () => {
		const answer = ask("GET /evil", [HTML, "Referer: http://evil.example/x"]);
		assert.doesNotMatch(answer, /href="[^"]*evil.example/);
		assert.match(answer, /href="\/">Go to the first page</);
	});
});
