import assert from "node:assert/strict";
import { ToyCiphers } from "../../hosts/virtual/toy-ciphers";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { RELAYS } from "../../src/app/origin/relays-extra";
import { PairingPart } from "../../src/app/peer/pairing-part";
import { peerToPeer } from "../../src/app/peer/peer-extra";
import { rtspServer } from "../../src/app/stream/rtsp-extra";
import { relayKeyOf } from "../../src/relay/relay-key";
import { digestFor } from "../support/digest";
import { statusOf } from "../support/home-answer";
import { ToyRendezvous } from "../support/peer-world";
import { RegisteredRelay } from "../support/registered-relay";
import { toyJpeg } from "../support/toy-jpeg";
import { type HomeCamera, VirtualHome, WAN } from "../support/virtual-home";
import { VirtualMjpegViewer } from "../support/virtual-mjpeg-viewer";
import { HomeNas } from "../support/virtual-nas";

const KEY = "a-key-of-the-whole-home";
const RELAY = "198.20.5.5";

/** A sealed fleet of a camera and a NAS with one account, a relay, and a rendezvous server. */
class Scene {
	readonly home = new VirtualHome(11, { secure: false });
	readonly camera: HomeCamera;
	readonly nas: HomeNas;
	readonly relay: RegisteredRelay;

	constructor() {
		const { home } = this;
		home.picture = toyJpeg({ scan: 900, fill: 5 });
		const machine = new VirtualMachine(home.world, "rendezvous");
		machine.attach(home.internet, { address: "198.20.8.8", prefix: 24, gateway: "198.20.8.1" });
		const server = new ToyRendezvous(machine);
		home.extras = [
			RELAYS,
			rtspServer(),
			peerToPeer({ ciphers: new ToyCiphers(machine.random), resolver: machine.resolver }, [
				(services) => new PairingPart(services),
			]),
		];
		this.camera = home.add({ password: "", "fleet-key": KEY, rendezvous: server.setting });
		home.until(() => this.camera.port === 8080, 20_000, "a representative");
		this.nas = new HomeNas(home, 50, { password: "", "fleet-key": KEY });
		home.until(() => this.nas.nas.fleet.self.externalPort !== 0, 20_000, "the NAS has a port");
		const origin = { name: "home", url: `http://${WAN}:8080`, key: relayKeyOf(KEY, "east") };
		this.relay = new RegisteredRelay(home, "east", RELAY, [origin]);
		home.until(() => this.relay.contents.length > 0, 20_000, "the relay has the camera");
		home.world.runFor(10_000);
	}

	/** Asks with Digest by HTTP or RTSP. @returns the whole answer */
	ask(request: Ask, user: string, password: string, pause = 20_000): string {
		// Each wrong password makes the next one wait.
		this.home.world.runFor(pause);
		const first = this.send(request, "");
		const challenge = /WWW-Authenticate: (Digest [^\r]+)/i.exec(first)?.[1];
		if (challenge === undefined) return first;
		const { method, url } = request;
		const target = url.startsWith("rtsp") ? url : targetOf(url);
		return this.send(request, `Authorization: ${digestFor(challenge, method, target, user, password)}\r\n`);
	}

	private send({ method, url, fields = "", form = "" }: Ask, login: string): string {
		const { home } = this;
		if (!url.startsWith("rtsp")) return home.exchange(method, url, form, fields + login, home.neighbour, 3000);
		const [hostname, port] = url.split("/")[2].split(":");
		const bytes = new Uint8Array(Buffer.from(`${method} ${url} RTSP/1.0\r\nCSeq: 1\r\n${fields}${login}\r\n`));
		let text = "";
		let isSent = false;
		const stream = home.neighbour.network.connect(
			{ address: hostname, port: Number(port) },
			{
				room: () => {
					if (isSent) return;
					isSent = true;
					stream.write(bytes, 0, bytes.length);
				},
				received: (piece) => {
					text += Buffer.from(piece).toString("latin1");
				},
				ended() {},
				gone() {},
			},
		);
		home.world.runUntil(() => text.includes("\r\n\r\n"), 3000);
		stream.abort();
		return text;
	}
}

/** A request at one of the doors. */
interface Ask {
	readonly method: string;
	readonly url: string;
	readonly fields?: string;
	readonly form?: string;
}

const CAMERA = "192.168.0.11";
const NAS = "192.168.0.50";
const FORM = "Content-Type: application/x-www-form-urlencoded\r\n";

/** All places at which somebody logs in, with the statuses that the owner and the viewer get. */
const DOORS: readonly (readonly [what: string, owner: number, viewer: number, ask: (scene: Scene) => Ask])[] = [
	["the camera's pages", 200, 200, () => ({ method: "GET", url: `http://${CAMERA}:8000/camera` })],
	["the camera's settings", 200, 403, () => ({ method: "GET", url: `http://${CAMERA}:8000/settings` })],
	["the camera's RTSP", 200, 200, () => ({ method: "DESCRIBE", url: `rtsp://${CAMERA}:8554/live` })],
	["the NAS's pages", 200, 200, () => ({ method: "GET", url: `http://${NAS}:8000/nas` })],
	[
		"the NAS's WebDAV",
		207,
		207,
		() => ({ method: "PROPFIND", url: `http://${NAS}:8000/dav/`, fields: "Depth: 0\r\n" }),
	],
	["the NAS's RTSP", 404, 404, () => ({ method: "DESCRIBE", url: `rtsp://${NAS}:8554/nothing` })],
	[
		"tickets for the relay (REP-12)",
		200,
		200,
		({ camera }) => ({ method: "GET", url: `http://${CAMERA}:8000/relays/watch/${camera.camera.identity.id}` }),
	],
	[
		"pairing by the rendezvous server",
		200,
		403,
		() => ({
			method: "POST",
			url: `http://${CAMERA}:8000/api/v1/pairings`,
			fields: FORM,
			form: "kind=viewer&days=7&home=Cabin",
		}),
	],
];

const targetOf = (url: string) => `/${url.split("/").slice(3).join("/")}`;

describe("simulation/one login", function () {
	this.timeout(120_000);
	let scene: Scene;
	/** Passwords as they were and as they are. */
	const old: string[] = [];
	const now = { owner: "", viewer: "" };

	before(() => {
		scene = new Scene();
		now.owner = scene.camera.password;
	});

	function setPassword(host: string, user: "owner" | "viewer", password: string): void {
		const form = `user=${user}&password=${encodeURIComponent(password)}`;
		const request = { method: "POST", url: `http://${host}:8000/api/v1/password`, fields: FORM, form };
		assert.equal(statusOf(scene.ask(request, "owner", now.owner)), 200);
		if (user === "owner") old.push(now.owner);
		now[user] = password;
		scene.home.world.runFor(5000);
	}

	function checkAll(): void {
		for (const [what, owner, viewer, make] of DOORS) {
			const request = make(scene);
			assert.equal(statusOf(scene.ask(request, "owner", now.owner)), owner, `${what}: owner`);
			assert.equal(statusOf(scene.ask(request, "viewer", now.viewer)), viewer, `${what}: viewer`);
			const last = old.at(-1) as string;
			assert.equal(statusOf(scene.ask(request, "owner", last)), 401, `${what}: the old password`);
			assert.equal(statusOf(scene.ask(request, "viewer", now.owner)), 401, `${what}: another user's password`);
		}
	}

	it("opens pages, RTSP, WebDAV, relay and pairing with the passwords that were set at the camera (ONE-5)", () => {
		setPassword(CAMERA, "owner", "one for everything");
		setPassword(CAMERA, "viewer", "and one to watch");
		checkAll();
	});

	it("opens them all with the password that was then set at the NAS, and no longer with the one before (ONE-5)", () => {
		setPassword(NAS, "owner", "changed at the NAS");
		checkAll();
	});

	it("takes the session of one device at the others, and what it hands out at the relay (ONE-5, REP-12)", () => {
		const { home, camera } = scene;
		const body = `user=viewer&password=${encodeURIComponent(now.viewer)}`;
		const login = home.exchange(
			"POST",
			`http://${NAS}:8000/login`,
			body,
			`Accept: text/html\r\n${FORM}`,
			home.neighbour,
			3000,
		);
		const cookie = /Set-Cookie: ([^;]+)/.exec(login)?.[1] ?? "";
		const { id } = camera.camera.identity;
		const page = home.exchange(
			"GET",
			`http://${CAMERA}:8000/relays/watch/${id}`,
			"",
			`Cookie: ${cookie}\r\n`,
			home.neighbour,
			3000,
		);
		assert.equal(statusOf(page), 200);
		const url = /src="(http:\/\/198\.20\.5\.5:8080[^"]*)"/.exec(page)?.[1]?.replaceAll("&amp;", "&") ?? "";
		const target = targetOf(url);
		const viewer = new VirtualMjpegViewer(home.visitor, { address: RELAY, port: 8080, target });
		home.until(() => viewer.pictures > 0, 5000, "pictures through the relay");
		viewer.leave();
		const stranger = new VirtualMjpegViewer(home.visitor, { address: RELAY, port: 8080, target: target.split("?")[0] });
		home.until(() => stranger.status !== 0, 5000, "an answer");
		assert.equal(stranger.status, 401);
	});

	it("ends all of them when the owner logs out everywhere (ONE-5)", () => {
		const { home } = scene;
		const body = `user=owner&password=${encodeURIComponent(now.owner)}`;
		const login = home.exchange(
			"POST",
			`http://${CAMERA}:8000/login`,
			body,
			`Accept: text/html\r\n${FORM}`,
			home.neighbour,
			3000,
		);
		const cookie = `Cookie: ${/Set-Cookie: ([^;]+)/.exec(login)?.[1]}\r\n`;
		const look = (host: string, path: string) =>
			statusOf(home.exchange("GET", `http://${host}:8000${path}`, "", cookie, home.neighbour, 3000));
		assert.deepEqual([look(CAMERA, "/settings"), look(NAS, "/settings"), look(NAS, "/dav/")], [200, 200, 200]);
		const all = { method: "POST", url: `http://${CAMERA}:8000/api/v1/logout-all`, fields: FORM };
		assert.equal(statusOf(scene.ask(all, "owner", now.owner)), 200);
		home.world.runFor(5000);
		assert.deepEqual([look(CAMERA, "/settings"), look(NAS, "/settings"), look(NAS, "/dav/")], [401, 401, 401]);
	});

	it("gives the relay a new pass within 15 s after all have ended, and viewers with new tickets go on (ONE-5, ONE-7)", () => {
		const { home, camera } = scene;
		const all = { method: "POST", url: `http://${CAMERA}:8000/api/v1/logout-all`, fields: FORM };
		home.world.runFor(150_000);
		assert.equal(statusOf(scene.ask(all, "owner", now.owner)), 200);
		const watch = { method: "GET", url: `http://${CAMERA}:8000/relays/watch/${camera.camera.identity.id}` };
		const start = home.world.now;
		const url = /src="(http:\/\/198\.20\.5\.5:8080[^"]*)"/.exec(scene.ask(watch, "viewer", now.viewer, 0))?.[1] ?? "";
		const target = targetOf(url.replaceAll("&amp;", "&"));
		let pictures = 0;
		while (pictures === 0) {
			const viewer = new VirtualMjpegViewer(home.visitor, { address: RELAY, port: 8080, target });
			home.until(() => viewer.status !== 0, 5000, "an answer");
			home.world.runFor(1000);
			pictures = viewer.pictures;
			viewer.leave();
			assert.ok(home.world.now - start < 15_000, `${viewer.status}: ${viewer.body}`);
		}
	});
});
