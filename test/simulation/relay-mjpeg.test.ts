import assert from "node:assert/strict";
import type { RelayTable } from "../../src/relay/relay-table";
import { CAMERA, openContent, RelayScene } from "../support/relay-scene";
import { STREAM_HEAD, VirtualMjpegCamera } from "../support/virtual-mjpeg-camera";

const SEEDS = Array.from({ length: Number(process.env["PORTHOLE_TEST_SEEDS"] ?? 3) }, (_, i) => i + 1);
const GARAGE = openContent("garage", `http://${CAMERA}/live`);
const ALLOWED: Partial<RelayTable> = {
	contents: [GARAGE],
	allowed: [
		{
			host: { address: CAMERA, prefix: 32 },
			port: 0,
			protocol: "http",
			origin: "",
			needsLogin: false,
			tariff: undefined,
		},
		{
			host: { address: "10.9.0.0", prefix: 16 },
			port: 0,
			protocol: undefined,
			origin: "",
			needsLogin: false,
			tariff: undefined,
		},
		{ host: "loop.example", port: 0, protocol: undefined, origin: "", needsLogin: false, tariff: undefined },
	],
};

describe("simulation/relay-mjpeg", () => {
	for (const seed of SEEDS) {
		it(`opens one upstream for viewers that come at once, and sends all of them the same pictures (REP-2, REP-4), seed ${seed}`, () => {
			const scene = new RelayScene(seed);
			scene.run(1);
			const viewers = Array.from({ length: 20 }, () => scene.watch());
			scene.run(5);
			for (const { status, faults, pictures } of viewers) {
				assert.deepEqual([status, faults], [200, []]);
				assert.ok(pictures >= 47, `${pictures}`);
			}
			assert.equal(scene.camera.requests.length, 1);
			assert.equal(scene.first.cable.connections, 1);
			assert.deepEqual(viewers[0].fills.slice(-5), viewers[19].fills.slice(-5));
		});

		it(`accepts later viewers without a packet to the origin, with a picture at once (REP-3), seed ${seed}`, () => {
			const scene = new RelayScene(seed);
			scene.run(1);
			scene.watch();
			scene.run(3);
			const before = scene.first.cable;
			const later = Array.from({ length: 20 }, () => scene.watch());
			scene.run(0.4);
			for (const { joinTime } of later) assert.ok(joinTime < 100, `${joinTime}`);
			scene.run(3);
			const after = scene.first.cable;
			assert.deepEqual([after.connections, after.asked], [before.connections, before.asked]);
			assert.equal(scene.camera.requests.length, 1);
			assert.deepEqual(new Set(later.flatMap(({ faults }) => faults)), new Set());
		});
	}

	it("keeps the origin's traffic the same from 1 to 60 viewers (REP-3)", () => {
		const octets = [1, 60].map((count) => {
			const scene = new RelayScene(7);
			scene.run(1);
			const viewers = Array.from({ length: count }, () => scene.watch());
			scene.until("pictures", 5, () => viewers.every(({ pictures }) => pictures > 0));
			const before = scene.first.cable.octets;
			scene.run(10);
			return scene.first.cable.octets - before;
		});
		// A picture more or less at the ends of the ten seconds.
		assert.ok(Math.abs(octets[1] - octets[0]) <= octets[0] / 100, `${octets}`);
	});

	it("gives all that wait the origin's refusal, and the next request a new attempt (REP-2)", () => {
		const scene = new RelayScene(1);
		scene.run(1);
		scene.camera.answer = () => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
		const viewers = Array.from({ length: 5 }, () => scene.watch());
		scene.run(0.5);
		assert.deepEqual(
			viewers.map(({ status }) => status),
			[404, 404, 404, 404, 404],
		);
		assert.equal(scene.camera.requests.length, 1);
		const soon = scene.watch();
		scene.run(0.2);
		assert.equal(soon.status, 404);
		assert.equal(scene.camera.requests.length, 1, "a refusal is kept for a moment");
		scene.camera.answer = () => STREAM_HEAD;
		scene.run(2);
		const later = scene.watch();
		scene.run(1);
		assert.equal(later.status, 200);
		assert.ok(later.pictures > 3);
	});

	const REFUSALS = [
		[401, "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n"],
		[403, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"],
		[503, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"],
		[415, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>"],
		[502, "HTTP/1.1 302 Found\r\nLocation: ftp://x/\r\nContent-Length: 0\r\n\r\n"],
	] as const;
	for (const [status, answer] of REFUSALS) {
		it(`passes ${status} on to the viewer (REP-2)`, () => {
			const scene = new RelayScene(1);
			scene.run(1);
			scene.camera.answer = () => answer;
			const viewer = scene.watch();
			scene.run(2);
			assert.equal(viewer.status, status);
			assert.doesNotMatch(viewer.body, /198\.20/, "it names no address");
		});
	}

	it("refuses with 502 when the origin is not there (REP-2)", () => {
		const scene = new RelayScene(1, { table: { contents: [openContent("garage", "http://198.20.0.10:81/live")] } });
		scene.run(1);
		const viewer = scene.watch();
		scene.run(15);
		assert.ok([502, 504].includes(viewer.status), `${viewer.status}`);
		assert.doesNotMatch(viewer.body, /</);
		const browser = scene.watch("/garage", { fields: "Accept: text/html\r\n" });
		scene.run(15);
		assert.equal(browser.status, viewer.status);
		assert.match(browser.body, /<!DOCTYPE html>.*<a href="\/relay">/s);
	});

	it("ends the upstream a short grace after the last viewer (REP-7)", () => {
		const scene = new RelayScene(1, { settings: { grace: "4" } });
		scene.run(1);
		const viewers = [scene.watch(), scene.watch()];
		scene.run(2);
		viewers[0].leave();
		scene.run(10);
		assert.equal(scene.camera.open.size, 1);
		viewers[1].leave();
		scene.run(3);
		assert.equal(scene.camera.open.size, 1);
		const third = scene.watch();
		scene.run(10);
		assert.ok(third.pictures > 90);
		assert.equal(scene.camera.requests.length, 1, "one that comes within the grace keeps it");
		third.leave();
		scene.run(5);
		assert.equal(scene.camera.open.size, 0);
		assert.equal(scene.first.relay.monitor.list().length, 0);
	});

	it("closes the upstream when the viewer that it was opened for has vanished while it waited (REP-7)", () => {
		const scene = new RelayScene(1);
		scene.run(1);
		scene.camera.isSending = false;
		const viewer = scene.watch();
		scene.run(0.3);
		viewer.leave();
		viewer.machine.crash();
		scene.camera.isSending = true;
		scene.run(40);
		assert.equal(scene.camera.open.size, 0);
		assert.equal(scene.first.relay.monitor.viewers, 0);
	});

	for (const seed of SEEDS) {
		it(`keeps viewers while the origin restarts, and goes on with new pictures (REP-10), seed ${seed}`, () => {
			const scene = new RelayScene(seed);
			scene.run(1);
			const viewers = [scene.watch(), scene.watch(), scene.watch()];
			scene.run(3);
			scene.camera.machine.crash();
			scene.run(20);
			const before = viewers.map(({ pictures }) => pictures);
			scene.camera.machine.powerOn();
			scene.camera.listen();
			scene.run(12);
			for (const [i, viewer] of viewers.entries()) {
				assert.deepEqual([viewer.over, viewer.faults], [undefined, []]);
				assert.ok(viewer.pictures > before[i] + 20, `${viewer.pictures} after ${before[i]}`);
			}
		});
	}

	it("lets a viewer wait that comes while the origin is away for a moment (REP-10)", () => {
		const scene = new RelayScene(1);
		scene.run(1);
		const first = scene.watch();
		scene.run(3);
		for (const connection of scene.camera.open) connection.end();
		scene.run(0.1);
		const viewer = scene.watch();
		scene.run(0.1);
		assert.equal(viewer.status, 0);
		scene.run(4);
		assert.deepEqual([viewer.status, viewer.faults, first.over], [200, [], undefined]);
	});

	it("ends all viewers in order when the origin stays away for longer than the limit (REP-10)", () => {
		const scene = new RelayScene(1, { settings: { "break-limit": "30" } });
		scene.run(1);
		const viewers = [scene.watch(), scene.watch()];
		scene.run(3);
		scene.camera.machine.crash();
		scene.run(25);
		assert.deepEqual(
			viewers.map(({ over }) => over),
			[undefined, undefined],
		);
		scene.run(25);
		assert.deepEqual(
			viewers.map(({ over, faults }) => [over, faults]),
			[
				["closed", []],
				["closed", []],
			],
		);
		const late = scene.watch();
		scene.run(15);
		assert.ok([502, 504].includes(late.status), `${late.status}`);
	});

	it("lets a viewer that reads nothing miss its own pictures only, at the cost of one (REP-4)", () => {
		const scene = new RelayScene(1);
		scene.run(1);
		const slow = scene.watch();
		const other = scene.watch();
		scene.run(1);
		slow.read(false);
		const before = other.pictures;
		scene.run(20);
		assert.ok(other.pictures - before >= 198, `${other.pictures - before}`);
		slow.read(true);
		scene.run(2);
		assert.deepEqual(slow.faults, []);
		assert.equal(slow.fills.at(-1), other.fills.at(-1));
	});

	it("ends viewers and upstream when the relay stops", () => {
		const scene = new RelayScene(1);
		scene.run(1);
		const viewer = scene.watch();
		scene.run(2);
		let hasLeft = false;
		scene.first.relay.leave(() => {
			hasLeft = true;
		});
		scene.run(3);
		assert.deepEqual([hasLeft, viewer.over, viewer.faults, scene.camera.open.size], [true, "closed", [], 0]);
	});

	it("shares one upstream by embedded URLs and proxy requests for the same content (REP-1)", () => {
		const scene = new RelayScene(1, { table: ALLOWED });
		scene.run(1);
		const viewers = [
			scene.watch(`/origin/${CAMERA}/live?channel=2`),
			scene.watch(`/origin/${CAMERA}:80/live?channel=2&link=x`),
			scene.watch(`http://${CAMERA}/live?channel=2`),
			scene.watch(`http://${CAMERA}:80/live?channel=2&link=r.x`),
		];
		scene.run(2);
		for (const { status, faults } of viewers) assert.deepEqual([status, faults], [200, []]);
		assert.equal(scene.camera.requests.length, 1);
		assert.match(scene.camera.requests[0], /^GET \/live\?channel=2 HTTP\/1\.1\r\n/);
		assert.doesNotMatch(scene.camera.requests[0], /link|cookie|forwarded/i);
	});

	const REFUSED = [
		["/origin/198.20.0.11/live", 401],
		["/origin/127.0.0.1:8080/garage", 401],
		["/origin/localhost:8080/garage", 401],
		["/origin/", 401],
		["/origin/10.9.0.1:8080/garage", 401],
		["http://198.20.0.11/live", 407],
		["http://127.0.0.1/live", 407],
		["http://[::1]:8080/garage", 407],
		["http://10.9.0.1:8081/garage", 407],
		["/nothing", 401],
	] as const;
	for (const [target, status] of REFUSED) {
		it(`gives strangers ${status} for ${target}, whether it could be relayed or not (REP-1, REP-11)`, () => {
			const scene = new RelayScene(1, { table: ALLOWED });
			scene.run(1);
			const viewer = scene.watch(target);
			scene.run(2);
			assert.equal(viewer.status, status);
			assert.equal(scene.camera.requests.length, 0);
		});
	}

	it("takes a proxy request for itself as its own (REP-1)", () => {
		const scene = new RelayScene(1);
		scene.run(1);
		const viewer = scene.watch("http://10.9.0.1:8080/garage");
		scene.run(2);
		assert.deepEqual([viewer.status, viewer.faults], [200, []]);
	});

	it("connects to no address of its own, whatever an allowed name resolves to (REP-11)", () => {
		for (const place of ["loopback", "inside", "outside"] as const) {
			const scene = new RelayScene(1, { table: ALLOWED });
			const address = place === "loopback" ? "127.0.0.1" : scene.first[place];
			scene.world.names.set("loop.example", { a: [address] });
			scene.run(1);
			const viewer = scene.watch("/origin/loop.example:8080/garage");
			scene.run(3);
			assert.equal(viewer.status, 502);
			assert.match(scene.first.log, /refused/);
			assert.equal(scene.camera.requests.length, 0);
		}
	});

	/** The camera redirects its viewers. @returns what a viewer gets, and how many requests another server has got */
	function redirected(target: string, location: (scene: RelayScene) => string): [number | undefined, number] {
		const open = (ALLOWED.allowed ?? []).map((rule) => ({ ...rule, needsLogin: false }));
		const scene = new RelayScene(1, { table: { ...ALLOWED, allowed: open } });
		const other = new VirtualMjpegCamera(scene.addServer("other", "198.20.0.50"));
		const own = new VirtualMjpegCamera(scene.first.machine, 81);
		scene.world.names.set("loop.example", { a: ["198.20.0.50"] });
		scene.camera.answer = () => `HTTP/1.1 302 Found\r\nLocation: ${location(scene)}\r\nContent-Length: 0\r\n\r\n`;
		scene.run(1);
		const viewer = scene.watch(target);
		scene.run(3);
		assert.equal(own.requests.length, 0, "nobody reaches this machine");
		return [viewer.status, other.requests.length];
	}

	it("follows no redirect to itself, by whatever address or name (REP-11)", () => {
		for (const target of ["/garage", `/origin/${CAMERA}/live`])
			for (const host of ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "localhost", "10.9.0.1", "198.20.1.1"])
				assert.deepEqual(
					redirected(target, () => `http://${host}:81/`),
					[502, 0],
					host,
				);
		const named = (scene: RelayScene): string => {
			scene.world.names.set("own.example", { a: ["198.20.1.1"] });
			return "http://own.example:81/";
		};
		assert.deepEqual(redirected("/garage", named), [502, 0]);
	});

	it("follows redirects of servers that viewers name to those only that they may name, too (REP-11)", () => {
		const named = `/origin/${CAMERA}/live`;
		assert.deepEqual(
			redirected(named, () => "http://198.20.0.50/x"),
			[502, 0],
		);
		assert.deepEqual(
			redirected(named, () => "http://loop.example/x"),
			[200, 1],
		);
		assert.deepEqual(
			redirected("/garage", () => "http://198.20.0.50/x"),
			[200, 1],
		);
	});
});
