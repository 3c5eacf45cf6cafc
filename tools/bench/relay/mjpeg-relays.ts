import { execFile } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { PASSWORD } from "../../../test/support/digest";
import { installed } from "../../../test/support/needs";
import { FRAME, NODE_PROGRAM, XS_PROGRAM } from "../../camera-program";
import { freePort } from "../../free-port";
import { compileNative, type Measurement, measure } from "../native";
import { type ServerProcess, startServer } from "../server-process";

const run = promisify(execFile);

/** Pictures per second of the origin. */
export const RATE = 30;

/** The C programs, compiled. */
export interface RelayNative {
	/** The origin: sends the time in each picture. */
	readonly origin: string;
	/** The lower bound of a relay's cost. */
	readonly floor: string;
	/** The load client. */
	readonly load: string;
}

/** One relay in the comparison. */
export interface RelayContender {
	readonly name: string;
	readonly path: string;
	/** Why it can't run here; `undefined` if it can. */
	readonly absent?: string;
	/** Its command line. */
	command(port: number, upstream: number): readonly string[];
}

/** What was measured of a relay. */
export interface RelayMeasurement extends Measurement {
	/** From the sending at the origin to the last octet at a viewer, in milliseconds. */
	readonly delayMedianMs: number;
	readonly delay99Ms: number;
	/** Sessions with the origin, and octets a second that it sent. */
	readonly upstreams: number;
	readonly originRate: number;
}

/** Compiles the C programs into `folder`. */
export async function buildRelayNative(folder: string): Promise<RelayNative> {
	const native = { origin: join(folder, "origin"), floor: join(folder, "floor"), load: join(folder, "load") };
	await compileNative("mjpeg-floor.c", native.origin);
	await compileNative("mjpeg-relay-floor.c", native.floor);
	await compileNative("mjpeg-load.c", native.load);
	return native;
}

/** The relays to compare. @param folder for their temporary files */
export function relayContenders(native: RelayNative, folder: string): RelayContender[] {
	return [
		{
			name: "C floor",
			path: "/",
			command: (port, upstream) => [native.floor, `${port}`, `${upstream}`, "/"],
		},
		{
			name: "mjpeg-proxy",
			path: "/",
			command: (port, upstream) => [process.execPath, "-e", proxyProgram(port, upstream)],
		},
		{
			name: "nginx",
			path: "/",
			...(installed("nginx") ? {} : { absent: "not installed (Debian package nginx)" }),
			command: (port, upstream) => ["nginx", "-p", folder, "-c", writeNginx(folder, port, upstream)],
		},
		{
			name: "porthole",
			path: "/bench",
			...(existsSync(NODE_PROGRAM) ? {} : { absent: "not built (npm run build)" }),
			command: (port, upstream) => [process.execPath, NODE_PROGRAM, ...relayFlags(port, upstream, folder, "node")],
		},
		{
			name: "on XS",
			path: "/bench",
			...(existsSync(XS_PROGRAM) ? {} : { absent: "not built (npm run build:linux)" }),
			command: (port, upstream) => [XS_PROGRAM, ...relayFlags(port, upstream, folder, "xs")],
		},
	];
}

/** A relay that runs, with an origin of its own. */
export interface RunningRelay {
	readonly relay: ServerProcess;
	readonly port: number;
	readonly path: string;
	readonly upstream: number;
	stop(): Promise<void>;
}

/** Starts an origin on the second processor core and a relay on the first. @throws when one does not answer */
export async function startRelay(native: RelayNative, contender: RelayContender): Promise<RunningRelay> {
	const upstream = await freePort();
	const port = await freePort();
	const command = ["taskset", "-c", "1", native.origin, `${upstream}`, FRAME, `${RATE}`, "stamp"];
	const origin = await startServer("origin", command, {}, () => answers(upstream, "/"));
	try {
		const { path } = contender;
		const relay = await startServer(contender.name, contender.command(port, upstream), {}, () => answers(port, path));
		const stop = async (): Promise<void> => {
			await relay.stop();
			await origin.stop();
		};
		return { relay, port, path, upstream, stop };
	} catch (error) {
		await origin.stop();
		throw error;
	}
}

/**
 * Watches with the load client on the second processor core.
 * @param times in seconds
 */
export async function measureRelay(
	native: RelayNative,
	running: RunningRelay,
	viewers: number,
	stalled: number,
	times: { warmUp: number; measure: number },
): Promise<RelayMeasurement> {
	const { relay, port, path, upstream } = running;
	const traffic = originTraffic(upstream, times);
	const programs = { load: native.load, floor: native.floor, fakeCamera: "" };
	const measured = await measure(programs, { port, path, pid: relay.pid }, viewers, stalled, times);
	return { ...(measured as RelayMeasurement), ...(await traffic) };
}

/** What the origin sends in the middle of the measurement, as the kernel counts it. */
async function originTraffic(
	port: number,
	times: { warmUp: number; measure: number },
): Promise<Pick<RelayMeasurement, "upstreams" | "originRate">> {
	const pause = (seconds: number) => new Promise((done) => setTimeout(done, seconds * 1000));
	await pause(times.warmUp + times.measure * 0.1);
	const first = await untilSent(port);
	await pause(times.measure * 0.7);
	const last = await untilSent(port);
	const rate = ((last.octets - first.octets) * 1000) / (last.at - first.at);
	return { upstreams: last.connections, originRate: rate };
}

/** Waits for a picture, so that all measurements begin and end with one. */
async function untilSent(port: number): Promise<{ connections: number; octets: number; at: number }> {
	const { octets } = await sentBy(port);
	for (;;) {
		const sent = await sentBy(port);
		if (sent.octets !== octets) return { ...sent, at: performance.now() };
	}
}

async function sentBy(port: number): Promise<{ connections: number; octets: number }> {
	const { stdout } = await run("ss", ["-Htni", "state", "established", "sport", "=", `:${port}`]);
	const sent = [...stdout.matchAll(/bytes_sent:(\d+)/g)];
	return { connections: sent.length, octets: sent.reduce((sum, [, octets]) => sum + Number(octets), 0) };
}

function proxyProgram(port: number, upstream: number): string {
	return [
		'const { MjpegProxy } = require("mjpeg-proxy");',
		`const proxy = new MjpegProxy("http://127.0.0.1:${upstream}/");`,
		`require("node:http").createServer(proxy.proxyRequest).listen(${port}, "127.0.0.1");`,
	].join("\n");
}

/** One process, which only passes on what comes. */
function writeNginx(folder: string, port: number, upstream: number): string {
	const file = join(folder, "nginx.conf");
	const kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
	const paths = kinds.map((kind) => `${kind}_temp_path ${folder}/nginx-${kind};`).join(" ");
	writeFileSync(
		file,
		`daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr warn;
worker_rlimit_nofile 8192;
events { worker_connections 4096; }
http {
	access_log off; ${paths}
	server {
		listen 127.0.0.1:${port};
		location / { proxy_pass http://127.0.0.1:${upstream}; proxy_buffering off; }
	}
}
`,
	);
	return file;
}

function relayFlags(port: number, upstream: number, folder: string, kind: string): string[] {
	const table = join(folder, `${kind}.table`);
	writeFileSync(table, `content bench http://127.0.0.1:${upstream}/ open\n`);
	return [
		...["relay", "--relay-name", "bench", "--relay-table", table, "--data", join(folder, `relay-${kind}`)],
		...["--http-port", `${port}`, "--rtsp-port", "0", "--log-level", "warn", "--password", PASSWORD],
		...["--connections", "5000", "--connections-per-address", "5000", "--viewers", "5000"],
	];
}

function answers(port: number, path: string): Promise<boolean> {
	return new Promise((done) => {
		const request = get({ host: "127.0.0.1", port, path, agent: false, timeout: 1000 }, (response) => {
			response.destroy();
			done(response.statusCode === 200);
		});
		request.on("timeout", () => request.destroy());
		request.on("error", () => done(false));
	});
}
