import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { FRAME } from "../../tools/camera-program";
import { isLatePause } from "../support/late-pause";
import { needs } from "../support/needs";
import { pause, until } from "../support/until";
import { CAMERA_KINDS, type CameraKind, type LabProcess } from "./lab";
import { ORIGIN, programOf, RelayLab, relayLabFor } from "./relay-lab";
import { curlHttp, ffmpegHttp, ffmpegRtsp, gstHttp, gstRtsp, type PlayerWay } from "./relay-players";

/** Where the relay takes connections. */
const PORT = 8599;
const LIMIT = 30_000;
/** What the viewer's kernel receives by UDP, by the address that it comes from. */
const COUNT = `
table inet viewer_watch {
	counter others { }
	counter origin { }
	chain in {
		type filter hook input priority raw; policy accept;
		ip saddr ${ORIGIN} udp sport >= 1024 counter name origin
		ip saddr != ${ORIGIN} udp sport >= 1024 counter name others
	}
}`;

/** Starts the relay in transparent mode, with the rules that `porthole routes --relay` prints. */
async function startTransparent(lab: RelayLab, kind: CameraKind): Promise<LabProcess> {
	const routes = [
		...programOf("node"),
		"routes",
		"--relay",
		"--access",
		"acc0",
		"--origin-ports",
		"80,554,8080,8443,8554",
	];
	const { stdout } = await lab.must("relay", routes);
	await lab.load("relay", stdout);
	for (const [, command] of stdout.matchAll(/^#\s+(ip r.*)$/gm)) await lab.must("relay", command.split(" "));
	const socket = ["/usr/bin/python3", resolve(__dirname, "transparent-socket.py"), `${PORT}`];
	const words = [
		"relay",
		"--data",
		lab.data(kind),
		"--transparent-port",
		`${PORT}`,
		"--password",
		"a password",
		"--log-level",
		"debug",
	];
	const relay = lab.lab.spawn("relay", [...(kind === "node" ? socket : []), ...programOf(kind), ...words]);
	await until("the relay takes connections", LIMIT, () => {
		assert.ok(relay.running, relay.output);
		return relay.output.includes("are taken at port");
	});
	return relay;
}

/** Starts the origins: RTSP and Motion JPEG that anybody may watch, RTSP with a login, and something encrypted. */
async function startOrigins(lab: RelayLab): Promise<void> {
	const gst = ["/usr/bin/python3", resolve(__dirname, "../support/gst_rtsp_server.py"), "8554", "", "", "both", ORIGIN];
	const plain = ["/usr/bin/python3", resolve(__dirname, "plain-origin.py"), ORIGIN, "8080", FRAME];
	const key = join(lab.folder, "key.pem");
	const request = `req -x509 -newkey rsa:2048 -nodes -keyout ${key} -out ${key}.crt -days 2 -subj /CN=origin`;
	await lab.must("origin", ["openssl", ...request.split(" ")]);
	const tls = [
		"openssl",
		"s_server",
		"-accept",
		`${ORIGIN}:8443`,
		"-key",
		key,
		"-cert",
		`${key}.crt`,
		"-www",
		"-quiet",
	];
	const origins = [gst, plain].map((words) => lab.lab.spawn("origin", words));
	lab.lab.spawn("origin", tls);
	await lab.startGst();
	for (const origin of origins)
		await until("the origin is ready", LIMIT, () => {
			assert.ok(origin.running, origin.output);
			return origin.output.includes("ready");
		});
	await until("the encrypted origin is ready", LIMIT, () => lab.reaches("relay", ORIGIN, 8443));
}

for (const kind of CAMERA_KINDS)
	describe(`lab/transparent relay on ${kind === "node" ? "Node.js" : "XS"}, with the real kernel`, function () {
		this.timeout(180_000);
		const built = relayLabFor(
			(c) =>
				needs(
					c,
					"root",
					"ip",
					"nft",
					"build",
					"porthole-linux",
					"ffmpeg",
					"gst-launch-1.0",
					"gst-rtsp-server",
					"curl",
					"openssl",
				),
			"forward",
		);
		let lab: RelayLab;
		let relay: LabProcess;

		before(async () => {
			lab = built();
			await startOrigins(lab);
			relay = await startTransparent(lab, kind);
		});

		/** Plays to the end of so many pictures, which must come. */
		async function plays(viewer: string, argv: readonly string[]): Promise<void> {
			const { code, stderr } = await lab.lab.exec(viewer, argv, 60_000);
			assert.ok(code === 0 || isLatePause(stderr), `${argv.join(" ")}: ${stderr}\n${relay.output.slice(-3000)}`);
		}

		/** A viewer that stays. */
		async function stays(viewer: string, argv: readonly string[], line: RegExp): Promise<LabProcess> {
			const before = relay.output.length;
			const player = lab.lab.spawn(viewer, argv);
			await until("the viewer watches", LIMIT, () => line.test(relay.output.slice(before)));
			return player;
		}

		for (const way of ["udp", "tcp"] as const satisfies readonly PlayerWay[])
			for (const path of ["jpeg", "h264"] as const)
				it(`ffmpeg and GStreamer, who know nothing of a relay, share one session of ${path.toUpperCase()} by ${way.toUpperCase()} (REP-1, REP-2, REP-3, REP-9)`, async () => {
					const url = `rtsp://${ORIGIN}:8554/${path}`;
					const first = await stays("v1", ffmpegRtsp(url, way), /plays origin/);
					const before = await lab.originTraffic();
					await plays("v2", ffmpegRtsp(url, way, "-frames:v", "10"));
					await plays("v3", gstRtsp(url, way, 10, path));
					const after = await lab.originTraffic();
					assert.equal(after.connections, before.connections, "no connection to the origin for a later viewer");
					assert.ok(first.running, first.output);
					await first.leave();
				});

		it("Motion JPEG by HTTP: ffmpeg, GStreamer and curl share one session (REP-1, REP-3, REP-9)", async () => {
			const url = `http://${ORIGIN}:8080/video`;
			const { connections } = await lab.originTraffic();
			const first = await stays("v1", curlHttp(url, 60), /which is a live stream: it is relayed/);
			await until(
				"the relay opens its session",
				LIMIT,
				async () => (await lab.originTraffic()).connections > connections,
			);
			await pause(500);
			const before = await lab.originTraffic();
			await plays("v2", ffmpegHttp(url, "-frames:v", "10"));
			await plays("v3", gstHttp(url, 10));
			assert.equal((await lab.originTraffic()).connections, before.connections);
			await first.leave();
		});

		it("media by UDP comes from the origin's address on XS, and from the relay's, which the answer names, on Node.js", async () => {
			await lab.load("v1", COUNT);
			await plays("v1", ffmpegRtsp(`rtsp://${ORIGIN}:8554/jpeg`, "udp", "-frames:v", "10"));
			const { stdout } = await lab.must("v1", ["nft", "list", "counters"]);
			const [origin, others] = ["origin", "others"].map((name) =>
				Number(new RegExp(`counter ${name} \\{\\s+packets (\\d+)`).exec(stdout)?.[1]),
			);
			assert.ok(kind === "xs" ? origin > 10 && others === 0 : others > 10 && origin === 0, stdout);
		});

		it("pages and large files pass untouched, on one connection with what was judged before", async () => {
			const url = `http://${ORIGIN}:8080`;
			const file = join(lab.folder, `large-${kind}`);
			await plays("v2", [
				"curl",
				"-sf",
				`${url}/`,
				"-o",
				"/dev/null",
				`${url}/large`,
				"-o",
				file,
				`${url}/`,
				"-o",
				"/dev/null",
			]);
			const { stdout } = await lab.must("v2", ["sha256sum", file]);
			const whole = Buffer.alloc(256 * 65_536, Buffer.from(Array.from({ length: 256 }, (_, i) => i)));
			assert.equal(stdout.split(" ")[0], createHash("sha256").update(whole).digest("hex"));
		});

		it("encrypted connections pass untouched, and the log says so (REP-1)", async () => {
			await plays("v2", ["curl", "-skf", "-o", "/dev/null", `https://${ORIGIN}:8443/`]);
			assert.match(relay.output, /198\.20\.0\.10:8443, as 10\.9\.0\.12 asks for it, is encrypted: it passes untouched/);
		});

		for (const way of kind === "xs" ? (["udp", "tcp"] as const) : (["tcp"] as const))
			it(`a login goes to the origin, and the session by ${way.toUpperCase()} passes untouched`, async () => {
				await plays("v1", ffmpegRtsp(RelayLab.gstUrl("jpeg"), way, "-frames:v", "5"));
				assert.doesNotMatch(relay.output, /198\.20\.0\.20.*is relayed/);
			});

		it("takes connections by IPv6 too (REP-1)", async () => {
			for (const [ns, interfaces] of [
				["v1", ["eth0"]],
				["relay", ["lo", "acc0", "ip0"]],
				["origin", ["eth0"]],
			] as const)
				for (const name of interfaces) await lab.must(ns, ["sysctl", "-qw", `net.ipv6.conf.${name}.disable_ipv6=0`]);
			await lab.must("relay", ["sysctl", "-qw", "net.ipv6.conf.all.forwarding=1"]);
			const commands = [
				["v1", "ip addr add fd09::11/64 dev eth0 nodad"],
				["v1", "ip route add default via fd09::1"],
				["relay", "ip addr add fd09::1/64 dev acc0 nodad"],
				["relay", "ip addr add fd20::1/64 dev ip0 nodad"],
				["relay", "ip -6 rule add fwmark 28783 lookup 28783"],
				["relay", "ip -6 route add local default dev lo table 28783"],
				["origin", "ip addr add fd20::10/64 dev eth0 nodad"],
				["origin", "ip route add fd09::/64 via fd20::1"],
			];
			for (const [ns, command] of commands) await lab.must(ns, command.split(" "));
			const origin = lab.lab.spawn("origin", [
				"/usr/bin/python3",
				resolve(__dirname, "plain-origin.py"),
				"fd20::10",
				"80",
				FRAME,
			]);
			await until("the origin is ready", LIMIT, () => origin.output.includes("ready"));
			await plays("v1", ffmpegHttp("http://[fd20::10]/video", "-frames:v", "5"));
			assert.match(
				relay.output,
				/fd09::11 asks for http:\/\/\[fd20::10\]:80\/video, which is a live stream: it is relayed/,
			);
		});

		it("other ports are routed, and packets of the relay itself are not taken (REP-11)", async () => {
			writeFileSync(join(lab.folder, "hello"), "hello");
			const origin = lab.lab.spawn("origin", [
				"/usr/bin/python3",
				resolve(__dirname, "plain-origin.py"),
				ORIGIN,
				"9999",
				FRAME,
			]);
			await until("the origin is ready", LIMIT, () => origin.output.includes("ready"));
			await plays("v3", ["curl", "-sf", "-o", "/dev/null", `http://${ORIGIN}:9999/`]);
			assert.match(origin.output, /^10\.9\.0\.13 \/$/m);
			const taken = relay.output.split("untouched").length;
			await plays("relay", ["curl", "-sf", "-o", "/dev/null", `http://${ORIGIN}:8080/`]);
			assert.equal(relay.output.split("untouched").length, taken);
			const { code } = await lab.lab.exec("v1", ["curl", "-s", "--max-time", "5", `http://10.9.0.1:${PORT}/`]);
			assert.notEqual(code, 0);
		});
	});
