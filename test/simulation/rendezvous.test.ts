import assert from "node:assert/strict";
import { ToyCiphers } from "../../hosts/virtual/toy-ciphers";
import { homeListOf } from "../../src/app/rendezvous/home-list";
import type { Rendezvous } from "../../src/app/rendezvous/rendezvous";
import { HmacSha1 } from "../../src/base/sha1";
import { HomeKeys } from "../../src/peer/home-keys";
import { deviceUsername } from "../../src/peer/peer-ticket";
import { readPeerAnswer } from "../../src/peer/rendezvous/peer-answer";
import { writeRegister } from "../../src/peer/rendezvous/peer-request";
import type { UdpSocket } from "../../src/ports/net";
import { UsageError } from "../../src/settings/usage-error";
import { BINDING, INDICATION, REQUEST, XOR_MAPPED_ADDRESS } from "../../src/wire/stun";
import { StunReader } from "../../src/wire/stun-reader";
import { StunWriter } from "../../src/wire/stun-writer";
import { CAMERA_RECORD } from "../support/matching-rig";
import { PeerWorld } from "../support/peer-world";
import { beginRendezvous } from "../support/virtual-rendezvous";

const SERVER = "8.0.0.9";
const PEER = "00000000000000c1";

/** A rendezvous server and a client in the Internet. */
class Scene {
	readonly peers = new PeerWorld(7);
	readonly machine = this.peers.host("server", SERVER);
	readonly client = this.peers.host("client", "8.0.0.20");
	readonly keys = new HomeKeys(new ToyCiphers(this.machine.random), new Uint8Array(32).fill(5));
	readonly received: Uint8Array[] = [];
	readonly server: Rendezvous;
	private readonly socket: UdpSocket;

	constructor(settings: Readonly<Record<string, string>> = {}, homes?: ReadonlySet<string>) {
		this.server = beginRendezvous(this.machine, settings, homes);
		this.socket = this.client.network.udp(
			{ port: 5000 },
			{ opened() {}, received: (bytes) => void this.received.push(bytes.slice()), failed() {} },
		);
		this.peers.world.runFor(1000);
	}

	/** Sends a datagram. @returns what came back within a second */
	ask(bytes: Uint8Array, port = 3478): readonly Uint8Array[] {
		this.received.length = 0;
		this.socket.send(bytes, 0, bytes.length, SERVER, port);
		this.peers.world.runFor(1000);
		return this.received;
	}

	/** Registers a device with as many messages as it takes. */
	register(): string {
		const key = this.keys.accountKey(this.server.part.key.publicKey) ?? new Uint8Array(32);
		const who = { username: deviceUsername(this.keys.home, PEER), key, integrity: new HmacSha1(key) };
		let nonce: Uint8Array | undefined;
		let answer = "";
		for (let i = 0; i < 3; i++) {
			const head = { transaction: new Uint8Array(12).fill(i), roundTrip: 0, homeKey: this.keys.accountPublicKey };
			const fresh = nonce === undefined ? head : { ...head, nonce };
			const message = new StunReader();
			const [bytes] = this.ask(writeRegister(who, fresh, { lifetime: 60, record: CAMERA_RECORD }));
			if (bytes === undefined || !message.read(bytes)) return "silence";
			const read = readPeerAnswer(message, who);
			if (read === undefined) return message.has(XOR_MAPPED_ADDRESS) ? "an address" : "nothing of use";
			answer = read.type === "refused" ? `${read.code}` : read.type;
			if (read.type !== "refused" || read.code !== 438) return answer;
			nonce = read.nonce;
		}
		return answer;
	}
}

function plain(kind = REQUEST): Uint8Array {
	const writer = new StunWriter().begin(kind, BINDING, new Uint8Array(12).fill(9));
	return writer.bytes.slice(0, writer.end);
}

describe("simulation/rendezvous", () => {
	it("answers address requests, registers devices and takes keep-alives at one port (P2P-1, P2P-2, P2P-4)", () => {
		const scene = new Scene();
		assert.equal(scene.ask(plain())[0]?.length, 32);
		assert.equal(scene.register(), "registered");
		assert.equal(scene.ask(plain(INDICATION)).length, 0);
		const { part } = scene.server;
		assert.equal(part.keepAlives, 1);
		assert.deepEqual(part.state.devices, 1);
		assert.match(part.setting, /^[0-9a-f]{64}@8\.0\.0\.9:3478$/);
		assert.equal(new Map(part.facts()).get("Registered devices"), "1");
		assert.deepEqual(part.notices(), []);
		assert.ok(part.metrics().some(([name, , , value]) => name === "rendezvous_devices" && value === 1));
	});

	it("does only a part of it, where it is told so (P2P-4)", () => {
		const cases: readonly (readonly [Readonly<Record<string, string>>, answers: number, registered: string])[] = [
			[{ only: "address" }, 1, "an address"],
			[{ only: "matching" }, 0, "registered"],
			[{ only: "keepalive" }, 1, "an address"],
			[{ only: "keepalive", keepalive: "silent" }, 0, "silence"],
			[{ keepalive: "silent" }, 1, "registered"],
		];
		for (const [settings, answers, registered] of cases) {
			const scene = new Scene(settings);
			const what = JSON.stringify(settings);
			assert.equal(scene.ask(plain()).length, answers, what);
			assert.equal(scene.register(), registered, what);
			assert.equal(scene.ask(plain(INDICATION)).length, 0, what);
			assert.equal(scene.server.part.keepAlives, 1, what);
		}
	});

	it("keeps its key, by which devices know it, and takes one of the settings", () => {
		const scene = new Scene();
		const { setting } = scene.server.part;
		scene.server.leave(() => {});
		scene.peers.world.runFor(1000);
		const again = beginRendezvous(scene.machine, { "udp-port": "4000", "http-port": "8081" });
		scene.peers.world.runFor(1000);
		assert.equal(again.part.setting, setting.replace(":3478", ":4000"));
		const other = beginRendezvous(scene.machine, {
			"udp-port": "4001",
			"http-port": "8082",
			"rendezvous-key": "ab".repeat(32),
		});
		assert.ok(!other.part.setting.startsWith(setting.slice(0, 64)));
	});

	it("logs the setting for devices once, with an address or with its name (P2P-17)", () => {
		const scene = new Scene();
		scene.peers.world.runFor(1000);
		const flags = { "udp-port": "4000", "http-port": "8081", "host-name": "rendezvous.example.org" };
		beginRendezvous(scene.machine, flags);
		scene.peers.world.runFor(1000);
		const told = scene.machine.log.lines
			.map(({ text }) => /--rendezvous [0-9a-f]{64}@(.*)/.exec(text)?.[1])
			.filter((place) => place !== undefined);
		assert.deepEqual(told, [`${SERVER}:3478`, "rendezvous.example.org:4000"]);
	});

	it("is open to the homes of its list only", () => {
		assert.equal(new Scene({}, new Set(["0".repeat(32)])).register(), "403");
		const list = homeListOf("homes.txt", () => `# mine\n\n${"AB".repeat(16)} # the cabin\r\n`, "--homes");
		assert.deepEqual([...(list ?? [])], ["ab".repeat(16)]);
		assert.equal(
			homeListOf("", () => undefined, "--homes"),
			undefined,
		);
		for (const text of ["xyz", undefined]) {
			let failure: unknown;
			try {
				homeListOf("homes.txt", () => text, "--homes");
			} catch (error) {
				failure = error;
			}
			assert.ok(failure instanceof UsageError);
		}
	});

	it("tells the owner what does not work", () => {
		const scene = new Scene({ turn: "turn.example.org:3479", "turn-secret": "s" });
		scene.peers.world.runFor(20_000);
		const texts = (server: Rendezvous): string =>
			server.part
				.notices()
				.map(({ message }) => message)
				.join("\n");
		assert.match(texts(scene.server), /The TURN server is not found: turn\.example\.org/);
		scene.peers.world.names.set("turn.example.org", { a: ["8.0.0.30"] });
		scene.peers.world.runFor(40_000);
		assert.equal(texts(scene.server), "");
		assert.equal(scene.server.services.turn("ab")?.address, "8.0.0.30");
		const other = new PeerWorld(8);
		const machine = other.host("server", SERVER);
		const taken = machine.network.udp({ port: 3478 }, { opened() {}, received() {}, failed() {} });
		other.world.runFor(100);
		const late = beginRendezvous(machine, {});
		other.world.runFor(1000);
		assert.match(texts(late), /UDP port 3478 can't be opened: in-use/);
		taken.close();
		other.world.runFor(100_000);
		assert.equal(texts(late), "", "it is tried again");
	});
});
