import { existsSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { PASSWORD } from "../../test/support/digest";
import { FRAME, NODE_PROGRAM, XS_PROGRAM } from "../camera-program";
import { freePort } from "../free-port";
import { viewerToken } from "../owner-session";
import type { Native, Target } from "./native";
import { startServer } from "./server-process";

const WIDTH = 640;
const HEIGHT = 480;

/** Frames per second that every server sends. */
export const RATE = 30;

/** One server in the comparison. */
export interface Contender {
	readonly name: string;
	readonly path: string;
	/** Logs in once it runs. @returns the path of the stream for somebody who has */
	readonly logIn?: (port: number) => Promise<string>;
	/** Why it cannot run here; `undefined` if it can. */
	readonly absent?: string;
	/** Its command line. */
	command(port: number): readonly string[];
	readonly env?: Record<string, string>;
}

/** A running server. */
export interface RunningServer extends Target {
	stop(): Promise<void>;
}

/** Returns the servers to compare: the C floor, ustreamer, Porthole on Node.js and on XS. @param folder for their temporary files */
export function contenders(native: Native, folder: string): Contender[] {
	const device = join(folder, "video");
	writeFileSync(device, "");
	return [
		{
			name: "C floor",
			path: "/",
			command: (port) => [native.floor, `${port}`, FRAME, `${RATE}`, "send"],
		},
		{
			name: "ustreamer",
			path: "/stream",
			...(existsSync("/usr/bin/ustreamer") ? {} : { absent: "not installed (Debian package ustreamer)" }),
			command: (port) =>
				`ustreamer -d ${device} -m JPEG -c HW -f ${RATE} -r ${WIDTH}x${HEIGHT} --host 127.0.0.1 -p ${port}`.split(" "),
			env: {
				LD_PRELOAD: native.fakeCamera,
				FAKE_DEV: device,
				FAKE_JPEG: FRAME,
				FAKE_FPS: `${RATE}`,
				FAKE_W: `${WIDTH}`,
				FAKE_H: `${HEIGHT}`,
			},
		},
		{
			name: "porthole",
			path: "/stream.mjpeg",
			logIn: pathWithLink,
			...(existsSync(NODE_PROGRAM) ? {} : { absent: "not built (npm run build)" }),
			command: (port) => [process.execPath, NODE_PROGRAM, ...cameraFlags(port, join(folder, "camera"))],
		},
		{
			name: "on XS",
			path: "/stream.mjpeg",
			logIn: pathWithLink,
			...(existsSync(XS_PROGRAM) ? {} : { absent: "not built (npm run build:linux)" }),
			command: (port) => [XS_PROGRAM, ...cameraFlags(port, join(folder, "xs-camera"))],
		},
	];
}

/** Options for the web server alone: no gateway, no presence. */
function cameraFlags(port: number, data: string): string[] {
	return [
		...["camera", "--name", "bench", "--data", data, "--source", FRAME, "--fps", `${RATE}`],
		...["--http-port", `${port}`, "--mapping", "off", "--presence", "off", "--log-level", "warn"],
		...["--connections", "5000", "--connections-per-address", "5000", "--viewers", "5000", "--password", PASSWORD],
	];
}

/**
 * Starts a server on the first processor core and waits until its stream answers.
 * @throws when it ends or does not answer; the message has its output
 */
export async function start(contender: Contender): Promise<RunningServer> {
	const port = await freePort();
	let { path } = contender;
	const { pid, stop } = await startServer(contender.name, contender.command(port), contender.env ?? {}, async () => {
		if (await answers(port, path)) return true;
		path = (await contender.logIn?.(port).catch(() => undefined)) ?? contender.path;
		return false;
	});
	return { port, path, pid, stop };
}

async function pathWithLink(port: number): Promise<string> {
	return `/stream.mjpeg?link=${await viewerToken(port)}`;
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
