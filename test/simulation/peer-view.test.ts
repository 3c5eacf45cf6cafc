import assert from "node:assert/strict";
import { NAT_KINDS } from "../../hosts/virtual/nat-settings";
import type { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import type { Camera } from "../../src/app/camera/camera";
import { PeerPart } from "../../src/app/peer/peer-part";
import { TunnelDoorPart } from "../../src/app/peer/tunnel-door-part";
import { VIEWER_MESSAGES } from "../../src/app/viewer/viewer-messages";
import { PeerWorld } from "../support/peer-world";
import { pairingOf, ViewRun, viewedCamera } from "../support/viewed-home";
import { VirtualMjpegViewer } from "../support/virtual-mjpeg-viewer";

const SEED = 15;
const RTSP = "RTSP/1.0\r\n";

/** A home with a camera behind a NAT, and a viewer behind another one, paired. */
class Rig {
	readonly scene = new PeerWorld(SEED);
	readonly home = this.scene.network(NAT_KINDS["port-restricted"]);
	readonly machine: VirtualMachine = this.scene.inside(this.home.lan, "garage", "192.168.0.11");
	readonly camera: Camera;
	readonly away = this.scene.network(NAT_KINDS["port-restricted"]);
	readonly laptop = this.scene.inside(this.away.lan, "laptop", "192.168.0.7");

	/** @param noticesAfter how much later the camera's host notices that its network has changed, in milliseconds */
	constructor(noticesAfter = 0) {
		const { network } = this.machine;
		const watch = network.watch.bind(network);
		if (noticesAfter > 0)
			network.watch = (changed) =>
				watch(changed === undefined ? undefined : () => this.scene.world.after(noticesAfter, changed));
		this.camera = viewedCamera(this.scene, this.machine, "Garage", { "fleet-key": "0123456789abcdef01" });
		this.scene.world.runUntil(() => false, 3000);
	}

	/** Takes a machine to another network. */
	move(machine: VirtualMachine, address: string): void {
		const cafe = this.scene.network(NAT_KINDS["port-restricted"]);
		machine.nics[0].configure(undefined);
		machine.attach(cafe.lan, { address, gateway: "192.168.0.1" });
	}

	/** Watches the camera on the laptop while something happens, and longer. @returns the longest pause of its pictures in milliseconds */
	pauseOf(happen: () => void): number {
		const { world } = this.scene;
		this.pair();
		const run = new ViewRun(this.scene, this.laptop);
		const [pages] = run.until(/^Pages:/);
		const [, port, target] = /localhost:(\d+)(\/\?link=\S+)$/.exec(pages) ?? [];
		const stream = { address: "127.0.0.1", port: Number(port), target: `/stream.mjpeg${target.slice(1)}` };
		const viewer = new VirtualMjpegViewer(this.laptop, stream);
		this.scene.until(() => viewer.pictures > 20, 5000, "pictures");
		const from = world.now;
		happen();
		world.runFor(20_000);
		assert.deepEqual([viewer.over, viewer.faults], [undefined, []]);
		const times = [from, ...viewer.times.filter((time) => time > from), world.now];
		return Math.max(...times.slice(1).map((time, i) => time - times[i]));
	}

	/** Pairs the laptop with the home. */
	pair(home = "Cabin"): void {
		const text = pairingOf(this.scene, this.camera, this.machine, `kind=viewer&days=30&home=${home}`);
		const run = new ViewRun(this.scene, this.laptop, "", { pair: text });
		this.scene.until(() => run.code !== undefined, 1000, "paired");
		assert.deepEqual([run.code, run.lines, run.errors], [0, [`Paired with ${home}.`, VIEWER_MESSAGES.next], []]);
	}
}

describe("simulation/peer-view", () => {
	it("shows a camera behind two NATs by its name: pages, pictures and RTSP at local ports (P2P-13)", () => {
		const rig = new Rig();
		rig.pair();
		const run = new ViewRun(rig.scene, rig.laptop, "garage");
		const [, took] = run.until(/^Garage: reached directly, through the NATs/);
		assert.ok(took < 500, `${took} ms`);
		const [pages] = run.until(/^Pages:/);
		const [, port, target] = /http:\/\/localhost:(\d+)(\/\?link=\S+)$/.exec(pages) ?? [];
		assert.match(run.get(Number(port), "/"), /^HTTP\/1.1 401 /, "the tunnel is no login (ONE-5)");
		const entered = run.get(Number(port), target, undefined, "Accept: text/html\r\n");
		const [, cookie = ""] = /Set-Cookie: ([^;]+);/.exec(entered) ?? [];
		assert.match(run.get(Number(port), "/camera", undefined, `Cookie: ${cookie}\r\n`), /^HTTP\/1.1 200 [\s\S]*Garage/);
		const picture = run.get(Number(port), `/snapshot.jpg${target.slice(1)}`);
		assert.match(picture, /^HTTP\/1.1 200 [\s\S]*\r\n\r\n\xff\xd8/);
		const live = run.ask(
			Number(port),
			`GET /stream.mjpeg${target.slice(1)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
			/(\xff\xd8[\s\S]*){3}/,
		);
		assert.match(live, /multipart\/x-mixed-replace/);
		const [player] = run.until(/^Players:/);
		const [, url, local] = /(rtsp:\/\/localhost:(\d+)\S+)$/.exec(player) ?? [];
		const described = run.ask(Number(local), `DESCRIBE ${url} ${RTSP}CSeq: 1\r\n\r\n`, /m=video/);
		assert.match(described, /^RTSP\/1.0 200 [\s\S]*m=video/);
		assert.match(
			run.ask(Number(local), `DESCRIBE rtsp://localhost/live ${RTSP}CSeq: 1\r\n\r\n`, /401/),
			/^RTSP\/1.0 401 /,
		);
		run.program.stop();
		rig.scene.until(() => run.code === 0, 1000, "ends");
	});

	it("is connected 1.1 round trips and 5 ms after the introduction at most, and shows the first picture within 0.5 s, where a round trip takes 40 ms (P2P-9)", () => {
		const rig = new Rig();
		rig.pair();
		const began = rig.scene.world.now;
		const run = new ViewRun(rig.scene, rig.laptop, "garage");
		const [pages] = run.until(/^Pages:/);
		const at = (step: RegExp): number => 1000 * Number(/^([\d.]+) s/.exec(run.until(step)[0])?.[1]);
		const connecting = at(/Garage: connected:/) - at(/Garage: introduced:/);
		assert.ok(connecting <= 49, `from the addresses of both to the connection: ${connecting} ms`);
		const [, port, target] = /localhost:(\d+)(\/\?link=\S+)$/.exec(pages) ?? [];
		const request = `GET /stream.mjpeg${target.slice(1)} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
		assert.match(run.ask(Number(port), request, /\xff\xd8[\s\S]*\xff\xd9/), /\xff\xd8[\s\S]*\xff\xd9/);
		const took = rig.scene.world.now - began;
		assert.ok(took < 500, `${took} ms`);
	});

	it("gives no media by UDP to a player, which then takes the RTSP connection", () => {
		const rig = new Rig();
		rig.pair();
		const run = new ViewRun(rig.scene, rig.laptop);
		const [player] = run.until(/^Players:/);
		const [, url, local] = /(rtsp:\/\/localhost:(\d+)\S+)$/.exec(player) ?? [];
		const setup = (transport: string): string => {
			const described = `DESCRIBE ${url} ${RTSP}CSeq: 1\r\n\r\n`;
			const track = url.replace("?", "/stream=0?");
			return run.ask(
				Number(local),
				`${described}SETUP ${track} ${RTSP}CSeq: 2\r\nTransport: ${transport}\r\n\r\n`,
				/CSeq: 2\r\n[\s\S]*\r\n\r\n/,
			);
		};
		assert.match(setup("RTP/AVP;unicast;client_port=5000-5001"), /RTSP\/1.0 461 /);
	});

	for (const away of [1000, 3000, 20_000]) {
		it(`reaches a camera again that had no power for ${away} ms, and shows its pages (ONE-8)`, () => {
			const rig = new Rig();
			rig.pair();
			const run = new ViewRun(rig.scene, rig.laptop, "garage");
			const [pages] = run.until(/^Pages:/);
			const [, port, target] = /http:\/\/localhost:(\d+)(\/\?link=\S+)$/.exec(pages) ?? [];
			rig.machine.crash();
			rig.scene.world.runFor(away);
			rig.machine.powerOn();
			viewedCamera(rig.scene, rig.machine, "Garage", { "fleet-key": "0123456789abcdef01" });
			const began = rig.scene.world.now;
			const ask = (): string => run.get(Number(port), target, undefined, "Accept: text/html\r\n");
			let answer = "";
			// Meanwhile there is no answer, or 504.
			while (!answer.startsWith("HTTP/1.1 303") && rig.scene.world.now - began < 60_000) {
				answer = ask();
				rig.scene.world.runFor(500);
			}
			assert.match(answer, /^HTTP\/1.1 303 /);
			const took = rig.scene.world.now - began;
			assert.ok(took < 25_000, `${took} ms`);
		});
	}

	it("does not call a camera unreachable whose viewers reach it without a port on the router (ONE-10)", () => {
		const rig = new Rig();
		rig.pair();
		const run = new ViewRun(rig.scene, rig.laptop, "garage");
		const [pages] = run.until(/^Pages:/);
		const [, port, target] = /http:\/\/localhost:(\d+)(\/\?link=\S+)$/.exec(pages) ?? [];
		const entered = run.get(Number(port), target, undefined, "Accept: text/html\r\n");
		const [, cookie = ""] = /Set-Cookie: ([^;]+);/.exec(entered) ?? [];
		rig.scene.until(() => rig.camera.gateway.notices().length > 0, 20_000, "no router found");
		const portal = run.get(Number(port), "/", undefined, `Cookie: ${cookie}\r\n`);
		assert.doesNotMatch(portal, /Not reachable from the Internet/);
		assert.match(JSON.stringify(rig.camera.site.notices()), /only paired viewers can reach this device/);
		assert.doesNotMatch(portal, /only paired viewers/, "which is for the owner");
	});

	it("lists homes and devices", () => {
		const rig = new Rig();
		rig.pair();
		const run = new ViewRun(rig.scene, rig.laptop, "", { list: "on" });
		rig.scene.until(() => run.code !== undefined, 5000, "listed");
		assert.deepEqual([run.code, run.lines, run.errors], [0, ["Cabin: Garage"], []]);
	});

	it("lets a guest in to one device by a code that is not stored, until the owner ends all logins", () => {
		const rig = new Rig();
		const code = pairingOf(rig.scene, rig.camera, rig.machine, "kind=guest&days=1");
		const run = new ViewRun(rig.scene, rig.laptop, code);
		const [pages] = run.until(/^Pages:/);
		const [, port, target] = /localhost:(\d+)(\/\?link=\S+)$/.exec(pages) ?? [];
		assert.match(run.get(Number(port), `/snapshot.jpg${target.slice(1)}`), /^HTTP\/1.1 200 /);
		run.program.stop();
		rig.scene.until(() => run.code === 0, 1000, "ends");
		rig.camera.access.credentials.endSessions();
		const again = new ViewRun(rig.scene, rig.laptop, code);
		rig.scene.until(() => again.code !== undefined, 20_000, "refused");
		assert.equal(again.code, 1);
		assert.match(again.lines.join("\n"), /Garage: can't be reached: /);
	});

	for (const [title, address] of [
		["another network", "192.168.0.99"],
		["another network where it has the same address", "192.168.0.7"],
	])
		it(`has pictures again within 2 s after it has moved to ${title}, by the same local connection (P2P-9, P2P-13)`, () => {
			const rig = new Rig();
			const pause = rig.pauseOf(() => rig.move(rig.laptop, address));
			assert.ok(pause < 2000, `${pause} ms`);
		});

	it("counts a pairing as used when its viewer is connected, cuts it off when it is revoked, and both sides say so (ONE-1, ONE-5)", () => {
		const rig = new Rig();
		rig.pair();
		const { camera, scene } = rig;
		const door = camera.parts.find((part): part is TunnelDoorPart => part instanceof TunnelDoorPart);
		const run = new ViewRun(scene, rig.laptop);
		const [pages] = run.until(/^Pages:/);
		const [, port, target] = /localhost:(\d+)(\/\?link=\S+)$/.exec(pages) ?? [];
		scene.world.runFor(2000);
		const [link] = camera.links.list(camera.now);
		assert.ok(link.used !== null, "nobody has opened a page yet");
		assert.deepEqual(
			door?.list().map(({ pairing }) => pairing),
			["Paired viewer (Cabin)"],
		);
		const peers = camera.parts.find((part): part is PeerPart => part instanceof PeerPart);
		const [connected] = peers?.endpoint.open ?? [];
		assert.equal(peers?.viewerName?.(connected), "Paired viewer (Cabin)");
		camera.links.revoke(link.id, camera.now);
		const [line] = run.until(/revoked/, 20_000);
		assert.equal(line, "Garage: The owner has revoked this pairing, or its time is over: pair again.");
		scene.world.runFor(61_000);
		assert.deepEqual([door?.list(), run.code], [[], undefined], "it is not opened again by itself");
		const state = run.get(Number(port), target.replace("/", "/api/v1/view"), `view.localhost:${port}`);
		assert.match(state, /"isRevoked":true/);
		const page = run.get(Number(port), target, undefined, "Accept: text/html\r\n");
		assert.match(page, /^HTTP\/1.1 401 [\s\S]*This viewer link has ended/);
		scene.world.runFor(20_000);
		assert.equal(run.lines.filter((each) => each === line).length, 1);
	});

	it("has pictures again within 5 s after the camera has moved, which its host notices 2 s later, by the same local connection (P2P-9, ONE-8)", () => {
		const rig = new Rig(2000);
		const pause = rig.pauseOf(() => rig.move(rig.machine, "192.168.0.99"));
		assert.ok(pause < 5000, `${pause} ms`);
	});

	it("says why nothing can be shown", () => {
		const rig = new Rig();
		const none = new ViewRun(rig.scene, rig.laptop, "garage");
		assert.match(none.errors.join(), /not paired/);
		rig.pair();
		const unknown = new ViewRun(rig.scene, rig.laptop, "cellar");
		rig.scene.until(() => unknown.code !== undefined, 5000, "answered");
		assert.deepEqual([unknown.code, unknown.errors], [1, ['Cabin has no device "cellar". It has: Garage.']]);
		for (const server of rig.scene.servers) server.answers = false;
		const silent = new ViewRun(rig.scene, rig.laptop, "garage");
		rig.scene.until(() => silent.code !== undefined, 30_000, "given up");
		assert.equal(silent.code, 1);
		assert.match(silent.errors.join(), /^Cabin: .*rendezvous/);
	});

	it("pairs by the owner's login at a camera in the same network (ONE-5)", () => {
		const rig = new Rig();
		const tablet = rig.scene.inside(rig.home.lan, "tablet", "192.168.0.33");
		const wrong = new ViewRun(rig.scene, tablet, "", {
			pair: "http://192.168.0.11:8000",
			password: "not-the-password",
		});
		rig.scene.until(() => wrong.code !== undefined, 10_000, "refused");
		assert.deepEqual([wrong.code, wrong.errors], [1, ["The user or the password is wrong."]]);
		const run = new ViewRun(rig.scene, tablet, "", {
			pair: "http://192.168.0.11:8000",
			password: "open-sesame",
			home: "Cabin",
		});
		rig.scene.until(() => run.code !== undefined, 10_000, "paired");
		assert.deepEqual([run.code, run.lines, run.errors], [0, ["Paired with Cabin.", VIEWER_MESSAGES.next], []]);
		const view = new ViewRun(rig.scene, tablet, "cabin");
		view.until(/^Garage: reached in the same network/);
	});
});
