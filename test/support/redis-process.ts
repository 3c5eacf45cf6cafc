import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A redis-server on this machine that keeps nothing on the disk. */
export class RedisProcess {
	private child: ChildProcess | undefined;
	private readonly folder = mkdtempSync(join(tmpdir(), "porthole-redis-"));

	constructor(readonly port: number) {}

	get url(): string {
		return `redis://127.0.0.1:${this.port}`;
	}

	/** Starts it, and waits until it takes commands. */
	async start(): Promise<void> {
		const words = ["--port", `${this.port}`, "--bind", "127.0.0.1", "--save", "", "--dir", this.folder];
		const child = spawn("redis-server", words, { stdio: ["ignore", "pipe", "inherit"] });
		this.child = child;
		let said = "";
		for await (const text of child.stdout) {
			said += text;
			if (said.includes("Ready to accept connections")) return;
		}
		throw new Error(`redis-server has ended: ${said}`);
	}

	/** Ends it at once, as a crash would. */
	async kill(): Promise<void> {
		const { child } = this;
		this.child = undefined;
		if (child === undefined || child.exitCode !== null) return;
		const gone = once(child, "exit");
		child.kill("SIGKILL");
		await gone;
	}

	/** Ends it and removes its folder. */
	async close(): Promise<void> {
		await this.kill();
		rmSync(this.folder, { recursive: true, force: true });
	}
}
