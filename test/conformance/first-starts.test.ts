import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CAMERA_PROGRAMS, FRAME } from "../../tools/camera-program";
import { freePort } from "../../tools/free-port";
import { ownerCookie } from "../../tools/owner-session";
import { needs } from "../support/needs";
import { until } from "../support/until";

/** What a camera draws at its first start, besides the password: the values of the store that must be its alone. */
const SECRETS: readonly string[] = ["id", "device-key", "login"];
const PASSWORD = /\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}\b/;

for (const program of CAMERA_PROGRAMS) {
	describe(`${program.name}: first starts`, function () {
		this.timeout(60_000);
		before(function () {
			needs(this, program.need);
		});

		let folder: string;
		let port: number;
		let said: string;
		let stop: () => Promise<void>;

		/** Starts a camera whose output is not a terminal for the first time, and waits until it listens. */
		async function start(): Promise<void> {
			folder = mkdtempSync(join(tmpdir(), "porthole-first-"));
			port = await freePort();
			const flags = ["--mapping", "off", "--presence", "off", "--http-port", `${port}`, "--data", folder];
			const [command, ...args] = [...program.command, "--source", FRAME, ...flags];
			const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
			const gone = once(child, "exit");
			stop = async () => {
				child.kill("SIGKILL");
				await gone;
				rmSync(folder, { recursive: true });
			};
			said = "";
			for (const stream of [child.stdout, child.stderr])
				stream.on("data", (data) => {
					said += data;
				});
			await until("a listening camera", 20_000, () => said.includes("listening on port"));
		}

		afterEach(() => stop());

		/** Starts a camera, and stops it. @returns its secrets, by name */
		async function firstSecrets(): Promise<Map<string, string>> {
			await start();
			const secrets = new Map(SECRETS.map((key) => [key, readFileSync(join(folder, `${key}.value`), "utf8")]));
			for (const name of readdirSync(folder).filter((file) => file.includes("password")))
				secrets.set(name, readFileSync(join(folder, name), "utf8"));
			secrets.set("printed password", PASSWORD.exec(said)?.[0] ?? "");
			return secrets;
		}

		it("never share a secret", async () => {
			const one = await firstSecrets();
			await stop();
			const other = await firstSecrets();
			assert.deepEqual([...one.keys()], [...other.keys()]);
			for (const [name, value] of one) if (value !== "") assert.notEqual(value, other.get(name), name);
			assert.ok(SECRETS.every((name) => (one.get(name) ?? "").length >= 16));
		});

		it("keep the password out of the output, in a file for the user only, until the owner has logged in", async () => {
			await start();
			const file = join(folder, "first-password.value");
			const password = readFileSync(file, "utf8");
			assert.match(password, PASSWORD);
			assert.equal(statSync(file).mode & 0o777, 0o600);
			assert.ok(!said.includes(password), said);
			assert.ok(said.includes(file), said);
			await ownerCookie(port, password);
			assert.ok(!existsSync(file));
		});
	});
}
