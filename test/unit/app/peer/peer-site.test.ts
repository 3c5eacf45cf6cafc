import assert from "node:assert/strict";
import { ToyCiphers } from "../../../../hosts/virtual/toy-ciphers";
import type { Appliance, ApplianceSettings } from "../../../../src/app/appliance";
import { readPairing } from "../../../../src/app/peer/pairing";
import { PairingPart } from "../../../../src/app/peer/pairing-part";
import type { PeerServices } from "../../../../src/app/peer/peer-part-services";
import { PeerSite } from "../../../../src/app/peer/peer-site";
import { HomeKeys } from "../../../../src/peer/home-keys";
import { loginFor } from "../../../support/home-answer";
import { peerVisit } from "../../../support/peer-visit";
import { type HomeCamera, VirtualHome } from "../../../support/virtual-home";

const SERVER = `${"ab".repeat(32)}@meet.example.org`;
const FLEET = { "fleet-key": "0123456789abcdef0123456789abcdef" };

class Rig {
	readonly home = new VirtualHome(7);
	readonly first: HomeCamera;
	readonly second: HomeCamera;
	rendezvous = SERVER;

	constructor() {
		this.home.extras = [
			{ make: (camera) => new PairingPart(this.services(camera), (text) => `<svg>${text.length}</svg>`) },
		];
		this.first = this.home.add({ name: "Front door", ...FLEET });
		this.second = this.home.add({ name: "Garage", ...FLEET });
		this.home.until(
			() => this.first.camera.fleet.registry.size === 1 && this.second.camera.fleet.registry.size === 1,
			60_000,
			"both cameras know each other",
		);
	}

	get representative(): HomeCamera {
		this.home.until(() => this.home.cameras.some(({ camera }) => camera.fleet.self.representative), 60_000, "one is");
		return this.home.cameras.find(({ camera }) => camera.fleet.self.representative) as HomeCamera;
	}

	get other(): HomeCamera {
		return this.representative === this.first ? this.second : this.first;
	}

	/** Asks through a tunnel. */
	ask(
		site: PeerSite,
		camera: HomeCamera,
		target: string,
		fields = "",
		host = "localhost:8088",
		method = "GET",
		body = "",
	): string {
		const length = method === "POST" ? `Content-Length: ${body.length}\r\n` : "";
		const request = `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${fields}${length}\r\n${body}`;
		return peerVisit(
			camera.camera.pump,
			(stream) => site.accept(stream),
			request,
			() => this.home.world.runUntil(() => false, 500),
		);
	}

	/** Asks as the owner. */
	asOwner(
		site: PeerSite,
		camera: HomeCamera,
		target: string,
		fields = "",
		host?: string,
		method = "GET",
		body = "",
	): string {
		// A browser would get the login page.
		const first = this.ask(site, camera, target, "", host, method, body);
		const login = `${fields}${loginFor(first, method, target)}\r\n`;
		return this.ask(site, camera, target, login, host, method, body);
	}

	private services(camera: Appliance<ApplianceSettings>): PeerServices {
		const ciphers = new ToyCiphers(camera.host.random);
		const privateKey = ciphers.drawKey();
		const keys = new HomeKeys(ciphers, new Uint8Array(32).fill(5));
		const rig = this;
		return {
			node: camera,
			supply: { ciphers, resolver: {} as never },
			endpoint: {} as never,
			deviceKey: { privateKey, publicKey: ciphers.publicKeyOf(privateKey) },
			keys: () => keys,
			sections: [],
			get rendezvous() {
				return rig.rendezvous;
			},
			rendezvousWeb: "",
			access: (scope, until) => ({
				home: keys.home,
				rendezvous: SERVER,
				ticket: `p.${keys.home}.${scope || "*"}.${until.toString(36)}.a1`,
				ticketSecret: new Uint8Array(32),
				pinKey: keys.pinKey,
			}),
		} as PeerServices;
	}
}

describe("app/peer/peer-site", () => {
	it("asks strangers in tunnels for a login like all others (ONE-5)", () => {
		const rig = new Rig();
		const site = new PeerSite(rig.first.camera);
		for (const target of [
			"/",
			"/portal",
			"/stream.mjpeg",
			"/snapshot.jpg",
			"/to/0123456789abcdef",
			"/unknown",
			"/pair",
		])
			assert.match(rig.ask(site, rig.first, target), /^HTTP\/1.1 401 /, target);
		const login = rig.ask(site, rig.first, "/", "Accept: text/html\r\n");
		assert.match(login, /open the address that porthole view shows on its terminal/);
		assert.match(rig.ask(site, rig.first, "/", "", "evil.example.org"), /^HTTP\/1.1 421 /);
	});

	it("serves pages and pictures, links of the portal lead to where the viewer's program offers the cameras (ONE-6)", () => {
		const rig = new Rig();
		const { representative, other } = rig;
		const site = new PeerSite(representative.camera);
		const id = other.camera.identity.id;
		const page = rig.asOwner(site, representative, "/portal");
		assert.match(page, /^HTTP\/1.1 200 /);
		assert.ok(page.includes(`href="/to/${id}`), page);
		assert.ok(page.includes(`http://${id}.localhost:8088/snapshot.jpg?pass=`), "its picture, with a pass");
		assert.ok(!page.includes("192.168.0."), "no address that the viewer can't reach");
		assert.match(
			rig.asOwner(site, representative, `/to/${id}`),
			new RegExp(`^HTTP/1.1 303 [\\s\\S]*Location: http://${id}\\.localhost:8088/device\\?pass=`),
		);
		assert.match(rig.asOwner(site, representative, "/", "Accept: text/html\r\n"), /^HTTP\/1.1 /);
	});

	it("logs a viewer in by its link pass, with a session for that name alone, and lets it on to the next camera by a ticket (ONE-5)", () => {
		const rig = new Rig();
		const { representative, other } = rig;
		const site = new PeerSite(representative.camera);
		const { access } = representative.camera;
		const pass = access.authenticator.issueLink(representative.camera.now, 3600);
		const entered = rig.ask(site, representative, `/?link=${pass}`, "Accept: text/html\r\n");
		const [, cookie = ""] = /Set-Cookie: ([^;]+);/.exec(entered) ?? [];
		assert.match(entered, /^HTTP\/1.1 303 [\s\S]*Location: \/\r\n/);
		assert.ok(!entered.includes("Secure"), "a cookie of http://localhost");
		const id = other.camera.identity.id;
		const led = rig.ask(site, representative, `/to/${id}`, `Cookie: ${cookie}\r\n`);
		const [, target = ""] = /Location: http:\/\/[^/]+(\/device\?pass=[^\r]+)/.exec(led) ?? [];
		const next = new PeerSite(other.camera);
		const there = rig.ask(next, other, target, "Accept: text/html\r\n", `${id}.localhost:8088`);
		assert.match(there, /^HTTP\/1.1 303 [\s\S]*Set-Cookie: /);
		const [, second = ""] = /Set-Cookie: ([^;]+);/.exec(there) ?? [];
		const page = rig.ask(next, other, "/camera", `Accept: text/html\r\nCookie: ${second}\r\n`, `${id}.localhost:8088`);
		assert.match(page, /^HTTP\/1.1 200 /);
		const portal = representative.camera.identity.id;
		assert.ok(page.includes(`<a href="/to/${portal}/portal">`), page);
	});

	it("leads from another device's portal to the representative's own page, and by the navigation to its portal (ONE-6)", () => {
		const rig = new Rig();
		const { representative, other } = rig;
		const site = new PeerSite(other.camera);
		const { id } = representative.camera.identity;
		const portal = rig.asOwner(site, other, "/portal", "Accept: text/html\r\n");
		assert.ok(portal.includes(`<h2><a href="/to/${id}">`), portal);
		assert.ok(portal.includes(`<a href="/to/${id}/portal" aria-current="page">Cameras</a>`), portal);
		for (const [path, place, page] of [
			[`/to/${id}`, "device", "This camera"],
			[`/to/${id}/portal`, "portal", "Cameras"],
		] as const) {
			const [, target = ""] =
				new RegExp(`Location: http://${id}\\.localhost:8088(/${place}\\?pass=[^\r]+)`).exec(
					rig.asOwner(site, other, path),
				) ?? [];
			const there = new PeerSite(representative.camera);
			const entered = rig.ask(there, representative, target, "Accept: text/html\r\n", `${id}.localhost:8088`);
			const [, cookie = ""] = /Set-Cookie: ([^;]+);/.exec(entered) ?? [];
			const next = /Location: ([^\r]+)/.exec(entered)?.[1] ?? "";
			const get = (url: string) =>
				rig.ask(there, representative, url, `Accept: text/html\r\nCookie: ${cookie}\r\n`, `${id}.localhost:8088`);
			const first = get(next);
			const shown = get(/Location: ([^\r]+)/.exec(first)?.[1] ?? next);
			assert.match(shown, new RegExp(`<a href="[^"]+" aria-current="page">${page}</a>`));
		}
	});

	it("keeps a guest at the one device: no pass of another one, and its link and session are worth nothing there (ONE-5)", () => {
		const rig = new Rig();
		const { representative, other } = rig;
		const site = new PeerSite(representative.camera);
		const { authenticator } = representative.camera.access;
		const { now, identity } = representative.camera;
		const viewer = authenticator.issueLink(now, 3600);
		assert.ok(
			rig.ask(site, representative, `/portal?link=${viewer}`).includes("/snapshot.jpg?pass="),
			"a viewer's page",
		);
		const guest = authenticator.issueLink(now, 3600, true);
		const page = rig.ask(site, representative, `/portal?link=${guest}`);
		assert.match(page, /^HTTP\/1.1 200 /);
		assert.ok(!page.includes("pass="), page);
		const entered = rig.ask(site, representative, `/?link=${guest}`, "Accept: text/html\r\n");
		const [, cookie = ""] = /Set-Cookie: ([^;]+);/.exec(entered) ?? [];
		const own = rig.ask(site, representative, "/camera", `Cookie: ${cookie}\r\n`, `${identity.id}.localhost:8088`);
		assert.match(own, /^HTTP\/1.1 200 /);
		const led = rig.ask(site, representative, `/to/${other.camera.identity.id}`, `Cookie: ${cookie}\r\n`);
		assert.ok(!led.includes("?pass="), led);
		const next = new PeerSite(other.camera);
		assert.match(rig.ask(next, other, "/camera", `Cookie: ${cookie}\r\n`), /^HTTP\/1.1 401 /);
		assert.match(rig.ask(next, other, `/camera?link=${guest}`), /^HTTP\/1.1 401 /);
		assert.match(rig.ask(next, other, `/camera?link=${viewer}`), /^HTTP\/1.1 200 /);
	});

	it("keeps the pages of other visitors as they are", () => {
		const rig = new Rig();
		const { representative, other } = rig;
		const site = new PeerSite(representative.camera);
		const target = "/portal";
		const peers = rig.asOwner(site, representative, target);
		const { lan } = { lan: representative.camera.addresses.lanAddress() };
		const near = rig.home.get(`http://${lan}:8000${target}`, rig.home.neighbour);
		const again = rig.asOwner(site, representative, target);
		assert.ok(near.includes(other.camera.addresses.lanAddress()) && !near.includes(".localhost"));
		assert.ok(peers.includes(".localhost") && again.includes(".localhost"));
		const camera = rig.home.get(`http://${other.camera.addresses.lanAddress()}:8000/camera`, rig.home.neighbour);
		assert.match(camera, /^HTTP\/1.1 200 /);
		assert.ok(!camera.includes(".localhost"));
	});

	it("serves live pictures", () => {
		const rig = new Rig();
		const site = new PeerSite(rig.first.camera);
		const before = rig.asOwner(site, rig.first, "/stream.mjpeg");
		assert.match(before, /^HTTP\/1.1 200 /);
		assert.ok(before.length > 5000, "pictures through the tunnel");
	});
});

describe("app/peer/pairing-part", () => {
	const post = (rig: Rig, site: PeerSite, body: string, accept = "application/json") =>
		rig.asOwner(
			site,
			rig.first,
			"/api/v1/pairings",
			`Accept: ${accept}\r\nContent-Type: application/x-www-form-urlencoded\r\n`,
			"localhost:8088",
			"POST",
			body,
		);

	it("makes a pairing for a viewer of the whole home, with a pass that ends like it (ONE-5)", () => {
		const rig = new Rig();
		const site = new PeerSite(rig.first.camera);
		const answer = post(rig, site, "kind=viewer&days=30&home=Cabin");
		assert.match(answer, /^HTTP\/1.1 200 /);
		const pairing = readPairing(JSON.parse(answer.split("\r\n\r\n")[1]).text);
		assert.ok(typeof pairing === "object");
		assert.equal(pairing.name, "Cabin");
		assert.match(pairing.access.ticket, /^p\.[0-9a-f]{32}\.\*\./);
		assert.ok(pairing.access.pinKey !== undefined && pairing.access.guestId === undefined);
		assert.match(rig.ask(site, rig.first, `/snapshot.jpg?link=${pairing.pass}`), /^HTTP\/1.1 200 /);
	});

	it("makes a pairing for a guest, with this device alone and without the key that proves others", () => {
		const rig = new Rig();
		const site = new PeerSite(rig.first.camera);
		const pairing = readPairing(JSON.parse(post(rig, site, "kind=guest&days=7").split("\r\n\r\n")[1]).text);
		assert.ok(typeof pairing === "object");
		const { ticket, peer, pinKey, guestSecret } = pairing.access;
		assert.equal(peer, rig.first.camera.identity.id);
		assert.ok(ticket.includes(`.${peer}.`));
		assert.equal(pinKey, undefined);
		assert.equal(guestSecret?.length, 32);
		assert.equal(pairing.name, "Front door");
	});

	it("shows the code to the owner's browser once, as text and as a picture", () => {
		const rig = new Rig();
		const site = new PeerSite(rig.first.camera);
		const page = post(rig, site, "kind=viewer&days=30&home=Cabin", "text/html");
		assert.match(page, /porthole view --pair porthole:[A-Za-z0-9_-]{100}/);
		assert.match(page, /<svg>\d+<\/svg>/);
		assert.match(rig.asOwner(site, rig.first, "/pair"), /name="kind" value="guest"[\s\S]*name="days"/);
	});

	for (const [body, fault] of [
		["kind=viewer&days=0&home=x", "Days must be"],
		["kind=viewer&days=367&home=x", "Days must be"],
		["kind=owner&days=3", "viewer or a guest"],
		["kind=viewer&days=3&home=", "name of the home"],
		[`kind=viewer&days=3&home=${"x".repeat(33)}`, "name of the home"],
	]) {
		it(`refuses ${body.slice(0, 40)}`, () => {
			const rig = new Rig();
			const site = new PeerSite(rig.first.camera);
			const answer = post(rig, site, body);
			assert.match(answer, /^HTTP\/1.1 400 /);
			assert.ok(answer.includes(fault), answer);
		});
	}

	it("gives nothing out without a rendezvous server, and has no link in the navigation then", () => {
		const rig = new Rig();
		const site = new PeerSite(rig.first.camera);
		assert.ok(rig.asOwner(site, rig.first, "/settings").includes('href="/pair"'));
		rig.rendezvous = "";
		assert.match(post(rig, site, "kind=viewer&days=3&home=x"), /^HTTP\/1.1 409 [\s\S]*rendezvous/);
		rig.first.camera.changed();
		assert.ok(!rig.asOwner(site, rig.first, "/settings").includes('href="/pair"'));
	});
});
