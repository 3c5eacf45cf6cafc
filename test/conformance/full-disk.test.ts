import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { FileStore } from "../../hosts/node/file-store";
import { firstLogin } from "../../src/app/access/first-login";
import { CAMERA_PROGRAMS, FRAME } from "../../tools/camera-program";
import { freePort } from "../../tools/free-port";
import { needs } from "../support/needs";
import { pause, until } from "../support/until";

const ID = "0011223344556677";
const RANDOM = { fill: (bytes: Uint8Array) => void bytes.fill(7), unit: () => 0.5 };
const RECORD = { viewerPassword: "", digestMd5: false };

/** A disk of 100 kB in a mount namespace, which lives as long as a process that sleeps. */
class SmallDisk {
	private constructor(
		private readonly holder: ChildProcess,
		/** The path inside the namespace. */
		readonly folder: string,
	) {}

	static async make(folder: string): Promise<SmallDisk> {
		const script = 'mount -t tmpfs -o size=100k,mode=700 tmpfs "$0" && echo mounted && exec sleep 300';
		const holder = spawn("unshare", ["-m", "sh", "-c", script, folder], { stdio: ["ignore", "pipe", "inherit"] });
		await once(holder.stdout as NodeJS.ReadableStream, "data");
		return new SmallDisk(holder, folder);
	}

	/** The same folder as this process reaches it. */
	get path(): string {
		return `/proc/${this.holder.pid}/root${this.folder}`;
	}

	/** A command that runs another one in the namespace. */
	get enter(): string[] {
		return ["nsenter", "-t", `${this.holder.pid}`, "-m", "--"];
	}

	fill(): void {
		const file = openSync(join(this.path, "fill"), "w");
		const block = Buffer.alloc(1024);
		assert.throws(() => {
			for (;;) writeSync(file, block);
		}, /ENOSPC/);
		closeSync(file);
	}

	free(): void {
		rmSync(join(this.path, "fill"));
	}

	drop(): void {
		this.holder.kill("SIGKILL");
	}
}

for (const program of CAMERA_PROGRAMS) {
	describe(`${program.name}: a full disk`, function () {
		this.timeout(60_000);
		let folder: string;
		let disk: SmallDisk;
		let port: number;
		let child: ChildProcess | undefined;
		let said = "";

		before(async function () {
			needs(this, "root", "curl", program.need);
			folder = mkdtempSync(join(tmpdir(), "porthole-disk-"));
			mkdirSync(join(folder, "data"));
			disk = await SmallDisk.make(join(folder, "data"));
			port = await freePort();
		});
		after(async () => {
			await stop();
			disk?.drop();
			if (folder !== undefined) rmSync(folder, { recursive: true });
		});
		afterEach(function () {
			if (this.currentTest?.state === "failed") process.stderr.write(said);
		});

		async function start(): Promise<void> {
			said = "";
			const flags = ["--mapping", "off", "--presence", "off", "--http-port", `${port}`, "--data", disk.folder];
			const [command, ...args] = [...disk.enter, ...program.command, "--source", FRAME, ...flags];
			child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
			child.stderr?.on("data", (chunk) => {
				said += chunk;
			});
			await until("a listening camera", 20_000, () => said.includes("listening on port") || child?.exitCode !== null);
			assert.equal(child.exitCode, null, said);
		}

		async function stop(): Promise<void> {
			if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
			const gone = once(child, "exit");
			child.kill("SIGKILL");
			await gone;
		}

		/** @returns the status and the body */
		async function ask(password: string, path: string, ...args: string[]): Promise<string> {
			const { stdout } = await promisify(execFile)("curl", [
				...["-s", "--max-time", "10", "--digest", "-u", `owner:${password}`, "-w", " %{http_code}", ...args],
				`http://127.0.0.1:${port}${path}`,
			]);
			return stdout;
		}

		const setPassword = (old: string, fresh: string) =>
			ask(old, "/api/v1/password", "-d", `user=owner&password=${fresh}`);

		it("neither ends the program nor half changes a password", async () => {
			const store = new FileStore(disk.path);
			store.write("id", ID);
			firstLogin(store, RANDOM, ID, "first-password", RECORD);
			await start();
			disk.fill();
			assert.match(await setPassword("first-password", "second-password"), /Nothing was changed.*ENOSPC.* 507$/);
			assert.match(await ask("first-password", "/api/v1/logout-all", "-d", ""), /Nothing was changed.* 507$/);
			assert.match(await ask("first-password", "/api/v1/settings", "-d", "priority=7"), / 507$/);
			assert.match(await ask("first-password", `/api/v1/cameras/${ID}/name`, "-d", "name=Gate"), / 200$/);
			await pause(200);
			const status = await ask("first-password", "/api/v1/status");
			assert.match(status, /can't store what changes: [^"]*ENOSPC/);
			assert.match(status, / 200$/);
			assert.match(await ask("second-password", "/api/v1/status"), / 401$/);
		});

		it("lets the program start, with the passwords that were valid before", async () => {
			await stop();
			await start();
			assert.match(await ask("first-password", "/api/v1/status"), /can't store what changes[\s\S]* 200$/);
			assert.match(await ask("second-password", "/api/v1/status"), / 401$/);
		});

		it("is not reported any more once there is room", async () => {
			disk.free();
			assert.match(await setPassword("first-password", "second-password"), / 200$/);
			await stop();
			await start();
			const status = await ask("second-password", "/api/v1/status");
			assert.match(status, / 200$/);
			assert.doesNotMatch(status, /can't store/);
			assert.match(await ask("first-password", "/api/v1/status"), / 401$/);
		});
	});
}
