import assert from "node:assert/strict";
import { ToyCiphers } from "../../hosts/virtual/toy-ciphers";
import type { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { credentialsOf } from "../../src/app/peer/rendezvous-service";
import { SignalLine } from "../../src/app/peer/signal-line";
import { WebSocketTransport } from "../../src/app/peer/web-socket-transport";
import { Rendezvous } from "../../src/app/rendezvous/rendezvous";
import { WEB_SOCKETS } from "../../src/app/rendezvous/web-socket-part";
import { startSettings } from "../../src/app/start-settings";
import { toHex } from "../../src/base/hex";
import { utf8Encode } from "../../src/base/text";
import { Pump } from "../../src/core/pump";
import type { WebSocket } from "../../src/http/web-socket";
import { WebSocketClient } from "../../src/http/web-socket-client";
import { HomeKeys, proofOf, ticketKeyOf } from "../../src/peer/home-keys";
import { type RequestEvent, ServerLine, type ServerLineOutbox } from "../../src/peer/managers/server-line";
import { deviceUsername, issuePeerTicket, peerTicketSecret } from "../../src/peer/peer-ticket";
import type { PeerAnswer } from "../../src/peer/rendezvous/peer-message";
import { writeRegister } from "../../src/peer/rendezvous/peer-request";
import { loginProof, readSignal, type SignalMessage, writeSignal } from "../../src/peer/signal/signal-message";
import { RENDEZVOUS_SCHEMA } from "../../src/settings/rendezvous-schema";
import { StunReader } from "../../src/wire/stun-reader";
import { PeerWorld } from "../support/peer-world";

const SERVER = "8.0.0.9";
const PORT = 8080;
const PEER = "00000000000000aa";
const KEY = "11".repeat(32);

/** A rendezvous server with its pages, devices behind a NAT, and viewers. */
class Scene {
	readonly peers = new PeerWorld(31);
	readonly world = this.peers.world;
	readonly machine = this.peers.host("server", SERVER);
	readonly keys: HomeKeys;
	readonly device: VirtualMachine;
	server!: Rendezvous;
	/** What the device was told. */
	readonly told: string[] = [];
	private readonly pumps = new Map<VirtualMachine, Pump>();

	constructor(private readonly more: readonly (readonly [string, string])[] = []) {
		this.keys = new HomeKeys(new ToyCiphers(this.machine.random), utf8Encode("the home's secret"));
		this.device = this.peers.inside(this.peers.network({}).lan, "device", "192.168.0.7");
		this.begin();
	}

	/** Starts the server, again after the power was cut. */
	begin(key = KEY): void {
		const { machine } = this;
		const given = new Map([
			["password", "correct horse"],
			["http-port", `${PORT}`],
			["rendezvous-key", key],
			...this.more,
		]);
		const { network, clock, random, store, log, resolver } = machine;
		const host = { network, clock, random, store, log, resolver, model: "virtual", tellPassword() {} };
		this.server = new Rendezvous(
			{ ...host, ciphers: new ToyCiphers(random) },
			startSettings(RENDEZVOUS_SCHEMA, given, store),
			undefined,
			[WEB_SOCKETS],
		);
		this.server.start();
	}

	pump(machine: VirtualMachine): Pump {
		let pump = this.pumps.get(machine);
		if (pump === undefined) {
			pump = new Pump(machine.clock);
			this.pumps.set(machine, pump);
		}
		return pump;
	}

	get accountKey(): Uint8Array {
		return this.keys.accountKey(this.server.part.key.publicKey) as Uint8Array;
	}

	/** The line of the device. */
	line(key = this.accountKey): SignalLine {
		const { keys, told, device } = this;
		const line: SignalLine = new SignalLine(
			{
				host: device,
				pump: this.pump(device),
				resolver: device.resolver,
				peer: PEER,
				account: () => ({ home: keys.home, homeKey: toHex(keys.accountPublicKey), key, name: "Door", kind: "camera" }),
				signal: (caller, data) => {
					told.push(data);
					line.send(caller, `re ${data}`);
				},
				gone: () => void told.push("gone"),
				changed: (fault) => void told.push(fault === "" ? "ready" : fault),
			},
			// Nothing listens at the first one.
			[443, PORT].map((port) => ({ secure: false, host: SERVER, port, target: "/socket" })),
		);
		return line;
	}

	until(done: () => boolean, limit: number, what: string): void {
		if (!this.world.runUntil(done, limit)) throw new Error(`not within ${limit} ms: ${what}: ${this.told.join("; ")}`);
	}
}

/** A browser, as far as signals go. */
class Viewer {
	readonly got: SignalMessage[] = [];
	closed = "";
	private socket: WebSocket | undefined;

	constructor(scene: Scene, ticket: string, secret: Uint8Array) {
		const machine = scene.peers.inside(scene.peers.network({}).lan, "viewer", "192.168.0.9");
		const pump = scene.pump(machine);
		const nonce = "ab".repeat(16);
		const client = new WebSocketClient(
			pump.now(),
			{
				url: { secure: false, host: SERVER, port: PORT, target: "/socket" },
				protocol: "signal.porthole",
				random: machine.random,
				messageMax: 30_000,
			},
			{
				opened: (socket) => {
					this.socket = socket;
				},
				message: (_now, bytes, start, end) => {
					const message = readSignal(bytes.slice(start, end));
					assert.ok(message !== undefined);
					this.got.push(message);
					if (message.type !== "hello") return;
					const mac = loginProof(secret, "client", message.nonce, nonce, ticket);
					this.say({ type: "login", user: ticket, nonce, homeKey: "", mac, name: "", kind: "" });
				},
				closed: (code, reason) => {
					this.closed = `${code} ${reason}`;
				},
			},
		);
		const handle = pump.addStream(client);
		client.late = handle;
		handle.attach(machine.network.connect({ address: SERVER, port: PORT }, handle));
	}

	say(message: SignalMessage): void {
		this.socket?.sendText(writeSignal(message));
	}

	get types(): string {
		return this.got.map(({ type }) => type).join(" ");
	}
}

describe("simulation/browser-signals", () => {
	function ticketOf(scene: Scene, scope = "*"): [string, Uint8Array] {
		const until = Math.floor((scene.machine.clock.utc() ?? 0) / 1000) + 1000;
		const ticket = issuePeerTicket({ home: scene.keys.home, scope, until, id: "x" });
		return [ticket, peerTicketSecret(ticketKeyOf(scene.accountKey), ticket)];
	}

	it("brings signals from a viewer behind a NAT to a device behind another, and back (P2P-3)", () => {
		const scene = new Scene();
		const line = scene.line();
		scene.until(() => line.isReady, 5000, "the device is connected");
		assert.equal(line.stunPort, 3478);
		const [ticket, secret] = ticketOf(scene);
		// The server doesn't know the home by UDP, only by this device.
		const viewer = new Viewer(scene, ticket, secret);
		scene.until(() => viewer.types !== "" && (viewer.closed !== "" || viewer.got.length > 1), 2000, "an answer");
		assert.equal(viewer.types, "hello welcome");
		viewer.say({ type: "find" });
		viewer.say({ type: "signal", peer: PEER, data: "offer" });
		scene.until(() => viewer.got.length === 5, 2000, "device, found, signal");
		assert.deepEqual(viewer.got.slice(2), [
			{ type: "device", peer: PEER, name: "Door", kind: "camera" },
			{ type: "found" },
			{ type: "signal", peer: PEER, data: "re offer" },
		]);
		assert.deepEqual(scene.told.slice(-2), ["ready", "offer"]);
	});

	it("connects again when the server has been down, without haste", () => {
		const scene = new Scene();
		const line = scene.line();
		scene.until(() => line.isReady, 5000, "connected");
		scene.machine.crash();
		scene.until(() => !line.isReady, 120_000, "the loss is noticed");
		scene.world.runUntil(() => false, 60_000);
		const attempts = scene.told.length;
		assert.ok(attempts < 40, `${attempts} attempts`);
		scene.machine.powerOn();
		scene.begin();
		scene.until(() => line.isReady, 200_000, "connected again");
	});

	it("tells nothing to a server that does not have the key, and enters none without (P2P-14)", () => {
		const scene = new Scene();
		const wrong = scene.line(new Uint8Array(32));
		scene.until(() => scene.told.some((text) => text.includes("wrong proof")), 10_000, "refused");
		wrong.close();
		const key = scene.accountKey;
		scene.machine.crash();
		scene.machine.powerOn();
		scene.begin("22".repeat(32));
		const line = scene.line(key);
		scene.until(() => scene.told.some((text) => text.includes("wrong proof")), 10_000, "refused");
		assert.ok(!line.isReady);
	});

	it("refuses a ticket of a home that it does not know, and a wrong secret", () => {
		const scene = new Scene();
		const [ticket, secret] = ticketOf(scene);
		const stranger = new Viewer(scene, ticket, secret);
		scene.until(() => stranger.closed !== "", 5000, "the end");
		assert.match(stranger.closed, /unknown home/);
		const line = scene.line();
		scene.until(() => line.isReady, 5000, "connected");
		const wrong = new Viewer(scene, ticket, new Uint8Array(32));
		scene.until(() => wrong.closed !== "", 5000, "the end");
		assert.match(wrong.closed, /wrong proof/);
	});

	it("registers a device over a WebSocket where UDP is blocked, and keeps it in a crowd of strangers (P2P-6, P2P-14)", () => {
		const scene = new Scene([["connections", "4"]]);
		const { device, keys } = scene;
		const pump = scene.pump(device);
		const who = credentialsOf(deviceUsername(keys.home, PEER), scene.accountKey);
		const answers: (PeerAnswer | undefined)[] = [];
		const reader = new StunReader();
		const out: ServerLineOutbox = {
			send: (_address, _port, bytes, start, end) => assert.ok(transport.send(bytes, start, end)),
			emit: ({ answer, done }: RequestEvent) => done(answer),
		};
		const handle = pump.add(new ServerLine(who, keys.accountPublicKey, device.random), out);
		const url = { secure: false, host: SERVER, port: PORT, target: "/socket" };
		const record = {
			...{ name: "Door", kind: "camera", tags: "", isPortal: false, isSymmetric: false, roundTrip: 0, candidates: [] },
			key: new Uint8Array(32).fill(7),
			proof: proofOf(keys.pinKey, PEER, new Uint8Array(32).fill(7)),
		};
		const transport: WebSocketTransport = new WebSocketTransport(device, pump, SERVER, url, {
			opened: () =>
				handle.call((line, now, outbox) => {
					line.setServers([{ host: SERVER, address: SERVER, port: 3478 }]);
					line.ask(
						now,
						(by, head) => writeRegister(by, head, { lifetime: 120, record }),
						(answer) => void answers.push(answer),
						outbox,
					);
				}),
			received: (bytes) => {
				assert.ok(reader.read(bytes));
				handle.call((line, now, outbox) => line.receive(now, SERVER, 3478, reader, outbox));
			},
			closed: (detail) => assert.fail(detail),
		});
		scene.until(() => answers.length === 1, 5000, "registered");
		assert.equal(answers[0]?.type, "registered");
		for (let i = 1; i <= 8; i++) {
			const { network } = scene.peers.host(`stranger ${i}`, `8.6.6.${i}`);
			network.connect({ address: SERVER, port: PORT }, { room() {}, received() {}, ended() {}, gone() {} });
			scene.world.runFor(100);
		}
		transport.close();
	});
});
