import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocketServer, WebSocket as Ws } from "ws";
import { NodeClock } from "../../hosts/node/clock";
import { NodeNetwork } from "../../hosts/node/network";
import { NodeRandom } from "../../hosts/node/random";
import { utf8Decode } from "../../src/base/text";
import { Pump } from "../../src/core/pump";
import { acceptWebSocket, UpgradableServer } from "../../src/http/upgradable-server";
import type { WebSocket, WebSocketSink } from "../../src/http/web-socket";
import { WebSocketClient } from "../../src/http/web-socket-client";
import type { Listener } from "../../src/ports/net";
import { HTTP_LIMITS } from "../support/http-limits";
import { until } from "../support/until";

/** Returns everything to where it came from. */
class Echo implements WebSocketSink {
	ends: string[] = [];
	private socket: WebSocket | undefined;

	opened(socket: WebSocket): void {
		this.socket = socket;
	}

	message(_now: number, bytes: Uint8Array, start: number, end: number, isText: boolean): void {
		if (isText) this.socket?.sendText(utf8Decode(bytes, start, end));
		else this.socket?.send(bytes, start, end);
	}

	closed(code: number, reason: string): void {
		this.ends.push(`${code} ${reason}`);
	}
}

describe("WebSocket: npm ws against server and client, both ways", function () {
	this.timeout(20_000);
	const network = new NodeNetwork();
	const pump = new Pump(new NodeClock());
	const random = new NodeRandom();
	const echo = new Echo();
	let listener: Listener;

	before(async () => {
		const server: UpgradableServer = new UpgradableServer(HTTP_LIMITS, { now: () => pump.now(), utc: () => undefined });
		server.route("GET", "/echo", (request, reply) =>
			acceptWebSocket(request, reply, { protocols: ["b", "a"], anyOrigin: false }, () => echo),
		);
		server.route("GET", "/", (_request, reply) => reply.send(200, "text/plain", "page"));
		await new Promise<void>((opened) => {
			listener = network.listen(
				{ address: "127.0.0.1", port: 0 },
				{
					opened,
					failed: (_why, detail) => assert.fail(detail),
					accepted: (stream) => {
						const connection = server.accept(pump.now(), "127.0.0.1", "127.0.0.1", listener.port);
						if (connection === undefined) return undefined;
						const handle = pump.addStream(connection);
						connection.late = handle;
						return handle.attach(stream);
					},
				},
			);
		});
	});
	after(() => {
		listener.close();
		pump.close();
	});

	const url = (): string => `ws://127.0.0.1:${listener.port}/echo`;

	it("lets ws connect, exchange messages of all lengths in frames or whole, ping and close", async () => {
		const client = new Ws(url(), ["a", "b"], { perMessageDeflate: false });
		await once(client, "open");
		assert.equal(client.protocol, "b");
		const got: (string | number)[] = [];
		client.on("message", (data: Buffer, isBinary) => got.push(isBinary ? data.length : data.toString()));
		for (const length of [0, 125, 126, 16384]) client.send(Buffer.alloc(length, 1));
		client.send("Grüße", { fin: false });
		client.ping("x");
		client.send(" aus Köln", { fin: true });
		await once(client, "pong");
		await until("the messages", 1000, () => got.length === 5);
		assert.deepEqual(got, [0, 125, 126, 16384, "Grüße aus Köln"]);
		client.close(4001, "bye");
		const [code] = await once(client, "close");
		assert.equal(code, 4001);
		assert.deepEqual(echo.ends.splice(0), ["4001 bye"]);
	});

	it("ends the connection of a client that breaks a limit, and serves pages on the same port", async () => {
		const client = new Ws(url(), "a");
		await once(client, "open");
		client.send(Buffer.alloc(16385));
		const [code] = await once(client, "close");
		assert.equal(code, 1009);
		echo.ends.length = 0;
		const page = await fetch(`http://127.0.0.1:${listener.port}/`);
		assert.equal(await page.text(), "page");
	});

	for (const [what, status, protocols, options] of [
		["no subprotocol that is known", 400, ["c"], {}],
		["a page of another site", 403, ["a"], { origin: "http://elsewhere.example" }],
		["another version", 426, ["a"], { protocolVersion: 8 }],
	] as const)
		it(`refuses ${what} with ${status}`, async () => {
			const client = new Ws(url(), [...protocols], options as never);
			const [, response] = (await once(client, "unexpected-response")) as [unknown, { statusCode: number }];
			assert.equal(response.statusCode, status);
			client.on("error", () => {});
			client.terminate();
		});

	it("connects to ws, sends messages and gets them, answers its ping, and closes", async () => {
		const server = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: () => "p" });
		await once(server, "listening");
		let pongs = 0;
		server.on("connection", (socket) => {
			socket.on("message", (data: Buffer, isBinary) => socket.send(data, { binary: isBinary }));
			socket.on("pong", () => pongs++);
			socket.ping();
		});
		const { port } = server.address() as AddressInfo;
		const got: (string | number)[] = [];
		const target = { secure: false, host: "127.0.0.1", port, target: "/" };
		const client = new WebSocketClient(
			pump.now(),
			{ url: target, protocol: "p", random },
			{
				opened: (socket) => {
					socket.sendText("hallo");
					socket.send(new Uint8Array(10_000), 0, 10_000);
				},
				message: (_now, bytes, start, end, isText) => got.push(isText ? utf8Decode(bytes, start, end) : end - start),
				closed: (code, reason) => got.push(`${code} ${reason}`),
			},
		);
		const handle = pump.addStream(client);
		client.late = handle;
		handle.attach(network.connect({ address: "127.0.0.1", port }, handle));
		await until("the messages and a pong", 1000, () => got.length === 2 && pongs === 1);
		handle.call((machine, now) => machine.close(now));
		await until("the end", 1000, () => got.length === 3);
		assert.deepEqual(got, ["hallo", 10_000, "1000 "]);
		server.close();
	});

	it("reports a server that does not speak WebSocket", async () => {
		const ends: string[] = [];
		const target = { secure: false, host: "127.0.0.1", port: listener.port, target: "/" };
		const client = new WebSocketClient(
			pump.now(),
			{ url: target, protocol: "p", random },
			{ opened: () => assert.fail("opened"), message() {}, closed: (code, reason) => ends.push(`${code} ${reason}`) },
		);
		const handle = pump.addStream(client);
		handle.attach(network.connect({ address: "127.0.0.1", port: listener.port }, handle));
		await until("the end", 1000, () => ends.length === 1);
		assert.deepEqual(ends, ["1006 the server answered 200"]);
	});
});
