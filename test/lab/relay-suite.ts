import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { compileNative } from "../../tools/bench/native";
import { FRAME } from "../../tools/camera-program";
import { PASSWORD } from "../support/digest";
import { isLatePause } from "../support/late-pause";
import { type Need, needs } from "../support/needs";
import { pause, until } from "../support/until";
import type { CameraKind, LabProcess, Outcome } from "./lab";
import { ORIGIN, OTHER, RATE, RELAY, RELAY_OUTSIDE, RELAY2, RelayLab, relayLabFor, type ViewerName } from "./relay-lab";
import { curlHttp, ffmpegHttp, ffmpegRtsp, gstHttp, gstRtsp } from "./relay-players";

/** What every lab of a relay needs. */
export function relayNeeds(kind: CameraKind, ...more: readonly Need[]): (context: Mocha.Context) => void {
	const program = kind === "xs" ? (["porthole-linux"] as const) : [];
	return (context) => needs(context, "root", "ip", "nft", "build", "curl", "ffmpeg", ...program, ...more);
}

const LOGIN = `owner:${PASSWORD}@${ORIGIN}`;
/** How long the upstream is kept after the last viewer, in seconds. */
const GRACE = 1;
/** Time for a relay to open or end an upstream on a busy machine, in milliseconds. */
const PATIENCE = 20_000;
const HTTP = `http://${RELAY}:8080`;
const RTSP = `rtsp://${RELAY}:8554`;

/** How much more memory a relay may have while players stand still, in octets: far less than what these miss. */
const MEMORY = 12_000_000;

/** What `GET /api/v1/relay` says, as far as it is looked at. */
interface RelayState {
	readonly viewers: readonly {
		readonly protocol: string;
		readonly address: string;
		readonly octets: number;
		readonly frames: number;
		readonly drops: number;
	}[];
	readonly totals: { readonly drops: number };
}

/** The memory of a program, in octets. */
function residentOf({ pid }: LabProcess): number {
	return 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}

/** What the relay of this suite relays. */
const TABLE = `
content garage http://${LOGIN}:8000/stream.mjpeg open
content garage rtsp://${LOGIN}:8554/live open
content jpeg ${RelayLab.gstUrl("jpeg")} open
content h264 ${RelayLab.gstUrl("h264")} open
content private http://${LOGIN}:8000/stream.mjpeg
content missing http://${LOGIN}:8000/no-such-thing open
content missing ${RelayLab.gstUrl("jpeg")}-no open
content nobody http://198.20.0.99:8000/stream.mjpeg open
content chained http://${RELAY2}:8080/garage open
content chained rtsp://${RELAY2}:8554/garage open
content circle http://${RELAY2}:8080/circle open
content circle rtsp://${RELAY2}:8554/circle open
allow ${OTHER} open port=8080
allow 127.0.0.0/8 open
allow ${RELAY} open
`;

/** What the other relay relays. */
const TABLE2 = `
content garage http://${LOGIN}:8000/stream.mjpeg open
content garage rtsp://${LOGIN}:8554/live open
content circle http://${RELAY_OUTSIDE}:8080/circle open
content circle rtsp://${RELAY_OUTSIDE}:8554/circle open
`;

/** The tests of the explicit mode, which every host's relay must pass. */
export function describeRelay(kind: CameraKind): void {
	describe(`lab/relay-${kind}: explicit mode`, function () {
		this.timeout(180_000);
		const built = relayLabFor(relayNeeds(kind, "gst-launch-1.0", "gst-rtsp-server", "ustreamer", "gcc"));
		let lab: RelayLab;
		let relay: LabProcess;

		before(async () => {
			lab = built();
			const camera = join(lab.folder, "fake-v4l2.so");
			await compileNative("fake-v4l2.c", camera, "-shared", "-fPIC", "-ldl");
			await Promise.all([lab.startOrigin("node"), lab.startGst(), lab.startUstreamer(camera)]);
			await lab.startRelay("node", TABLE2, ["--grace", `${GRACE}`], "relay2");
			relay = await lab.startRelay(kind, TABLE, ["--grace", `${GRACE}`, "--break-limit", "15"]);
		});
		afterEach(() => untilIdle());

		/** Plays in a viewer's namespace; the player must end by itself. */
		const play = async (viewer: ViewerName, argv: readonly string[]): Promise<Outcome> => {
			const outcome = await lab.lab.exec(viewer, argv, 60_000);
			const isFine = outcome.code === 0 || isLatePause(outcome.stderr);
			assert.ok(isFine, `${argv.join(" ")}: ${outcome.stderr}\n${relay.output.slice(-2000)}`);
			return outcome;
		};
		/** Waits until the relay has no connection to any origin. */
		const untilIdle = () =>
			until("no upstream is left", PATIENCE, async () => {
				const words = ["ss", "-Htn", "state", "established", "src", RELAY_OUTSIDE];
				return (await lab.must("relay", words)).stdout === "";
			});
		/** Watches Motion JPEG until it is stopped. */
		const watch = (viewer: ViewerName, url = `${HTTP}/garage`): LabProcess => lab.lab.spawn(viewer, curlHttp(url, 60));
		/** What the relay tells its owner's programs. */
		const owned = async (): Promise<RelayState> => {
			const text = await lab.lab.get("relay2", `http://${RELAY_OUTSIDE}:8080/api/v1/relay`);
			assert.ok(text, "the relay tells nothing");
			return JSON.parse(text);
		};
		/** The head of an answer. */
		const headOf = async (...words: readonly string[]): Promise<string> => {
			const curl = 'curl -siN --max-time 60 "$@" | head -c 2000';
			return (await lab.lab.exec("v1", ["sh", "-c", curl, "sh", ...words])).stdout;
		};

		it("plays Motion JPEG to ffmpeg and GStreamer at once, by one session with the origin (REP-1, REP-2, REP-3, REP-9)", async () => {
			const before = await lab.originTraffic();
			const holder = watch("v3");
			await Promise.all([
				play("v1", ffmpegHttp(`${HTTP}/garage`, "-frames:v", "20")),
				play("v2", gstHttp(`${HTTP}/garage`, 20)),
			]);
			const after = await lab.originTraffic();
			// Digest: the first connection may end with the challenge.
			assert.ok(after.connections - before.connections <= 2, `${after.connections - before.connections} connections`);
			await holder.leave();
		});

		it("asks the origin nothing for later viewers, and its traffic stays the same (REP-3, REP-4)", async () => {
			const first = watch("v1");
			await until("pictures come", PATIENCE, async () => (await lab.originRate(1000)) > 20_000 * RATE);
			// On a busy machine one stream may come slower than it should.
			const alone = Math.max(await lab.originRate(3000), statSync(FRAME).size * RATE);
			const before = await lab.originTraffic();
			const crowd = Array.from({ length: 20 }, (_, i) => watch(i % 2 === 0 ? "v2" : "v3"));
			await pause(1000);
			const many = await lab.originRate(3000);
			const after = await lab.originTraffic();
			assert.deepEqual([after.connections, after.requests], [before.connections, before.requests]);
			// The camera keeps no exact time, and what has waited comes at once; test/simulation/relay-crowd.test.ts has the one percent.
			assert.ok(many < alone * 1.5, `${alone} octets a second for one viewer, ${many} for 21`);
			await Promise.all([first, ...crowd].map((viewer) => viewer.crash()));
		});

		it("ends the session with the origin after the last viewer, and not before (REP-7)", async () => {
			const open = async () => (await lab.must("relay", ["ss", "-Htn", "state", "established", "dst", ORIGIN])).stdout;
			const [first, last] = [watch("v1"), watch("v2")];
			await until("both watch", PATIENCE, async () => (await owned()).viewers.length === 2);
			await first.crash();
			await pause(2000 * GRACE);
			assert.notEqual(await open(), "");
			await last.crash();
			await untilIdle();
		});

		it("lets a viewer that stands still miss pictures, and no other (REP-4)", async () => {
			const still = watch("v1");
			await pause(1000);
			still.signal("SIGSTOP");
			const start = performance.now();
			await play("v2", ffmpegHttp(`${HTTP}/garage`, "-frames:v", `${RATE * 5}`));
			const seconds = (performance.now() - start) / 1000;
			// A relay that waits for the one that stands still does so until it gives it up, after 30 s.
			assert.ok(seconds < 20, `${RATE * 5} pictures took ${seconds} s`);
			still.signal("SIGCONT");
			await still.crash();
		});

		it("answers as the origin does, and opens no session for a refused viewer (REP-2)", async () => {
			assert.match(await headOf(`${HTTP}/missing`), /^HTTP\/1.1 404 /);
			assert.match(await headOf(`${HTTP}/nobody`), /^HTTP\/1.1 50[24] /);
			const { code, stderr } = await lab.lab.exec("v1", ffmpegRtsp(`${RTSP}/missing`, "tcp"));
			assert.notEqual(code, 0);
			assert.match(stderr, /404/);
		});

		it("wants a login for what is not open, and takes its own account's (REP-12)", async () => {
			assert.match(await headOf(`${HTTP}/private`), /^HTTP\/1.1 401 /);
			const login = ["--digest", "-u", `owner:${PASSWORD}`];
			assert.match(await headOf(...login, `${HTTP}/private`), /HTTP\/1.1 200 /);
		});

		it("takes the origin's URL within its own, and as a proxy, from servers that are allowed (REP-1)", async () => {
			const url = `http://${OTHER}:8080/stream`;
			const before = await lab.originTraffic();
			const holder = watch("v1", `${HTTP}/origin/${OTHER}:8080/stream`);
			await Promise.all([
				play("v1", ffmpegHttp(`${HTTP}/origin/${OTHER}:8080/stream`, "-frames:v", "15")),
				play("v2", ["env", `http_proxy=${HTTP}`, ...ffmpegHttp(url, "-frames:v", "15")]),
				play("v3", ["env", `http_proxy=${HTTP}`, ...gstHttp(url, 15)]),
			]);
			const after = await lab.originTraffic();
			assert.ok(after.connections - before.connections <= 2, `${after.connections - before.connections} connections`);
			await holder.leave();
			for (const place of [`${ORIGIN}:9`, "127.0.0.1:22", `${RELAY}:8080`, "localhost:22", "[::1]:22"]) {
				assert.match(await headOf(`${HTTP}/origin/${place}/x`), /^HTTP\/1.1 40[134] /, place);
				assert.match(await headOf("-x", HTTP, `http://${place}/x`), /^HTTP\/1.1 40[1347] /, place);
			}
		});

		for (const way of ["udp", "tcp"] as const) {
			it(`plays RTP/JPEG and H.264 by ${way} to ffmpeg and GStreamer (REP-1, REP-9)`, async () => {
				await Promise.all([
					play("v1", ffmpegRtsp(`${RTSP}/garage`, way, "-frames:v", "15")),
					play("v2", gstRtsp(`${RTSP}/jpeg`, way, 15)),
				]);
				await Promise.all([
					play("v1", ffmpegRtsp(`${RTSP}/h264`, way, "-frames:v", "15")),
					play("v2", gstRtsp(`${RTSP}/h264`, way, 15, "h264")),
				]);
			});
		}

		it("lets players that stand still miss pictures by RTSP, over TCP and UDP, and no other; it keeps little for them and meters what they miss (REP-4, REP-5)", async () => {
			const begun = await owned();
			const stopped = (["tcp", "udp"] as const).map((way) => lab.lab.spawn("v1", ffmpegRtsp(`${RTSP}/garage`, way)));
			await until("both get pictures", PATIENCE, async () => {
				const { viewers } = await owned();
				return viewers.length === 2 && viewers.every(({ frames }) => frames > RATE);
			});
			const before = residentOf(relay);
			for (const player of stopped) player.signal("SIGSTOP");
			let seen = -1;
			const still = await until("no picture fits into the kernel's buffers any more", 90_000, async () => {
				await pause(500);
				const viewer = (await owned()).viewers.find(({ protocol }) => protocol === "rtsp over tcp");
				const isFull = viewer !== undefined && viewer.drops > RATE && viewer.octets === seen;
				seen = viewer?.octets ?? -1;
				return isFull && viewer;
			});
			const start = performance.now();
			await Promise.all([
				play("v2", ffmpegRtsp(`${RTSP}/garage`, "tcp", "-frames:v", `${RATE * 5}`)),
				play("v3", ffmpegRtsp(`${RTSP}/garage`, "udp", "-frames:v", `${RATE * 5}`)),
			]);
			const seconds = (performance.now() - start) / 1000;
			// A relay that waits for those that stand still does so until it gives them up, after 20 s.
			assert.ok(seconds < 18, `${RATE * 5} pictures took ${seconds} s`);
			const { viewers, totals } = await owned();
			// Not one of those that have just played.
			const later = viewers.find(({ protocol, address }) => protocol === "rtsp over tcp" && address === still.address);
			// It may have been given up meanwhile: it takes nothing.
			if (later !== undefined) {
				assert.ok(later.drops > still.drops && later.octets === still.octets, JSON.stringify(later));
				// The two that have left missed a second's pictures at most, if they stood still themselves for a moment.
				const known = viewers.reduce((sum, { drops }) => sum + drops, begun.totals.drops);
				assert.ok(
					totals.drops >= known && totals.drops <= known + RATE,
					`${totals.drops}, of which ${known} are known`,
				);
			}
			assert.ok(totals.drops - begun.totals.drops > still.drops, `${totals.drops}`);
			// What was received is freed now and then.
			let grown = Infinity;
			for (let i = 0; i < 10; i++) {
				grown = Math.min(grown, residentOf(relay) - before);
				await pause(200);
			}
			assert.ok(grown < MEMORY, `${grown} octets more`);
			for (const player of stopped) player.signal("SIGCONT");
			// A player by UDP that said no goodbye would keep the origin's session for a minute.
			await Promise.all(stopped.map((player) => player.leave()));
		});

		it("relays from another relay, by HTTP and RTSP, and names all relays to viewers (REP-9, REP-11)", async () => {
			await Promise.all([
				play("v1", ffmpegHttp(`${HTTP}/chained`, "-frames:v", "15")),
				play("v2", ffmpegRtsp(`${RTSP}/chained`, "tcp", "-frames:v", "15")),
				play("v3", gstRtsp(`${RTSP}/chained`, "udp", 15)),
			]);
			const head = await headOf(`${HTTP}/chained`);
			assert.match(head, /^Porthole-Hops: [0-9a-f]{16}, [0-9a-f]{16}\r$/im);
		});

		it("refuses a circle of relays with 508, by HTTP and RTSP (REP-11)", async () => {
			assert.match(await headOf(`${HTTP}/circle`), /^HTTP\/1.1 508 /);
			const { code, stderr } = await lab.lab.exec("v1", ffmpegRtsp(`${RTSP}/circle`, "tcp"));
			assert.notEqual(code, 0);
			assert.match(stderr, /508 .*loop detected/i);
		});

		it("keeps viewers while the origin is cut off, and goes on when it is back (REP-10)", async () => {
			const viewer = lab.lab.spawn("v1", ffmpegHttp(`${HTTP}/garage`, "-frames:v", `${RATE * 6}`));
			await until("pictures come", PATIENCE, async () => (await lab.originRate(1000)) > 10_000 * RATE);
			await lab.setCable("origin", "down");
			await pause(4000);
			await lab.setCable("origin", "up");
			const code = await viewer.ended;
			assert.equal(code, 0, viewer.output);
		});
	});
}
