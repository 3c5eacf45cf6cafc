import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { mutate } from "../../../support/mutate";
import { RtspScene, statusOf, TCP, UDP, URL } from "../../../support/rtsp-scene";

const TRACK = `${URL}/trackID=0`;

describe("stream/rtsp-server: messages", () => {
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
});
