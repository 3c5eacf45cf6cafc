import assert from "node:assert/strict";
import { ToyCiphers } from "../../hosts/virtual/toy-ciphers";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { HomeDevicesPart } from "../../src/app/peer/home-devices-part";
import { peerToPeer } from "../../src/app/peer/peer-extra";
import { PeerPart } from "../../src/app/peer/peer-part";
import type { PeerExtra } from "../../src/app/peer/peer-part-services";
import type { FoundPeer, HomeAccess } from "../../src/app/peer/peer-services";
import { HOME_DEVICES_PAGE } from "../../src/web/home-devices-page";
import { LinkEar, PeerHost, ToyRendezvous } from "../support/peer-world";
import { type HomeCamera, VirtualHome, WAN } from "../support/virtual-home";

const VIEWER = "ffeeddccbbaa9988";

/** A home whose cameras register at a rendezvous server, and a viewer behind no NAT. */
class Scene {
	readonly home: VirtualHome;
	readonly server: ToyRendezvous;
	readonly viewer: PeerHost;

	constructor(seed: number, count: number, settings: Readonly<Record<string, string>> = {}) {
		this.home = new VirtualHome(seed);
		const { world, internet } = this.home;
		const machine = new VirtualMachine(world, "rendezvous");
		machine.attach(internet, { address: "198.20.8.8", prefix: 24, gateway: "198.20.8.1" });
		this.server = new ToyRendezvous(machine);
		const ciphers = new ToyCiphers(machine.random);
		const takeAll: PeerExtra = ({ endpoint }) => {
			endpoint.accept((link) => {
				const ear = new LinkEar(world);
				ear.link = link;
				return ear;
			});
			return {};
		};
		const list: PeerExtra = (services) => new HomeDevicesPart(services);
		this.home.extras = [peerToPeer({ ciphers, resolver: machine.resolver }, [takeAll, list])];
		for (let i = 0; i < count; i++) {
			this.home.add({ "fleet-key": "a-key-of-the-whole-fleet", rendezvous: this.server.setting, ...settings });
		}
		this.viewer = new PeerHost(world, this.home.visitor, VIEWER, "viewer");
	}

	part(camera: HomeCamera): PeerPart {
		for (const part of camera.camera.parts) if (part instanceof PeerPart) return part;
		throw new Error("no part");
	}

	isRegistered(camera: HomeCamera): boolean {
		return this.part(camera).endpoint.presence?.registration.state === "registered";
	}

	access(camera = this.home.cameras[0]): HomeAccess {
		const until = Math.floor((camera.machine.clock.utc() ?? 0) / 1000) + 3600;
		return this.part(camera).access("", until) as HomeAccess;
	}

	find(): readonly FoundPeer[] {
		let found: readonly FoundPeer[] | string | undefined;
		this.viewer.endpoint.find(this.access(), { name: "", tag: "" }, (answer) => {
			found = answer;
		});
		this.home.until(() => found !== undefined, 10_000, "an answer to the search");
		return found as readonly FoundPeer[];
	}

	/** Names the portals. */
	portals(): readonly string[] {
		const found = this.find();
		return typeof found === "string" ? [] : found.filter(({ isPortal }) => isPortal).map(({ peer }) => peer);
	}
}

function idOf({ camera }: HomeCamera): string {
	return camera.identity.id;
}

describe("simulation/peer home", () => {
	it("registers each camera, and the representative as the portal (ONE-6)", () => {
		const scene = new Scene(1, 3);
		const { cameras } = scene.home;
		scene.home.until(() => cameras.every((camera) => scene.isRegistered(camera)), 30_000, "all registered");
		scene.home.world.runFor(5000);
		const found = scene.find();
		assert.deepEqual(found.map(({ peer }) => peer).sort(), cameras.map(idOf).sort());
		const representative = cameras.filter(({ camera }) => camera.fleet.self.representative).map(idOf);
		assert.deepEqual(scene.portals(), representative);
		for (const { name } of found) assert.match(name, /^Camera \d$/);
	});

	it("lists the devices of the home for the owner, with ways and kinds of NAT, and answers no stranger (ONE-10, P2P-14)", () => {
		const scene = new Scene(8, 2);
		const { home } = scene;
		const [one] = home.cameras;
		home.until(() => home.cameras.every((camera) => scene.isRegistered(camera)), 30_000, "all registered");
		home.world.runFor(5000);
		const base = `http://${WAN}:${one.port}`;
		assert.ok(home.get(`${base}/peer`).includes(`href="${HOME_DEVICES_PAGE}"`));
		const page = home.get(`${base}${HOME_DEVICES_PAGE}`);
		assert.match(page, /^HTTP\/1.1 200 /);
		assert.match(page, /<td>Camera \d \(portal\)<\/td><td>camera<\/td>/);
		assert.equal(page.split("<td>camera</td>").length, 3);
		assert.ok(page.includes(WAN));
		assert.match(home.exchange("GET", `${base}${HOME_DEVICES_PAGE}`, "", "", home.visitor, 3000), /^HTTP\/1.1 401 /);
		scene.server.crash();
		home.until(
			() => !home.get(`${base}${HOME_DEVICES_PAGE}`, home.visitor, 30_000).includes("(portal)"),
			60_000,
			"no list",
		);
		assert.match(home.get(`${base}${HOME_DEVICES_PAGE}`, home.visitor, 30_000), /No rendezvous server answers/);
	});

	it("has the gateway map a UDP port, by which viewers come in (P2P-12, ONE-1)", () => {
		const scene = new Scene(2, 1);
		const [camera] = scene.home.cameras;
		scene.home.until(() => scene.isRegistered(camera), 30_000, "registered");
		const isMapped = (): boolean => scene.part(camera).mappedPort !== 0;
		scene.home.until(isMapped, 30_000, "a mapped port");
		scene.home.world.runFor(3000);
		const ear = scene.viewer.link(idOf(camera), scene.access());
		scene.home.until(() => ear.path !== undefined, 5000, `linked: ${ear.steps} ${JSON.stringify(ear.end)}`);
		assert.match(ear.path?.kind ?? "", /mapped|punched/);
	});

	for (const seed of [3, 4, 5]) {
		it(`the portal's entry follows the succession, seed ${seed} (ONE-8)`, () => {
			const scene = new Scene(seed, 3);
			const { home } = scene;
			const { cameras } = home;
			home.until(() => cameras.every((camera) => scene.isRegistered(camera)), 30_000, "all registered");
			home.world.runFor(5000);
			const first = cameras.find(({ camera }) => camera.fleet.self.representative);
			assert.ok(first !== undefined);
			const access = scene.access(cameras.find((camera) => camera !== first));
			first.crash();
			const isNew = (): boolean => {
				const now = scene.portals();
				return now.some((peer) => peer !== idOf(first));
			};
			home.until(isNew, 20_000, "a new portal at the server");
			const successor = scene.portals().find((peer) => peer !== idOf(first)) ?? "";
			const ear = scene.viewer.link(successor, access);
			home.until(() => ear.path !== undefined, 5000, "linked to the successor");
		});
	}

	it("withdraws the registration when it leaves (P2P-6)", () => {
		const scene = new Scene(6, 2);
		const { home } = scene;
		const [one, two] = home.cameras;
		home.until(() => scene.isRegistered(one) && scene.isRegistered(two), 30_000, "registered");
		const access = scene.access(two);
		let isGone = false;
		one.camera.leave(() => {
			isGone = true;
		});
		home.until(() => isGone, 20_000, "left");
		const ear = scene.viewer.link(idOf(one), access);
		home.until(() => ear.end !== undefined, 20_000, "an end");
		assert.equal(ear.end?.why, "not-found");
	});

	it("is another home when it joins a fleet, and withdraws from the one before", () => {
		const scene = new Scene(7, 1, { "fleet-key": "" });
		const [camera] = scene.home.cameras;
		scene.home.until(() => scene.isRegistered(camera), 30_000, "registered");
		const before = scene.access();
		camera.camera.fleetPart.keys.makeKey();
		scene.home.until(() => scene.part(camera).keys().home !== before.home, 5000, "another home");
		scene.home.until(() => scene.isRegistered(camera), 10_000, "registered");
		scene.home.world.runFor(3000);
		assert.deepEqual(
			scene.find().map(({ peer }) => peer),
			[idOf(camera)],
		);
		const ear = scene.viewer.link(idOf(camera), before);
		scene.home.until(() => ear.end !== undefined, 20_000, "an end");
		assert.equal(ear.end?.why, "not-found");
	});

	it("shows registration, NAT and viewers to its owner, and nothing to strangers (ONE-10)", () => {
		const scene = new Scene(8, 1);
		const [camera] = scene.home.cameras;
		scene.home.until(() => scene.isRegistered(camera), 30_000, "registered");
		scene.home.world.runFor(3000);
		const ear = scene.viewer.link(idOf(camera), scene.access());
		scene.home.until(() => ear.path !== undefined, 5000, "linked");
		const url = `http://${camera.machine.address}:8000`;
		const page = scene.home.get(`${url}/peer`, scene.home.neighbour);
		for (const text of ["Away from home", "Registration", scene.part(camera).keys().home, "NAT", VIEWER]) {
			assert.ok(page.includes(text), text);
		}
		// Names stand where people look, identifiers beside them.
		const { name } = camera.camera.fleet.self;
		assert.ok(page.includes(`<dt>This device</dt><dd>${name}. This device has the portal.</dd>`), page);
		assert.ok(
			page.includes(`<summary>Identifiers</summary><dl><dt>Home</dt><dd>${scene.part(camera).keys().home}</dd>`),
		);
		assert.match(
			page,
			new RegExp(`<dt>Viewer without a name</dt><dd>.* ms <span class="hint">ID ${VIEWER}</span></dd>`),
		);
		const state = scene.home.get(`${url}/api/v1/peer`, scene.home.neighbour);
		assert.match(state, /"state":"registered"/);
		assert.match(scene.home.get(`${url}/metrics`, scene.home.neighbour), /porthole_peer_registered 1/);
		for (const path of ["/peer", "/api/v1/peer"]) {
			assert.ok(scene.home.knock(`http://${WAN}:8080${path}`, 3000), path);
		}
	});

	it("tells its owner that no server answers, and when that is over", () => {
		const scene = new Scene(9, 1);
		const [camera] = scene.home.cameras;
		scene.server.answers = false;
		const hasNotice = (): boolean => scene.part(camera).notices().length > 0;
		scene.home.until(hasNotice, 60_000, "a notice");
		scene.server.answers = true;
		scene.home.until(() => scene.isRegistered(camera), 150_000, "registered");
		assert.equal(hasNotice(), false);
	});
});
