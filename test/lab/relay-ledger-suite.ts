import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MeteringRecord } from "../../src/relay/metering-record";
import { relayKeyOf, relayKeyText } from "../../src/relay/relay-key";
import { PASSWORD } from "../support/digest";
import { isLatePause } from "../support/late-pause";
import { pause, until } from "../support/until";
import { type CameraKind, type LabProcess, OWNER } from "./lab";
import { ORIGIN, RATE, RELAY, RELAY_OUTSIDE, type RelayLab, type RelayPlace, relayLabFor } from "./relay-lab";
import { curlHttp, ffmpegHttp, ffmpegRtsp, gstRtsp } from "./relay-players";
import { relayNeeds } from "./relay-suite";

const FLEET_KEY = "only-the-cameras-of-this-house";
const LOGIN = `owner:${PASSWORD}@${ORIGIN}`;
const HTTP = `http://${RELAY}:8080`;
const RTSP = `rtsp://${RELAY}:8554`;
const PATIENCE = 5000;
/** Octets of the medium that fills up. */
const SMALL_DISK = 128 * 1024;

const TABLE = `
origin home ${relayKeyText(relayKeyOf(FLEET_KEY, "relay"))} http://${ORIGIN}:8000
content garage http://${LOGIN}:8000/stream.mjpeg open origin=home tariff=0.02EUR/1000octets
content garage rtsp://${LOGIN}:8554/live open origin=home tariff=0.001EUR/packet
`;

/** Metering, reports, ledger and tickets of one host's relay, with a camera of a fleet as the origin. */
export function describeRelayLedger(kind: CameraKind): void {
	describe(`lab/relay-ledger-${kind}: metering, reports, ledger, tickets`, function () {
		this.timeout(180_000);
		let lab: RelayLab;
		let relay: LabProcess;
		let camera = "";
		let disk = "";
		// Before the lab is removed.
		after(() => {
			if (disk !== "") execFileSync("umount", ["-l", disk]);
		});
		const built = relayLabFor(relayNeeds(kind, "gst-launch-1.0"));

		before(async () => {
			lab = built();
			disk = join(lab.folder, "outbox");
			mkdirSync(disk);
			execFileSync("mount", ["-t", "tmpfs", "-o", `size=${SMALL_DISK}`, "tmpfs", disk]);
			await lab.startOrigin("node", "--fleet-key", FLEET_KEY, "--viewers", "3");
			relay = await startRelay();
			camera = await until("the relay knows the camera", PATIENCE, async () => {
				const contents: { key: string }[] = (await owned("relay", "/api/v1/relay"))?.contents ?? [];
				return contents.find(({ key }) => key.startsWith("home/"))?.key.split("/")[1];
			});
			await vanish();
		});
		// By UDP that takes a minute, which one host may show for both; it passes while other viewers watch.
		const vanishing = kind === "node" ? "TCP and UDP" : "TCP";
		const vanishers = kind === "node" ? 2 : 1;
		/** Sessions of those that have vanished, which began before any other. */
		const vanished = new Set<string>();
		let vanishedAt = 0;
		const vanish = async () => {
			const players = [lab.lab.spawn("v3", curlHttp(`${HTTP}/garage`, 600))];
			if (kind === "node") players.push(lab.lab.spawn("v3", ffmpegRtsp(`${RTSP}/garage`, "udp")));
			await untilWatching(vanishers);
			await pause(2000);
			await lab.must("access", ["ip", "link", "set", "v3", "down"]);
			await Promise.all(players.map((player) => player.crash()));
			vanishedAt = Date.now();
		};
		const startRelay = () =>
			lab.startRelay(kind, TABLE, ["--grace", "1", "--break-limit", "60", "--report-interval", "10", "--outbox", disk]);

		/** Asks a program's interface as the owner. @param place whose */
		const owned = async (place: "origin" | RelayPlace, path: string) => {
			const base = place === "origin" ? `http://${ORIGIN}:8000` : `http://${RELAY_OUTSIDE}:8080`;
			const text = await lab.lab.get("relay2", `${base}${path}`);
			return text === undefined ? undefined : JSON.parse(text);
		};
		/** Waits until so many viewers watch. */
		const untilWatching = (count: number) =>
			until(
				`${count} viewers watch`,
				PATIENCE,
				async () => (await owned("relay", "/api/v1/relay"))?.viewers.length === count,
			);
		/** Posts a form to the origin as the owner. */
		const post = async (path: string, form: Readonly<Record<string, string>>) => {
			const body = new URLSearchParams(form).toString();
			const { stdout } = await lab.must("relay2", ["curl", "-s", ...OWNER, "-d", body, `http://${ORIGIN}:8000${path}`]);
			return JSON.parse(stdout);
		};
		const records = async (): Promise<readonly MeteringRecord[]> =>
			(await owned("origin", "/api/v1/ledger?limit=200"))?.records ?? [];
		/** Waits for records of sessions that have ended and were not there before. @param which absent: of those that have not vanished */
		const untilEnded = (
			count: number,
			known: ReadonlySet<string>,
			limit = PATIENCE,
			which: (record: MeteringRecord) => boolean = ({ session }) => !vanished.has(session),
		) =>
			until(`${count} more sessions are in the ledger`, limit, async () => {
				const all = await records();
				for (const { session, part, start } of all) if (part === 0 && start < vanishedAt) vanished.add(session);
				const found = all.filter((record) => record.isLast && !known.has(record.id) && which(record));
				return found.length >= count && found;
			});
		const known = async (): Promise<Set<string>> => new Set((await records()).map(({ id }) => id));
		/** All records of a session together, and whether they follow each other. */
		const spansOf = async (session: string): Promise<readonly MeteringRecord[]> => {
			const spans = (await records()).filter((record) => record.session === session);
			return [...spans].sort((a, b) => a.part - b.part);
		};

		it("meters each viewer and reports it to the origin's ledger, with its amount (REP-5, REP-6, REP-8, REP-13)", async () => {
			const before = await known();
			await Promise.all([
				lab.must("v1", ffmpegHttp(`${HTTP}/garage`, "-frames:v", "20")),
				lab.must("v2", ffmpegRtsp(`${RTSP}/garage`, "tcp", "-frames:v", "20")),
				lab.lab.exec("v2", gstRtsp(`${RTSP}/garage`, "udp", 20), 60_000).then(({ code, stderr }) => {
					assert.ok(code === 0 || isLatePause(stderr), stderr);
				}),
			]);
			const found = await untilEnded(3, before);
			const by = (protocol: string, framing: string) => {
				const [record] = found.filter((one) => one.protocol === protocol && one.framing === framing);
				assert.ok(record, `${protocol} ${framing}: ${JSON.stringify(found)}`);
				return record;
			};
			const [http, tcp, udp] = [by("http", "tcp"), by("rtsp", "tcp"), by("rtsp", "udp")];
			for (const record of [http, tcp, udp]) {
				assert.equal(record.relay, "relay");
				assert.equal(record.content, "garage");
				assert.equal(record.currency, "EUR");
				assert.ok(record.frames >= 19, `${record.frames} frames`);
				assert.ok(
					record.total > record.payload && record.payload > 19 * 20_000,
					`${record.payload} of ${record.total}`,
				);
				assert.ok(record.end - record.start >= 1500, `${record.end - record.start} ms`);
				assert.notEqual(record.reason, "");
			}
			assert.equal(http.packets, 0);
			assert.ok(udp.packets > 19 * 15, `${udp.packets} packets`);
			for (const record of [tcp, udp]) assert.equal(record.amount, record.packets * 1000);
			const octets = http.amount / 20;
			assert.ok(Math.abs(octets - http.payload) <= 1 || Math.abs(octets - http.total) <= 1, `${http.amount}`);
		});

		it("reports a session that lasts now and then; its spans follow each other (REP-6)", async () => {
			const before = await known();
			await lab.must("v1", ffmpegHttp(`${HTTP}/garage`, "-frames:v", `${RATE * 22}`));
			const [last] = await untilEnded(1, before);
			const spans = await spansOf(last.session);
			assert.ok(spans.length >= 2, `${spans.length} spans`);
			for (const [i, span] of spans.entries()) {
				assert.equal(span.part, i);
				assert.equal(span.isLast, i === spans.length - 1);
				if (i > 0) assert.equal(span.start, spans[i - 1].end);
			}
			const frames = spans.reduce((sum, span) => sum + span.frames, 0);
			assert.ok(frames >= RATE * 22 - 1, `${frames} frames`);
		});

		it(`notices a viewer that vanishes without a word by ${vanishing}, and reports it (REP-6)`, async () => {
			const found = await untilEnded(vanishers, new Set(), 25_000, ({ session }) => vanished.has(session));
			await lab.must("access", ["ip", "link", "set", "v3", "up"]);
			for (const { session, reason } of found) {
				const frames = (await spansOf(session)).reduce((sum, span) => sum + span.frames, 0);
				assert.ok(frames >= 10 && reason !== "", `${frames} frames, ${reason}`);
			}
		});

		it("keeps what it can't report while the origin is away, survives kill -9 with it, and reports it once (REP-6, REP-10)", async () => {
			const before = await known();
			const players = ["v1", "v2"].map((viewer) => lab.lab.spawn(viewer, curlHttp(`${HTTP}/garage`, 600)));
			await untilWatching(2);
			await pause(2000);
			await lab.setCable("origin", "down");
			await Promise.all(players.map((player) => player.leave()));
			await until("the records wait", PATIENCE, async () => {
				const { metering } = (await owned("relay", "/api/v1/status")) ?? {};
				return metering?.waiting >= 2;
			});
			await relay.crash();
			await lab.setCable("origin", "up");
			relay = await startRelay();
			await untilEnded(2, before, 25_000);
			await pause(2000);
			const ids = (await records()).map(({ id }) => id);
			assert.equal(new Set(ids).size, ids.length);
			assert.equal((await records()).filter(({ isLast, id }) => isLast && !before.has(id)).length, 2);
		});

		it("keeps records in memory, says so, and reports them while the disk of the outbox is full (REP-6)", async () => {
			const before = await known();
			const filler = join(disk, "filler");
			await lab.setCable("origin", "down");
			try {
				for (let size = SMALL_DISK; size >= 1; size = size >> 1)
					try {
						writeFileSync(filler, Buffer.alloc(size), { flag: "a" });
					} catch {
						// Full; a smaller piece may still fit.
					}
				await lab.setCable("origin", "up");
				// The last page of the outbox's file has room for some records.
				const viewers = Array.from({ length: 12 }, () => ffmpegHttp(`${HTTP}/garage`, "-frames:v", "3"));
				await Promise.all(viewers.map((viewer) => lab.must("v1", viewer)));
				await untilEnded(viewers.length, before, 10_000);
				assert.match(relay.output, /the outbox can't be written, records wait in memory/);
			} finally {
				rmSync(filler, { force: true });
				await lab.setCable("origin", "up");
			}
		});

		it("admits viewers by tickets that the origin signed, without asking it (REP-12, ONE-5)", async () => {
			const before = await known();
			const { http, rtsp } = await post("/api/v1/relays/links", {
				relay: "relay",
				content: camera,
				viewer: "ann",
				hours: "1",
			});
			const inside = (url: string) => url.replace(RELAY_OUTSIDE, RELAY);
			await Promise.all([
				lab.must("v1", ffmpegHttp(inside(http), "-frames:v", "10")),
				lab.must("v2", ffmpegRtsp(inside(rtsp), "tcp", "-frames:v", "10")),
			]);
			for (const { viewer, content, ticket } of await untilEnded(2, before))
				assert.deepEqual([viewer, content, ticket.length], ["ann", camera, 16]);
			const head = ["curl", "-s", "-o", "/dev/null", "-D", "-", "--max-time", "30"];
			const forged = inside(http).replace(".ann.", ".bob.");
			assert.notEqual(forged, inside(http));
			for (const url of [forged, inside(http).replace(`home/${camera}`, "private"), `${HTTP}/home/${camera}`])
				assert.match((await lab.lab.exec("v1", [...head, url])).stdout, /^HTTP\/1.1 40[14] /, url);
			const refused = await lab.lab.exec("v2", ffmpegRtsp(inside(rtsp).replace(".ann.", ".bob."), "tcp"));
			assert.notEqual(refused.code, 0);
			assert.match(refused.stderr, /401/);
		});

		it("takes the viewers that the camera has no room for (ONE-7)", async () => {
			const before = await known();
			const relayed = lab.lab.spawn("v1", [...curlHttp(`${HTTP}/home/${camera}`, 600), ...OWNER]);
			const direct = `http://owner:${PASSWORD}@${ORIGIN}:8000/stream.mjpeg`;
			const watcher = lab.lab.spawn("other", [
				"curl",
				"-sN",
				"--digest",
				"-o",
				"/dev/null",
				"--max-time",
				"600",
				direct,
			]);
			await untilWatching(1);
			await until("both watch the camera", PATIENCE, async () => {
				return (await owned("origin", "/api/v1/status"))?.frames.viewers >= 2;
			});
			const viewer = await post("/api/v1/links", { hours: "1" });
			const url = `http://${ORIGIN}:8000/stream.mjpeg?link=${viewer.token}`;
			const follow = `curl -sNL --max-time 60 -w '%{stderr}%{url_effective} %{http_code}' '${url}' | head -c 1000 >/dev/null`;
			const { stderr } = await lab.lab.exec("relay2", ["sh", "-c", follow]);
			assert.match(stderr, new RegExp(`^http://${RELAY_OUTSIDE}:8080/home/${camera}\\?link=r\\.\\S+ 200$`));
			await Promise.all([relayed.crash(), watcher.crash()]);
			await untilEnded(2, before);
		});
	});
}
