import assert from "node:assert/strict";
import { ToyCiphers } from "../../hosts/virtual/toy-ciphers";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import type { CameraState } from "../../src/app/doctor/found-camera";
import { RELAYS } from "../../src/app/origin/relays-extra";
import { peerToPeer } from "../../src/app/peer/peer-extra";
import { BY_RULE, rtspServer } from "../../src/app/stream/rtsp-extra";
import { readReachState, writeReachState } from "../../src/app/ways/reach-state";
import { WaysPart } from "../../src/app/ways/ways-part";
import { toJson } from "../../src/base/json";
import { Prng } from "../../src/base/prng";
import { utf8Encode } from "../../src/base/text";
import type { ShownWays } from "../../src/web/ways-page";
import { mutate } from "../support/mutate";
import { ToyRendezvous } from "../support/peer-world";
import { VirtualHome, WAN } from "../support/virtual-home";

const KEY = "a-key-of-the-whole-home";
const FIRST = "http://192.168.0.11:8000";
const SECOND = "http://192.168.0.12:8000";

/** A home of two cameras, which know the ways to each other. @param wan the router's address */
function homeOf(
	seed: number,
	settings: Readonly<Record<string, string>> = {},
	wan?: string,
	peer = false,
): VirtualHome {
	const home = new VirtualHome(seed, {}, {}, wan);
	home.extras = [rtspServer({ table: BY_RULE }), RELAYS, { make: (camera) => new WaysPart(camera) }];
	let rendezvous: Readonly<Record<string, string>> = {};
	if (peer) {
		const machine = new VirtualMachine(home.world, "rendezvous");
		machine.attach(home.internet, { address: "198.20.8.8", prefix: 24, gateway: "198.20.8.1" });
		const ciphers = new ToyCiphers(machine.random);
		home.extras = [...home.extras, peerToPeer({ ciphers, resolver: machine.resolver }, [])];
		rendezvous = { rendezvous: new ToyRendezvous(machine).setting };
	}
	for (const name of ["Garage", "Garden"]) home.add({ name, ...rendezvous, ...settings });
	if (wan === undefined) home.until(() => home.ports.every((port) => port !== 0), 60_000, "all have ports");
	home.world.runFor(12_000);
	return home;
}

function bodyOf(answer: string): string {
	return answer.slice(answer.indexOf("\r\n\r\n") + 4);
}

function waysIn(home: VirtualHome, base = FIRST): readonly ShownWays[] {
	return JSON.parse(bodyOf(home.get(`${base}/api/v1/ways`, home.neighbour, 12_000))).devices;
}

/** The verdict and the text of each way to a device. */
function texts({ ways, players }: ShownWays): readonly string[] {
	return [...ways, ...players].map(({ works, text }) => `${works}: ${text}`);
}

describe("simulation/the ways to each device (ONE-10)", () => {
	it("are known of all devices of a sealed fleet, with the reasons why the others do not work", () => {
		const home = homeOf(1, { "fleet-key": KEY });
		const devices = waysIn(home);
		assert.deepEqual(
			devices.map(({ name }) => name),
			["Garage", "Garden"],
		);
		for (const [i, device] of devices.entries()) {
			const own = `192.168.0.${11 + i}`;
			const [lan, mapped, punched, relayed, atHome, outside] = texts(device);
			assert.equal(lan, `true: it announces itself at http://${own}:8000/`);
			assert.equal(mapped, `true: the router has opened http://${WAN}:${home.ports[i]}/`);
			assert.match(punched, /^false: no rendezvous server is set/);
			assert.match(relayed, /^false: no relay is registered/);
			assert.match(
				atHome,
				new RegExp(
					`^true: video goes straight from ${own} to players in 192\\.168\\.0\\.0/24.*the row for the home network`,
				),
			);
			assert.match(
				outside,
				new RegExp(
					`^true: players connect to port ${home.ports[i]} .*told as ${WAN}.*\\(row 0\\.0\\.0\\.0/0\\).*over TCP`,
				),
			);
			assert.equal(device.nat, "");
		}
	});

	it("name what is known of the NAT, once, and the registration at the rendezvous server", () => {
		const home = homeOf(2, { "fleet-key": KEY }, undefined, true);
		home.until(() => waysIn(home).every(({ nat }) => nat !== ""), 60_000, "both know their NAT");
		for (const device of waysIn(home)) {
			// One address server can't tell the kind: both rows of the page say so.
			assert.match(
				texts(device)[2],
				/^true: it is registered at a rendezvous server; the kind of NAT is not known yet/,
			);
			assert.equal(device.natKind, "unknown");
			assert.match(device.nat, /^not known: two address servers are needed/);
		}
	});

	it("are not asked for in a fleet without a key, and the page says so", () => {
		const home = homeOf(3);
		const [own, other] = waysIn(home);
		assert.match(texts(own)[2], /^false: no rendezvous server is set/);
		assert.match(texts(other)[2], /^null: .*this fleet has no key/);
		assert.equal(home.cameras[1].camera.access.gate.counters.strangers, 0, "it was not asked");
	});

	it("lead through no port where the router is behind another one, or remote access is off", () => {
		const [hidden] = waysIn(homeOf(4, {}, "100.64.0.9"));
		assert.match(texts(hidden)[1], /^false: the router has opened no port for it: .*(provider|behind another router)/);
		assert.match(
			texts(hidden)[5],
			/^false: the router has opened no port for it, so no row of the address table applies$/,
		);
		const home = homeOf(5, { "fleet-key": KEY });
		home.post(`${SECOND}/api/v1/mapping`, "on=no", home.neighbour);
		home.world.runFor(20_000);
		assert.match(texts(waysIn(home, SECOND)[0])[1], /^false: remote access is switched off at this device/);
	});

	it("are without what a camera that has died knows, within some seconds", () => {
		const home = homeOf(6, { "fleet-key": KEY });
		home.cameras[1].crash();
		const begun = home.world.now;
		const [, dead] = waysIn(home);
		assert.ok(home.world.now - begun < 9000, `${home.world.now - begun} ms`);
		assert.match(texts(dead)[2], /^null: .*it did not answer just now/);
	});

	it("have a page, to which each card of the portal leads", () => {
		const home = homeOf(7, { "fleet-key": KEY });
		const portal = home.get(`${FIRST}/portal`, home.neighbour);
		const page = home.get(`${FIRST}/fleet/ways`, home.neighbour, 12_000);
		for (const { camera } of home.cameras) {
			assert.ok(portal.includes(`href="/fleet/ways#${camera.identity.id}"`));
			assert.ok(page.includes(`<section id="${camera.identity.id}"`));
		}
		assert.match(
			page,
			/<dt>Port on the router<\/dt><dd><b class="health" data-health="ok">Works<\/b>: the router has opened/,
		);
		assert.match(page, /<dt>Relay<\/dt><dd><b>No<\/b>: no relay is registered/);
	});

	it("are shown to owners only", () => {
		const home = homeOf(8, { "fleet-key": KEY, "viewer-password": "only-looking" });
		for (const path of ["/fleet/ways", "/api/v1/ways", "/api/v1/ways/own"])
			assert.match(home.exchange("GET", `${FIRST}${path}`, "", "", home.neighbour, 3000), /^HTTP\/1\.1 401/, path);
		const { token } = JSON.parse(bodyOf(home.post(`${FIRST}/api/v1/links`, "hours=1", home.neighbour)));
		const ask = (path: string): string =>
			home.exchange("GET", `${FIRST}${path}?link=${token}`, "", "", home.neighbour, 3000);
		for (const path of ["/fleet/ways", "/api/v1/ways"]) assert.match(ask(path), /^HTTP\/1\.1 40[13]/, path);
		assert.doesNotMatch(ask("/portal"), /fleet\/ways/);
	});
});

describe("app/ways/reach-state", () => {
	const state: CameraState = {
		mapping: true,
		rendezvous: true,
		registration: "registered",
		natKind: "cone",
		nat: "a cone NAT",
		symmetric: true,
		relays: 2,
	};

	it("reads what it writes", () => {
		assert.deepEqual(readReachState(utf8Encode(toJson(writeReachState(state)))), state);
	});

	it("reads what another device says with care", () => {
		const random = new Prng(11);
		const good = toJson(writeReachState({ ...state, nat: "x".repeat(300) }));
		for (let i = 0; i < 3000; i++) {
			const read = readReachState(utf8Encode(mutate(random, good, '{}[]":,\\0123456789eE-.xlnu')));
			if (read === undefined) continue;
			const { nat, registration, relays, mapping, symmetric } = read;
			assert.ok(nat.length <= 200 && registration.length <= 200 && Number.isInteger(relays) && relays <= 9999);
			assert.deepEqual([typeof mapping, typeof symmetric], ["boolean", "boolean"]);
		}
	});
});
