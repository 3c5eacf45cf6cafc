import assert from "node:assert/strict";
import type { Router } from "../../hosts/virtual/router";
import { ToyCiphers } from "../../hosts/virtual/toy-ciphers";
import type { HomeAccess } from "../../src/app/peer/peer-services";
import { Rendezvous } from "../../src/app/rendezvous/rendezvous";
import { WEB_SOCKETS } from "../../src/app/rendezvous/web-socket-part";
import { startSettings } from "../../src/app/start-settings";
import { toHex } from "../../src/base/hex";
import { ticketKeyOf } from "../../src/peer/home-keys";
import { ALL_DEVICES, issuePeerTicket, NEVER, peerTicketSecret } from "../../src/peer/peer-ticket";
import { RENDEZVOUS_SCHEMA } from "../../src/settings/rendezvous-schema";
import { type LinkEar, type PeerHost, PeerWorld } from "../support/peer-world";

const SERVER = "8.0.0.9";
const CAMERA = "00112233445566aa";
const VIEWER = "ffeeddccbbaa9988";

/** A whole rendezvous server, and two peers in a network whose router lets UDP out or not. */
class Scene {
	readonly peers = new PeerWorld(41);
	readonly rendezvous: string;
	readonly camera: PeerHost;
	readonly viewer: PeerHost;
	private isBlocked = true;

	constructor() {
		const { peers } = this;
		const machine = peers.host("server", SERVER);
		const { network, clock, random, store, log, resolver } = machine;
		const server = new Rendezvous(
			{
				...{ network, clock, random, store, log, resolver, model: "virtual", tellPassword() {} },
				ciphers: new ToyCiphers(random),
			},
			startSettings(
				RENDEZVOUS_SCHEMA,
				new Map([
					["password", "correct horse"],
					["http-port", "8080"],
					["rendezvous-key", "03".repeat(32)],
				]),
				store,
			),
			undefined,
			[WEB_SOCKETS],
		);
		server.start();
		this.rendezvous = `${toHex(server.part.key.publicKey)}@${SERVER}`;
		const { lan, router } = peers.network({ mapping: "EI", filtering: "APD" });
		this.block(router);
		this.camera = peers.at(peers.inside(lan, "camera", "192.168.0.7"), CAMERA, "camera");
		this.viewer = peers.at(peers.inside(lan, "viewer", "192.168.0.8"), VIEWER, "viewer");
		this.camera.register("Garage", false, this.rendezvous);
	}

	get access(): HomeAccess {
		const { keys, servers } = this.peers;
		const accountKey = keys.accountKey(servers[0].publicKey) as Uint8Array;
		const ticket = issuePeerTicket({ home: keys.home, scope: ALL_DEVICES, until: NEVER, id: "one" });
		const ticketSecret = peerTicketSecret(ticketKeyOf(accountKey), ticket);
		return { home: keys.home, rendezvous: this.rendezvous, ticket, ticketSecret, pinKey: keys.pinKey };
	}

	/** UDP gets through from now on. */
	unblock(): void {
		this.isBlocked = false;
	}

	link(): LinkEar {
		const ear = this.viewer.link(CAMERA, this.access);
		const { camera } = this;
		const isLinked = (): boolean => ear.path !== undefined && camera.accepted.some(({ path }) => path !== undefined);
		this.peers.until(isLinked, 30_000, `linked: ${ear.steps} ${JSON.stringify(ear.end)}`);
		return ear;
	}

	private block(router: Router): void {
		const { nat } = router;
		router.machine.hook = {
			incoming: (packet, nic) => nat.incoming(packet, nic),
			outgoing: (packet, nic) =>
				this.isBlocked && packet.tcp === undefined && nic === router.outside ? undefined : nat.outgoing(packet, nic),
		};
	}
}

describe("simulation/peer with UDP blocked", () => {
	it("registers and introduces by a WebSocket, and links where a way is left", () => {
		const scene = new Scene();
		const { camera, peers } = scene;
		const took = peers.until(() => camera.isRegistered, 60_000, "registered");
		assert.ok(took < 30_000, `${took}`);
		assert.equal(camera.endpoint.presence?.service.isStream, true);
		const ear = scene.link();
		assert.equal(ear.path?.kind, "lan");
		ear.say("hello");
		peers.until(() => camera.accepted.some(({ heard }) => heard.includes("hello")), 1000, "a datagram");
	});

	it("stays registered by the WebSocket, and goes back to UDP when that gets through", () => {
		const scene = new Scene();
		const { camera, peers } = scene;
		peers.until(() => camera.isRegistered, 60_000, "registered");
		peers.world.runFor(900_000);
		assert.equal(camera.isRegistered, true);
		assert.equal(camera.endpoint.presence?.service.isStream, true);
		scene.unblock();
		const isBack = (): boolean => camera.isRegistered && camera.endpoint.presence?.service.isStream === false;
		peers.until(isBack, 120_000, "registered by UDP");
		peers.world.runFor(300_000);
		assert.equal(isBack(), true);
		scene.link().link?.close();
	});
});
