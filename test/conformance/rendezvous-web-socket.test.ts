import assert from "node:assert/strict";
import { once } from "node:events";
import { WebSocket as Ws } from "ws";
import { NodeCiphers } from "../../hosts/node/ciphers";
import { NodeClock } from "../../hosts/node/clock";
import { NodeNetwork } from "../../hosts/node/network";
import { NodeRandom } from "../../hosts/node/random";
import { NodeResolver } from "../../hosts/node/resolver";
import { VirtualStore } from "../../hosts/virtual/virtual-store";
import { credentialsOf } from "../../src/app/peer/rendezvous-service";
import { WebSocketTransport } from "../../src/app/peer/web-socket-transport";
import { Rendezvous } from "../../src/app/rendezvous/rendezvous";
import { WEB_SOCKETS } from "../../src/app/rendezvous/web-socket-part";
import { startSettings } from "../../src/app/start-settings";
import { utf8Encode } from "../../src/base/text";
import { Pump } from "../../src/core/pump";
import { HomeKeys } from "../../src/peer/home-keys";
import { deviceUsername } from "../../src/peer/peer-ticket";
import { readPeerAnswer } from "../../src/peer/rendezvous/peer-answer";
import { writeRegister } from "../../src/peer/rendezvous/peer-request";
import { RENDEZVOUS_SCHEMA } from "../../src/settings/rendezvous-schema";
import { StunReader } from "../../src/wire/stun-reader";
import { freePort } from "../../tools/free-port";
import { PASSWORD } from "../support/digest";
import { needs } from "../support/needs";
import { until } from "../support/until";
import { TlsFolder } from "./tls-fixture";

describe("rendezvous by WebSocket over TLS, on Node.js", function () {
	this.timeout(60_000);
	const network = new NodeNetwork({ use: ["lo"] });
	const random = new NodeRandom();
	const log: string[] = [];
	let folder: TlsFolder;
	let port = 0;
	let server: Rendezvous;

	before(async function () {
		needs(this, "openssl");
		folder = new TlsFolder();
		folder.make(1);
		port = await freePort();
		const given = new Map([
			["password", PASSWORD],
			["http-port", `${port}`],
			["udp-port", `${await freePort()}`],
			["tls-certificate", folder.certificate],
			["tls-key", folder.key],
		]);
		const store = new VirtualStore();
		server = new Rendezvous(
			{
				...{ network, random, store, clock: new NodeClock(), model: "test", tellPassword() {} },
				log: { write: (level, area, text) => void log.push(`${level} ${area} ${text}`) },
				ciphers: new NodeCiphers(),
				resolver: new NodeResolver(),
			},
			startSettings(RENDEZVOUS_SCHEMA, given, store),
			undefined,
			[WEB_SOCKETS],
		);
		server.start();
		await until("the port is open", 5000, () => log.some((line) => line.includes("listening on port")));
	});
	after(async () => {
		await new Promise<void>((done) => (server === undefined ? done() : server.leave(done)));
		folder?.remove();
	});

	it("answers a device's STUN requests, which ask for a nonce first (P2P-14)", async () => {
		const pump = new Pump(new NodeClock());
		const keys = new HomeKeys(new NodeCiphers(), utf8Encode("home"));
		const key = keys.accountKey(server.part.key.publicKey) as Uint8Array;
		const who = credentialsOf(deviceUsername(keys.home, "00000000000000aa"), key);
		const transaction = new Uint8Array(12).fill(9);
		const reader = new StunReader();
		const codes: number[] = [];
		let asked = 0;
		const transport: WebSocketTransport = new WebSocketTransport(
			{ network, random },
			pump,
			"127.0.0.1",
			{ secure: true, host: "127.0.0.1", port, target: "/socket" },
			{
				opened: () => {
					const request = writeRegister(who, { transaction, roundTrip: 0 }, { lifetime: 120 });
					asked = request.length;
					transport.send(request, 0, request.length);
				},
				received: (bytes) => {
					assert.ok(bytes.length <= asked);
					assert.ok(reader.read(bytes));
					const answer = readPeerAnswer(reader, who);
					if (answer?.type === "refused") codes.push(answer.code);
				},
				closed: (detail) => assert.fail(detail),
			},
		);
		await until("an answer", 5000, () => codes.length > 0);
		assert.deepEqual(codes, [438]);
		transport.close();
		pump.close();
	});

	it("greets browsers of any page, and serves them theirs without a login", async () => {
		const browser = new Ws(`wss://127.0.0.1:${port}/socket`, "signal.porthole", {
			rejectUnauthorized: false,
			origin: "https://elsewhere.example",
		});
		const [hello] = await once(browser, "message");
		assert.equal(JSON.parse(`${hello}`).type, "hello");
		browser.send("nonsense");
		const [code] = await once(browser, "close");
		assert.equal(code, 1008);
	});
});
