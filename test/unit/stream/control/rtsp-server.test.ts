import assert from "node:assert/strict";
import { HOLIDAY } from "../../../support/fake-stream-transport";
import { CLIENT, HOST, RtspScene, sessionOf, statusOf, TCP, UDP, URL } from "../../../support/rtsp-scene";

const TRACK = `${URL}/trackID=0`;
const STORED = `rtsp://${HOST}/files/holiday.mjpeg`;

describe("stream/rtsp-server", () => {
	describe("plays", () => {
		it("answers OPTIONS without a login, and nothing else (STR-1)", () => {
			const client = new RtspScene().client();
			assert.equal(
				client.bare("OPTIONS"),
				"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER\r\n\r\n",
			);
			assert.equal(statusOf(client.bare("OPTIONS", "*")), 200);
			for (const method of ["DESCRIBE", "SETUP", "PLAY", "PAUSE", "TEARDOWN", "GET_PARAMETER", "SET_PARAMETER"])
				assert.equal(statusOf(client.bare(method)), 401, method);
		});

		it("describes a live content by the address that the client used (STR-1, STR-19)", () => {
			const answer = new RtspScene().client().ask("DESCRIBE", `${URL}?fps=5`, "Accept: application/sdp");
			const [head, body] = answer.split("\r\n\r\n");
			assert.match(head, /^RTSP\/1\.0 200 OK\r\nCSeq: 1\r\nContent-Type: application\/sdp\r\n/);
			assert.match(head, /\r\nContent-Base: rtsp:\/\/203\.0\.113\.7:8554\/live\/\r\n/);
			assert.match(body, /\r\no=- \d+ \d+ IN IP4 203\.0\.113\.7\r\n/);
			assert.match(body, /\r\nc=IN IP4 0\.0\.0\.0\r\n/);
			assert.match(body, /\r\na=control:\*\r\nm=video 0 RTP\/AVP 26\r\na=rtpmap:26 JPEG\/90000\r\n/);
			assert.match(body, /\r\na=framerate:30\r\na=x-dimensions:640,480\r\na=control:trackID=0\r\n/);
			assert.doesNotMatch(answer, /192\.168|a=range/);
		});

		it("describes the range of a stored content, in npt and clock", () => {
			const answer = new RtspScene().client().ask("DESCRIBE", STORED);
			assert.match(
				answer,
				/\r\na=range:npt=0\.000-12\.500\r\na=range:clock=20260101T000000\.000Z-20260101T000012\.500Z\r\n/,
			);
		});

		it("sets up and plays by UDP, with the advertised ports and address (STR-1, STR-20)", () => {
			const scene = new RtspScene();
			scene.transport.source = "203.0.113.9";
			const client = scene.client();
			const answer = client.ask("SETUP", TRACK, UDP);
			const id = sessionOf(answer);
			assert.match(id, /^[0-9a-f]{32}$/);
			assert.match(answer, new RegExp(`\r\nSession: ${id};timeout=60\r\n`));
			const transport =
				'RTP/AVP;unicast;source=203.0.113.9;client_port=5000-5001;server_port=6000-6001;ssrc=ABCDEF01;mode="PLAY"';
			assert.match(answer, new RegExp(`\r\nTransport: ${transport}\r\n`));
			const request = scene.transport.streams.get(0);
			assert.deepEqual(request?.path, { framing: "udp", rtpPort: 5000, rtcpPort: 5001 });
			assert.equal(request?.client, CLIENT);
			assert.equal(request?.owner, true);
			const played = client.ask("PLAY", URL, `Session: ${id}`, "Range: npt=0.000-");
			assert.match(played, /^RTSP\/1\.0 200 OK\r\n/);
			assert.match(played, /\r\nRange: npt=now-\r\n/);
			assert.match(played, /\r\nRTP-Info: url=rtsp:\/\/203\.0\.113\.7:8554\/live\/trackID=0;seq=100;rtptime=9000\r\n/);
			assert.deepEqual(scene.log, [`${CLIENT} plays live by udp`]);
			assert.equal(statusOf(client.ask("PAUSE", URL, `Session: ${id}`)), 200);
			assert.equal(statusOf(client.ask("PLAY", URL, `Session: ${id}`)), 200);
			assert.equal(statusOf(client.ask("TEARDOWN", URL, `Session: ${id}`)), 200);
			assert.deepEqual(scene.transport.calls.slice(-4), ["play 0", "pause 0", "play 0", "teardown 0"]);
			assert.equal(scene.server.sessions.size, 0);
		});

		it("sets up between the messages, on the channels 0 and 1 whatever the client asks for", () => {
			const scene = new RtspScene();
			const client = scene.client();
			const answer = client.ask("SETUP", `${TRACK}?fps=5`, "Transport: RTP/AVP/TCP;interleaved=4-5");
			assert.match(answer, /\r\nTransport: RTP\/AVP\/TCP;unicast;interleaved=0-1;ssrc=ABCDEF01;mode="PLAY"\r\n/);
			const request = scene.transport.streams.get(0);
			assert.deepEqual(request?.path, { framing: "tcp", out: client.stream, channel: 0 });
			assert.equal(request?.rate, 5);
		});

		const urls: readonly (readonly [string, string])[] = [
			[`rtsp://${HOST}/`, `rtsp://${HOST}/trackID=0`],
			[`rtsp://${HOST}`, `rtsp://${HOST}/live/trackID=0`],
			[URL, URL],
			[`${URL}/`, `${URL}/trackID=0/`.slice(0, -1)],
			[`${URL}?fps=5`, `${URL}?fps=5/trackID=0`],
			["/live", "/live/trackID=0"],
			["rtsp://[2001:db8::1]:8554/live", "rtsp://[2001:db8::1]:8554/live/trackID=0"],
		];
		for (const [content, track] of urls) {
			it(`knows ${content} and ${track}`, () => {
				const scene = new RtspScene();
				const client = scene.client();
				assert.equal(statusOf(client.ask("DESCRIBE", content)), 200);
				const id = sessionOf(client.ask("SETUP", track, TCP));
				assert.equal(statusOf(client.ask("PLAY", content, `Session: ${id}`)), 200);
				assert.deepEqual(scene.transport.calls, ["describe live", "setup live tcp", "play 0"]);
			});
		}

		it("takes the first alternative that it supports", () => {
			const scene = new RtspScene();
			const list = [
				"RTP/SAVP;unicast;client_port=5000-5001",
				"RTP/AVP;multicast;port=5000-5001",
				"RTP/AVP;unicast;client_port=5000-5001;mode=RECORD",
				'RTP/AVP;unicast;client_port=5002-5003;mode="PLAY"',
			];
			scene.client().ask("SETUP", TRACK, `Transport: ${list.join(",")}`);
			assert.deepEqual(scene.transport.streams.get(0)?.path, { framing: "udp", rtpPort: 5002, rtcpPort: 5003 });
		});

		it("sets up again with another transport before it plays, under the same identifier", () => {
			const scene = new RtspScene();
			const client = scene.client();
			const id = client.setup(TCP);
			const answer = client.ask("SETUP", TRACK, TCP, `Session: ${id}`);
			assert.equal(sessionOf(answer), id);
			assert.deepEqual(scene.transport.calls, ["setup live tcp", "teardown 0", "setup live tcp"]);
			assert.equal(statusOf(client.ask("PLAY", URL, `Session: ${id}`)), 200);
			assert.equal(scene.server.sessions.size, 1);
		});
	});

	describe("ranges", () => {
		const play = (...fields: string[]) => {
			const scene = new RtspScene();
			const client = scene.client();
			const id = client.setup(TCP, `${STORED}/trackID=0`);
			const answer = client.ask("PLAY", STORED, `Session: ${id}`, ...fields);
			return { answer, range: scene.transport.ranges[0] };
		};

		it("plays a part of a stored content, at a scale and speed", () => {
			const { answer, range } = play("Range: npt=2-5.5", "Scale: 2", "Speed: 1.5");
			assert.deepEqual(range, { from: 2, to: 5.5, scale: 2, speed: 1.5 });
			assert.match(answer, /\r\nRange: npt=2\.000-5\.500\r\nScale: 2\r\nSpeed: 1\.5\r\n/);
		});

		it("plays by absolute time", () => {
			const { answer, range } = play("Range: clock=20260101T000001.5Z-");
			assert.deepEqual(range, { from: 1.5, to: undefined, scale: 1, speed: 1 });
			assert.match(answer, /\r\nRange: clock=20260101T000001\.500Z-20260101T000012\.500Z\r\n/);
		});

		it("plays backwards", () => {
			assert.deepEqual(play("Range: npt=9-2", "Scale: -1").range, { from: 9, to: 2, scale: -1, speed: 1 });
		});

		it("plays on without a range", () => assert.equal(play().range, undefined));

		const refused: readonly (readonly [string, number])[] = [
			["Range: npt=20-", 457],
			["Range: npt=5-2", 457],
			["Range: clock=20251231T235959Z-", 457],
			["Range: npt=x-", 400],
			["Range: smpte=00:00:01-", 501],
			["Range: npt=0-;time=20260101T000000Z", 501],
			["Scale: 0", 400],
			["Speed: -1", 400],
		];
		for (const [field, status] of refused) {
			it(`answers ${status} to ${field}`, () => assert.equal(statusOf(play(field).answer), status));
		}

		it("refuses absolute times for live contents with 457, and answers other ranges with that of now", () => {
			const client = new RtspScene().client();
			const id = client.setup(TCP);
			assert.equal(statusOf(client.ask("PLAY", URL, `Session: ${id}`, "Range: clock=20260101T000001Z-")), 457);
			const answer = client.ask("PLAY", URL, `Session: ${id}`, "Range: npt=10-", "Scale: 4");
			assert.match(answer, /\r\nRange: npt=now-\r\nScale: 1\r\n/);
		});
	});

	describe("refuses", () => {
		const setups: readonly (readonly [string, string, number])[] = [
			["no transport", "X: y", 400],
			["a malformed transport", "Transport: RTP/AVP;client_port=x", 400],
			["multicast", "Transport: RTP/AVP;multicast;port=5000-5001", 461],
			["an unknown profile", "Transport: RTP/SAVP;unicast;client_port=5000-5001", 461],
			["UDP without ports", "Transport: RTP/AVP;unicast", 461],
			["ports of services", "Transport: RTP/AVP;unicast;client_port=53-54", 461],
			["recording", 'Transport: RTP/AVP/TCP;interleaved=0-1;mode="RECORD"', 461],
			["another destination (STR-20)", "Transport: RTP/AVP;unicast;client_port=5000-5001;destination=192.0.2.1", 463],
			[
				"a client behind its own router that says so (STR-22)",
				"Transport: RTP/AVP;client_port=5000-5001;destination=192.168.0.7",
				461,
			],
			["a name as destination (STR-20)", "Transport: RTP/AVP;client_port=5000-5001;destination=victim.example", 463],
		];
		for (const [what, field, status] of setups) {
			it(`answers ${status} to SETUP with ${what}`, () => {
				const scene = new RtspScene();
				assert.equal(statusOf(scene.client().ask("SETUP", TRACK, field)), status);
				assert.deepEqual(scene.transport.calls, []);
				assert.equal(scene.server.sessions.size, 0);
			});
		}

		it("accepts the client's own address as destination", () => {
			const field = `Transport: RTP/AVP;unicast;client_port=5000-5001;destination=${CLIENT}`;
			assert.equal(statusOf(new RtspScene().client().ask("SETUP", TRACK, field)), 200);
		});

		it("refuses UDP on an encrypted connection, as media would not be encrypted", () => {
			const client = new RtspScene().client(CLIENT, true);
			assert.equal(statusOf(client.ask("SETUP", TRACK, UDP)), 461);
			assert.equal(statusOf(client.ask("SETUP", TRACK, TCP)), 200);
		});

		it("answers unknown contents with 404, and what the distribution refuses with its sentence (STR-3)", () => {
			const scene = new RtspScene();
			const client = scene.client();
			const none = `rtsp://${HOST}/none`;
			assert.match(client.ask("DESCRIBE", none), /^RTSP\/1\.0 404 Not Found: there is no such content\r\n/);
			assert.equal(statusOf(client.ask("SETUP", none, TCP)), 404);
			assert.equal(statusOf(client.ask("SETUP", `${URL}/trackID=1`, TCP)), 404);
			assert.equal(scene.server.sessions.size, 0);
		});

		it("answers unknown sessions, and those of other addresses, with 454 (STR-3)", () => {
			const scene = new RtspScene();
			const client = scene.client();
			const id = client.setup(UDP);
			const other = scene.client("198.51.100.10");
			for (const method of ["PLAY", "PAUSE", "TEARDOWN", "GET_PARAMETER", "SETUP", "OPTIONS"]) {
				assert.equal(statusOf(client.ask(method, URL, UDP, `Session: ${"0".repeat(32)}`)), 454, method);
				assert.equal(statusOf(other.ask(method, URL, UDP, `Session: ${id}`)), 454, `${method} of another`);
			}
			for (const method of ["PLAY", "PAUSE", "TEARDOWN"]) assert.equal(statusOf(client.ask(method, URL)), 454, method);
			assert.equal(scene.server.sessions.size, 1);
		});

		it("answers methods in the wrong state with 455", () => {
			const client = new RtspScene().client();
			const id = client.setup(TCP);
			assert.equal(statusOf(client.ask("PAUSE", URL, `Session: ${id}`)), 455);
			client.ask("PLAY", URL, `Session: ${id}`);
			assert.equal(statusOf(client.ask("SETUP", TRACK, TCP, `Session: ${id}`)), 455);
		});

		it("answers a second content in a session with 459, and PLAY of another content with 404", () => {
			const client = new RtspScene().client();
			const id = client.setup(TCP);
			assert.equal(statusOf(client.ask("SETUP", STORED, TCP, `Session: ${id}`)), 459);
			assert.equal(statusOf(client.ask("PLAY", STORED, `Session: ${id}`)), 404);
			assert.equal(statusOf(client.ask("DESCRIBE", TRACK)), 459);
		});

		it("answers a second stream on one connection with 461", () => {
			const client = new RtspScene().client();
			client.setup(TCP);
			assert.equal(statusOf(client.ask("SETUP", STORED, TCP)), 461);
		});

		it("answers unsupported options with 551 and their names", () => {
			const client = new RtspScene().client();
			const answer = client.bare("OPTIONS", "*", "Require: play.basic, x", "Proxy-Require: y");
			assert.match(answer, /^RTSP\/1\.0 551 Option Not Supported\r\nCSeq: 1\r\nUnsupported: play\.basic, x, y\r\n/);
			assert.equal(statusOf(client.ask("DESCRIBE", URL, "Require: a b")), 400);
		});

		it("answers other methods with 501, and * with 405", () => {
			const client = new RtspScene().client();
			for (const method of ["ANNOUNCE", "RECORD", "REDIRECT", "PLAY_NOTIFY", "constructor", "options"])
				assert.match(client.bare(method), /^RTSP\/1\.0 501 Not Implemented\r\nCSeq: \d+\r\nPublic: OPTIONS/);
			for (const method of ["DESCRIBE", "SETUP", "PLAY"])
				assert.match(client.ask(method, "*"), /^RTSP\/1\.0 405 .*\r\n.*\r\nAllow: /);
		});

		it("answers parameters with 451, other bodies with 415, and none with 200", () => {
			const client = new RtspScene().client();
			assert.equal(statusOf(client.ask("GET_PARAMETER")), 200);
			const ask = (method: string, type: string) => {
				const text = client.authorized(method, URL, `Content-Type: ${type}`, "Content-Length: 20");
				return client.send(`${text}jitter\r\nvolume: 10%\r\n`);
			};
			assert.match(ask("GET_PARAMETER", "text/parameters"), /^RTSP\/1\.0 451 [\s\S]*\r\n\r\njitter\r\nvolume\r\n/);
			client.send("\n");
			assert.equal(statusOf(ask("SET_PARAMETER", "application/json")), 415);
		});

		it("answers a description in another format with 406", () => {
			const client = new RtspScene().client();
			assert.equal(statusOf(client.ask("DESCRIBE", URL, "Accept: application/rtsl")), 406);
			assert.equal(statusOf(client.ask("DESCRIBE", URL, "Accept: application/rtsl, application/sdp;q=0.5")), 200);
		});

		for (const target of ["rtsp://h/../etc", "http://h/live", "live", `rtsp://${HOST}/live?fps=x`, "rtsp://h:0/live"]) {
			it(`answers 400 to DESCRIBE ${target}`, () => {
				assert.equal(statusOf(new RtspScene().client().ask("DESCRIBE", target)), 400);
			});
		}
	});

	it("describes a content without any address when the client has named none (STR-19)", () => {
		const answer = new RtspScene().client().ask("DESCRIBE", "/files/holiday.mjpeg");
		assert.match(answer, /\r\no=- \d+ \d+ IN IP4 0\.0\.0\.0\r\n/);
		assert.doesNotMatch(answer, /Content-Base/);
		assert.match(answer, new RegExp(`\r\ns=${HOLIDAY.title}\r\n`));
	});
});
