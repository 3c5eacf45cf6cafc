import assert from "node:assert/strict";
import type { Pairing } from "../../../../src/app/peer/pairing";
import type { FoundPeer } from "../../../../src/app/peer/peer-services";
import { NEXT_AFTER } from "../../../../src/app/viewer/device-race";
import { VISITS_MAX } from "../../../../src/app/viewer/local-port";
import { HEAD_TIME, PATIENCE } from "../../../../src/app/viewer/local-proxy";
import { ASK_AGAIN } from "../../../../src/app/viewer/viewed-device";
import { Viewer, type ViewerPorts } from "../../../../src/app/viewer/viewer";
import { latin1, utf8Encode } from "../../../../src/base/text";
import type { Network } from "../../../../src/ports/net";
import { FakeNode } from "../../../support/fake-node";
import { FakeDialer, fakePath, shouter } from "../../../support/fake-tunnels";
import { MemoryPorts } from "../../../support/memory-ports";

const PORTAL = "00000000000000aa";
const GARAGE = "0123456789abcdef";
const UTC = Date.UTC(2026, 10, 27, 17, 40);
const DEVICES: readonly FoundPeer[] = [
	{ peer: PORTAL, name: "Front door", kind: "camera", isPortal: true },
	{ peer: GARAGE, name: "Garage", kind: "camera", isPortal: false },
];
const HOME: Pairing = {
	name: "Cabin",
	pass: "vu.t9.0123",
	access: { home: "22".repeat(16), rendezvous: "", ticket: "", ticketSecret: new Uint8Array(32) },
};

class Rig {
	readonly node = new FakeNode({});
	readonly dialer = new FakeDialer(this.node.pump);
	readonly ports = new MemoryPorts(this.node.pump);
	readonly lines: string[] = [];
	readonly ends: boolean[] = [];
	/** What the rendezvous server lists when it is asked again; text: it does not answer. */
	listed: readonly FoundPeer[] | string = DEVICES;
	searches = 0;
	readonly viewer: Viewer;

	constructor(
		wanted: ViewerPorts = { http: 8088, rtsp: 8560 },
		reachable = true,
		prepare: (rig: Rig) => void = () => {},
		devices: readonly FoundPeer[] = DEVICES,
		isAny = false,
	) {
		if (reachable) {
			this.dialer.devices.set(PORTAL, shouter("front "));
			this.dialer.devices.set(GARAGE, shouter("garage "));
		}
		const host = {
			connections: { pump: this.node.pump, dialer: this.dialer },
			network: this.ports as unknown as Network,
			utc: () => UTC,
			search: (done: (found: readonly FoundPeer[] | string) => void) => {
				this.searches++;
				done(this.listed);
			},
			print: (line: string) => void this.lines.push(line),
			ended: (reached: boolean) => void this.ends.push(reached),
		};
		prepare(this);
		this.viewer = new Viewer(host, HOME, devices, wanted, isAny);
		this.viewer.start();
		this.node.pass(100);
	}

	/** Sends a request to a local port. @returns what came back */
	ask(port: number, request: string): string {
		return this.askFor(port, request, 100);
	}

	/** The same, and waits for so long. */
	askFor(port: number, request: string, wait: number): string {
		let text = "";
		const client = this.ports.visit(port, {
			room() {},
			received: (bytes) => {
				text += latin1(bytes);
			},
			ended: (why) => {
				text += `(${why})`;
			},
			gone() {},
		});
		if (client === undefined) return "refused";
		this.node.pass(1);
		// In two parts, as a browser's request may come.
		client.write(utf8Encode(request), 0, 10);
		this.node.pass(1);
		client.write(utf8Encode(request), 10, request.length);
		this.node.pass(wait);
		return text;
	}
}

describe("app/viewer/viewer", () => {
	it("shows each step, then the path, the pages and the players' URLs (P2P-13, ONE-1)", () => {
		assert.deepEqual(new Rig().lines, [
			"Status:  http://view.localhost:8088/?link=vu.t9.0123",
			"0.000 s  Front door: server: meet.example.org answers",
			"Front door: reached directly, through the NATs, 198.51.100.7:40000, 23 ms",
			"Pages:   http://localhost:8088/?link=vu.t9.0123",
			"         Garage: http://garage.localhost:8088/?link=vu.t9.0123",
			"Players: Front door: rtsp://localhost:8560/live?link=vu.t9.0123",
			"Players: Garage: rtsp://localhost:8561/live?link=vu.t9.0123",
			"Press Ctrl-C to stop.",
		]);
	});

	it("opens its ports for this machine alone", () => {
		const { ports } = new Rig();
		assert.deepEqual(
			ports.asked.map(({ address }) => address),
			["127.0.0.1", "127.0.0.1", "127.0.0.1"],
		);
	});

	it("leads each name to its device, the others by tunnels that are opened when somebody asks (ONE-6)", () => {
		const rig = new Rig();
		assert.deepEqual(
			rig.dialer.dialled.map(({ peer }) => peer),
			[PORTAL],
		);
		const get = (host: string) => rig.ask(8088, `get / http/1.1\r\nhost: ${host}\r\n\r\n`);
		assert.match(get("localhost:8088"), /^front GET \/ HTTP\/1.1\r\nHOST: LOCALHOST:8088/);
		assert.match(get("127.0.0.1"), /^front /);
		assert.match(get(`${PORTAL}.localhost:8088`), /^front /);
		assert.match(get("garage.localhost:8088"), /^garage /);
		assert.match(get(`${GARAGE}.localhost`), /^garage /);
		assert.deepEqual(
			rig.dialer.dialled.map(({ peer }) => peer),
			[PORTAL, GARAGE],
		);
	});

	it("says why a device of the portal can't be opened that is not registered at the rendezvous server (ONE-6)", () => {
		const answer = new Rig().ask(8088, "GET / HTTP/1.1\r\nHost: fedcba9876543210.localhost:8088\r\n\r\n");
		assert.match(answer, /^HTTP\/1.1 421 [\s\S]*no setting rendezvous, which every device needs/);
	});

	it("leads players to the RTSP server of each device", () => {
		const rig = new Rig();
		assert.match(rig.ask(8560, "options * rtsp/1.0\r\n\r\n"), /^front OPTIONS/);
		assert.match(rig.ask(8561, "options * rtsp/1.0\r\n\r\n"), /^garage OPTIONS/);
	});

	it("answers 421 to pages of others that have a name for this machine (DNS rebinding), and to unknown names", () => {
		const rig = new Rig();
		const get = (host: string) => rig.ask(8088, `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
		for (const host of ["evil.example.org", "localhost.evil.org", "192.168.0.7", "cellar.localhost", "a<b>.localhost"])
			assert.match(get(host), /^HTTP\/1.1 421 [\s\S]*Connection: close\r\n\r\n[^<]*\(closed\)$/, host);
		assert.match(rig.ask(8088, "GET / HTTP/1.0\r\n\r\n\r\n"), /^HTTP\/1.1 421 /);
		assert.equal(rig.dialer.dialled.length, 1);
	});

	/** Opens a connection to the port of the pages. @returns what it has received, and its end */
	function visit(rig: Rig, text: string) {
		const seen = { text: "", isGone: false };
		const client = rig.ports.visit(8088, {
			room() {},
			received: (bytes) => {
				seen.text += latin1(bytes);
			},
			ended: (why) => {
				seen.text += `(${why})`;
			},
			gone: () => {
				seen.isGone = true;
			},
		});
		if (client === undefined) return undefined;
		rig.node.pass(1);
		if (text !== "") client.write(utf8Encode(text), 0, text.length);
		rig.node.pass(1);
		return seen;
	}

	it("ends a connection whose request is not whole in time, and drops it if it stays then", () => {
		const rig = new Rig();
		const half = visit(rig, "GET / HTTP/1.1\r\nHost: loc");
		rig.node.pass(HEAD_TIME / 2);
		const silent = visit(rig, "");
		rig.node.pass(HEAD_TIME / 2 - 10);
		assert.deepEqual([half?.text, silent?.text], ["", ""]);
		rig.node.pass(10);
		assert.match(
			half?.text ?? "",
			/^HTTP\/1.1 408 [\s\S]*\r\n\r\nThe request was not whole within 10 seconds\.\n\(closed\)$/,
		);
		assert.equal(silent?.text, "");
		rig.node.pass(HEAD_TIME / 2 + 10);
		assert.equal(silent?.text, "(closed)", "a browser's spare connection is closed without an answer");
		assert.equal(half?.isGone, false);
		rig.node.pass(HEAD_TIME);
		assert.deepEqual([half?.isGone, silent?.isGone], [true, true]);
	});

	it("drops a connection that stays after an answer of its own, and none that leads to a device", () => {
		const rig = new Rig();
		const refused = visit(rig, "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
		const page = visit(rig, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
		assert.match(refused?.text ?? "", /^HTTP\/1.1 421 /);
		rig.node.pass(2 * HEAD_TIME);
		assert.deepEqual([refused?.isGone, page?.isGone], [true, false]);
		assert.match(page?.text ?? "", /^front /);
	});

	it("lets no crowd of connections without a request keep a browser out, and drops no page for one more", () => {
		const rig = new Rig();
		const page = visit(rig, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
		const crowd = Array.from({ length: VISITS_MAX + 20 }, () => visit(rig, "GET"));
		rig.node.pass(1);
		assert.equal(crowd.filter((each) => each?.isGone).length, 21, "the oldest ones make room");
		assert.match(rig.ask(8088, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), /^front /);
		assert.equal(page?.isGone, false);
		const full = new Rig();
		const pages = Array.from({ length: VISITS_MAX + 1 }, () =>
			visit(full, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
		);
		assert.equal(pages.pop(), undefined, "as many as there can be");
		assert.ok(pages.every((each) => each?.isGone === false));
	});

	it("drops connections without a request when it ends", () => {
		const rig = new Rig();
		const half = visit(rig, "GET");
		rig.viewer.close();
		rig.node.pass(1);
		assert.equal(half?.isGone, true);
	});

	it("answers 502 with the reason while a device can't be reached", () => {
		const rig = new Rig();
		rig.dialer.devices.delete(GARAGE);
		assert.match(
			rig.ask(8088, "GET / HTTP/1.1\r\nHost: garage.localhost\r\n\r\n"),
			/^HTTP\/1.1 502 [\s\S]*\r\n\r\nno such device\n\(closed\)$/,
		);
	});

	it("says why the device can't be reached, and ends", () => {
		const rig = new Rig(undefined, false);
		assert.deepEqual(rig.lines.slice(-1), [
			"Front door: can't be reached: it is not registered at the rendezvous server: it may be off, or have no connection to the Internet.",
		]);
		assert.deepEqual([rig.ends, rig.ports.open], [[false], []]);
		rig.node.pass(60_000);
		assert.equal(rig.dialer.dialled.length, 1);
	});

	it("tries the others when the representative gives no answer, and shows the one that is reached first (ONE-6)", () => {
		const rig = new Rig(undefined, true, ({ dialer }) => dialer.silent.add(PORTAL), DEVICES, true);
		assert.deepEqual(rig.ports.open, [8088], "the page that says so");
		rig.node.pass(NEXT_AFTER);
		assert.deepEqual(rig.lines.slice(-5), [
			"Pages:   http://localhost:8088/?link=vu.t9.0123",
			"         Front door: http://front-door.localhost:8088/?link=vu.t9.0123",
			"Players: Garage: rtsp://localhost:8560/live?link=vu.t9.0123",
			"Players: Front door: rtsp://localhost:8561/live?link=vu.t9.0123",
			"Press Ctrl-C to stop.",
		]);
		assert.match(rig.ask(8088, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), /^garage /);
		rig.node.pass(60_000);
		assert.equal(rig.dialer.dialled.length, 2, "the silent one is left alone");
	});

	it("tries a dead representative and its successor at once (ONE-6)", () => {
		const successor = { peer: "00000000000000bb", name: "Hall", kind: "camera", isPortal: true };
		const prepare = ({ dialer }: Rig) => {
			dialer.silent.add(PORTAL);
			dialer.devices.set(successor.peer, shouter("hall "));
		};
		const rig = new Rig(undefined, true, prepare, [DEVICES[0], successor, DEVICES[1]], true);
		assert.match(rig.ask(8088, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), /^hall /);
		assert.deepEqual(
			rig.dialer.dialled.map(({ peer, tunnel }) => [peer, tunnel.isOver]),
			[
				[PORTAL, true],
				[successor.peer, false],
			],
		);
	});

	it("ends when no device of the home can be reached, and says why for each; a device that was named alone is tried alone", () => {
		const rig = new Rig(undefined, false, undefined, DEVICES, true);
		rig.node.pass(NEXT_AFTER);
		assert.equal(rig.lines.filter((line) => line.includes("can't be reached")).length, 2);
		assert.deepEqual([rig.ends, rig.ports.open], [[false], []]);
		const named = new Rig(undefined, true, ({ dialer }) => dialer.silent.add(PORTAL));
		named.node.pass(10 * NEXT_AFTER);
		assert.equal(named.dialer.dialled.length, 1);
	});

	it("tells of a better path, of a loss, and that it is reached again, and keeps its ports", () => {
		const rig = new Rig();
		const before = rig.lines.length;
		rig.dialer.last.moved(fakePath("lan", "192.168.0.5"));
		rig.dialer.last.finish("lost", "");
		rig.node.pass(100);
		assert.deepEqual(rig.lines.slice(before), [
			"Front door: now reached in the same network, 192.168.0.5:40000, 23 ms",
			"Front door: the connection is lost. Trying again.",
			"Front door: reached directly, through the NATs, 198.51.100.7:40000, 23 ms",
		]);
		assert.deepEqual(rig.ports.open, [8088, 8560, 8561]);
		assert.match(rig.ask(8088, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), /^front /);
	});

	it("says so when a better path has been found between the step and the tunnel", () => {
		const rig = new Rig(undefined, true, ({ dialer }) => dialer.silent.add(PORTAL));
		const { last } = rig.dialer;
		last.sink.step?.("connected", "connected directly, through the routers in between (198.51.100.7:40000), 20 ms");
		last.opened(fakePath("lan", "192.168.0.5"));
		rig.node.pass(100);
		assert.ok(rig.lines.includes("Front door: now reached in the same network, 192.168.0.5:40000, 23 ms"));
	});

	it("asks a device again that refuses the pass, as it may not know the date yet, and keeps no tunnel to one that goes on (ONE-1)", () => {
		for (const [second, isRevoked] of [
			["200 OK", false],
			["429 Too Many Requests", false],
			["401 Unauthorized", true],
		] as const) {
			const asked: string[] = [];
			const rig = new Rig(undefined, true, ({ dialer }) => {
				dialer.devices.set(PORTAL, {
					opened() {},
					accepted: (_service, stream) => ({
						room() {},
						received: (bytes) => {
							const answer = `HTTP/1.1 ${asked.length === 0 ? "401 Unauthorized" : second}\r\n\r\n`;
							asked.push(latin1(bytes).slice(0, 40));
							for (const octet of utf8Encode(answer)) stream.write(new Uint8Array([octet]), 0, 1);
						},
						ended: () => stream.end(),
						gone() {},
					}),
					ended() {},
				});
			});
			rig.node.pass(ASK_AGAIN - 200);
			assert.deepEqual(asked, ["GET /api/v1/device?link=vu.t9.0123 HTTP/"]);
			rig.node.pass(400);
			assert.equal(asked.length, 2);
			const said = rig.lines.filter((line) => line.includes("revoked"));
			assert.equal(said.length, isRevoked ? 1 : 0, second);
			rig.node.pass(70_000);
			assert.deepEqual([rig.dialer.dialled.length, rig.dialer.last.isOver], [1, isRevoked], second);
		}
	});

	it("says which port is in use, and ends", () => {
		const { node, dialer, ports } = new Rig();
		ports.taken.add(9000);
		const lines: string[] = [];
		const viewer = new Viewer(
			{
				connections: { pump: node.pump, dialer },
				network: ports as unknown as Network,
				utc: () => UTC,
				search() {},
				print: (line) => void lines.push(line),
				ended: (reached) => void lines.push(`ended ${reached}`),
			},
			HOME,
			DEVICES,
			{ http: 9000, rtsp: 0 },
		);
		viewer.start();
		node.pass(100);
		assert.deepEqual(lines.slice(-2), [
			"Port 9000 can't be opened (it is in use). Stop the other program or pass --http-port.",
			"ended false",
		]);
	});

	describe("its own page", () => {
		const COOKIE = /Set-Cookie: (porthole-view=[0-9a-f]{64}); Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax\r\n/;
		const get = (rig: Rig, target: string, fields = "", host = "view.localhost:8088") =>
			rig.ask(8088, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/html\r\n${fields}\r\n`);

		it("shows each device with its way, and its addresses on this machine, to who has the pass (ONE-1)", () => {
			const rig = new Rig();
			const entered = get(rig, "/?link=vu.t9.0123");
			assert.match(entered, /^HTTP\/1.1 303 [\s\S]*Location: \/\r\n/);
			const [, cookie] = COOKIE.exec(entered) ?? [];
			const page = get(rig, "/", `Cookie: ${cookie}\r\n`);
			assert.match(page, /^HTTP\/1.1 200 [\s\S]*<h1>Connections<\/h1>/);
			for (const text of [
				"directly, through the NATs (198.51.100.7:40000)",
				"23 ms",
				'<time datetime="2026-11-27T17:39:59.',
				'href="http://localhost:8088/?link=vu.t9.0123"',
				'href="http://front-door.localhost:8088/?link=vu.t9.0123"',
				"rtsp://localhost:8561/live?link=vu.t9.0123",
				"Not connected",
			])
				assert.ok(page.includes(text), text);
		});

		it("tells programs the same as JSON, with octets and the steps", () => {
			const rig = new Rig();
			const octets = () => JSON.parse(get(rig, "/api/v1/view?link=vu.t9.0123").split("\r\n\r\n")[1]).devices[0];
			// The device was asked whether the pass counts.
			const before = octets();
			assert.match(rig.ask(8088, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), /^front /);
			const answer = get(rig, "/api/v1/view?link=vu.t9.0123");
			assert.match(answer, /^HTTP\/1.1 200 [\s\S]*Content-Type: application\/json\r\n/);
			const { home, shownBy, devices } = JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")));
			assert.deepEqual([home, shownBy, devices.length], ["Cabin", PORTAL, 2]);
			const { sent, received, since, ...rest } = devices[0];
			// 5 ms after the beginning; the requests have taken the rest.
			assert.equal(Date.parse(since), UTC - (rig.node.now - 100 - 5));
			assert.deepEqual(rest, {
				id: PORTAL,
				name: "Front door",
				state: "connected",
				isKept: true,
				isRevoked: false,
				reason: "",
				steps: [{ seconds: 0, step: "server", detail: "meet.example.org answers" }],
				path: "punched",
				address: "198.51.100.7:40000",
				roundTrip: 23,
				pages: "http://front-door.localhost:8088/?link=vu.t9.0123",
				players: "rtsp://localhost:8560/live?link=vu.t9.0123",
			});
			assert.deepEqual([sent - before.sent, received - before.received], [35, 41]);
			assert.equal(devices[1].state, "idle");
		});

		it("shows nothing to other users of this machine, and nothing under other names", () => {
			const rig = new Rig();
			for (const target of ["/", "/?link=vu.t9.0124", "/?link=", "/api/v1/view", "/other"]) {
				const answer = get(rig, target, "Cookie: porthole-view=0; porthole-view=\r\n");
				assert.match(answer, /^HTTP\/1.1 403 /, target);
				assert.doesNotMatch(answer, /Garage|Cabin|vu\.t9\.0123/, target);
			}
			assert.match(get(rig, "/porthole.css"), /^HTTP\/1.1 200 [\s\S]*text\/css/);
			assert.match(get(rig, "/other?link=vu.t9.0123"), /^HTTP\/1.1 404 /);
			assert.match(
				rig.ask(8088, "POST /?link=vu.t9.0123 HTTP/1.1\r\nHost: view.localhost\r\nContent-Length: 0\r\n\r\n"),
				/^HTTP\/1.1 405 /,
			);
			const foreign = "GET /?link=vu.t9.0123 HTTP/1.1\r\nHost: evil.example.org\r\n\r\n";
			assert.match(
				rig.ask(8088, `${foreign.replace("evil.example.org", "view.localhost.evil.org")}`),
				/^HTTP\/1.1 421 /,
			);
			const own = "GET /api/v1/view?link=vu.t9.0123 HTTP/1.1\r\nHost: view.localhost\r\n\r\n";
			assert.match(rig.ask(8088, own + foreign), /^HTTP\/1.1 200 [\s\S]*HTTP\/1.1 421 /);
		});

		it("is not taken from a camera of the same name, which has its identity as its address", () => {
			const named = [
				DEVICES[0],
				{ ...DEVICES[1], name: "View" },
				{ ...DEVICES[1], peer: "00000000000000cc", name: "Front  Door" },
			];
			const rig = new Rig(undefined, true, undefined, named);
			const pages = rig.lines.filter((line) => line.includes(".localhost")).map((line) => line.split("://")[1]);
			assert.deepEqual(pages, [
				"view.localhost:8088/?link=vu.t9.0123",
				`${GARAGE}.localhost:8088/?link=vu.t9.0123`,
				"00000000000000cc.localhost:8088/?link=vu.t9.0123",
			]);
			assert.match(rig.ask(8088, `GET / HTTP/1.1\r\nHost: ${GARAGE}.localhost\r\n\r\n`), /^garage /);
		});
	});

	it("finds devices that have joined the home since, when somebody opens their names, and not more often than every 10 s", () => {
		const rig = new Rig();
		const hall = { peer: "00000000000000bb", name: "Hall", kind: "camera", isPortal: false };
		const get = () => rig.ask(8088, "GET / HTTP/1.1\r\nHost: hall.localhost\r\n\r\n");
		rig.dialer.devices.set(hall.peer, shouter("hall "));
		assert.match(get(), /^HTTP\/1.1 421 /);
		assert.equal(rig.searches, 0);
		rig.listed = [...DEVICES, hall];
		rig.node.pass(10_000);
		get();
		assert.match(get(), /^hall /);
		assert.equal(rig.searches, 1);
		assert.equal(rig.lines.at(-1), "Players: Hall: rtsp://localhost:8562/live?link=vu.t9.0123");
	});

	describe("in place of a device that is not connected", () => {
		const page = (rig: Rig, host: string, method = "GET") =>
			rig.ask(8088, `${method} /x HTTP/1.1\r\nHost: ${host}\r\nAccept: text/html,*/*\r\n\r\n`);

		it("gives browsers a page that says why, and asks again by itself", () => {
			const rig = new Rig();
			rig.dialer.devices.delete(GARAGE);
			const answer = page(rig, "garage.localhost");
			assert.match(answer, /^HTTP\/1.1 503 [\s\S]*Content-Type: text\/html; charset=utf-8\r\n/);
			assert.match(answer, /Content-Security-Policy: default-src 'none';/);
			assert.match(answer, /<meta http-equiv="refresh" content="3">[\s\S]*<h1>Garage is not connected<\/h1>/);
			assert.match(answer, /it is not registered at the rendezvous server/);
			assert.match(answer, /server: meet.example.org answers/);
			assert.match(answer, /href="http:\/\/view.localhost:8088\/"/);
			assert.doesNotMatch(answer, /vu\.t9/);
			assert.match(page(rig, "garage.localhost", "POST"), /^HTTP\/1.1 502 /, "a form is not sent again");
			rig.dialer.devices.set(GARAGE, shouter("garage "));
			assert.match(page(rig, "garage.localhost"), /^garage GET \/X/);
		});

		it("waits a second for a device before it says that it is being connected", () => {
			const rig = new Rig();
			rig.dialer.silent.add(GARAGE);
			assert.equal(page(rig, "garage.localhost"), "");
			assert.equal(page(rig, "garage.localhost"), "");
			assert.equal(rig.dialer.dialled.filter(({ peer }) => peer === GARAGE).length, 1, "one attempt for all");
		});

		it("says that it is being connected when that takes longer", () => {
			const rig = new Rig();
			rig.dialer.silent.add(GARAGE);
			const text = rig.askFor(8088, "GET / HTTP/1.1\r\nHost: garage.localhost\r\nAccept: text/html\r\n\r\n", PATIENCE);
			assert.match(text, /^HTTP\/1.1 503 [\s\S]*content="1"[\s\S]*It is being connected\./);
		});

		it("goes on when the device is reached in time, with all that the browser has sent", () => {
			const rig = new Rig();
			rig.dialer.delay = 500;
			const text = rig.askFor(8088, "get / http/1.1\r\nhost: garage.localhost\r\naccept: text/html\r\n\r\n", 700);
			assert.match(text, /^garage GET \/ HTTP\/1.1\r\nHOST: GARAGE.LOCALHOST/);
		});
	});

	describe("when the device that shows the home is lost (ONE-6, ONE-8)", () => {
		const HALL: FoundPeer = { peer: "00000000000000bb", name: "Hall", kind: "camera", isPortal: true };
		const shownBy = (rig: Rig) => rig.ask(8088, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").split(" ")[0];
		/** It loses its power. */
		const die = (rig: Rig): void => {
			rig.dialer.silent.add(PORTAL);
			rig.dialer.last.finish("lost", "");
		};

		it("is shown by the new representative, at the same address", () => {
			const rig = new Rig(
				undefined,
				true,
				({ dialer }) => dialer.devices.set(HALL.peer, shouter("hall ")),
				DEVICES,
				true,
			);
			rig.listed = [DEVICES[0], DEVICES[1], HALL];
			const before = rig.lines.length;
			die(rig);
			rig.node.pass(NEXT_AFTER + 100);
			assert.equal(shownBy(rig), "hall");
			assert.deepEqual(rig.lines.slice(before), [
				"Front door: the connection is lost. Trying again.",
				"         Hall: http://hall.localhost:8088/?link=vu.t9.0123",
				"Players: Hall: rtsp://localhost:8562/live?link=vu.t9.0123",
				"Hall takes the place of Front door: http://localhost:8088/?link=vu.t9.0123",
				"         Front door: http://front-door.localhost:8088/?link=vu.t9.0123",
				"Hall: reached directly, through the NATs, 198.51.100.7:40000, 23 ms",
			]);
			assert.match(rig.ask(8561, "options * rtsp/1.0\r\n\r\n"), /^garage OPTIONS/, "players keep their ports");
			rig.dialer.silent.clear();
			rig.node.pass(60_000);
			assert.equal(shownBy(rig), "hall", "it stays when the former one is back");
			assert.match(rig.ask(8088, "GET / HTTP/1.1\r\nHost: front-door.localhost\r\n\r\n"), /^front /);
		});

		it("is shown by any other device when no representative is listed, by the tunnel that it may have", () => {
			const rig = new Rig(undefined, true, undefined, DEVICES, true);
			assert.match(rig.ask(8088, "GET / HTTP/1.1\r\nHost: garage.localhost\r\n\r\n"), /^garage /);
			rig.dialer.silent.add(PORTAL);
			rig.dialer.dialled[0].tunnel.finish("lost", "");
			rig.node.pass(NEXT_AFTER + 100);
			assert.equal(shownBy(rig), "garage");
			assert.equal(rig.dialer.dialled.filter(({ peer }) => peer === GARAGE).length, 1);
		});

		it("does not wait until the loss of a device is certain that gives no answers any more", () => {
			const rig = new Rig(undefined, true, undefined, DEVICES, true);
			const [{ tunnel }] = rig.dialer.dialled;
			const before = rig.lines.length;
			tunnel.interrupted();
			rig.node.pass(NEXT_AFTER - 100);
			assert.equal(shownBy(rig), "front", "it may answer yet");
			rig.node.pass(200);
			assert.equal(shownBy(rig), "garage");
			assert.ok(tunnel.isOver, "what waited for it gets an answer");
			assert.deepEqual(rig.lines.slice(before), [
				"Front door: it gives no answer any more. Looking for another way.",
				"Garage takes the place of Front door: http://localhost:8088/?link=vu.t9.0123",
				"         Front door: http://front-door.localhost:8088/?link=vu.t9.0123",
				"Garage: reached directly, through the NATs, 198.51.100.7:40000, 23 ms",
			]);
		});

		it("stays where it is when the device was only slow, or has another path", () => {
			const rig = new Rig(undefined, true, undefined, DEVICES, true);
			const before = rig.lines.length;
			rig.dialer.last.interrupted();
			rig.node.pass(500);
			rig.dialer.last.moved(fakePath("lan", "192.168.0.5"));
			rig.node.pass(60_000);
			assert.deepEqual([rig.searches, shownBy(rig)], [0, "front"]);
			assert.deepEqual(rig.lines.slice(before), [
				"Front door: it gives no answer any more. Looking for another way.",
				"Front door: reached in the same network, 192.168.0.5:40000, 23 ms",
			]);
		});

		it("stays where it is when only the path was lost", () => {
			const rig = new Rig(undefined, true, undefined, DEVICES, true);
			rig.dialer.last.finish("lost", "");
			rig.node.pass(60_000);
			assert.deepEqual([rig.searches, shownBy(rig)], [0, "front"]);
		});

		it("looks at once where the device has said goodbye", () => {
			const rig = new Rig(undefined, true, undefined, DEVICES, true);
			rig.dialer.devices.delete(PORTAL);
			rig.dialer.last.finish("closed", "");
			rig.node.pass(100);
			assert.equal(shownBy(rig), "garage");
		});

		it("looks again, ever more seldom, while nothing answers, and takes whichever is reached first", () => {
			const rig = new Rig(undefined, true, undefined, DEVICES, true);
			rig.listed = "no rendezvous server answers";
			die(rig);
			rig.node.pass(10 * 60_000);
			assert.ok(rig.searches >= 15 && rig.searches <= 30, `${rig.searches}`);
			rig.dialer.devices.delete(GARAGE);
			rig.listed = DEVICES;
			rig.node.pass(60_000);
			assert.deepEqual(rig.ends, []);
			rig.dialer.silent.clear();
			for (const { peer, tunnel } of rig.dialer.dialled) if (peer === PORTAL) tunnel.finish("no-answer", "");
			rig.node.pass(30_000);
			assert.equal(shownBy(rig), "front");
			const { searches } = rig;
			rig.node.pass(60_000);
			assert.equal(rig.searches, searches);
		});

		it("waits for a device that was named", () => {
			const rig = new Rig();
			die(rig);
			rig.node.pass(60_000);
			assert.equal(rig.searches, 0);
		});
	});
});
