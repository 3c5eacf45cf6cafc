import { type ChildProcess, spawn } from "node:child_process";
import { NODE_PROGRAM } from "../../tools/camera-program";
import { freePort } from "../../tools/free-port";
import { PASSWORD } from "./digest";
import { until } from "./until";

/** The demo of `npm start` as a process of its own on free ports. */
export class DemoProcess {
	/** What it has printed. */
	printed = "";
	/** What it has printed as errors. */
	errors = "";

	private constructor(
		private readonly process: ChildProcess,
		readonly port: number,
		/** Camera 1's port for video players. */
		readonly rtspPort: number,
		/** The port of the page that draws the network; the laptop and the relay have the two after it. */
		readonly networkPort: number,
	) {
		process.stdout?.on("data", (text) => {
			this.printed += text;
		});
		process.stderr?.on("data", (text) => {
			this.errors += text;
		});
	}

	/**
	 * Starts a demo with three cameras, without waiting. The owner's password is that of all tests.
	 * @param isWhole whether there is all else that `npm start` shows
	 */
	static async start(isWhole = false): Promise<DemoProcess> {
		const port = await freePort(4);
		const rtspPort = await freePort(4);
		const networkPort = await freePort(3);
		const words = [NODE_PROGRAM, "demo", "--port", `${port}`, "--rtsp-port", `${rtspPort}`, "--password", PASSWORD];
		words.push("--network-port", `${networkPort}`);
		if (!isWhole) words.push("--only-cameras", "on");
		return new DemoProcess(
			spawn(process.execPath, words, { stdio: ["ignore", "pipe", "pipe"] }),
			port,
			rtspPort,
			networkPort,
		);
	}

	/** The address of a camera's page; camera 1 has the first port. */
	url(camera: number, path = ""): string {
		return `http://localhost:${this.port + camera - 1}/${path}`;
	}

	/** The address of the page that draws the network. */
	networkUrl(path = ""): string {
		return `http://localhost:${this.networkPort}/${path}`;
	}

	/** Waits until cameras answer with any status but 503. */
	async untilUp(...cameras: readonly number[]): Promise<void> {
		for (const camera of cameras) {
			await until(`camera ${camera} answers`, 15_000, async () => {
				const answer = await fetch(this.url(camera), { headers: { connection: "close" } }).catch(() => undefined);
				return answer !== undefined && answer.status !== 503;
			});
		}
	}

	/** Stops it as Ctrl-C does. @returns its exit code */
	stop(): Promise<number | null> {
		const { process } = this;
		if (process.exitCode !== null) return Promise.resolve(process.exitCode);
		return new Promise((done) => {
			process.once("exit", (code) => done(code));
			process.kill("SIGINT");
		});
	}
}
