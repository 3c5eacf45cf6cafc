import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { utf8Decode, utf8Encode } from "../../../src/base/text";
import type { HttpConnection } from "../../../src/http/http-connection";
import { HttpServer } from "../../../src/http/http-server";
import type { HttpSite } from "../../../src/http/http-site";
import { acceptWebSocket, UpgradableServer } from "../../../src/http/upgradable-server";
import type { WebSocket } from "../../../src/http/web-socket";
import { writeFrameHeader } from "../../../src/wire/websocket-frame";
import { FakeStream } from "../../support/fake-stream";
import { HTTP_LIMITS } from "../../support/http-limits";

const REQUEST =
	"GET /socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: p\r\n\r\n";

class Rig {
	readonly got: string[] = [];
	readonly server: HttpServer;
	readonly stream = new FakeStream();
	readonly connection: HttpConnection;
	socket: WebSocket | undefined;
	late = 0;

	constructor(isUpgradable = true) {
		const site: HttpSite = { now: () => 0, utc: () => undefined };
		this.server = isUpgradable ? new UpgradableServer(HTTP_LIMITS, site) : new HttpServer(HTTP_LIMITS, site);
		this.server.route("GET", "/page", (_request, reply) => reply.send(200, "text/plain", "page"));
		this.server.route("GET", "/socket", (request, reply) =>
			acceptWebSocket(request, reply, { protocols: ["p"], anyOrigin: true }, () => ({
				opened: (socket) => {
					this.socket = socket;
					this.got.push("opened");
				},
				message: (_now, bytes, start, end) => void this.got.push(utf8Decode(bytes, start, end)),
				closed: (code) => void this.got.push(`closed ${code}`),
			})),
		);
		const connection = this.server.accept(0, "10.0.0.1", "192.168.0.11", 8000);
		assert.ok(connection !== undefined);
		this.connection = connection;
		connection.late = { called: () => void this.late++ };
		connection.room(0, this.stream);
	}

	send(bytes: Uint8Array | string): string {
		this.connection.feed(0, typeof bytes === "string" ? utf8Encode(bytes) : bytes, this.stream);
		this.stream.turns(0, this.connection);
		return this.stream.text();
	}
}

function frame(text: string): Uint8Array {
	const payload = utf8Encode(text);
	const bytes = new Uint8Array(14 + payload.length);
	const at = writeFrameHeader(bytes, 0, 1, true, payload.length, new Uint8Array(4));
	bytes.set(payload, at);
	return bytes.slice(0, at + payload.length);
}

describe("http/upgradable-server", () => {
	it("answers requests, then 101, then speaks WebSocket on the same connection (RFC 9110 §7.8)", () => {
		const rig = new Rig();
		assert.match(rig.send("GET /page HTTP/1.1\r\nHost: x\r\n\r\n"), /page$/);
		const answer = rig.send(REQUEST);
		assert.match(answer, /^HTTP\/1\.1 101 Switching Protocols\r\n/);
		assert.match(answer, /Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\nSec-WebSocket-Protocol: p\r\n\r\n$/);
		assert.ok(rig.stream.isReading && rig.connection.isEndless && !rig.connection.isIdle);
		rig.send(frame("hello"));
		assert.deepEqual(rig.got, ["opened", "hello"]);
		assert.ok(rig.socket?.sendText("re"));
		assert.equal(rig.stream.text(), "\x81\x02re");
		assert.ok(rig.late > 0);
		assert.equal(rig.connection.deadline, 25_000);
		rig.connection.expire(25_000, rig.stream);
		assert.equal(rig.stream.text(), "\x89\x00");
		rig.connection.ended(26_000, "reset");
		assert.deepEqual(rig.got.slice(2), ["closed 1006"]);
		assert.equal(rig.server.connections, 0);
	});

	it("drops a client that does not wait for the answer (RFC 6455 §4.1)", () => {
		const rig = new Rig();
		const head = utf8Encode(REQUEST);
		const early = frame("early");
		const both = new Uint8Array(head.length + early.length);
		both.set(head);
		both.set(early, head.length);
		rig.send(both);
		assert.ok(rig.stream.aborted);
		assert.equal(rig.server.connections, 0);
		const piped = new Rig();
		// Strangers get one answer to what they send ahead; if the second request is read at all, it opens nothing.
		assert.doesNotMatch(piped.send(`GET /page HTTP/1.1\r\nHost: x\r\n\r\n${REQUEST}`), /101/);
		assert.deepEqual(
			piped.got.filter((text) => text === "opened"),
			[],
		);
	});

	it("says 501 on a server that has no other protocols, and 426 to an ordinary request", () => {
		assert.match(new Rig(false).send(REQUEST), /^HTTP\/1\.1 501 /);
		assert.match(
			new Rig().send("GET /socket HTTP/1.1\r\nHost: x\r\n\r\n"),
			/^HTTP\/1\.1 426 [\s\S]*Sec-WebSocket-Version: 13/,
		);
	});

	it("ends the connection when it is displaced, and lets its user count as known", () => {
		const rig = new Rig();
		rig.send(REQUEST);
		rig.socket?.trusted?.();
		rig.connection.drop();
		assert.ok(rig.stream.aborted);
		rig.connection.ended(0, "reset");
		assert.deepEqual(rig.got, ["opened", "closed 1006"]);
	});

	it("survives requests that are cut and changed in any way", () => {
		const random = new Prng(17);
		for (let i = 0; i < 300; i++) {
			const rig = new Rig();
			const bytes = utf8Encode(REQUEST);
			if (random.chance(0.7)) bytes[random.below(bytes.length)] = random.below(256);
			for (let at = 0, end = 0; at < bytes.length && !rig.stream.aborted; at = end) {
				end = Math.min(bytes.length, at + 1 + random.below(60));
				rig.send(bytes.slice(at, end));
			}
			if (!rig.stream.aborted) rig.send(frame("x"));
			rig.connection.ended(0, "reset");
			assert.equal(rig.server.connections, 0);
			const ends = rig.got.filter((text) => text.startsWith("closed")).length;
			assert.ok(rig.got.includes("opened") ? ends === 1 : ends <= 1, `${rig.got}`);
		}
	});
});
