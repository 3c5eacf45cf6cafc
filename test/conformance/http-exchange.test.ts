import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { NodeClock } from "../../hosts/node/clock";
import { NodeNetwork } from "../../hosts/node/network";
import { utf8Decode, utf8Encode } from "../../src/base/text";
import type { EventSink } from "../../src/core/event-ring";
import { Pump } from "../../src/core/pump";
import { type ExchangeRequest, type ExchangeResult, HttpExchange } from "../../src/http/http-exchange";
import { authorityFor, type HttpUrl, parseUrl } from "../../src/wire/http-url";
import { needs } from "../support/needs";
import { PatternSink, PatternSource, patternOf } from "../support/pattern";
import { TlsFolder } from "./tls-fixture";

const LARGE = 5_000_000;

/** Runs a client of the product on Node.js, with every name at this machine. */
class Fetch implements EventSink<ExchangeResult> {
	private readonly network = new NodeNetwork();
	private readonly pump = new Pump(new NodeClock());
	private done: ((outcome: string) => void) | undefined;

	/** @param ca path of the only authority to trust */
	constructor(private readonly ca: string) {}

	/** @returns status and body, or the failure */
	run(text: string, request: Partial<ExchangeRequest> = {}): Promise<string> {
		const url = parseUrl(text) as HttpUrl;
		const { secure, host, port, target } = url;
		const exchange = new HttpExchange(
			this.pump.now(),
			{ method: "GET", host: authorityFor(url), target, headers: [], timeout: 20_000, ...request },
			{ emit: (result) => this.pump.post(this, result) },
		);
		return new Promise((done) => {
			this.done = done;
			const handle = this.pump.addStream(exchange);
			const tls = secure ? { tls: { serverName: host, ca: this.ca } } : {};
			handle.attach(this.network.connect({ address: "127.0.0.1", port, ...tls }, handle));
			this.pump.settle();
		});
	}

	on(result: ExchangeResult): void {
		if ("failure" in result) this.done?.(result.failure);
		else this.done?.(`${result.answer.status} ${utf8Decode(result.answer.body)}`);
	}
}

/** A server of Node.js's own: another implementation of HTTP. */
const listener: RequestListener = (request, response) => {
	if (request.url === "/large") {
		response.setHeader("Content-Length", LARGE);
		for (let at = 0; at < LARGE; at += 50_000) response.write(patternOf(at, at + 50_000));
		response.end();
	} else if (request.url === "/chunked") {
		response.write("one ");
		setTimeout(() => response.end("two"), 20);
	} else if (request.url === "/elsewhere") {
		response.writeHead(307, { Location: "/there" }).end("over there");
	} else {
		void describeRequest(request).then((text) => response.end(text));
	}
};

/** Method, some fields, and the body of a request. */
async function describeRequest(request: IncomingMessage): Promise<string> {
	let length = 0;
	let text = "";
	for await (const piece of request) {
		length += piece.length;
		if (length < 100) text += piece;
	}
	const { authorization = "-", host } = request.headers;
	return `${request.method} ${host?.replace(/:\d+/, "")} ${authorization} ${length} ${text}`;
}

async function listening(server: Server): Promise<number> {
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	return (server.address() as AddressInfo).port;
}

describe("HTTP: the client against the servers of Node.js", function () {
	this.timeout(60_000);
	const folder = new TlsFolder();
	let plain: Server;
	let secure: Server;
	let http: string;
	let https: string;
	let fetch: Fetch;

	before(async function () {
		needs(this, "openssl");
		folder.make(1);
		fetch = new Fetch(folder.certificate);
		const files = { cert: readFileSync(folder.certificate), key: readFileSync(folder.key) };
		plain = createServer(listener);
		secure = createSecureServer(files, listener);
		http = `http://localhost:${await listening(plain)}`;
		https = `https://localhost:${await listening(secure)}`;
	});
	after(() => {
		folder.remove();
		plain?.close();
		secure?.close();
	});

	it("gets, posts, and uses any method", async () => {
		assert.equal(await fetch.run(`${http}/a`), "200 GET localhost - 0 ");
		const post = { method: "POST", body: utf8Encode("a=b") };
		assert.equal(await fetch.run(`${http}/a`, post), "200 POST localhost - 3 a=b");
		assert.equal(await fetch.run(`${http}/a`, { method: "PROPFIND" }), "200 PROPFIND localhost - 0 ");
	});

	it("reads a chunked response", async () => {
		assert.equal(await fetch.run(`${http}/chunked`), "200 one two");
	});

	it("uses TLS, and refuses a certificate for another name", async () => {
		assert.equal(await fetch.run(`${https}/a`), "200 GET localhost - 0 ");
		assert.equal(await fetch.run(`${https.replace("localhost", "camera.test")}/a`), "certificate");
	});

	it("sends the fields that it is given, and follows no redirect", async () => {
		const headers = [["Authorization", "Bearer x"]] as const;
		const post = { method: "POST", body: utf8Encode("a=b"), headers };
		assert.equal(await fetch.run(`${http}/a`, post), "200 POST localhost Bearer x 3 a=b");
		assert.equal(await fetch.run(`${http}/elsewhere`, post), "307 over there");
	});

	for (const scheme of ["http", "https"]) {
		it(`uploads from a source and downloads to a sink by ${scheme}`, async () => {
			const url = scheme === "http" ? http : https;
			const sink = new PatternSink();
			assert.equal(await fetch.run(`${url}/large`, { receiver: { head: () => sink } }), "200 ");
			assert.deepEqual([sink.length, sink.wrongAt, sink.ended], [LARGE, undefined, true]);
			const body = { length: LARGE, open: () => new PatternSource(0, LARGE) };
			const answer = await fetch.run(`${url}/a`, { method: "PUT", body });
			assert.equal(answer.startsWith(`200 PUT localhost - ${LARGE} `), true, answer.slice(0, 100));
		});
	}

	it("fails with the reason when there is no server, or no answer in time", async () => {
		assert.equal(await fetch.run("http://localhost:1/"), "refused");
		const silent = createServer(() => {});
		const port = await listening(silent);
		assert.equal(await fetch.run(`http://localhost:${port}/`, { headTimeout: 200 }), "timeout");
		silent.closeAllConnections();
		silent.close();
	});
});
