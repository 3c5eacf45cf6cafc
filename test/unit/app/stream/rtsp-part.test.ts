import assert from "node:assert/strict";
import type { Camera } from "../../../../src/app/camera/camera";
import type { Node } from "../../../../src/app/node";
import { RtspPart, type RtspPartSettings } from "../../../../src/app/stream/rtsp-part";
import { RTSP_SCHEMA } from "../../../../src/settings/rtsp-schema";
import { digestFor } from "../../../support/digest";
import { FakeStreamTransport } from "../../../support/fake-stream-transport";
import { HomePlayer as Player } from "../../../support/home-player";
import { VirtualHome } from "../../../support/virtual-home";

const NOTHING = { packets: 0, octets: 0, missed: 0 };

/** A home whose cameras serve RTSP from a fake distribution. */
function homeWith(seed: number) {
	const home = new VirtualHome(seed);
	const parts: RtspPart[] = [];
	const transport = new FakeStreamTransport();
	const trouble = { unreachable: 0, refused: 0, dropped: 0 };
	const service = {
		transport,
		get streams() {
			return transport.streams.size;
		},
		playing: 0,
		totals: { packets: 7, octets: 7000, missed: 1 },
		report: (stream: number) => (transport.streams.has(stream) ? { ...NOTHING, packets: 5 } : undefined),
		udpTrouble: () => trouble,
		close: () => transport.calls.push("close"),
	};
	home.extras = [
		{
			settings: RTSP_SCHEMA,
			make: (camera: Camera) => {
				const part = new RtspPart(camera as unknown as Node<RtspPartSettings>, camera, service);
				parts.push(part);
				return part;
			},
		},
	];
	return { home, parts, transport, trouble };
}

describe("app/stream/rtsp-part", () => {
	const URL = "rtsp://192.168.0.11:8554/live";
	const TCP = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1";

	it("logs why a player is refused, once while it tries again, and never the token of a link", () => {
		const { home } = homeWith(5);
		home.add();
		home.until(() => home.ports[0] === 8080, 20_000, "the camera has its port");
		const { log } = home.cameras[0];
		const lines = () => home.cameras[0].log.slice(log.length).match(/was refused[^"]*/g) ?? [];
		const other = new Player(home, home.neighbour, "192.168.0.11");
		for (let count = 0; count < 3; count++)
			assert.match(other.ask("DESCRIBE", "rtsp://192.168.0.11:8554/nothing"), /^RTSP\/1\.0 404 /);
		assert.deepEqual(lines(), ["was refused nothing: there is no such content (404)"]);
		const stranger = new Player(home, home.neighbour, "192.168.0.11");
		stranger.send("DESCRIBE", URL, []);
		assert.equal(lines().length, 1, "no credentials yet");
		for (let count = 0; count < 2; count++)
			assert.match(
				stranger.send("DESCRIBE", `${URL}?link=secret`, []),
				/^RTSP\/1\.0 401 Unauthorized: this viewer link/,
			);
		assert.deepEqual(lines().slice(1), ["was refused: this viewer link has ended or is wrong (401)"]);
		home.world.runFor(61_000);
		const wrong = new Player(home, home.neighbour, "192.168.0.11");
		const challenge = wrong.send("DESCRIBE", URL, []).split("\r\nWWW-Authenticate: ")[1];
		const login = digestFor(challenge, "DESCRIBE", URL, "owner", "wrong");
		assert.match(
			wrong.send("DESCRIBE", URL, [`Authorization: ${login}`]),
			/^RTSP\/1\.0 401 Unauthorized: wrong user or password/,
		);
		assert.deepEqual(lines().slice(2), ["was refused: wrong user or password (401)"]);
		assert.doesNotMatch(home.cameras[0].log, /secret/);
	});

	describe("in a home", () => {
		const { home, parts, transport, trouble } = homeWith(3);
		const base = "http://192.168.0.11:8000";
		let player: Player;

		before(() => {
			home.add({ "rtsp-mapped": "on" });
			home.until(() => home.ports[0] === 8080, 20_000, "the camera has its port");
			player = new Player(home, home.neighbour, "192.168.0.11");
		});

		it("plays for the accounts of the pages", () => {
			const answer = player.ask("SETUP", `${URL}/trackID=0`, TCP);
			const [, session] = /\r\nSession: ([0-9a-f]{32});timeout=60\r\n/.exec(answer) ?? [];
			assert.match(player.ask("PLAY", URL, `Session: ${session}`), /^RTSP\/1\.0 200 OK/);
			assert.match(home.cameras[0].log, /192\.168\.0\.9 plays live by TCP/);
		});

		it("lists the sessions for the owner, without their identifiers", () => {
			const answer = home.get(`${base}/api/v1/streams`, home.neighbour);
			assert.match(
				answer,
				/\{"streams":\[\{"id":0,"client":"192\.168\.0\.9","content":"live","framing":"tcp","state":"playing","seconds":\d+,"packets":5,"octets":0,"missed":0\}\]\}/,
			);
		});

		it("asks the gateway for a port, and tells pages, status, metrics and the other cameras", () => {
			home.until(() => parts[0].services()[0]?.externalPort === 8554, 20_000, "the port is mapped");
			assert.deepEqual(parts[0].services(), [
				{ kind: "rtsp", port: 8554, externalPort: 8554, path: "/live", secure: false },
			]);
			const page = home.get(`${base}/camera`, home.neighbour);
			assert.match(page, /rtsp:\/\/192\.168\.0\.11:8554\/live/);
			assert.match(page, /rtsp:\/\/198\.20\.0\.1:8554\/live/);
			assert.match(home.get(`${base}/api/v1/status`, home.neighbour), /"rtsp":\{"accepted":1,.*"externalPort":8554/);
			assert.match(home.get(`${base}/metrics`, home.neighbour), /\nporthole_rtsp_sessions 1\n/);
			const far = new Player(home, home.visitor, "198.20.0.1");
			assert.match(
				far.ask("DESCRIBE", "rtsp://198.20.0.1:8554/live"),
				/\r\nContent-Base: rtsp:\/\/198\.20\.0\.1:8554\/live\/\r\n/,
			);
			assert.doesNotMatch(far.text, /192\.168/, "STR-19");
		});

		it("tells the owner that UDP does not reach a player, and what to do (STR-22)", () => {
			assert.deepEqual(parts[0].notices(), []);
			Object.assign(trouble, { unreachable: 1, refused: 1, dropped: 3 });
			assert.match(parts[0].notices()[0].remedy, /TCP/);
			assert.match(
				home.get(`${base}/api/v1/status`, home.neighbour),
				/"udp":\{"unreachable":1,"refused":1,"dropped":3\}/,
			);
			assert.match(home.get(`${base}/metrics`, home.neighbour), /\nporthole_rtsp_unreachable_total 1\n/);
			assert.match(home.get(`${base}/metrics`, home.neighbour), /\nporthole_rtsp_dropped_total 3\n/);
		});

		it("ends a session at the owner's wish", () => {
			home.post(`${base}/api/v1/streams/9/end`, "", home.neighbour);
			assert.equal(player.isOver, false);
			assert.match(home.post(`${base}/api/v1/streams/0/end`, "", home.neighbour), /^HTTP\/1\.1 200/);
			home.world.runFor(100);
			assert.ok(player.isOver);
			assert.deepEqual(transport.calls.slice(-1), ["teardown 0"]);
		});

		it("ends all sessions when the logins end", () => {
			const other = new Player(home, home.neighbour, "192.168.0.11");
			assert.match(other.ask("SETUP", `${URL}/trackID=0`, TCP), /^RTSP\/1\.0 200/);
			home.post(`${base}/api/v1/logout-all`, "", home.neighbour);
			home.world.runFor(100);
			assert.ok(other.isOver);
			assert.equal(parts[0].server.sessions.size, 0);
		});

		it("ends silent sessions by its own timer", () => {
			const other = new Player(home, home.neighbour, "192.168.0.11");
			const udp = "Transport: RTP/AVP;unicast;client_port=5000-5001";
			assert.match(other.ask("SETUP", `${URL}/trackID=0`, udp), /^RTSP\/1\.0 200/);
			home.world.runFor(61_000);
			assert.equal(parts[0].server.sessions.size, 0);
		});

		it("leaves in order", () => {
			const other = new Player(home, home.neighbour, "192.168.0.11");
			home.cameras[0].camera.leave(() => undefined);
			home.world.runFor(3000);
			assert.ok(other.isOver);
			assert.deepEqual(transport.calls.slice(-1), ["close"]);
		});
	});

	it("opens no port and announces nothing with --rtsp-port 0", () => {
		const { home, parts } = homeWith(4);
		home.add({ "rtsp-port": "0" });
		home.world.runFor(5000);
		assert.deepEqual([parts[0].services(), parts[0].facts()], [[], []]);
	});

	it("says that the port is in use, tries again, and announces it then", () => {
		const { home, parts } = homeWith(5);
		const first = home.add();
		home.world.runFor(1000);
		home.add({ "http-port": "8001" }, undefined, first.machine);
		home.world.runFor(5000);
		const part = parts[parts.length - 1];
		assert.match(
			part.notices()[0]?.remedy ?? "",
			/^Port 8554 is in use\. Stop the other program or pass --rtsp-port\./,
		);
		assert.deepEqual(part.services(), []);
		first.camera.leave(() => undefined);
		home.world.runFor(60_000);
		assert.deepEqual(part.notices(), []);
		assert.equal(part.services()[0]?.port, 8554);
	});
});
