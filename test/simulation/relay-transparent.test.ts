import assert from "node:assert/strict";
import { CAMERA } from "../support/relay-scene";
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

	it("what is no stream passes, in both directions and to its end, and other ports are routed", () => {
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

	it("nobody reaches the relay itself by the transparent port (REP-11)", () => {
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
});
