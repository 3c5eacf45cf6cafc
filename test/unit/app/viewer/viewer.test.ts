import assert from "node:assert/strict";
import type { Pairing } from "../../../../src/app/peer/pairing";
import type { FoundPeer } from "../../../../src/app/peer/peer-services";
import { NEXT_AFTER } from "../../../../src/app/viewer/device-race";
import { HEAD_TIME, VISITS_MAX } from "../../../../src/app/viewer/local-proxy";
import { Viewer, type ViewerPorts } from "../../../../src/app/viewer/viewer";
import { latin1, utf8Encode } from "../../../../src/base/text";
import type { Network } from "../../../../src/ports/net";
import { FakeNode } from "../../../support/fake-node";
import { FakeDialer, fakePath, shouter } from "../../../support/fake-tunnels";
import { MemoryPorts } from "../../../support/memory-ports";

const PORTAL = "00000000000000aa";
const GARAGE = "0123456789abcdef";
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
		this.node.pass(100);
		return text;
	}
}

describe("app/viewer/viewer", () => {
	it("shows each step, then the path, the pages and the players' URLs (P2P-13, ONE-1)", () => {
		assert.deepEqual(new Rig().lines, [
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
		assert.deepEqual(rig.ports.open, []);
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
			"Front door: reached in the same network, 192.168.0.5:40000, 23 ms",
			"Front door: the connection is lost. Trying again.",
			"Front door: reached directly, through the NATs, 198.51.100.7:40000, 23 ms",
		]);
		assert.deepEqual(rig.ports.open, [8088, 8560, 8561]);
		assert.match(rig.ask(8088, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), /^front /);
	});

	it("says which port is in use, and ends", () => {
		const { node, dialer, ports } = new Rig();
		ports.taken.add(9000);
		const lines: string[] = [];
		const viewer = new Viewer(
			{
				connections: { pump: node.pump, dialer },
				network: ports as unknown as Network,
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
			"ended true",
		]);
	});
});
