import assert from "node:assert/strict";
import type { ActiveSessions } from "../../src/relay/active-sessions";
import type { DeliveryCounters } from "../../src/relay/metering-record";
import { RawRtspClient } from "../support/raw-rtsp-client";
import {
	CAMERA,
	openContent,
	RELAY_RTSP,
	RelayScene,
	type RelaySceneOptions,
	type SceneRelay,
} from "../support/relay-scene";
import { PICTURE } from "../support/rtp-pictures";
import { VirtualRtspCamera } from "../support/virtual-rtsp-camera";
import { VirtualRtspViewer } from "../support/virtual-rtsp-viewer";

/** More by PORTHOLE_TEST_SEEDS. */
const SEEDS = Array.from({ length: Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "3") }, (_, i) => i + 1);
const FRAMINGS = ["tcp", "udp"] as const;
const TABLE = { contents: [openContent("garage", `rtsp://${CAMERA}/live`)] };

function sceneOf(seed: number, upstream: "tcp" | "udp", options: RelaySceneOptions = {}): RelayScene {
	const { settings = {} } = options;
	return new RelayScene(seed, { table: TABLE, ...options, settings: { "source-transport": upstream, ...settings } });
}

function watch(
	scene: RelayScene,
	framing: "tcp" | "udp",
	path = "/garage",
	relay: SceneRelay = scene.first,
): VirtualRtspViewer {
	return new VirtualRtspViewer(scene.addClient(), `rtsp://${relay.inside}:${RELAY_RTSP}${path}`, { framing });
}

function assertFine(viewers: readonly VirtualRtspViewer[], pictures: number): void {
	for (const { faults, failures, missing, sources, pictures: got } of viewers) {
		assert.deepEqual(faults, []);
		assert.deepEqual(failures, []);
		assert.equal(missing, 0);
		assert.equal(sources.size, 1);
		assert.ok(got >= pictures, `${got} pictures`);
	}
}

describe("simulation: RTSP by a relay", () => {
	for (const seed of SEEDS)
		for (const upstream of FRAMINGS)
			for (const encoding of ["JPEG", "H264"] as const)
				it(`REP-2, REP-3, REP-4, REP-7 one session upstream by ${upstream}, viewers by TCP and UDP (${encoding}, seed ${seed})`, () => {
					const scene = sceneOf(seed, upstream);
					scene.rtsp.encoding = encoding;
					const viewers = [watch(scene, "tcp"), watch(scene, "udp"), watch(scene, "tcp"), watch(scene, "udp")];
					scene.run(4);
					assertFine(viewers, 30);
					assert.equal(scene.rtsp.connections, 1);
					assert.deepEqual(
						scene.rtsp.requests.map((request) => request.split(" ")[0]),
						["OPTIONS", "DESCRIBE", "SETUP", "PLAY"],
					);
					// A later viewer costs the origin nothing, and has its first picture within one interval.
					const { asked, connections } = scene.first.cable;
					const at = scene.world.now;
					const late = [watch(scene, "tcp"), watch(scene, "udp")];
					scene.run(0.4);
					for (const { firstAt = Infinity } of late) assert.ok(firstAt - at < 200, `${firstAt - at} ms`);
					assert.equal(scene.first.cable.connections, connections);
					const reports = scene.first.cable.asked - asked;
					assert.ok(reports <= 2, `${reports}`);
					scene.run(2);
					assertFine(late, 15);
					for (const viewer of viewers) viewer.leave();
					scene.run(1);
					assertFine(late, 20);
					for (const viewer of late) viewer.leave();
					scene.run(8);
					assert.equal(scene.rtsp.requests.at(-1)?.split(" ")[0], "TEARDOWN");
					assert.equal(scene.rtsp.open.length, 0);
					assert.equal(scene.first.relay.monitor.viewers, 0);
				});

	it("takes one place for each viewer, however many have described the content and left before", () => {
		const scene = sceneOf(1, "tcp", { settings: { viewers: "3" } });
		const stays = watch(scene, "tcp");
		scene.run(2);
		for (let i = 0; i < 6; i++) {
			const viewer = watch(scene, i % 2 === 0 ? "tcp" : "udp");
			scene.run(2);
			assertFine([viewer], 5);
			viewer.leave();
			scene.run(1);
			assert.equal(scene.first.relay.monitor.viewers, 1);
		}
		assertFine([stays], 50);
	});

	for (const status of ["404", "453", "403", "401"])
		it(`REP-2 all viewers that wait get the origin's refusal ${status}, of one request`, () => {
			const scene = sceneOf(1, "tcp");
			scene.rtsp.answers.push(status);
			const viewers = FRAMINGS.flatMap((framing) => [watch(scene, framing), watch(scene, framing)]);
			scene.run(0.5);
			for (const { failures } of viewers) {
				const [failure] = failures;
				if (failure?.kind === "login") assert.equal(status, "401");
				else assert.equal(failure?.kind === "status" && `${failure.status}`, status);
			}
			assert.equal(scene.rtsp.connections, 1);
			assert.equal(scene.first.relay.monitor.viewers, 0);
		});

	it("REP-2 an origin that can't be reached is a bad gateway", () => {
		const table = { contents: [openContent("garage", "rtsp://198.20.0.10:9/live")] };
		const scene = sceneOf(1, "tcp", { table });
		const viewer = watch(scene, "tcp");
		scene.run(1);
		assert.deepEqual(viewer.failures[0], { kind: "status", method: "DESCRIBE", status: 502 });
	});

	for (const seed of SEEDS)
		for (const framing of FRAMINGS)
			it(`REP-10 viewers by ${framing} ride through a restart of the origin (seed ${seed})`, () => {
				const scene = sceneOf(seed, "tcp");
				scene.rtsp.encoding = seed === 2 ? "H264" : "JPEG";
				const viewer = watch(scene, framing);
				scene.run(3);
				const before = viewer.pictures;
				assert.ok(before > 20);
				for (const connection of scene.rtsp.open.slice()) connection.stream.abort();
				scene.run(8);
				assert.equal(scene.rtsp.connections, 2);
				assert.ok(viewer.pictures >= before + 40, `${viewer.pictures} after ${before}`);
				assert.deepEqual([viewer.faults, viewer.failures, viewer.sources.size], [[], [], 1]);
				assert.ok(viewer.longest > 800 && viewer.longest < 3000, `${viewer.longest} ms`);
				assert.ok(viewer.missing <= 1);
			});

	it("REP-10 viewers get an orderly end when the origin stays away", () => {
		const scene = sceneOf(1, "tcp", { settings: { "break-limit": "10" } });
		const viewers = FRAMINGS.map((framing) => watch(scene, framing));
		scene.run(3);
		scene.rtsp.machine.crash();
		scene.run(25);
		for (const { failures } of viewers) assert.ok(failures.length > 0);
		for (const viewer of viewers) viewer.leave();
		scene.run(40);
		assert.equal(scene.first.relay.monitor.viewers, 0);
		assert.match(scene.first.log, /the origin can't be reached/);
	});

	it("REP-1 a URL may contain that of the origin, of servers on the list only", () => {
		const allowed = [{ protocol: "rtsp", host: CAMERA, port: 554, origin: "", needsLogin: false, tariff: undefined }];
		const scene = sceneOf(1, "tcp", { table: { allowed: allowed as never } });
		const viewer = watch(scene, "udp", `/origin/${CAMERA}/cam/realmonitor?channel=1&subtype=0`);
		const other = watch(scene, "tcp", "/origin/198.20.0.77/live");
		scene.run(3);
		assertFine([viewer], 15);
		assert.equal(scene.rtsp.requests[1], `DESCRIBE rtsp://${CAMERA}/cam/realmonitor?channel=1&subtype=0`);
		assert.notEqual(other.failures.length, 0);
		assert.equal(other.packets, 0);
	});

	it("REP-1 viewers may call the relay by a name that it does not know", () => {
		const scene = sceneOf(1, "tcp");
		scene.world.names.set("relay.example", { a: [scene.first.inside] });
		const viewer = new VirtualRtspViewer(scene.addClient(), `rtsp://relay.example:${RELAY_RTSP}/garage`);
		scene.run(3);
		assertFine([viewer], 15);
	});

	it("REP-1 a proxy request names the origin", () => {
		const allowed = [{ protocol: "rtsp", host: CAMERA, port: 554, origin: "", needsLogin: false, tariff: undefined }];
		const scene = sceneOf(1, "tcp", { table: { allowed: allowed as never } });
		const player = new RawRtspClient(scene.world, scene.addClient(), scene.first.inside, RELAY_RTSP);
		const url = `rtsp://${CAMERA}/cam?channel=2`;
		assert.match(player.ask("OPTIONS", url), /^RTSP\/1.0 200/);
		const described = player.ask("DESCRIBE", url);
		assert.match(described, /^RTSP\/1.0 200/);
		assert.match(described, /\r\nContent-Base: rtsp:\/\/198\.20\.0\.10\/cam\?channel=2\/\r\n/);
		assert.match(described, /\r\nPorthole-Hops: [0-9a-f]{16}\r\n/);
		const set = player.ask("SETUP", `${url}/trackID=0`, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1");
		assert.match(set, /^RTSP\/1.0 200/);
		const session = /Session: ([0-9a-f]+)/.exec(set)?.[1];
		assert.match(player.ask("PLAY", `${url}/`, `Session: ${session}`), /RTSP\/1.0 200/);
		scene.run(3);
		assert.ok(player.octets > 20 * 20_000, `${player.octets}`);
		assert.equal(scene.rtsp.connections, 1);
		const other = new RawRtspClient(scene.world, scene.addClient(), scene.first.inside, RELAY_RTSP);
		assert.match(other.ask("DESCRIBE", "rtsp://198.20.0.99/cam"), /^RTSP\/1.0 401/);
	});

	for (const seed of SEEDS)
		it(`REP-9 relays in a chain, by UDP and TCP in turn (seed ${seed})`, () => {
			const scene = sceneOf(seed, "tcp");
			const second = scene.addRelay(
				{ contents: [openContent("garage", `rtsp://${scene.first.outside}:${RELAY_RTSP}/garage`)] },
				{ "source-transport": "udp" },
			);
			const viewers = FRAMINGS.map((framing) => watch(scene, framing, "/garage", second));
			scene.run(5);
			assertFine(viewers, 35);
			assert.equal(scene.rtsp.connections, 1);
			const [content] = second.table.contents ?? [];
			assert.deepEqual(second.relay.monitor.hopsOf(content).length, 1);
		});

	it("REP-11 a loop of relays is refused", () => {
		const scene = sceneOf(1, "tcp", {
			table: { contents: [openContent("garage", `rtsp://198.20.1.2:${RELAY_RTSP}/garage`)] },
		});
		scene.addRelay({ contents: [openContent("garage", `rtsp://${scene.first.outside}:${RELAY_RTSP}/garage`)] });
		const viewer = watch(scene, "tcp");
		scene.run(3);
		assert.deepEqual(viewer.failures[0], { kind: "status", method: "DESCRIBE", status: 508 });
	});

	for (const seed of SEEDS)
		it(`REP-4 a slow viewer loses pictures of its own and delays no other viewer (seed ${seed})`, () => {
			const scene = sceneOf(seed, "tcp");
			const good = FRAMINGS.map((framing) => watch(scene, framing));
			const client = scene.addClient({ rate: 100_000, queue: 50_000 });
			const slow = new VirtualRtspViewer(client, `rtsp://${scene.first.inside}:${RELAY_RTSP}/garage`, {
				framing: "tcp",
			});
			scene.run(12);
			assertFine(good, 110);
			assert.deepEqual([slow.faults, slow.failures], [[], []]);
			assert.ok(slow.pictures > 5 && slow.pictures < 80, `${slow.pictures}`);
		});

	for (const seed of SEEDS)
		it(`REP-4, REP-5 a viewer over TCP that stops reading and one over UDP behind a slow link delay no other viewer, and are metered (seed ${seed})`, () => {
			const scene = sceneOf(seed, "tcp");
			scene.rtsp.encoding = seed === 2 ? "H264" : "JPEG";
			const machine = scene.addClient();
			const still = new RawRtspClient(scene.world, machine, scene.first.inside, RELAY_RTSP);
			const url = `rtsp://${scene.first.inside}:${RELAY_RTSP}/garage`;
			still.ask("DESCRIBE", url);
			const set = still.ask("SETUP", `${url}/trackID=0`, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1");
			still.ask("PLAY", `${url}/`, `Session: ${/Session: ([0-9a-f]+)/.exec(set)?.[1]}`);
			const link = seed === 2 ? { rate: 6000, queue: 4000 } : { rate: 100_000, queue: 50_000 };
			const slow = new VirtualRtspViewer(scene.addClient(link), url, { framing: "udp" });
			const good = FRAMINGS.map((framing) => watch(scene, framing));
			scene.run(2);
			still.read(false);
			const sessions = scene.first.relay.services.metering as ActiveSessions;
			const countersOf = (address: string): DeliveryCounters => {
				const session = sessions.list.find(({ viewer }) => viewer.address === address);
				assert.ok(session, address);
				return session.counters;
			};
			const [ofStill, ofSlow] = [countersOf("10.8.0.1"), countersOf("10.8.0.2")];
			scene.run(16);
			// The relay keeps the rest of one picture for it, and what the kernel has taken is the end of it.
			const { frames, total, payload } = ofStill;
			assert.ok(ofStill.drops > 20, `${ofStill.drops}`);
			assert.ok(payload - total < PICTURE.length, `${payload - total} octets wait`);
			scene.run(2);
			assert.deepEqual([ofStill.frames, ofStill.total], [frames, total]);
			assertFine(good, 195);
			// The one behind the slow link gets less by and by, so that more of it arrives.
			scene.run(40);
			assert.deepEqual(slow.failures, []);
			assert.ok(ofSlow.drops > 50, `${ofSlow.drops}`);
			assert.ok(slow.pictures > 20 && slow.pictures <= ofSlow.frames, `${slow.pictures} of ${ofSlow.frames}`);
			assert.ok(slow.packets + slow.missing <= ofSlow.packets, `${slow.packets} and ${slow.missing}`);
			assertFine(good, 590);
			// Who takes nothing for long is no viewer any more.
			assert.ok(still.isOver);
			assert.equal(scene.first.relay.monitor.viewers, 3);
			for (const viewer of [slow, ...good]) viewer.leave();
			scene.run(1);
			const { frames: sent, drops } = sessions.totals;
			assert.equal(drops, ofStill.drops + ofSlow.drops);
			// The last picture of H.264 is whole when the next one begins.
			const got = ofStill.frames + ofSlow.frames + good[0].pictures + good[1].pictures;
			assert.ok(sent - got >= 0 && sent - got <= (seed === 2 ? 2 : 0), `${sent} and ${got}`);
		});

	for (const seed of SEEDS)
		it(`REP-4 a viewer over UDP that loses packets loses its own (seed ${seed})`, () => {
			const scene = sceneOf(seed, "udp");
			scene.rtsp.encoding = seed === 2 ? "H264" : "JPEG";
			const good = FRAMINGS.map((framing) => watch(scene, framing));
			const client = scene.addClient({ loss: 0.02, jitter: 3, reordering: 0.05, duplication: 0.01 });
			const url = `rtsp://${scene.first.inside}:${RELAY_RTSP}/garage`;
			const poor = new VirtualRtspViewer(client, url, { framing: "udp" });
			scene.run(12);
			assertFine(good, 110);
			assert.deepEqual([poor.failures, poor.sources.size], [[], 1]);
			assert.ok(poor.pictures > 10 && poor.pictures < 118, `${poor.pictures}`);
			assert.ok(poor.missing > 0);
		});

	it("requires a login where the content needs one", () => {
		const table = { contents: [openContent("garage", `rtsp://${CAMERA}/live`, { needsLogin: true })] };
		const scene = sceneOf(1, "tcp", { table });
		const stranger = watch(scene, "tcp");
		scene.run(2);
		assert.equal(stranger.failures[0]?.kind, "login");
		assert.equal(scene.rtsp.connections, 0);
	});

	it("the origin may be a camera on another machine that redirects", () => {
		const scene = sceneOf(1, "tcp");
		const other = new VirtualRtspCamera(scene.addServer("other", "198.20.0.50"));
		scene.rtsp.answers.push("302 rtsp://198.20.0.50/elsewhere");
		const viewer = watch(scene, "tcp");
		scene.run(3);
		assertFine([viewer], 20);
		assert.equal(other.connections, 1);
	});
});
