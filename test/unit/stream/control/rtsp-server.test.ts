import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { HOLIDAY } from "../../../support/fake-stream-transport";
import { mutate } from "../../../support/mutate";
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

	describe("messages", () => {
		it("answers what it can't read, and ends the connection", () => {
			const cases: readonly (readonly [string, string])[] = [
				["DESCRIBE rtsp://h/ RTSP/2.0\r\nCSeq: 1\r\n\r\n", "RTSP/1.0 505 "],
				["DESCRIBE rtsp://h/ RTSP/1.0\r\n\r\n", "RTSP/1.0 400 "],
				["nonsense\r\n\r\n", "RTSP/1.0 400 "],
				[`DESCRIBE rtsp://h/${"a".repeat(3000)} RTSP/1.0\r\nCSeq: 1\r\n\r\n`, "RTSP/1.0 414 "],
				[`OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nX: ${"a".repeat(9000)}\r\n\r\n`, "RTSP/1.0 413 "],
				["SET_PARAMETER * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 5000\r\n\r\n", "RTSP/1.0 413 "],
				["GET / HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.0 400 "],
				["POST /x HTTP/1.0\r\n\r\n", "HTTP/1.0 400 "],
			];
			for (const [text, start] of cases) {
				const scene = new RtspScene();
				const client = scene.client();
				const answer = client.send(text);
				assert.ok(answer.startsWith(start), `${text.slice(0, 40)} → ${answer}`);
				assert.ok(client.stream.ended);
				assert.equal(scene.server.counters.malformed, 1);
				scene.pass(20, client);
				assert.equal(scene.server.connections, 0);
			}
		});

		it("ends a TLS handshake at once, as the client could not read an answer", () => {
			const scene = new RtspScene();
			const client = scene.client();
			assert.equal(client.send(Uint8Array.of(0x16, 3, 1, 2, 0)), "");
			assert.equal(scene.server.connections, 0);
			assert.equal(scene.server.counters.malformed, 1);
		});

		it("answers the same however the stream is cut", () => {
			const scene = new RtspScene();
			const client = scene.client();
			const text = client.authorized("DESCRIBE");
			let answer = "";
			for (const character of text) answer += client.send(character);
			assert.equal(statusOf(answer), 200);
		});

		it("answers pipelined requests in their order, although the distribution answers later", () => {
			const scene = new RtspScene();
			const client = scene.client();
			scene.transport.holds = true;
			const both = client.authorized("DESCRIBE") + client.authorized("OPTIONS", "*");
			assert.equal(client.send(both), "");
			assert.equal(client.stream.isReading, false);
			assert.equal(client.send(client.authorized("GET_PARAMETER")), "");
			scene.transport.release();
			const numbers = [...client.stream.text().matchAll(/\r\nCSeq: (\d+)/g)].map(([, number]) => number);
			assert.deepEqual(numbers, ["1", "2", "3"]);
			assert.equal(client.stream.isReading, true);
		});

		it("answers eight pipelined requests in a turn, and the others in the next ones", () => {
			const client = new RtspScene().client();
			client.ask("GET_PARAMETER");
			const answers = client.send(client.text("OPTIONS", "*", []).repeat(30));
			assert.equal([...answers.matchAll(/200 OK/g)].length, 8);
			let rest = "";
			while (client.connection.deadline <= 1000) {
				client.connection.expire(1000, client.stream);
				rest += client.stream.text();
			}
			assert.equal([...rest.matchAll(/200 OK/g)].length, 22);
		});

		it("answers one request of a stranger in a turn, as many of them may send much ahead", () => {
			const client = new RtspScene().client();
			const answers = client.send(client.text("OPTIONS", "*", []).repeat(30));
			assert.equal([...answers.matchAll(/200 OK/g)].length, 1);
			assert.equal(client.stream.isReading, false);
			assert.equal(client.stream.turns(1000, client.connection), 29);
			assert.equal([...client.stream.text().matchAll(/200 OK/g)].length, 29);
			assert.equal(client.stream.isReading, true);
		});

		it("drops a stranger that sends frames, and takes eight of a player's in a turn", () => {
			const scene = new RtspScene();
			const stranger = scene.client();
			stranger.send(new Uint8Array([36, 0, 0, 0]));
			assert.ok(stranger.stream.aborted);
			assert.equal(scene.server.connections, 0);
			const player = scene.client();
			player.play();
			player.send(new Uint8Array(4 * 30).map((_, i) => (i % 4 === 0 ? 36 : i % 4 === 1 ? 1 : 0)));
			assert.equal(scene.transport.calls.filter((call) => call.startsWith("interleaved")).length, 8);
			player.stream.turns(scene.now, player.connection);
			assert.equal(scene.transport.calls.filter((call) => call.startsWith("interleaved")).length, 30);
			assert.ok(!player.stream.aborted);
		});

		it("drops a client that ends its side and does not take the answers", () => {
			const scene = new RtspScene();
			const client = scene.client();
			client.bare("OPTIONS", "*");
			client.stream.queued = 5000;
			client.connection.ended(scene.now, "closed");
			assert.ok(client.stream.ended);
			assert.equal(scene.server.connections, 1);
			scene.pass(10, client);
			assert.ok(client.stream.aborted);
			assert.equal(scene.server.connections, 0);
			// A viewer's pictures are of no use any more.
			const viewer = scene.client();
			viewer.play();
			viewer.stream.queued = 50_000;
			viewer.connection.ended(scene.now, "closed");
			assert.ok(viewer.stream.aborted);
			assert.equal(scene.server.sessions.size, 0);
		});

		it("refuses more empty lines than a slip explains, as each octet is looked at", () => {
			const client = new RtspScene().client();
			assert.equal(client.send("\r\n".repeat(1000)), "");
			assert.equal(statusOf(client.bare("OPTIONS")), 200);
			assert.equal(statusOf(client.send("\r\n".repeat(1100))), 400);
			assert.ok(client.stream.ended);
		});

		it("drops a client that sends too much ahead", () => {
			const scene = new RtspScene();
			const client = scene.client();
			scene.transport.holds = true;
			client.ask("DESCRIBE");
			client.send("x".repeat(65_537));
			assert.ok(client.stream.aborted);
			assert.equal(scene.server.connections, 0);
			scene.transport.release();
			assert.equal(client.stream.text(), "");
		});

		it("answers 503 when the distribution takes too long, and ends what is set up later", () => {
			const scene = new RtspScene();
			const client = scene.client();
			scene.transport.holds = true;
			client.ask("SETUP", TRACK, UDP);
			scene.pass(15, client);
			assert.match(client.stream.text(), /^RTSP\/1\.0 503 [\s\S]*\r\nRetry-After: 5\r\n/);
			scene.transport.release();
			assert.deepEqual(scene.transport.calls, ["setup live udp", "teardown 0"]);
			assert.equal(scene.server.sessions.size, 0);
		});

		it("ends what is set up for a client that has left meanwhile", () => {
			for (const transport of [UDP, TCP]) {
				const scene = new RtspScene();
				const client = scene.client();
				scene.transport.holds = true;
				client.ask("SETUP", TRACK, transport);
				client.connection.ended(scene.now, "reset");
				scene.transport.release();
				assert.equal(scene.transport.streams.size, 0, transport);
				assert.equal(scene.server.sessions.size, 0);
			}
		});
	});

	describe("interleaved", () => {
		const frame = (channel: number, text: string) =>
			`$${String.fromCharCode(channel, text.length >> 8, text.length & 255)}${text}`;

		it("passes on reports between messages, however they are cut", () => {
			const scene = new RtspScene();
			const client = scene.client();
			const id = client.play();
			const text =
				frame(1, "report") + client.authorized("GET_PARAMETER", URL, `Session: ${id}`) + frame(0, "rtp") + frame(1, "");
			for (const size of [1, 3, 1000]) {
				scene.transport.calls.length = 0;
				let answer = "";
				for (let at = 0; at < text.length; at += size) answer += client.send(text.slice(at, at + size));
				assert.equal(statusOf(answer), size === 1 ? 200 : 401, "the nonce has been used");
				assert.deepEqual(scene.transport.calls, [
					"interleaved 0 RTCP report",
					"interleaved 0 RTP rtp",
					"interleaved 0 RTCP ",
				]);
			}
		});

		it("skips frames on other channels, without a session, and of any length", () => {
			const scene = new RtspScene();
			const guest = scene.client();
			guest.ask("GET_PARAMETER");
			assert.equal(statusOf(guest.send(`${frame(1, "x")}OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n`)), 200);
			const client = scene.client();
			client.play();
			scene.transport.calls.length = 0;
			client.send(frame(7, "x") + frame(1, "y".repeat(127)));
			client.send(new Uint8Array([36, 1, 255, 255]));
			client.send(new Uint8Array(65_535));
			assert.equal(statusOf(client.bare("OPTIONS", "*")), 200);
			assert.deepEqual(scene.transport.calls, ["interleaved 0 RTCP 127"]);
			assert.equal(scene.server.counters.malformed, 3);
		});

		it("writes a response whole, once there is room for it, and then offers the newest picture", () => {
			const scene = new RtspScene();
			const client = scene.client();
			const id = client.play();
			client.stream.leave(50);
			assert.equal(client.ask("GET_PARAMETER", URL, `Session: ${id}`), "");
			scene.transport.calls.length = 0;
			client.stream.take(8192, scene.now, client.connection);
			assert.equal(client.stream.text().split("\r\n").length, 5);
			assert.deepEqual(scene.transport.calls, ["room 0"]);
		});

		it("drops a client that takes no response for 30 s", () => {
			const scene = new RtspScene();
			const client = scene.client();
			client.stream.leave(10);
			client.bare("OPTIONS", "*");
			scene.pass(31, client);
			assert.ok(client.stream.aborted);
			assert.equal(scene.server.counters.timeouts, 1);
		});
	});

	describe("sessions", () => {
		it("end after 60 s without a sign of life, with their ports (STR-3)", () => {
			const scene = new RtspScene();
			const client = scene.client();
			client.play(UDP);
			scene.pass(59, client);
			assert.equal(scene.server.sessions.size, 1);
			scene.pass(2, client);
			assert.equal(scene.server.sessions.size, 0);
			assert.equal(scene.transport.streams.size, 0);
			assert.deepEqual(scene.log, [`${CLIENT} plays live by udp`, "live: no sign of life"]);
		});

		it("live on by any request of theirs, and by reports", () => {
			const scene = new RtspScene();
			const client = scene.client();
			const id = client.play(UDP);
			for (const method of ["OPTIONS", "GET_PARAMETER", "PLAY"]) {
				scene.pass(50, client);
				assert.equal(statusOf(client.ask(method, URL, `Session: ${id}`)), 200, method);
			}
			scene.pass(50, client);
			scene.transport.streams.get(0)?.listener.streamAlive(scene.now, 0);
			scene.pass(50, client);
			assert.equal(scene.server.sessions.size, 1);
		});

		it("by UDP outlive their connection and are found by another one of the same client", () => {
			const scene = new RtspScene();
			const client = scene.client();
			const id = client.play(UDP);
			client.connection.ended(scene.now, "reset");
			scene.pass(50);
			const again = scene.client();
			assert.equal(statusOf(again.ask("PAUSE", URL, `Session: ${id}`)), 200);
			scene.pass(50, again);
			assert.equal(statusOf(again.ask("TEARDOWN", URL, `Session: ${id}`)), 200);
			assert.equal(scene.transport.streams.size, 0);
		});

		it("by TCP end with their connection", () => {
			const scene = new RtspScene();
			const client = scene.client();
			client.play(TCP);
			client.connection.ended(scene.now, "closed");
			assert.ok(client.stream.ended);
			assert.deepEqual(scene.transport.calls.slice(-1), ["teardown 0"]);
			assert.equal(scene.server.connections, 0);
		});

		it("by TCP live as long as the client takes what it gets", () => {
			const scene = new RtspScene();
			const client = scene.client();
			client.play(TCP);
			scene.pass(600, client);
			assert.equal(scene.server.sessions.size, 1);
			client.stream.queued = 1;
			scene.pass(61, client);
			assert.equal(scene.server.sessions.size, 0);
			assert.ok(client.stream.aborted);
		});

		it("end with their stream, and the client learns it at its next request", () => {
			const scene = new RtspScene();
			const client = scene.client();
			const id = client.play(TCP);
			scene.transport.finish(scene.now, 0);
			assert.equal(scene.server.sessions.size, 0);
			assert.equal(statusOf(client.ask("GET_PARAMETER", URL, `Session: ${id}`)), 454);
			assert.deepEqual(scene.log.slice(-1), ["live: the content has ended"]);
		});

		it("leave their connection open for another one, for a minute", () => {
			const scene = new RtspScene();
			const client = scene.client();
			client.play(TCP, STORED);
			scene.pass(300, client);
			scene.transport.finish(scene.now, 0);
			scene.pass(59, client);
			assert.notEqual(client.setup(TCP), "");
			client.connection.ended(scene.now, "reset");
		});

		it("end when all logins end, with their connections", () => {
			const scene = new RtspScene();
			const clients = [scene.client(), scene.client()];
			clients[0].play(TCP);
			clients[1].play(UDP);
			scene.server.endAll(scene.now, "the passwords have changed");
			assert.deepEqual(
				clients.map(({ stream }) => stream.aborted),
				[true, true],
			);
			assert.equal(scene.server.sessions.size + scene.server.connections + scene.transport.streams.size, 0);
		});

		it("leave a quarter of an address's to the owner, whom a viewer may share it with", () => {
			const scene = new RtspScene({ connections: 20, connectionsPerAddress: 8 });
			const viewer = scene.client();
			viewer.user = "viewer";
			viewer.password = "only-looking";
			for (let i = 0; i < 6; i++) assert.equal(statusOf(viewer.ask("SETUP", TRACK, UDP)), 200);
			assert.equal(statusOf(viewer.ask("SETUP", TRACK, UDP)), 453);
			const owner = scene.client();
			for (let i = 0; i < 2; i++) assert.equal(statusOf(owner.ask("SETUP", TRACK, UDP)), 200);
			assert.equal(statusOf(owner.ask("SETUP", TRACK, UDP)), 453);
		});

		it("are limited for each address and in total, with 453", () => {
			const scene = new RtspScene({ connections: 6, connectionsPerAddress: 4 });
			const fill = (address: string, count: number) => {
				for (let i = 0; i < count; i++) {
					const client = scene.client(address);
					client.play(UDP);
					client.connection.ended(scene.now, "reset");
				}
			};
			fill(CLIENT, 4);
			assert.equal(statusOf(scene.client().ask("SETUP", TRACK, UDP)), 453);
			fill("198.51.100.10", 2);
			assert.equal(statusOf(scene.client("198.51.100.11").ask("SETUP", TRACK, UDP)), 453);
			scene.pass(61);
			assert.equal(statusOf(scene.client("198.51.100.12").ask("SETUP", TRACK, UDP)), 200);
		});
	});

	describe("access", () => {
		it("challenges strangers by Digest as RTSP players know it, MD5 last, never Basic", () => {
			const scene = new RtspScene();
			const answer = scene.client().bare("DESCRIBE");
			const challenges = [...answer.matchAll(/\r\nWWW-Authenticate: (.*)/g)].map(([, value]) => value);
			assert.deepEqual(
				challenges.map((text) => text.replace(/nonce="[^"]*"/, "nonce")),
				[
					'Digest realm="Porthole 0011223344556677", nonce, algorithm=SHA-256',
					'Digest realm="Porthole 0011223344556677", nonce, algorithm=MD5',
				],
			);
			assert.equal(scene.server.counters.strangers, 1);
		});

		it("knows viewers, and asks the distribution for no place of the owner's", () => {
			const scene = new RtspScene();
			const client = scene.client();
			client.user = "viewer";
			client.password = "only-looking";
			client.setup(UDP);
			assert.equal(scene.transport.streams.get(0)?.owner, false);
		});

		it("takes the token of a viewer link in the URL, for the whole connection", () => {
			const scene = new RtspScene();
			const link = scene.authenticator.issueLink(scene.now, 3600);
			const client = scene.client();
			const answer = client.bare("DESCRIBE", `${URL}?link=${link}`);
			assert.equal(statusOf(answer), 200);
			assert.doesNotMatch(answer, new RegExp(link));
			const set = client.bare("SETUP", TRACK, TCP);
			assert.equal(statusOf(set), 200);
			assert.equal(statusOf(client.bare("PLAY", URL, `Session: ${sessionOf(set)}`)), 200);
			assert.equal(statusOf(scene.client().bare("SETUP", TRACK, TCP)), 401);
			scene.now += 3600_001;
			assert.equal(statusOf(client.bare("GET_PARAMETER")), 401);
		});

		it("refuses forged tokens and Basic", () => {
			const client = new RtspScene().client();
			assert.equal(statusOf(client.bare("DESCRIBE", `${URL}?link=vu.abc.${"0".repeat(32)}`)), 401);
			const basic = Buffer.from("owner:open-sesame").toString("base64");
			assert.equal(statusOf(client.bare("DESCRIBE", URL, `Authorization: Basic ${basic}`)), 401);
		});

		it("checks no more passwords after too many wrong ones: 503 with Retry-After", () => {
			const client = new RtspScene().client();
			client.password = "wrong";
			const statuses = Array.from({ length: 12 }, () => statusOf(client.ask("DESCRIBE")));
			assert.equal(statuses[0], 401);
			assert.match(client.ask("DESCRIBE"), /^RTSP\/1\.0 503 [^\r]*wrong passwords[\s\S]*\r\nRetry-After: \d+\r\n/);
		});

		it("does not tell strangers which contents there are", () => {
			const client = new RtspScene().client();
			const [one, other] = [URL, `rtsp://${HOST}/none`].map((url) =>
				client
					.bare("DESCRIBE", url)
					.replace(/nonce="[^"]*"/g, "")
					.replace(/CSeq: \d/, ""),
			);
			assert.equal(one, other);
		});
	});

	describe("connections", () => {
		it("of strangers are dropped after 10 s, others after 60 s without a session", () => {
			const scene = new RtspScene();
			const [stranger, viewer] = [scene.client(), scene.client()];
			viewer.ask("DESCRIBE");
			scene.pass(11, stranger, viewer);
			assert.deepEqual([stranger.stream.aborted, viewer.stream.aborted], [true, false]);
			scene.pass(50, stranger, viewer);
			assert.equal(viewer.stream.aborted, true);
		});

		it("are dropped when a message takes longer than 10 s", () => {
			const scene = new RtspScene();
			const client = scene.client();
			const id = client.play(UDP);
			for (const character of `GET_PARAMETER ${URL} RTSP/1.0\r\nSession: ${id}`) {
				client.send(character);
				scene.pass(1, client);
			}
			assert.ok(client.stream.aborted);
		});

		it("of strangers make room for new ones, those of viewers do not", () => {
			const scene = new RtspScene({ connections: 4, connectionsPerAddress: 4 });
			const viewer = scene.client();
			viewer.play(TCP);
			const strangers = Array.from({ length: 5 }, (_, i) => scene.client(`198.51.100.${20 + i}`));
			assert.equal(viewer.stream.aborted, false);
			assert.equal(strangers.filter(({ stream }) => stream.aborted).length, 2);
			assert.equal(scene.server.counters.displaced, 2);
		});
	});

	it("survives altered conversations, answers nothing but responses, and keeps no stream of clients that have left", () => {
		const random = new Prng(21);
		const letters = '\r\n :;,=-/"$0123456789aRTSP\u0000\u00ff';
		let answered = 0;
		for (let i = 0; i < 400; i++) {
			const scene = new RtspScene({}, { openInLan: true, isNeighbour: () => true });
			const client = scene.client();
			scene.transport.holds = random.chance(0.2);
			const id = client.setup(random.chance(0.5) ? TCP : UDP);
			const texts = [
				client.text("DESCRIBE", URL, ["Accept: application/sdp"]),
				client.text("SETUP", TRACK, [TCP]),
				client.text("PLAY", URL, [`Session: ${id}`, "Range: npt=0-5", "Scale: 1"]),
				"$\u0001\u0000\u0004abcd",
				client.text("GET_PARAMETER", URL, [`Session: ${id}`], "position\r\n"),
				client.text("TEARDOWN", URL, [`Session: ${id}`]),
			];
			const text = texts.map((one) => (random.chance(0.5) ? mutate(random, one, letters) : one)).join("");
			let answers = "";
			for (let at = 0; at < text.length; ) {
				const end = at + 1 + random.below(300);
				if (!client.stream.ended && !client.stream.aborted)
					answers += client.send(Buffer.from(text.slice(at, end), "latin1"));
				if (random.chance(0.3)) scene.transport.release();
				at = end;
			}
			if (answers !== "") assert.match(answers, /^(RTSP|HTTP)\/1\.0 \d/);
			answered += answers.split("RTSP/1.0 200").length - 1;
			client.connection.ended(scene.now, "reset");
			scene.transport.holds = false;
			scene.transport.release();
			scene.pass(120);
			assert.equal(scene.transport.streams.size + scene.server.sessions.size + scene.server.connections, 0);
		}
		assert.ok(answered > 250, `${answered} requests succeeded`);
	});

	it("describes a content without any address when the client has named none (STR-19)", () => {
		const answer = new RtspScene().client().ask("DESCRIBE", "/files/holiday.mjpeg");
		assert.match(answer, /\r\no=- \d+ \d+ IN IP4 0\.0\.0\.0\r\n/);
		assert.doesNotMatch(answer, /Content-Base/);
		assert.match(answer, new RegExp(`\r\ns=${HOLIDAY.title}\r\n`));
	});
});
