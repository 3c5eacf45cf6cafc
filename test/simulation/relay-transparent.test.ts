import assert from "node:assert/strict";
import { RelaySigner } from "../../src/relay/relay-key";
import { issueRelayTicket } from "../../src/relay/relay-ticket";
import { CAMERA, openContent, sceneOrigin } from "../support/relay-scene";
import { TransparentScene } from "../support/transparent-scene";
import { dial, ListenRecorder } from "../unit/hosts-virtual/sinks";

describe("simulation/transparent relay", () => {
	for (const seed of [1, 2, 3])
		it(`viewers of a camera's Motion JPEG, who know nothing of a relay, share one session, seed ${seed} (REP-1, REP-3)`, () => {
			const scene = new TransparentScene(seed, { link: { delay: 5 } });
			const first = scene.see();
			scene.until("the first viewer has pictures", 10, () => first.pictures > 3);
			// The probe, which the relay has left, and its own session.
			assert.equal(scene.camera.requests.length, 2);
			assert.equal(scene.camera.open.size, 1);
			const before = scene.first.cable;
			const others = Array.from({ length: 20 }, () => scene.see());
			scene.until("all viewers have pictures", 10, () => others.every(({ pictures }) => pictures > 3));
			assert.equal(scene.camera.requests.length, 2);
			assert.equal(scene.first.cable.connections, before.connections);
			for (const viewer of [first, ...others]) assert.deepEqual(viewer.faults, []);
			for (const viewer of [first, ...others]) viewer.leave();
			scene.until("the relay has left the camera", 20, () => scene.camera.open.size === 0);
		});

	it("viewers that come at the same time wait for one answer of the origin (REP-2)", () => {
		const scene = new TransparentScene(4);
		const viewers = Array.from({ length: 10 }, () => scene.see());
		scene.until("all have pictures", 10, () => viewers.every(({ pictures }) => pictures > 1));
		assert.equal(scene.camera.requests.length, 2);
	});

	it("what the origin refuses, the viewer reads in the origin's own words (REP-2)", () => {
		const scene = new TransparentScene(5);
		scene.camera.answer = () => "HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nno!!";
		const viewer = scene.see();
		scene.until("the viewer is refused", 10, () => viewer.status === 403 && viewer.body === "no!!");
		assert.equal(scene.camera.requests.length, 1);
	});

	it("a viewer with credentials gets its stream from the origin itself", () => {
		const scene = new TransparentScene(6);
		const viewer = scene.see("/live", "Authorization: Basic eDp5\r\n");
		scene.until("it has pictures", 10, () => viewer.pictures > 3);
		assert.equal(scene.camera.requests.length, 1);
		assert.match(scene.camera.requests[0], /^Authorization: Basic eDp5\r$/m);
		assert.equal(scene.first.relay.monitor.viewers, 0);
	});

	it("other requests pass, in both directions and to their end, and other ports are routed", () => {
		const scene = new TransparentScene(7);
		const server = scene.addServer("server", "198.20.0.80");
		server.nics[0].configure({ address: "198.20.0.80", gateway: scene.first.outside });
		scene.access.claim("198.20.0.80", scene.first.machine.nics[0]);
		const http = new ListenRecorder(server.network, 80);
		const ssh = new ListenRecorder(server.network, 22);
		scene.run(1);
		const player = scene.addPlayer();
		const taken = dial(player.network, "198.20.0.80", 80);
		const routed = dial(player.network, "198.20.0.80", 22);
		taken.write("\x16\x03\x01 hello");
		routed.write("SSH-2.0-x\r\n");
		scene.until(
			"both have arrived",
			10,
			() => http.accepts[0]?.text !== undefined && ssh.accepts[0]?.text === "SSH-2.0-x\r\n",
		);
		scene.until("the octets are there", 10, () => http.accepts[0].text === "\x16\x03\x01 hello");
		// The server knows the viewer in both cases.
		assert.equal(http.accepts[0].stream.remoteAddress, player.address);
		assert.equal(ssh.accepts[0].stream.remoteAddress, player.address);
		assert.deepEqual(scene.first.relay.monitor.viewers, 0);
		const large = new Uint8Array(300_000).fill(7);
		http.accepts[0].write(large);
		http.accepts[0].end();
		scene.until("all has come, and the end", 60, () => taken.octets === large.length && taken.why === "closed");
		assert.match(scene.first.log, /198\.20\.0\.80:80, as 10\.8\.100\.1 asks for it, is encrypted: it passes untouched/);
	});

	for (const framing of ["tcp", "udp"] as const)
		for (const encoding of ["JPEG", "H264"] as const)
			it(`players of ${encoding} by RTSP over ${framing.toUpperCase()} share one session (REP-1, REP-3, REP-9)`, () => {
				const scene = new TransparentScene(8);
				scene.rtsp.encoding = encoding;
				const first = scene.play({ framing });
				scene.until("the first player has pictures", 20, () => first.pictures > 3);
				const { connections } = scene.first.cable;
				const asked = scene.rtsp.requests.length;
				const others = Array.from({ length: 5 }, () => scene.play({ framing }));
				scene.until("all players have pictures", 20, () => others.every(({ pictures }) => pictures > 3));
				assert.equal(scene.first.cable.connections, connections);
				assert.deepEqual(
					scene.rtsp.requests.slice(asked).filter((line) => !/^(OPTIONS|GET_PARAMETER)/.test(line)),
					[],
				);
				assert.equal(scene.first.relay.monitor.list()[0].viewers.size, 6);
				for (const player of [first, ...others]) assert.deepEqual(player.troubles, []);
				for (const player of [first, ...others]) player.stop();
				scene.until(
					"the relay has left the camera",
					20,
					() => scene.rtsp.requests.at(-1)?.startsWith("TEARDOWN") === true,
				);
			});

	it("media by UDP come from the origin's own address", () => {
		const scene = new TransparentScene(9);
		const from = new Set<string>();
		scene.access.capture = (_at, { source, tcp, destination }) => {
			if (tcp === undefined && destination.startsWith("10.8.100.")) from.add(source);
		};
		const player = scene.play({ framing: "udp" });
		scene.until("it has pictures", 20, () => player.pictures > 5);
		assert.deepEqual([...from], [CAMERA]);
	});

	it("a player whose origin wants a login gets its challenge, logs in there, and is not shared", () => {
		const scene = new TransparentScene(10);
		scene.rtsp.answers.push("DESCRIBE 401 Unauthorized");
		const player = scene.play();
		scene.until("it was refused", 20, () => player.troubles.length > 0);
		assert.equal(scene.first.relay.monitor.viewers, 0);
	});

	it("the relay itself can't be reached by the transparent port (REP-11)", () => {
		const scene = new TransparentScene(11);
		const player = scene.addPlayer();
		const asked = dial(player.network, scene.first.inside, 8599);
		scene.until("it is refused", 10, () => asked.why !== undefined);
		assert.equal(asked.why, "reset");
	});

	it("an origin that can't be reached ends the viewer, and the log says why", () => {
		const scene = new TransparentScene(12);
		scene.camera.machine.nics[0].link.up = false;
		const viewer = scene.see();
		scene.until("the viewer has an end", 60, () => viewer.over !== undefined);
		assert.match(scene.first.log, /198\.20\.0\.10:80 can't be reached for a viewer/);
	});

	for (const [title, seconds, relayed] of [
		["a ticket of the origin is checked at the relay, and its viewer is known, by HTTP and RTSP", 3600, true],
		["a ticket that has ended passes to the origin, which decides", -3600, false],
	] as const)
		it(`${title} (REP-12)`, () => {
			const origin = sceneOrigin("home", "");
			const terms = { needsLogin: true, origin: "home", content: "91f3" };
			const contents = [
				openContent("garage", `http://${CAMERA}/live`, terms),
				openContent("garage", `rtsp://${CAMERA}/live`, terms),
			];
			const scene = new TransparentScene(13, { table: { origins: [origin], contents } });
			const until = (scene.first.machine.clock.utc() ?? 0) / 1000 + seconds;
			const id = "0123456789abcdef";
			const link = issueRelayTicket(new RelaySigner(origin.key, "tickets"), {
				id,
				viewer: "anna",
				content: "91f3",
				until,
			});
			const viewer = scene.see(`/live?link=${link}`);
			const player = scene.play({}, `rtsp://${CAMERA}/live?link=${link}`);
			scene.until("both have pictures", 20, () => viewer.pictures > 2 && player.pictures > 2);
			const [part] = scene.first.relay.parts as unknown as readonly {
				readonly state: { readonly viewers: readonly { readonly viewer: string; readonly ticket?: string }[] };
			}[];
			assert.deepEqual(
				part.state.viewers.map((one) => one.viewer),
				relayed ? ["anna", "anna"] : [],
			);
			// The origin gets tickets from those alone whom the relay does not serve.
			const shown = [...scene.camera.requests, ...scene.rtsp.requests].filter((request) => request.includes("link="));
			assert.equal(shown.length > 0, !relayed);
		});

	it("a request that has passed this relay before is refused, without asking anybody (REP-11)", () => {
		const scene = new TransparentScene(14);
		const viewer = scene.see("/live", `Porthole-Hops: ${scene.first.relay.services.hop}\r\n`);
		scene.until("it is refused", 10, () => viewer.status === 508);
		assert.equal(scene.camera.requests.length, 0);
		assert.equal(scene.first.cable.connections, 0);
	});

	it("viewers keep their sessions while the origin is gone, and see it again (REP-10)", () => {
		const scene = new TransparentScene(15);
		const [viewer, player] = [scene.see(), scene.play()];
		scene.until("both have pictures", 20, () => viewer.pictures > 2 && player.pictures > 2);
		scene.camera.machine.nics[0].link.up = false;
		scene.run(20);
		const before = [viewer.pictures, player.pictures];
		scene.camera.machine.nics[0].link.up = true;
		scene.until("both have more", 40, () => viewer.pictures > before[0] + 2 && player.pictures > before[1] + 2);
		assert.equal(viewer.over, undefined);
	});

	it("one address can't take all places, and what is beyond a limit is refused", () => {
		const settings = { "transparent-connections": "5", "transparent-connections-per-address": "3" };
		const scene = new TransparentScene(16, { settings });
		const [greedy, other] = [scene.addPlayer(), scene.addPlayer()];
		const many = Array.from({ length: 6 }, () => dial(greedy.network, CAMERA, 80));
		scene.run(1);
		assert.equal(many.filter(({ why }) => why === "reset").length, 3);
		const viewer = scene.see("/live", "", other);
		scene.until("the other one has pictures", 10, () => viewer.pictures > 1);
		for (const one of many) one.stream.abort();
		scene.run(5);
		const [taken] = scene.first.relay.parts.flatMap((one) => one.status?.()["transparent"] ?? []) as { open: number }[];
		assert.equal(taken.open, 1);
	});

	it("the table's terms for a server hold for viewers who know nothing of the relay: origin and tariff (REP-6, REP-13)", () => {
		const tariff = { unit: "second", price: 5, per: 1, currency: "EUR" } as const;
		const rule = { host: { address: "198.20.0.0", prefix: 24 }, port: 0, protocol: undefined };
		const allowed = [{ ...rule, origin: "home", needsLogin: true, tariff }];
		const scene = new TransparentScene(17, { table: { origins: [sceneOrigin("home", "")], allowed } });
		const [viewer, player] = [scene.see(), scene.play()];
		scene.until("both have pictures", 20, () => viewer.pictures > 2 && player.pictures > 2);
		for (const { content } of scene.first.relay.monitor.list()) {
			assert.deepEqual([content.origin, content.tariff], ["home", tariff]);
			// The origin itself asks for no login.
			assert.equal(content.needsLogin, false);
		}
	});

	it("shares its session with viewers of the explicit mode who name the same URL (REP-3)", () => {
		const rule = { host: CAMERA, port: 0, protocol: undefined, origin: "", needsLogin: false, tariff: undefined };
		const allowed = [{ ...rule, host: { address: CAMERA, prefix: 32 } }];
		const scene = new TransparentScene(18, { table: { allowed } });
		const viewer = scene.see();
		scene.until("the first has pictures", 20, () => viewer.pictures > 2);
		const other = scene.watch(`/origin/${CAMERA}:80/live`);
		scene.until("the other has pictures", 20, () => other.pictures > 2);
		assert.equal(scene.first.relay.monitor.list().length, 1);
		assert.equal(scene.camera.requests.length, 2);
	});
});
