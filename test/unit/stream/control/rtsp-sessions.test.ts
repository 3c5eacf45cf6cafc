import assert from "node:assert/strict";
import { CLIENT, HOST, RtspScene, sessionOf, statusOf, TCP, UDP, URL } from "../../../support/rtsp-scene";

const TRACK = `${URL}/trackID=0`;
const STORED = `rtsp://${HOST}/files/holiday.mjpeg`;

describe("stream/rtsp-server: sessions and connections", () => {
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
});
