import assert from "node:assert/strict";
import { NAT_KINDS } from "../../hosts/virtual/nat-settings";
import { UdpPeerEndpoint } from "../../src/app/peer/peer-endpoint";
import type { FoundPeer, PeerQuery } from "../../src/app/peer/peer-services";
import { toHex } from "../../src/base/hex";
import { HmacSha1 } from "../../src/base/sha1";
import { Pump } from "../../src/core/pump";
import { encodeDeviceRecord } from "../../src/peer/rendezvous/device-record";
import { INTRODUCE, PEERS, RECORD, SESSION, TICKET } from "../../src/peer/rendezvous/peer-attributes";
import { writeAction } from "../../src/peer/rendezvous/peer-request";
import { TurnIssuer } from "../../src/peer/rendezvous/server/turn-issuer";
import { BINDING, REQUEST } from "../../src/wire/stun";
import { StunReader } from "../../src/wire/stun-reader";
import { StunWriter } from "../../src/wire/stun-writer";
import { LinkEar, type PeerHost, PeerWorld, serverIpv6 } from "../support/peer-world";
import { ToyTurn } from "../support/toy-turn";
import { octetsOf } from "../support/tunnel-pair";

const CAMERA = "00112233445566aa";
const OTHER = "00112233445566bb";
const VIEWER = "ffeeddccbbaa9988";
const VICTIMS = { name: "", kind: "", tags: "", isPortal: false, isSymmetric: false, roundTrip: 0 };
const RESTRICTED = NAT_KINDS["port-restricted"];

function findAll(scene: PeerWorld, viewer: PeerHost, query: Partial<PeerQuery> = {}): readonly FoundPeer[] | string {
	let found: readonly FoundPeer[] | string | undefined;
	viewer.endpoint.find(scene.access(), { name: "", tag: "", ...query }, (answer) => {
		found = answer;
	});
	scene.until(() => found !== undefined, 30_000, "an answer to the search");
	return found as readonly FoundPeer[] | string;
}

/** Waits until both sides of the newest link are connected. @returns the camera's side */
function connect(scene: PeerWorld, camera: PeerHost, ear: LinkEar, limit = 3000): LinkEar {
	const count = camera.accepted.length;
	scene.until(() => ear.path !== undefined, limit, `linked: ${ear.steps} ${JSON.stringify(ear.end)}`);
	const isThere = (): boolean => camera.accepted[Math.max(0, count - 1)]?.path !== undefined;
	scene.until(isThere, limit, "the camera is connected, too");
	return camera.accepted[camera.accepted.length - 1];
}

/** Checks that datagrams go both ways. */
function talk(scene: PeerWorld, one: LinkEar, other: LinkEar): void {
	const [before, after] = [one.heard.length, other.heard.length];
	one.say("hello");
	other.say("good day");
	scene.until(() => one.heard.length > before && other.heard.length > after, 1000, "datagrams both ways");
}

describe("simulation/peer endpoint", () => {
	it("registers, is found by name, and links through two NATs (P2P-5, P2P-6, P2P-7)", () => {
		const scene = new PeerWorld(1);
		const camera = scene.peer(CAMERA, "camera", RESTRICTED).register("Garage", true);
		const viewer = scene.peer(VIEWER, "viewer", RESTRICTED);
		scene.until(() => camera.isRegistered, 2000, "registered");
		assert.deepEqual(findAll(scene, viewer, { name: "gara" }), [
			{ peer: CAMERA, name: "Garage", kind: "camera", isPortal: true },
		]);
		const ear = viewer.link(CAMERA);
		const far = connect(scene, camera, ear, 1000);
		assert.deepEqual(ear.steps, ["server", "found", "introduced", "checking", "connected"]);
		assert.equal(ear.path?.kind, "punched");
		assert.equal(ear.introduction?.name, "Garage");
		assert.equal(far.introduction?.peer, VIEWER);
		talk(scene, ear, far);
	});

	it("lists devices with their addresses on request (P2P-3)", () => {
		const scene = new PeerWorld(3);
		const camera = scene.peer(CAMERA, "camera", NAT_KINDS.random).register("Garage");
		const viewer = scene.peer(VIEWER, "viewer", RESTRICTED);
		scene.until(() => camera.isRegistered, 2000, "registered");
		const list = (withAddresses: boolean) => {
			const found = findAll(scene, viewer, { withAddresses });
			return typeof found === "string" ? [] : found;
		};
		const [{ candidates = [] }] = list(true);
		const kinds = candidates.map(({ kind, address }) => `${kind} ${address}`);
		assert.match(kinds.join(), /^reflexive 8\.1\.0\.\d+,host 192\.168\.0\.7$/);
		assert.equal("candidates" in list(false)[0], false);
	});

	it("is connected within 1.1 round trips of the first check, at 40 ms between the peers", () => {
		const scene = new PeerWorld(2);
		const camera = scene.peer(CAMERA, "camera", RESTRICTED).register("Garage");
		const viewer = scene.peer(VIEWER, "viewer", RESTRICTED);
		scene.until(() => camera.isRegistered, 2000, "registered");
		findAll(scene, viewer);
		// The clients have measured their round trips, the server's nonce is known.
		const ear = viewer.link(CAMERA);
		scene.until(() => ear.steps.includes("introduced"), 1000, "introduced");
		const took = scene.until(() => ear.path !== undefined, 1000, "linked");
		assert.ok(took <= 60, `${took} ms from the introduction`);
	});

	for (const seed of [11, 12, 13, 14, 15, 16, 17, 18]) {
		it(`links although each tenth datagram is lost, seed ${seed} (P2P-6, P2P-7)`, () => {
			const scene = new PeerWorld(seed, ["8.0.0.1"], { delay: 10, jitter: 5, loss: 0.1 });
			const camera = scene.peer(CAMERA, "camera", RESTRICTED).register("Garage");
			const viewer = scene.peer(VIEWER, "viewer", RESTRICTED);
			scene.until(() => camera.isRegistered, 15_000, "registered");
			connect(scene, camera, viewer.link(CAMERA), 10_000);
		});
	}

	it("uses the local network when both are in it (P2P-5)", () => {
		const scene = new PeerWorld(3);
		const { lan } = scene.network(RESTRICTED);
		const camera = scene.at(scene.inside(lan, "camera", "192.168.0.7"), CAMERA, "camera").register("Garage");
		const viewer = scene.at(scene.inside(lan, "viewer", "192.168.0.8"), VIEWER, "viewer");
		scene.until(() => camera.isRegistered, 2000, "registered");
		const ear = viewer.link(CAMERA);
		connect(scene, camera, ear);
		assert.equal(ear.path?.kind, "lan");
	});

	it("reports that a device is not registered, that a ticket is refused, and that no server answers", () => {
		const scene = new PeerWorld(4);
		const camera = scene.peer(CAMERA, "camera", RESTRICTED).register("Garage");
		const viewer = scene.peer(VIEWER, "viewer", RESTRICTED);
		scene.until(() => camera.isRegistered, 2000, "registered");
		const missing = viewer.link(OTHER);
		scene.until(() => missing.end !== undefined, 20_000, "an end");
		assert.equal(missing.end?.why, "not-found");
		const forged = viewer.link(CAMERA, { ...scene.access(), ticketSecret: new Uint8Array(32) });
		scene.until(() => forged.end !== undefined, 20_000, "an end");
		assert.equal(forged.end?.why, "refused");
		const scoped = viewer.link(CAMERA, scene.access(OTHER));
		scene.until(() => scoped.end !== undefined, 20_000, "an end");
		assert.match(scoped.end?.why ?? "", /refused|not-found/);
		scene.servers[0].answers = false;
		const silent = viewer.link(CAMERA);
		scene.until(() => silent.end !== undefined, 20_000, "an end");
		assert.equal(silent.end?.why, "no-server");
		assert.equal(camera.accepted.length, 0);
	});

	it("withdraws its registration (P2P-6), and stops its keep-alives (P2P-8)", () => {
		const scene = new PeerWorld(5);
		const camera = scene.peer(CAMERA, "camera", RESTRICTED).register("Garage");
		const viewer = scene.peer(VIEWER, "viewer", RESTRICTED);
		scene.until(() => camera.isRegistered, 2000, "registered");
		let isDone = false;
		camera.endpoint.withdraw(() => {
			isDone = true;
		});
		scene.until(() => isDone, 2000, "withdrawn");
		const { plain } = scene.servers[0];
		scene.world.runFor(300_000);
		assert.equal(scene.servers[0].plain, plain, "no keep-alives");
		const found = findAll(scene, viewer);
		assert.ok(found.length === 0 || typeof found === "string", "nothing is found");
	});

	for (const mode of ["none", "silent", "answering"] as const) {
		it(`stays reachable for an hour behind a NAT that forgets after 30 s; keep-alives: ${mode} (P2P-4, P2P-8)`, () => {
			const scene = new PeerWorld(6, ["8.0.0.1"], { delay: 10 }, mode);
			const camera = scene.peer(CAMERA, "camera", { ...RESTRICTED, udpTimeout: 30_000 }).register("Garage");
			const viewer = scene.peer(VIEWER, "viewer", RESTRICTED);
			scene.until(() => camera.isRegistered, 2000, "registered");
			for (let i = 0; i < 12; i++) {
				scene.world.runFor(300_000 + i * 777);
				const ear = viewer.link(CAMERA);
				connect(scene, camera, ear);
				ear.link?.close();
			}
			const { plain } = scene.servers[0];
			if (mode === "answering") assert.ok(plain > 120, `${plain} keep-alives and address requests`);
			else assert.ok(plain < 60, `${plain} address requests`);
		});
	}

	it("lets no guest take over the link of another peer by its name (P2P-14)", () => {
		const scene = new PeerWorld(21);
		const camera = scene.peer(CAMERA, "camera", RESTRICTED).register("Garage");
		const viewer = scene.peer(VIEWER, "viewer", RESTRICTED);
		const guest = scene.peer(VIEWER, "guest", RESTRICTED);
		scene.until(() => camera.isRegistered, 2000, "registered");
		const ear = viewer.link(CAMERA);
		const far = connect(scene, camera, ear);
		const { session } = far.introduction ?? {};
		const other = guest.link(CAMERA, scene.access(CAMERA));
		scene.until(() => other.path !== undefined, 3000, "the guest is linked");
		scene.until(() => camera.accepted.length === 2, 3000, "by a link of its own");
		const place = far.path?.port;
		scene.world.runFor(20_000);
		assert.equal(far.path?.port, place);
		assert.equal(far.introduction?.session, session);
		talk(scene, ear, far);
	});

	it("has links for others, however many a guest asks for and does not use (P2P-14)", () => {
		const scene = new PeerWorld(22);
		const camera = scene.peer(CAMERA, "camera", RESTRICTED).register("Garage");
		const viewer = scene.peer(VIEWER, "viewer", RESTRICTED);
		scene.until(() => camera.isRegistered, 2000, "registered");
		for (let i = 0; i < 39; i++) {
			const guest = scene.peer(`00000000000000${10 + i}`, `guest${i}`, RESTRICTED);
			const ear = guest.link(CAMERA, scene.access(CAMERA, `guest${i % 3}`));
			scene.until(() => ear.steps.includes("introduced") || ear.end !== undefined, 3000, "introduced");
			ear.link?.close();
		}
		assert.ok(camera.endpoint.open.size >= 30, `${camera.endpoint.open.size} links`);
		const ear = viewer.link(CAMERA);
		scene.until(() => ear.path !== undefined, 5000, "linked");
		const far = camera.accepted[camera.accepted.length - 1];
		scene.until(() => far.path !== undefined, 5000, "the camera, too");
		talk(scene, ear, far);
	});

	it("takes no flood of introductions from a hostile server (P2P-14)", () => {
		const scene = new PeerWorld(23);
		const camera = scene.peer(CAMERA, "camera", RESTRICTED).register("Garage");
		scene.until(() => camera.isRegistered, 2000, "registered");
		const key = new HmacSha1(scene.keys.accountKey(scene.servers[0].publicKey) as Uint8Array);
		const { ticket } = scene.access();
		const record = { ...VICTIMS, candidates: [{ kind: "host", address: "8.7.7.7", port: 53 }] } as const;
		const flood = (from: number, count: number): void => {
			for (let i = from; i < from + count; i++) {
				const place = new Uint8Array(8).fill(i).fill(i >> 8, 0, 4);
				const writer = new StunWriter().begin(REQUEST, BINDING, octetsOf(12, i));
				writeAction(writer, INTRODUCE, 0, 0, Math.floor((scene.servers[0].machine.clock.utc() ?? 0) / 1000));
				writer.octets(SESSION, place).octets(PEERS, place).octets(RECORD, encodeDeviceRecord(record));
				writer.text(TICKET, ticket).integrity(key).fingerprint();
				const message = new StunReader();
				assert.ok(message.read(writer.bytes.slice(writer.start, writer.end)));
				assert.ok(camera.endpoint.presence?.receive("8.0.0.1", 3478, message));
			}
		};
		flood(0, 400);
		assert.equal(camera.accepted.length, 80);
		scene.world.runFor(10_000);
		flood(400, 400);
		assert.equal(camera.accepted.length, 120);
		scene.world.runFor(60_000);
		const viewer = scene.peer(VIEWER, "viewer", RESTRICTED);
		const ear = viewer.link(CAMERA);
		scene.until(() => ear.path !== undefined, 5000, "others are served afterwards");
	});

	it("registers again soon at a server that was restarted (P2P-6)", () => {
		const scene = new PeerWorld(7);
		const camera = scene.peer(CAMERA, "camera", RESTRICTED).register("Garage");
		const viewer = scene.peer(VIEWER, "viewer", RESTRICTED);
		scene.until(() => camera.isRegistered, 2000, "registered");
		scene.servers[0].crash();
		scene.world.runFor(20_000);
		scene.servers[0].restart();
		scene.until(() => scene.servers[0].matching.table.size > 0, 70_000, "registered again");
		connect(scene, camera, viewer.link(CAMERA));
	});

	it("goes over to the next server when one dies (P2P-17)", () => {
		const scene = new PeerWorld(8, ["8.0.0.1", "8.0.0.2"]);
		const camera = scene.peer(CAMERA, "camera", RESTRICTED).register("Garage");
		scene.until(() => camera.isRegistered, 2000, "registered");
		scene.servers[0].crash();
		const took = scene.until(() => scene.servers[1].matching.table.size > 0, 70_000, "registered at the other one");
		assert.ok(took < 40_000, `${took}`);
		const viewer = scene.peer(VIEWER, "viewer", RESTRICTED);
		connect(scene, camera, viewer.link(CAMERA), 10_000);
	});

	it("finds servers by SRV records, by priority, and by a plain name (P2P-17)", () => {
		const scene = new PeerWorld(9, ["8.0.0.1", "8.0.0.2"]);
		const key = toHex(scene.servers[0].publicKey);
		scene.world.names.set("_porthole._udp.home.example", {
			srv: [
				{ target: "b.home.example", port: 3478, priority: 20, weight: 0 },
				{ target: "a.home.example", port: 3478, priority: 10, weight: 0 },
			],
		});
		scene.world.names.set("a.home.example", { a: ["8.0.0.2"] });
		scene.world.names.set("b.home.example", { a: ["8.0.0.1"] });
		scene.world.names.set("plain.example", { a: ["8.0.0.1"] });
		const camera = scene.peer(CAMERA, "camera", RESTRICTED).register("Garage", false, `${key}@home.example`);
		const other = scene.peer(OTHER, "camera", RESTRICTED).register("Garden", false, `${key}@plain.example`);
		scene.until(() => camera.isRegistered && other.isRegistered, 5000, "registered");
		assert.equal(camera.endpoint.presence?.service.server?.address, "8.0.0.2");
		assert.equal(other.endpoint.presence?.service.server?.address, "8.0.0.1");
	});

	it("is found at its new address after its router was restarted with another one (P2P-5, P2P-8)", () => {
		const scene = new PeerWorld(10);
		const { lan, router } = scene.network({ ...RESTRICTED, ports: "random" });
		const camera = scene.at(scene.inside(lan, "camera", "192.168.0.7"), CAMERA, "camera").register("Garage");
		const viewer = scene.peer(VIEWER, "viewer", RESTRICTED);
		scene.until(() => camera.isRegistered, 2000, "registered");
		router.nat.clear();
		scene.world.runFor(40_000);
		connect(scene, camera, viewer.link(CAMERA));
	});

	for (const [timeout, low, high] of [
		[15_500, 10_000, 13_500],
		[22_000, 10_000, 19_000],
		[35_000, 25_000, 30_000],
		[50_000, 30_000, 45_000],
		[180_000, 45_000, 60_000],
	]) {
		it(`learns that the NAT forgets after ${timeout / 1000} s, though it keeps the port (P2P-8)`, () => {
			const scene = new PeerWorld(25);
			const camera = scene.peer(CAMERA, "camera", { ...RESTRICTED, udpTimeout: timeout }).register("Garage");
			const viewer = scene.peer(VIEWER, "viewer", RESTRICTED);
			scene.until(() => camera.isRegistered, 2000, "registered");
			scene.world.runFor(250_000);
			const interval = camera.endpoint.presence?.keepAlives.interval ?? 0;
			assert.ok(interval >= low && interval <= high, `${interval}`);
			for (let i = 0; i < 10; i++) {
				scene.world.runFor(60_000 + 5000 * i);
				const ear = viewer.link(CAMERA);
				connect(scene, camera, ear);
				ear.link?.close();
			}
		});
	}

	it("everything of one endpoint leaves from one socket (P2P-16)", () => {
		const scene = new PeerWorld(20);
		const camera = scene.peer(CAMERA, "camera", RESTRICTED).register("Garage");
		const viewer = scene.peer(VIEWER, "viewer", RESTRICTED);
		const ports = new Set<number>();
		const { send } = camera.machine;
		camera.machine.send = (packet, nic) => {
			// The socket that finds out how long the NAT keeps mappings is one of its own, and carries nothing else.
			if (packet.sourcePort !== camera.endpoint.presence?.lifetime?.port) ports.add(packet.sourcePort);
			send.call(camera.machine, packet, nic);
		};
		scene.until(() => camera.isRegistered, 2000, "registered");
		const ear = viewer.link(CAMERA);
		talk(scene, ear, connect(scene, camera, ear));
		scene.world.runFor(120_000);
		assert.deepEqual([...ports], [50_000]);
	});

	it("tells the kind of NAT by two servers (P2P-5, P2P-12)", () => {
		const scene = new PeerWorld(21, ["8.0.0.1", "8.0.0.2"]);
		const plain = scene.peer(CAMERA, "camera", RESTRICTED).register("Garage");
		const symmetric = scene.peer(OTHER, "camera", NAT_KINDS.random).register("Garden");
		const open = scene.peer(VIEWER, "viewer").register("Open");
		scene.world.runFor(5000);
		assert.equal(plain.endpoint.addresses.isSymmetric, false);
		assert.match(plain.endpoint.natText, /^cone NAT/);
		assert.equal(symmetric.endpoint.addresses.isSymmetric, true);
		assert.match(symmetric.endpoint.natText, /^symmetric NAT/);
		assert.match(open.endpoint.natText, /^none/);
		assert.deepEqual(
			[plain, symmetric, open].map(({ endpoint }) => endpoint.natKind),
			["cone", "symmetric", "none"],
		);
	});

	for (const seed of [31, 32, 33, 34]) {
		it(`links by TURN where both NATs are symmetric, seed ${seed} (P2P-12)`, () => {
			const turnPlace = { address: "8.0.0.9", port: 3479 };
			const scene = new PeerWorld(
				seed,
				["8.0.0.1", "8.0.0.2"],
				{ delay: 10 },
				"answering",
				new TurnIssuer("s", [turnPlace]),
			);
			const turn = new ToyTurn(scene.host("turn", turnPlace.address), "s", turnPlace.port);
			const camera = scene.peer(CAMERA, "camera", NAT_KINDS.random).register("Garage");
			const viewer = scene.peer(VIEWER, "viewer", NAT_KINDS.random);
			scene.until(() => camera.isRegistered, 2000, "registered");
			const ear = viewer.link(CAMERA);
			scene.until(() => ear.steps.includes("introduced"), 1000, "introduced");
			const took = scene.until(() => ear.path !== undefined, 10_000, "linked");
			const far = connect(scene, camera, ear);
			assert.equal(ear.path?.kind, "relayed");
			assert.ok(took <= 400, `${took} ms`);
			for (let i = 0; i < 20; i++) talk(scene, ear, far);
			ear.link?.close();
			scene.world.runFor(1000);
			assert.equal(turn.allocations.size, 0, "the allocation is given back");
		});
	}

	it("says why two peers behind symmetric NATs can't be connected without TURN (P2P-12)", () => {
		const scene = new PeerWorld(35, ["8.0.0.1", "8.0.0.2"]);
		const camera = scene.peer(CAMERA, "camera", NAT_KINDS.random).register("Garage");
		const viewer = scene.peer(VIEWER, "viewer", NAT_KINDS.random);
		scene.until(() => camera.isRegistered, 2000, "registered");
		scene.world.runFor(3000);
		const ear = viewer.link(CAMERA);
		scene.until(() => ear.end !== undefined, 60_000, "an end");
		assert.equal(ear.end?.why, "symmetric");
		assert.match(ear.end?.detail ?? "", /TURN/);
	});

	it("reaches a camera behind a symmetric NAT by the port that its gateway maps (P2P-12)", () => {
		const scene = new PeerWorld(36, ["8.0.0.1", "8.0.0.2"]);
		const { lan, router } = scene.network(NAT_KINDS.random, 50_000);
		const camera = scene.at(scene.inside(lan, "camera", "192.168.0.7"), CAMERA, "camera").register("Garage");
		const viewer = scene.peer(VIEWER, "viewer", NAT_KINDS.random);
		scene.until(() => camera.isRegistered, 2000, "registered");
		camera.endpoint.setMapped(router.machine.nics[1].path?.address ?? "", 50_000);
		scene.world.runFor(2000);
		const ear = viewer.link(CAMERA);
		connect(scene, camera, ear);
		assert.equal(ear.path?.kind, "mapped");
	});

	it("links by IPv6 where both NATs are symmetric, with addresses that the server has seen (IMG-32, P2P-14)", () => {
		const scene = new PeerWorld(37);
		const key = toHex(scene.servers[0].publicKey);
		scene.world.names.set("both.example", { a: ["8.0.0.1"], aaaa: [serverIpv6("8.0.0.1")] });
		const rendezvous = `${key}@both.example`;
		const [home, away] = [scene.network(NAT_KINDS.random), scene.network(NAT_KINDS.random)];
		const inside = scene.inside(home.lan, "camera", "192.168.0.7");
		const outside = scene.inside(away.lan, "viewer", "192.168.0.7");
		scene.addIpv6(home, inside, 1);
		scene.addIpv6(away, outside, 2);
		const camera = scene.at(inside, CAMERA, "camera").register("Garage", false, rendezvous);
		const viewer = scene.at(outside, VIEWER, "viewer");
		scene.until(() => camera.isRegistered, 2000, "registered");
		const ear = viewer.link(CAMERA, { ...scene.access(), rendezvous });
		const far = connect(scene, camera, ear);
		assert.equal(ear.path?.kind, "ipv6");
		talk(scene, ear, far);
	});

	it("lets a viewer wait for a device that takes 30 ms until it can begin, once that was measured (P2P-9)", () => {
		const scene = new PeerWorld(7);
		const camera = scene.peer(CAMERA, "camera", RESTRICTED).register("Garage");
		const viewer = scene.peer(VIEWER, "viewer", RESTRICTED);
		scene.until(() => camera.isRegistered, 2000, "registered");
		let busy = 0;
		const now = camera.pump.now.bind(camera.pump);
		const introduced = camera.endpoint.introduced.bind(camera.endpoint);
		camera.pump.now = () => now() + busy;
		camera.endpoint.introduced = (...introduction) => {
			introduced(...introduction);
			busy += 30;
		};
		const delays = [0, 1].map(() => {
			const ear = viewer.link(CAMERA);
			connect(scene, camera, ear);
			ear.link?.close();
			// It says so with its next registration.
			scene.world.runFor(60_000);
			return ear.introduction?.startDelay ?? 0;
		});
		assert.equal(delays[1] - delays[0], 30);
	});

	it("names the same session at both sides, by which tunnels know their packets, also if the peers are introduced again meanwhile (P2P-13)", () => {
		const turnPlace = { address: "8.0.0.9", port: 3479 };
		for (let after = 100; after < 300; after += 10) {
			const scene = new PeerWorld(11, ["8.0.0.1"], { delay: 10 }, "answering", new TurnIssuer("s", [turnPlace]));
			new ToyTurn(scene.host("turn", turnPlace.address), "s", turnPlace.port);
			const camera = scene.peer(CAMERA, "camera", NAT_KINDS.random).register("Garage");
			const viewer = scene.peer(VIEWER, "viewer", NAT_KINDS.random);
			scene.until(() => camera.isRegistered, 2000, "registered");
			const ear = viewer.link(CAMERA);
			scene.world.runFor(after);
			// The kind of its NAT comes to be known.
			viewer.endpoint.symmetryChanged();
			const other = connect(scene, camera, ear);
			scene.world.runFor(1000);
			assert.deepEqual(
				other.introduction?.session,
				ear.introduction?.session,
				`${after} ms after the link was asked for`,
			);
			talk(scene, ear, other);
		}
	});

	it("moves a link to another network within 2 s (P2P-13)", () => {
		const scene = new PeerWorld(22);
		const camera = scene.peer(CAMERA, "camera", RESTRICTED).register("Garage");
		const home = scene.network(RESTRICTED);
		const away = scene.network(RESTRICTED);
		const viewer = scene.at(scene.inside(home.lan, "viewer", "192.168.0.8"), VIEWER, "viewer");
		scene.until(() => camera.isRegistered, 2000, "registered");
		const ear = viewer.link(CAMERA);
		const far = connect(scene, camera, ear);
		talk(scene, ear, far);
		const [nic] = viewer.machine.nics;
		nic.link.up = false;
		viewer.machine.attach(away.lan, { address: "192.168.0.99", gateway: "192.168.0.1" });
		const took = scene.until(() => far.moves.length > 0, 5000, "moved");
		assert.ok(took <= 2000, `${took} ms`);
		talk(scene, ear, far);
		assert.equal(camera.accepted.length, 1, "it is the same link");
	});

	it("opens its socket with the first link, for devices that register nowhere", () => {
		const scene = new PeerWorld(26);
		const camera = scene.peer(CAMERA, "camera", RESTRICTED).register("Garage");
		const { network, random, clock, resolver, log } = scene.host("nas", "8.4.0.1");
		scene.until(() => camera.isRegistered, 2000, "registered");
		const options = { peer: VIEWER, kind: "nas", port: 0 };
		const endpoint = new UdpPeerEndpoint(new Pump(clock), { network, random, clock, resolver, log }, options);
		scene.world.runFor(1000);
		assert.equal(endpoint.portOf(4), 0);
		const ear = new LinkEar(scene.world);
		ear.link = endpoint.link(scene.access(), CAMERA, ear);
		talk(scene, ear, connect(scene, camera, ear));
		endpoint.close();
		assert.equal(endpoint.portOf(4), 0);
	});

	it("has several links to the same device at a time", () => {
		const scene = new PeerWorld(24);
		const camera = scene.peer(CAMERA, "camera", RESTRICTED).register("Garage");
		const viewer = scene.peer(VIEWER, "viewer", RESTRICTED);
		scene.until(() => camera.isRegistered, 2000, "registered");
		const one = viewer.link(CAMERA);
		const two = viewer.link(CAMERA);
		scene.until(() => camera.accepted.filter(({ path }) => path !== undefined).length === 2, 3000, "two links");
		scene.until(() => one.path !== undefined && two.path !== undefined, 1000, "two paths");
		one.say("one");
		two.say("two");
		scene.world.runFor(100);
		assert.deepEqual(camera.accepted.map(({ heard }) => heard.join()).sort(), ["one", "two"]);
	});

	it("closes a link on both sides, and refuses more links than it may have", () => {
		const scene = new PeerWorld(23);
		const camera = scene.peer(CAMERA, "camera", RESTRICTED).register("Garage");
		const viewer = scene.peer(VIEWER, "viewer", RESTRICTED);
		scene.until(() => camera.isRegistered, 2000, "registered");
		const ear = viewer.link(CAMERA);
		const far = connect(scene, camera, ear);
		ear.link?.close();
		scene.until(() => far.end !== undefined, 60_000, "the camera notices");
		assert.equal(far.end?.why, "lost");
		assert.equal(camera.endpoint.open.size, 0);
		assert.equal(viewer.endpoint.open.size, 0);
	});
});
