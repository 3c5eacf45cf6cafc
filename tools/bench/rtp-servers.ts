import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { PASSWORD } from "../../test/support/digest";
import { FRAME, NODE_PROGRAM, XS_PROGRAM } from "../camera-program";
import { freePort } from "../free-port";
import { viewerToken } from "../owner-session";
import { compileNative } from "./native";
import { type ServerProcess, startServer } from "./server-process";

const run = promisify(execFile);
const GST_SERVER = resolve(__dirname, "rtp-gst.py");
/** Debian's Python, for which python3-gi is. */
export const PYTHON = "/usr/bin/python3";
const WIDTH = 640;
const HEIGHT = 480;

/** Pictures per second that every server sends. */
export const RATE = 30;

/** How packets travel. */
export type Way = "udp" | "tcp";

/** The C programs, compiled. */
export interface RtpNative {
	/** The lower bound of the cost. */
	readonly floor: string;
	/** The load client. */
	readonly load: string;
}

/** One server in the comparison. */
export interface RtpContender {
	readonly name: string;
	readonly ways: readonly Way[];
	/** Why it can't run here; `undefined` if it can. */
	readonly absent?: string;
	/** @param http a second port, for the login */
	command(port: number, http: number): readonly string[];
	/** Logs in once it runs. @returns the path of the stream. @default /live */
	readonly logIn?: (http: number) => Promise<string>;
}

/** A running server, and where it is asked. */
export interface RtpServer extends ServerProcess {
	readonly port: number;
	readonly path: string;
}

/** What the load client measured. Sizes of memory are in 2^20 octets. */
export interface RtpMeasurement {
	readonly clients: number;
	readonly seconds: number;
	readonly packetsPerSecond: number;
	/** Of all clients together, and of the one that got the fewest. */
	readonly picturesPerSecond: number;
	readonly fewestPerSecond: number;
	/** RTP packets, without framing. */
	readonly octets: number;
	readonly lost: number;
	/** How much the time between two pictures of a client differs from its average, on average. */
	readonly jitterMs: number;
	readonly gapMs: number;
	readonly cpuSeconds: number;
	/** With one client, before the measurement, and after it. */
	readonly rssFirst: number;
	readonly rssBefore: number;
	readonly rssAfter: number;
	readonly failures: number;
	readonly dead: number;
}

/** Compiles the C programs into `folder`. */
export async function buildRtpNative(folder: string): Promise<RtpNative> {
	const native = { floor: join(folder, "rtp-floor"), load: join(folder, "rtp-load") };
	await compileNative("rtp-floor.c", native.floor);
	await compileNative("rtp-load.c", native.load);
	return native;
}

/** Returns the servers to compare: the C floor, gst-rtsp-server, Porthole on Node.js and on XS. @param folder for their temporary files */
export function rtpContenders(native: RtpNative, folder: string): RtpContender[] {
	const floor = (how: string) => (port: number) => [native.floor, `${port}`, `${RATE}`, how];
	return [
		{ name: "C floor", ways: ["udp", "tcp"], command: floor("sendto") },
		{ name: "C segments", ways: ["udp"], command: floor("gso") },
		{
			name: "gst",
			ways: ["udp", "tcp"],
			...(hasGstServer()
				? {}
				: {
						absent: "not installed (Debian packages python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-good)",
					}),
			command: (port) => [PYTHON, GST_SERVER, `${port}`, FRAME, `${RATE}`, `${WIDTH}`, `${HEIGHT}`],
		},
		{
			name: "porthole",
			ways: ["udp", "tcp"],
			logIn: pathWithLink,
			...(existsSync(NODE_PROGRAM) ? {} : { absent: "not built (npm run build)" }),
			command: (port, http) => [process.execPath, NODE_PROGRAM, ...cameraFlags(port, http, join(folder, "camera"))],
		},
		{
			name: "on XS",
			ways: ["udp", "tcp"],
			logIn: pathWithLink,
			...(existsSync(XS_PROGRAM) ? {} : { absent: "not built (npm run build:linux)" }),
			command: (port, http) => [XS_PROGRAM, ...cameraFlags(port, http, join(folder, "xs-camera"))],
		},
	];
}

/** Starts a server and waits until it can be asked. @throws when it does not start; the message has its output */
export async function startRtpServer(contender: RtpContender): Promise<RtpServer> {
	const port = await freePort();
	const http = await freePort();
	let path: string | undefined;
	const server = await startServer(contender.name, contender.command(port, http), {}, async () => {
		path ??= contender.logIn === undefined ? "/live" : await contender.logIn(http).catch(() => undefined);
		return path !== undefined && (await listens(port));
	});
	return { ...server, port, path: path as string };
}

/** Plays a server's stream with the load client on the second processor core. @param times in seconds */
export async function measureRtp(
	native: RtpNative,
	server: RtpServer,
	clients: number,
	way: Way,
	times: { warmUp: number; measure: number },
): Promise<RtpMeasurement> {
	const numbers = [clients, times.warmUp, times.measure, server.pid].map(String);
	const argv = ["-c", "1", native.load, "127.0.0.1", `${server.port}`, server.path, ...numbers, way];
	const { stdout } = await run("taskset", argv);
	return JSON.parse(stdout);
}

/** Options for the stream server: no gateway, no presence, and as many clients as there may be. */
function cameraFlags(port: number, http: number, data: string): string[] {
	return [
		...["camera", "--name", "bench", "--data", data, "--source", FRAME, "--fps", `${RATE}`],
		...["--http-port", `${http}`, "--mapping", "off", "--presence", "off", "--log-level", "warn"],
		...["--rtsp-port", `${port}`, "--rtsp-connections", "5000", "--rtsp-connections-per-address", "5000"],
		...["--viewers", "5000", "--password", PASSWORD],
	];
}

async function pathWithLink(http: number): Promise<string> {
	return `/live?link=${await viewerToken(http)}`;
}

/** Whether GStreamer's RTSP server is installed. */
export function hasGstServer(): boolean {
	const program = 'import gi; gi.require_version("GstRtspServer", "1.0"); from gi.repository import GstRtspServer';
	try {
		execFileSync(PYTHON, ["-c", program], { stdio: "ignore" });
		return true;
	} catch {
		return false;
	}
}

/** Whether a program of this machine accepts connections at a port. */
export function listens(port: number): Promise<boolean> {
	return new Promise((done) => {
		const socket = connect(port, "127.0.0.1");
		socket.once("connect", () => {
			socket.destroy();
			done(true);
		});
		socket.once("error", () => done(false));
	});
}
