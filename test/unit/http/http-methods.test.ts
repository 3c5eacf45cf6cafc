import assert from "node:assert/strict";
import { HttpPeer } from "../../support/http-peer";

/** Routes of a collection and a file, as a server for WebDAV has them. */
function serve(): HttpPeer {
	const peer = new HttpPeer().open();
	const { server } = peer;
	for (const method of ["GET", "PUT", "DELETE", "PROPFIND", "MKCOL", "VERSION-CONTROL"])
		server.route(method, "/files/{name}", (request, reply) => reply.send(200, "text/plain", `${request.method}!`));
	server.route("GET", "/page", (_request, reply) => reply.send(200, "text/plain", "page"));
	server.route("OPTIONS", "/own", (_request, reply) => reply.empty(200, [["DAV", "1"]]));
	return peer;
}

const ask = (method: string, path: string, fields = "") => `${method} ${path} HTTP/1.1\r\nHost: nas\r\n${fields}\r\n`;

describe("http/methods", () => {
	const cases: [string, string, RegExp][] = [
		["routes any method", ask("PROPFIND", "/files/a"), /^HTTP\/1\.1 200 [\s\S]*PROPFIND!$/],
		["routes a method with a hyphen", ask("VERSION-CONTROL", "/files/a"), /VERSION-CONTROL!$/],
		["distinguishes the case of methods", ask("delete", "/files/a"), /^HTTP\/1\.1 405 /],
		[
			"answers HEAD with the head of the GET response",
			ask("HEAD", "/files/a"),
			/Content-Length: 5\r\n[\s\S]*\r\n\r\n$/,
		],
		[
			"responds with 405 and all methods of the path",
			ask("PATCH", "/files/a"),
			/\r\nAllow: GET, HEAD, PUT, DELETE, PROPFIND, MKCOL, VERSION-CONTROL, OPTIONS\r\n/,
		],
		[
			"answers OPTIONS with the methods of the path",
			ask("OPTIONS", "/page"),
			/^HTTP\/1\.1 204 [\s\S]*\r\nAllow: GET, HEAD, OPTIONS\r\n/,
		],
		["prefers a route for OPTIONS", ask("OPTIONS", "/own"), /^HTTP\/1\.1 200 [\s\S]*\r\nDAV: 1\r\n/],
		["responds with 404 to any method on an unknown path", ask("PROPFIND", "/nowhere"), /^HTTP\/1\.1 404 /],
		["responds with 404 to OPTIONS on an unknown path", ask("OPTIONS", "/nowhere"), /^HTTP\/1\.1 404 /],
		[
			"refuses unsafe methods from pages of other origins",
			ask("DELETE", "/files/a", "Origin: http://evil\r\n"),
			/^HTTP\/1\.1 403 /,
		],
		[
			"refuses unsafe methods that the browser marks as cross-site",
			ask("PUT", "/files/a", "Sec-Fetch-Site: cross-site\r\nContent-Length: 0\r\n"),
			/^HTTP\/1\.1 403 /,
		],
		["allows pages of other origins to read", ask("GET", "/page", "Origin: http://evil\r\n"), /^HTTP\/1\.1 200 /],
		[
			"allows unsafe methods from its own pages",
			ask("DELETE", "/files/a", "Origin: http://nas\r\n"),
			/^HTTP\/1\.1 200 /,
		],
	];
	for (const [title, request, answer] of cases) {
		it(title, () => assert.match(serve().send(request), answer));
	}

	it("asks the gate about unknown paths and methods too", () => {
		const needs: (string | undefined)[] = [];
		const peer = new HttpPeer(
			{},
			{
				gate: {
					admit: (_request, need, reply) => {
						needs.push(need);
						reply.error(401, "");
						return false;
					},
				},
			},
		);
		peer.server.route("GET", "/page", () => assert.fail("not admitted"), "owner");
		for (const request of [ask("GET", "/page"), ask("PUT", "/page"), ask("OPTIONS", "/page"), ask("GET", "/nowhere")])
			assert.match(peer.open().send(request), /^HTTP\/1\.1 401 /);
		assert.deepEqual(needs, ["owner", undefined, undefined, undefined]);
	});

	it("throws for a route without a need if there is a gate", () => {
		const { server } = new HttpPeer({}, { gate: { admit: () => true } });
		assert.throws(() => server.route("GET", "/", () => {}), TypeError);
	});

	it("lets the site render refusals by reason, status and fields", () => {
		const reasons: string[] = [];
		const peer = new HttpPeer(
			{},
			{
				refuse: ({ reason, status, headers }, request, reply) => {
					reasons.push(`${reason} ${status} ${request?.path}`);
					if (reason !== "not-found") reply.send(status, "text/html", "<p>No", headers);
				},
			},
		);
		peer.server.route("GET", "/page", () => {
			throw new Error("a mistake");
		});
		const answers = [
			ask("GET", "/nowhere"),
			ask("PUT", "/page", "Content-Length: 0\r\n"),
			ask("GET", "/page"),
			ask("GET", "/%"),
			"nonsense\r\n\r\n",
			"GET / HTTP/3.0\r\n\r\n",
		].map((request) => peer.open().send(request));
		assert.deepEqual(reasons, [
			"not-found 404 /nowhere",
			"method-not-allowed 405 /page",
			"handler-failed 500 /page",
			"bad-target 400 undefined",
			"malformed 400 undefined",
			"version 505 undefined",
		]);
		assert.match(answers[0], /^HTTP\/1\.1 404 [\s\S]*text\/plain/, "a renderer that does not answer gets the default");
		assert.match(answers[1], /\r\nAllow: GET, HEAD, OPTIONS\r\n[\s\S]*<p>No$/);
	});
});
