import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { NodeClock } from "../../../hosts/node/clock";
import { NodeUrlFetcher } from "../../../hosts/node/url-fetcher";
import { DynamicDnsPart } from "../../../src/app/discovery/dynamic-dns-part";
import { Pump } from "../../../src/core/pump";
import type { FetchResult } from "../../../src/ports/url-fetcher";
import { until } from "../../support/until";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

describe("hosts-node/url-fetcher", () => {
	let server: Server;
	let elsewhere: Server;
	let answer: Answer;
	let asked: string[];

	function listen(): Promise<Server> {
		const made = createServer((request, response) => {
			asked.push(`${request.url} ${request.headers.authorization ?? "-"} ${request.headers["user-agent"]}`);
			answer(request, response);
		});
		return new Promise((done) => made.listen(0, "127.0.0.1", () => done(made)));
	}
	function base(of: Server): string {
		return `127.0.0.1:${(of.address() as AddressInfo).port}`;
	}

	before(async () => {
		server = await listen();
		elsewhere = await listen();
	});
	beforeEach(() => {
		asked = [];
		answer = (_request, response) => response.end("good");
	});
	after(() => {
		for (const made of [server, elsewhere]) {
			made.closeAllConnections();
			made.close();
		}
	});

	function get(path: string, timeout = 5000): Promise<FetchResult> {
		const headers = { "User-Agent": "test", Authorization: "Basic bWU6cHc=" };
		return new Promise((done) => new NodeUrlFetcher().get(`http://${base(server)}${path}`, { headers, timeout }, done));
	}

	it("gives status and body, and sends the fields", async () => {
		assert.deepEqual(await get("/update?ip=1.2.3.4"), { status: 200, body: "good" });
		assert.deepEqual(asked, ["/update?ip=1.2.3.4 Basic bWU6cHc= test"]);
	});

	it("takes 4 kB of a body, however long it is", async () => {
		answer = (_request, response) => {
			const more = () => {
				while (response.write("x".repeat(10_000)));
			};
			response.on("drain", more);
			more();
		};
		const result = await get("/");
		assert.equal("body" in result ? result.body.length : 0, 4096);
	});

	it("gives up in time, also where only the body is missing", async () => {
		answer = (_request, response) => void response.write("go");
		assert.deepEqual(await get("/", 200), { failure: "no answer within 0.2 seconds" });
		answer = () => {};
		assert.deepEqual(await get("/", 200), { failure: "no answer within 0.2 seconds" });
	});

	it("follows a redirection, and tells no other server the password", async () => {
		answer = (request, response) => {
			if (request.url === "/a") response.writeHead(302, { location: "/b" }).end();
			else if (request.url === "/b") response.writeHead(307, { location: `http://${base(elsewhere)}/c` }).end();
			else response.end("nochg");
		};
		assert.deepEqual(await get("/a"), { status: 200, body: "nochg" });
		assert.deepEqual(asked, ["/a Basic bWU6cHc= test", "/b Basic bWU6cHc= test", "/c - test"]);
	});

	for (const [what, location, words] of [
		["turn in circles", "/again", /again and again/],
		["lead to files", "file:///etc/passwd", /nothing is sent/],
		["make no sense", "http://[", /nothing is sent/],
	] as const) {
		it(`does not follow redirections that ${what}`, async () => {
			answer = (_request, response) => response.writeHead(302, { location }).end();
			const result = await get("/");
			assert.match("failure" in result ? result.failure : "", words);
			assert.ok(asked.length <= 4);
		});
	}

	it("says in words why there is no answer, and nothing of the URL", async () => {
		const dead = await listen();
		const address = base(dead);
		await new Promise((done) => dead.close(done));
		const result = await new Promise<FetchResult>((done) =>
			new NodeUrlFetcher().get(`http://${address}/secret`, { timeout: 5000 }, done),
		);
		assert.deepEqual(result, { failure: "the server refuses connections" });
		answer = (request) => request.socket.destroy();
		const broken = await get("/secret");
		assert.match("failure" in broken ? broken.failure : "", /^the connection failed/);
	});

	it("carries an update to a service, keeps what was told, and logs no password (IMG-5)", async () => {
		const kept = new Map<string, string>();
		const lines: string[] = [];
		const host = {
			clock: new NodeClock(),
			log: { write: (...words: string[]) => void lines.push(words.join(" ")) },
			store: {
				read: (key: string) => kept.get(key),
				write: (key: string, value: string) => void kept.set(key, value),
				delete: (key: string) => void kept.delete(key),
			},
			fetcher: new NodeUrlFetcher(),
		};
		const settings = {
			dynamicDnsUrl: `http://me:hunter2@${base(server)}/nic/update?hostname={name}&myip={address}`,
			hostName: "cams.example.org",
		};
		let changes = 0;
		const make = () => new DynamicDnsPart(host, new Pump(host.clock), settings, "node", () => changes++);
		const link = make();
		link.set("198.20.0.1", true);
		await until("the service knows the address", 5000, () => link.view.state === "current");
		const basic = `Basic ${Buffer.from("me:hunter2").toString("base64")}`;
		assert.deepEqual(asked, [`/nic/update?hostname=cams.example.org&myip=198.20.0.1 ${basic} Porthole/1 (node)`]);
		assert.equal(changes, 1);
		assert.ok(lines.some((line) => line.includes("unencrypted")));
		// After a restart the same address is not told again at once, a new one is.
		const next = make();
		next.set("198.20.0.1", true);
		assert.equal(next.view.state, "current");
		answer = (_request, response) => response.end("badauth");
		next.set("198.20.0.2", true);
		await until("it is refused", 5000, () => next.view.state === "stopped");
		assert.match(next.view.remedy, /user and password/);
		assert.equal(asked.length, 2);
		assert.ok(!`${lines.join(" ")} ${[...kept.values()].join(" ")}`.includes("hunter2"));
		for (const made of [link, next]) made.set("", false);
	});

	it("is missed in words on a host that has none", () => {
		const lines: string[] = [];
		const host = {
			clock: new NodeClock(),
			log: { write: (...words: string[]) => void lines.push(words.join(" ")) },
			store: { read: () => undefined, write: () => {}, delete: () => {} },
		};
		const settings = { dynamicDnsUrl: "https://dyn.example/{address}", hostName: "" };
		const rings: (() => void)[] = [];
		const pump = new Pump({ now: () => 0, set: (at, ring) => void (at === 0 && rings.push(ring)) });
		const link = new DynamicDnsPart(host, pump, settings, "esp32", () => {});
		assert.match(lines[0] ?? "", /^warn dynamic-dns this host can't/);
		link.set("198.20.0.1", true);
		for (const ring of rings) ring();
		assert.equal(link.view.state, "stopped");
	});
});
