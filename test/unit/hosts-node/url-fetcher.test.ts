import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { NodeClock } from "../../../hosts/node/clock";
import { NodeUrlFetcher } from "../../../hosts/node/url-fetcher";
import { VirtualStore } from "../../../hosts/virtual/virtual-store";
import type { DynamicDnsView } from "../../../src/app/discovery/dynamic-dns";
import { DynamicDnsPart } from "../../../src/app/discovery/dynamic-dns-part";
import type { FetchResult } from "../../../src/ports/url-fetcher";
import { NO_URL_FETCHER } from "../../../src/ports/url-fetcher";
import { FakeNode } from "../../support/fake-node";
import { until } from "../../support/until";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const REPRESENTATIVE = { self: { representative: true } };

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

	it("returns status and body, and sends the fields", async () => {
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

	it("times out, even if only the body is missing", async () => {
		answer = (_request, response) => void response.write("go");
		assert.deepEqual(await get("/", 200), { failure: "no answer within 0.2 seconds" });
		answer = () => {};
		assert.deepEqual(await get("/", 200), { failure: "no answer within 0.2 seconds" });
	});

	it("follows a redirection, and sends no other server the password", async () => {
		answer = (request, response) => {
			if (request.url === "/a") response.writeHead(302, { location: "/b" }).end();
			else if (request.url === "/b") response.writeHead(307, { location: `http://${base(elsewhere)}/c` }).end();
			else response.end("nochg");
		};
		assert.deepEqual(await get("/a"), { status: 200, body: "nochg" });
		assert.deepEqual(asked, ["/a Basic bWU6cHc= test", "/b Basic bWU6cHc= test", "/c - test"]);
	});

	for (const [what, location, words] of [
		["turn in circles", "/again", /redirects too often/],
		["lead to files", "file:///etc/passwd", /not allowed/],
		["make no sense", "http://[", /not allowed/],
	] as const) {
		it(`does not follow redirections that ${what}`, async () => {
			answer = (_request, response) => response.writeHead(302, { location }).end();
			const result = await get("/");
			assert.match("failure" in result ? result.failure : "", words);
			assert.ok(asked.length <= 4);
		});
	}

	it("explains why there is no answer, without showing the URL", async () => {
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

	it("sends an update to a service, stores the reported address, and logs no password (IMG-5)", async () => {
		const settings = {
			dynamicDnsUrl: `http://me:hunter2@${base(server)}/nic/update?hostname={name}&myip={address}`,
			hostName: "cams.example.org",
		};
		const clock = new NodeClock();
		const store = new VirtualStore();
		const lines: string[] = [];
		const make = () => {
			const node = new FakeNode(settings, {
				clock,
				store,
				log: { write: (...words: string[]) => void lines.push(words.join(" ")) },
			});
			const part = new DynamicDnsPart(node, new NodeUrlFetcher(), REPRESENTATIVE, { isMapping: true });
			const tell = (address: string) => {
				node.addresses.externalAddress = address;
				part.refresh();
			};
			return { node, tell, view: () => part.status()["dynamicDns"] as DynamicDnsView };
		};
		const first = make();
		first.tell("198.20.0.1");
		await until("the service knows the address", 5000, () => first.view().state === "current");
		const basic = `Basic ${Buffer.from("me:hunter2").toString("base64")}`;
		assert.deepEqual(asked, [`/nic/update?hostname=cams.example.org&myip=198.20.0.1 ${basic} Porthole/1 (node)`]);
		assert.equal(first.node.changes, 1);
		assert.ok(lines.some((line) => line.includes("unencrypted")));
		// After a restart the same address is not told again at once, a new one is.
		const next = make();
		next.tell("198.20.0.1");
		assert.equal(next.view().state, "current");
		answer = (_request, response) => response.end("badauth");
		next.tell("198.20.0.2");
		await until("it is refused", 5000, () => next.view().state === "stopped");
		assert.match(next.view().remedy, /user and password|user name and password/);
		assert.equal(asked.length, 2);
		assert.ok(!`${lines.join(" ")} ${[...store.values.values()].join(" ")}`.includes("hunter2"));
		for (const made of [first, next]) made.tell("");
	});

	it("reports a host without an HTTP client", () => {
		const node = new FakeNode({ dynamicDnsUrl: "https://dyn.example/{address}" });
		const part = new DynamicDnsPart(node, NO_URL_FETCHER, REPRESENTATIVE, { isMapping: true });
		assert.match(node.lines[0] ?? "", /^warn dynamic-dns this host cannot/);
		node.addresses.externalAddress = "198.20.0.1";
		part.refresh();
		node.pass(1);
		assert.equal((part.status()["dynamicDns"] as DynamicDnsView).state, "stopped");
	});
});
