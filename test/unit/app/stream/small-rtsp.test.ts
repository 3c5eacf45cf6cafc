import assert from "node:assert/strict";
import { SMALL_RTSP_DEFAULTS, SMALL_RTSP_SERVER } from "../../../../src/app/stream/small-rtsp";
import { HomePlayer } from "../../../support/home-player";
import { toyFrame } from "../../../support/toy-jpeg";
import { VirtualHome } from "../../../support/virtual-home";

describe("app/stream/small-rtsp", () => {
	const URL = "rtsp://192.168.0.11:8554/live";
	const TCP = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1";
	const home = new VirtualHome(4);
	let sequence = 0;

	/** Gives a picture; the source of the home gives none that RTP can carry. */
	const give = (): void => {
		const { camera, machine } = home.cameras[0];
		camera.video.hub.push(camera.now, toyFrame(++sequence, machine.clock.now()));
		home.world.runFor(100);
	};

	const player = (): HomePlayer => new HomePlayer(home, home.neighbour, "192.168.0.11");

	const leave = (one: HomePlayer): void => {
		one.stream.abort();
		home.world.runFor(100);
	};

	const setUp = (one: HomePlayer): string => {
		const answer = one.ask("SETUP", `${URL}/trackID=0`, TCP);
		return /\r\nSession: ([0-9a-f]{32})/.exec(answer)?.[1] ?? answer;
	};

	before(() => {
		home.extras = [SMALL_RTSP_SERVER];
		home.add(SMALL_RTSP_DEFAULTS).still = true;
		home.world.runFor(1000);
	});

	it("sends the live pictures between the messages (STR-1)", () => {
		const one = player();
		const session = setUp(one);
		assert.match(one.ask("PLAY", URL, `Session: ${session}`), /^RTSP\/1\.0 200 OK/);
		one.text = "";
		give();
		assert.equal(one.text.slice(0, 2), "$\0");
		assert.ok(one.text.includes("\x01".repeat(3000)), "the whole picture");
		leave(one);
	});

	it("sends players that ask for UDP to TCP with 461, and opens no port for them", () => {
		const one = player();
		const answer = one.ask("SETUP", `${URL}/trackID=0`, "Transport: RTP/AVP;unicast;client_port=5000-5001");
		assert.match(answer, /^RTSP\/1\.0 461 .*RTP\/AVP\/TCP/);
		assert.match(setUp(one), /^[0-9a-f]{32}$/, "the next request of the same connection");
		leave(one);
	});

	it("has no other content", () => {
		const one = player();
		for (const name of ["h264", "files/garden.mjpeg"])
			assert.match(one.ask("DESCRIBE", `rtsp://192.168.0.11:8554/${name}`), /^RTSP\/1\.0 404/, name);
		leave(one);
	});

	it("serves two clients at a time from one address", () => {
		const first = player();
		assert.match(setUp(first), /^[0-9a-f]{32}$/);
		const second = player();
		assert.match(setUp(second), /^[0-9a-f]{32}$/);
		const third = player();
		assert.equal(third.ask("OPTIONS", URL), "");
		assert.ok(third.isOver);
		leave(first);
		leave(second);
		assert.equal(home.cameras[0].camera.video.hub.watching, 0);
	});

	it("tells the status without numbers of UDP", () => {
		const answer = home.get("http://192.168.0.11:8000/api/v1/status", home.neighbour);
		assert.match(answer, /"rtsp":\{"accepted":\d+,/);
		assert.doesNotMatch(answer, /"udp":\{"unreachable"/);
	});
});
