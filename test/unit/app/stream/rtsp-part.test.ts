import assert from "node:assert/strict";
import type { Camera } from "../../../../src/app/camera/camera";
import type { Node } from "../../../../src/app/node";
import { servicesOf } from "../../../../src/app/portal/portal-device";
import { RtspPart, type RtspPartSettings } from "../../../../src/app/stream/rtsp-part";
import type { StreamSink } from "../../../../src/ports/net";
import { RTSP_SCHEMA } from "../../../../src/settings/rtsp-schema";
import { FakeStream } from "../../../support/fake-stream";
import { FakeStreamTransport } from "../../../support/fake-stream-transport";
import { loginFor } from "../../../support/home-answer";
import { HomePlayer as Player } from "../../../support/home-player";
import { latin1 } from "../../../support/octets";
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
		const login = loginFor(wrong.send("DESCRIBE", URL, []), "DESCRIBE", URL, "owner", "wrong") ?? "";
		assert.match(wrong.send("DESCRIBE", URL, [login]), /^RTSP\/1\.0 401 Unauthorized: wrong user or password/);
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

		it("ends sessions of a revoked viewer link, and refuses new ones on its connection", () => {
			const { token, id, addresses } = JSON.parse(
				home.post(`${base}/api/v1/links`, "hours=1&name=VLC", home.neighbour).split("\r\n\r\n")[1],
			);
			const { lan, internet } = addresses.find(({ kind }: { kind: string }) => kind === "rtsp");
			assert.equal(lan, `${URL}?link=${token}`);
			assert.equal(internet, `rtsp://198.20.0.1:8554/live?link=${token}`);
			const [udp, tcp, owner] = [0, 1, 2].map(() => new Player(home, home.neighbour, "192.168.0.11"));
			const byUdp = "Transport: RTP/AVP;unicast;client_port=5000-5001";
			assert.match(udp.send("SETUP", `${URL}/trackID=0?link=${token}`, [byUdp]), /^RTSP\/1\.0 200/);
			assert.match(tcp.send("DESCRIBE", lan, []), /^RTSP\/1\.0 200/);
			assert.match(tcp.send("SETUP", `${URL}/trackID=0`, [TCP]), /^RTSP\/1\.0 200/);
			assert.match(owner.ask("SETUP", `${URL}/trackID=0`, TCP), /^RTSP\/1\.0 200/);
			home.post(`${base}/api/v1/links/${id}/revoke`, "", home.neighbour);
			home.world.runFor(100);
			assert.deepEqual([udp.isOver, tcp.isOver, owner.isOver], [true, true, false]);
			assert.equal(parts[0].server.sessions.size, 1);
			const again = new Player(home, home.neighbour, "192.168.0.11");
			assert.match(again.send("DESCRIBE", lan, []), /^RTSP\/1\.0 401/);
		});

		it("ends sessions without a login when the LAN needs a password again, and only those", () => {
			const { access } = home.cameras[0].camera;
			const owner = new Player(home, home.neighbour, "192.168.0.11");
			assert.match(owner.ask("SETUP", `${URL}/trackID=0`, TCP), /^RTSP\/1\.0 200/);
			access.takeSetting("lan-without-password", "on");
			const other = new Player(home, home.neighbour, "192.168.0.11");
			assert.match(other.send("SETUP", `${URL}/trackID=0`, [TCP]), /^RTSP\/1\.0 200/);
			access.takeSetting("lan-without-password", "off");
			home.world.runFor(100);
			assert.deepEqual([owner.isOver, other.isOver], [false, true]);
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

	describe("by the port of the pages (ONE-3)", () => {
		const { home, parts, transport } = homeWith(8);
		const base = "http://192.168.0.11:8000";
		const outside = "rtsp://198.20.0.1:8080/live";

		before(() => {
			home.add();
			home.add();
			home.until(() => home.ports.every((port) => port !== 0), 20_000, "the cameras have their ports");
			home.world.runFor(2000);
		});

		it("plays for visitors from the Internet without a port of its own, and shows the URL", () => {
			assert.equal(home.gateway.table.all().length, 2);
			const { server: pages } = home.cameras[0].camera.site;
			const before = pages.connections;
			const player = new Player(home, home.visitor, "198.20.0.1", 8080);
			assert.match(player.send("OPTIONS", outside, []), /^RTSP\/1\.0 200 OK/);
			assert.match(player.send("DESCRIBE", outside, []), /^RTSP\/1\.0 401 /);
			assert.match(player.ask("DESCRIBE", outside), /\r\nContent-Base: rtsp:\/\/198\.20\.0\.1:8080\/live\/\r\n/);
			const [, session] = /\r\nSession: ([0-9a-f]{32});/.exec(player.ask("SETUP", `${outside}/trackID=0`, TCP)) ?? [];
			assert.match(player.ask("PLAY", outside, `Session: ${session}`), /^RTSP\/1\.0 200 OK/);
			assert.equal(pages.connections, before, "the pages do not count it");
			assert.match(home.get(`${base}/camera`, home.neighbour), /rtsp:\/\/198\.20\.0\.1:8080\/live/);
			assert.match(home.get(`${base}/api/v1/status`, home.neighbour), /"rtsp":\{"accepted":1,.*"externalPort":8080/);
			home.post(`${base}/api/v1/logout-all`, "", home.neighbour);
			home.world.runFor(100);
			assert.ok(player.isOver);
			assert.ok(transport.calls.some((call) => call.startsWith("play")));
		});

		it("sends no media by UDP to a player in a tunnel that leads to the port of the pages", () => {
			const pages: StreamSink = { room() {}, received() {}, ended() {}, gone() {} };
			const none = { localAddress: "", localPort: 0, remotePort: 0, secure: false };
			for (const [remoteAddress, expected] of [
				["fd50:6f72:7468:0:c359:e539:601f:d30a", /^RTSP\/1\.0 461 .*not be encrypted/],
				["192.168.0.9", /^RTSP\/1\.0 200 OK/],
			] as const) {
				const out = Object.assign(new FakeStream(), { ...none, remoteAddress });
				const sink = parts[0].share(out, pages);
				const url = `${URL}/trackID=0`;
				const setUp = (count: number, login: string): string => {
					const fields = [`CSeq: ${count}`, "Transport: RTP/AVP;unicast;client_port=5000-5001", login];
					sink.received(latin1(`SETUP ${url} RTSP/1.0\r\n${fields.join("\r\n")}\r\n\r\n`));
					home.world.runFor(100);
					return out.text();
				};
				const login = loginFor(setUp(1, "User-Agent: test"), "SETUP", url) ?? assert.fail("no challenge");
				assert.match(setUp(2, login), expected);
				sink.gone();
			}
		});

		it("tells the other cameras, whose portals show it", () => {
			const [port] = parts[1].services().map(({ externalPort }) => externalPort);
			assert.equal(port, home.ports[1]);
			const page = home.get(`${base}/portal`, home.neighbour);
			for (const [i, each] of home.ports.entries()) {
				assert.ok(page.includes(`rtsp://198.20.0.1:${each}/live`), "at home, to take along");
				assert.ok(page.includes(`rtsp://192.168.0.${11 + i}:8554/live`));
			}
			const list = JSON.parse(home.get("http://198.20.0.1:8080/api/v1/cameras", home.visitor).split("\r\n\r\n")[1]);
			assert.deepEqual(
				list.cameras.map(({ rtsp }: { rtsp: string }) => rtsp),
				home.ports.map((each) => `rtsp://198.20.0.1:${each}/live`),
			);
		});

		it("takes players on the Internet by TLS only, and leads them to it, where the camera has a certificate", () => {
			const { camera } = home.cameras[0];
			Object.defineProperty(camera, "isSecure", { configurable: true, value: true });
			const [{ lan, internet }] = parts[0].programAddresses({ lan: "192.168.0.11", internet: "camera.example" });
			assert.deepEqual([lan, internet], ["rtsp://192.168.0.11:8554/live", "rtsps://camera.example:8080/live"]);
			const player = new Player(home, home.visitor, "198.20.0.1", 8080);
			assert.match(player.send("DESCRIBE", outside, []), /^HTTP\/1\.1 400 /);
			Reflect.deleteProperty(camera, "isSecure");
			const service = { kind: "rtsp", port: 8554, externalPort: 8081, path: "/live", secure: true };
			const { lanRtsp, internetRtsp } = servicesOf([service], "192.168.0.12", "camera.example");
			assert.deepEqual([lanRtsp, internetRtsp], ["rtsp://192.168.0.12:8554/live", "rtsps://camera.example:8081/live"]);
		});

		it("drops a visitor that sends the first octets of a request and no more", () => {
			const player = new Player(home, home.visitor, "198.20.0.1", 8080);
			player.stream.write(Buffer.from("DESCRI"), 0, 6);
			home.world.runFor(100);
			assert.equal(player.isOver, false);
			home.world.runFor(31_000);
			assert.ok(player.isOver);
			assert.equal(parts[0].server.connections, 0);
		});
	});

	it("opens no port, announces nothing and takes no RTSP at the port of the pages with --rtsp-port 0", () => {
		const { home, parts } = homeWith(4);
		home.add({ "rtsp-port": "0" });
		home.until(() => home.ports[0] !== 0, 20_000, "the camera has its port");
		assert.deepEqual(
			[parts[0].services(), parts[0].facts(), parts[0].programAddresses({ lan: "192.168.0.11", internet: "" })],
			[[], [], []],
		);
		const player = new Player(home, home.visitor, "198.20.0.1", 8080);
		assert.match(player.send("DESCRIBE", "rtsp://198.20.0.1:8080/live", []), /^HTTP\/1\.1 400 /);
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
