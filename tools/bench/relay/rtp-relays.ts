import { execFile } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { PASSWORD } from "../../../test/support/digest";
import { FRAME, NODE_PROGRAM, XS_PROGRAM } from "../../camera-program";
import { freePort } from "../../free-port";
import {
	buildRtpNative,
	hasGstServer,
	listens,
	PYTHON,
	RATE,
	type RtpMeasurement,
	type RtpNative,
	type Way,
} from "../rtp-servers";
import { startServer } from "../server-process";

const run = promisify(execFile);
const GST_RELAY = resolve(__dirname, "rtp-gst.py");

export { buildRtpNative, RATE, type RtpNative, type Way };

/** One relay in the comparison. */
export interface RtpRelayContender {
	readonly name: string;
	readonly path: string;
	/** Why it can't run here; `undefined` if it can. */
	readonly absent?: string;
	/** @param way how it gets the packets; @param upstream the origin's port; @param http a second port of its own */
	command(port: number, upstream: number, way: Way, http: number): readonly string[];
}

/** What the load client measured of a relay. */
export interface RtpRelayMeasurement extends RtpMeasurement {
	/** From the sending at the origin to the last packet of a picture at a viewer, in milliseconds. */
	readonly delayMedianMs: number;
	readonly delay99Ms: number;
}

/** The relays to compare. "C floor" is the origin itself, with all viewers. @param folder for their temporary files */
export function rtpRelayContenders(native: RtpNative, folder: string): RtpRelayContender[] {
	return [
		{ name: "C floor", path: "/live", command: (port) => origin(native, port) },
		{
			name: "gst",
			path: "/bench",
			...(hasGstServer()
				? {}
				: {
						absent: "not installed (Debian packages python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-good)",
					}),
			command: (port, upstream, way) => [PYTHON, GST_RELAY, `${port}`, `rtsp://127.0.0.1:${upstream}/live`, way],
		},
		{
			name: "porthole",
			path: "/bench",
			...(existsSync(NODE_PROGRAM) ? {} : { absent: "not built (npm run build)" }),
			command: (...ports) => [process.execPath, NODE_PROGRAM, ...relayFlags(folder, "node", ports)],
		},
		{
			name: "on XS",
			path: "/bench",
			...(existsSync(XS_PROGRAM) ? {} : { absent: "not built (npm run build:linux)" }),
			command: (...ports) => [XS_PROGRAM, ...relayFlags(folder, "xs", ports)],
		},
	];
}

/**
 * Starts an origin on the second processor core and a relay on the first, and watches with the load client on the second.
 * @param times in seconds
 * @throws when one does not answer
 */
export async function measureRtpRelay(
	native: RtpNative,
	contender: RtpRelayContender,
	viewers: number,
	way: Way,
	times: { warmUp: number; measure: number },
): Promise<RtpRelayMeasurement> {
	const [upstream, port, http] = [await freePort(), await freePort(), await freePort()];
	const source = await startServer("origin", ["taskset", "-c", "1", ...origin(native, upstream)], {}, () =>
		listens(upstream),
	);
	try {
		const command = contender.command(port, upstream, way, http);
		const relay = await startServer(contender.name, command, {}, () => listens(port));
		try {
			const numbers = [viewers, times.warmUp, times.measure, relay.pid].map(String);
			const argv = ["-c", "1", native.load, "127.0.0.1", `${port}`, contender.path, ...numbers, way];
			const { stdout } = await run("taskset", argv);
			return JSON.parse(stdout);
		} finally {
			await relay.stop();
		}
	} finally {
		await source.stop();
	}
}

function origin(native: RtpNative, port: number): string[] {
	return [native.floor, `${port}`, `${RATE}`, "sendto", FRAME];
}

function relayFlags(
	folder: string,
	kind: string,
	[port, upstream, way, http]: [number, number, Way, number],
): string[] {
	const table = join(folder, `${kind}.table`);
	writeFileSync(table, `content bench rtsp://127.0.0.1:${upstream}/live open\n`);
	return [
		...["relay", "--relay-name", "bench", "--relay-table", table, "--data", join(folder, `relay-${kind}`)],
		...["--http-port", `${http}`, "--rtsp-port", `${port}`, "--log-level", "warn", "--password", PASSWORD],
		...["--rtsp-connections", "5000", "--rtsp-connections-per-address", "5000", "--viewers", "5000"],
		...["--source-transport", way],
	];
}
