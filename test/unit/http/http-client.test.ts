import assert from "node:assert/strict";
import { HttpClient, type HttpClientEvent, type HttpClientRequest } from "../../../src/http/http-client";
import type { HttpExchange } from "../../../src/http/http-exchange";
import { type HttpUrl, parseUrl } from "../../../src/wire/http-url";
import { FakeStream } from "../../support/fake-stream";
import { octets, RecordingSink } from "../../support/http-peer";
import { PatternSource } from "../../support/pattern";

const CREDENTIALS = [
	["Authorization", "Bearer x"],
	["Cookie", "a=b"],
	["X-Own", "1"],
	["Content-Type", "text/plain"],
] as const;

/** A client whose connections the test plays. */
class Browser {
	readonly events: string[] = [];
	exchange: HttpExchange | undefined;
	stream = new FakeStream();
	now = 0;
	readonly client: HttpClient;

	constructor(url: string, request: Partial<HttpClientRequest> = {}) {
		this.client = new HttpClient(
			{ method: "GET", url: parseUrl(url) as HttpUrl, headers: CREDENTIALS, ...request },
			{ emit: (event) => this.took(event) },
		);
		this.client.start(0);
	}

	/** The server of the last connection answers. @returns the request that it had got */
	answer(text: string): string {
		const { exchange } = this;
		const stream = new FakeStream();
		this.stream = stream;
		exchange?.room(this.now, stream);
		const asked = stream.text();
		exchange?.feed(this.now, octets(text), stream);
		exchange?.ended(this.now, "reset");
		return asked;
	}

	private took(event: HttpClientEvent): void {
		const { secure, host, port, target } = event.url;
		const where = `${secure ? "https" : "http"}://${host}:${port}${target}`;
		if (event.kind === "connect") {
			this.exchange = event.exchange;
			this.events.push(where);
		} else if (event.kind === "answer") {
			this.events.push(`${event.answer.status} ${Buffer.from(event.answer.body).toString()} of ${where}`);
		} else this.events.push(`${event.failure} of ${where}`);
	}
}

const to = (location: string, status = 302) =>
	`HTTP/1.1 ${status} Elsewhere\r\nLocation: ${location}\r\nContent-Length: 3\r\n\r\nsee`;
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

describe("http/http-client", () => {
	it("emits connect for the URL, then the answer", () => {
		const browser = new Browser("https://cam:8443/a?b");
		assert.match(browser.answer(OK), /^GET \/a\?b HTTP\/1\.1\r\nHost: cam:8443\r\n[\s\S]*Authorization: Bearer x\r\n/);
		assert.deepEqual(browser.events, ["https://cam:8443/a?b", "200 ok of https://cam:8443/a?b"]);
	});

	it("follows redirects to other paths and hosts", () => {
		const browser = new Browser("http://cam/a/b");
		browser.answer(to("c"));
		browser.answer(to("//other/d", 308));
		browser.answer(to("https://third/", 301));
		browser.answer(OK);
		assert.deepEqual(browser.events, [
			"http://cam:80/a/b",
			"http://cam:80/a/c",
			"http://other:80/d",
			"https://third:443/",
			"200 ok of https://third:443/",
		]);
	});

	// RFC 9110 §15.4
	const methods: [number, string, string][] = [
		[301, "POST", "GET"],
		[302, "POST", "GET"],
		[303, "POST", "GET"],
		[307, "POST", "POST"],
		[308, "POST", "POST"],
		[302, "PUT", "PUT"],
		[303, "PUT", "GET"],
		[303, "HEAD", "HEAD"],
		[302, "HEAD", "HEAD"],
	];
	for (const [status, method, next] of methods) {
		it(`follows ${status} after ${method} with ${next}${next === "GET" ? ", without the body and its fields" : ""}`, () => {
			const body = method === "HEAD" ? {} : { body: octets("data") };
			const browser = new Browser("http://cam/", { method, ...body });
			browser.answer(to("/b", status));
			const asked = browser.answer(OK);
			assert.match(asked, new RegExp(`^${next} /b `));
			assert.equal(asked.endsWith("\r\n\r\ndata"), next === "POST" || next === "PUT");
			assert.equal(asked.includes("Content-Type"), next !== "GET");
		});
	}

	it("opens the source of a body again for a redirect that repeats the request", () => {
		let opened = 0;
		const body = {
			length: 10,
			open: () => {
				opened++;
				return new PatternSource(0, 10);
			},
		};
		const browser = new Browser("http://cam/", { method: "PUT", body });
		browser.answer(to("/b", 307));
		browser.answer(OK);
		assert.equal(opened, 2);
	});

	const origins: [string, string, boolean][] = [
		["http://cam/", "/b", true],
		["http://cam/", "http://CAM:80/b", true],
		["http://cam/", "http://cam:81/", false],
		["http://cam/", "http://other/", false],
		["http://cam/", "https://cam/", false],
	];
	for (const [from, location, kept] of origins) {
		it(`${kept ? "keeps" : "drops"} credentials on the way from ${from} to ${location}`, () => {
			const browser = new Browser(from);
			browser.answer(to(location));
			const asked = browser.answer(OK);
			assert.equal(/authorization|cookie/i.test(asked), kept);
			assert.match(asked, /\r\nX-Own: 1\r\n/);
		});
	}

	it("does not restore credentials on the way back to the first origin", () => {
		const browser = new Browser("http://cam/");
		browser.answer(to("http://evil/"));
		browser.answer(to("http://cam/"));
		assert.doesNotMatch(browser.answer(OK), /authorization|cookie/i);
	});

	const failures: [string, string, string, string][] = [
		["a redirect from https to http", "https://cam/", to("http://cam/"), "insecure-redirect"],
		["a redirect to another scheme", "http://cam/", to("file:///etc/passwd"), "bad-redirect"],
		["a redirect to a URL with a user", "http://cam/", to("http://a:b@evil/"), "bad-redirect"],
		["a redirect without a location", "http://cam/", "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "bad-redirect"],
		["something that is not HTTP", "http://cam/", "nonsense\r\n\r\n", "malformed"],
	];
	for (const [title, url, answer, failure] of failures) {
		it(`fails with "${failure}" for ${title}`, () => {
			const browser = new Browser(url);
			browser.answer(answer);
			assert.deepEqual(
				browser.events.slice(1).map((event) => event.split(" ")[0]),
				[failure],
			);
		});
	}

	it("limits the number of redirects", () => {
		const browser = new Browser("http://cam/", { redirects: 2 });
		for (let i = 0; i < 5; i++) browser.answer(to(`/${i}`));
		assert.deepEqual(browser.events.slice(-2), ["http://cam:80/1", "too-many-redirects of http://cam:80/1"]);
	});

	it("emits a redirect as the answer if none is to be followed", () => {
		const browser = new Browser("http://cam/", { redirects: 0 });
		browser.answer(to("/b"));
		assert.deepEqual(browser.events.slice(1), ["302 see of http://cam:80/"]);
	});

	for (const status of [300, 304, 305]) {
		it(`emits ${status} as the answer`, () => {
			const browser = new Browser("http://cam/");
			browser.answer(`HTTP/1.1 ${status} Odd\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n`);
			assert.equal(browser.events.length, 2);
		});
	}

	it("passes only the last response to the receiver", () => {
		const sink = new RecordingSink();
		const heads: number[] = [];
		const receiver = {
			head(_now: number, { status }: { readonly status: number }) {
				heads.push(status);
				return sink;
			},
		};
		const browser = new Browser("http://cam/", { receiver });
		browser.answer(to("/b"));
		browser.answer(OK);
		assert.deepEqual([heads, sink.body, sink.calls], [[200], "ok", "te"]);
	});

	it("applies the time limit to all steps together", () => {
		const browser = new Browser("http://cam/", { timeout: 1000 });
		browser.now = 900;
		browser.answer(to("/b"));
		assert.equal(browser.exchange?.deadline, 1000);
		browser.exchange?.expire(1000, browser.stream);
		assert.equal(browser.events.at(-1), "timeout of http://cam:80/b");
	});

	it("aborts a connection that opens after it was cancelled", () => {
		const browser = new Browser("http://cam/");
		browser.client.cancel();
		browser.exchange?.room(0, browser.stream);
		assert.deepEqual([browser.stream.aborted, browser.stream.text()], [true, ""]);
	});

	it("emits nothing after it was cancelled", () => {
		const browser = new Browser("http://cam/");
		const { exchange } = browser;
		exchange?.room(0, browser.stream);
		browser.client.cancel();
		exchange?.feed(0, octets(OK), browser.stream);
		assert.equal(browser.stream.aborted, true);
		assert.equal(browser.events.length, 1);
	});
});
