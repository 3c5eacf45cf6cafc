import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { readFileSync } from "node:fs";
import { freePort } from "../../tools/free-port";
import { until } from "./until";

/** The hashes of the pictures that ffmpeg decodes from a file or a stream. */
export function decodedHashes(...input: readonly string[]): string[] {
	const args = ["-v", "error", ...input, "-f", "framemd5", "-"];
	const { stdout, stderr } = spawnSync("ffmpeg", args, { encoding: "utf8", timeout: 100_000 });
	return hashesOf(stdout, stderr);
}

/** Takes the hashes from ffmpeg's list: the last column. */
export function hashesOf(list: string, problem = ""): string[] {
	const hashes = list.split("\n").filter((line) => /^\d/.test(line));
	if (hashes.length === 0) throw new Error(`no pictures: ${problem}`);
	return hashes.map((line) => line.slice(line.lastIndexOf(",") + 1).trim());
}

/** A player that receives RTP on a port of this machine. */
export class PlayerProcess {
	output = "";
	problems = "";
	private readonly child: ChildProcess;
	private readonly socket: Socket = createSocket("udp4");
	private ended = false;

	constructor(
		readonly port: number,
		program: string,
		args: readonly string[],
	) {
		this.child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], timeout: 60_000 });
		this.child.stdout?.on("data", (chunk) => (this.output += chunk));
		this.child.stderr?.on("data", (chunk) => (this.problems += chunk));
		this.child.once("close", () => (this.ended = true));
	}

	/** Waits until it listens, sends the bursts of packets at an even pace, again and again, until it has ended. */
	async send(bursts: Iterable<readonly Uint8Array[]>, pace = 10): Promise<void> {
		const port = this.port.toString(16).toUpperCase().padStart(4, "0");
		await until(
			"the player listens",
			20_000,
			() => this.ended || readFileSync("/proc/net/udp", "latin1").includes(`:${port} `),
		);
		for (const burst of bursts) {
			if (this.ended) break;
			for (const packet of burst) this.socket.send(packet, this.port, "127.0.0.1");
			await new Promise((done) => setTimeout(done, pace));
		}
	}

	/** Waits until it has ended by itself. */
	async end(): Promise<void> {
		await until("the player ends", 10_000, () => this.ended);
	}

	close(): void {
		this.child.kill("SIGKILL");
		this.socket.close();
	}
}

/** Returns an even port; no other test gets it or the next one. */
export async function freePair(): Promise<number> {
	const first = await freePort(3);
	return first + (first % 2);
}
