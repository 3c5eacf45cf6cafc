import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CAMERA_PROGRAMS, FRAME } from "../../tools/camera-program";
import { freePort } from "../../tools/free-port";
import { needs } from "../support/needs";
import { until } from "../support/until";

/** What a camera draws at its first start, besides the password: the values of the store that must be its alone. */
const SECRETS: readonly string[] = ["id", "device-key", "login"];

for (const program of CAMERA_PROGRAMS) {
	describe(`${program.name}: first starts`, function () {
		this.timeout(60_000);
		before(function () {
			needs(this, program.need);
		});

		/** Starts a camera for the first time. @returns its secrets, by name */
		async function firstStart(): Promise<Map<string, string>> {
			const folder = mkdtempSync(join(tmpdir(), "porthole-first-"));
			const flags = ["--mapping", "off", "--presence", "off", "--http-port", `${await freePort()}`, "--data", folder];
			const [command, ...args] = [...program.command, "--source", FRAME, ...flags];
			const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
			const gone = once(child, "exit");
			let said = "";
			for (const stream of [child.stdout, child.stderr])
				stream.on("data", (data) => {
					said += data;
				});
			await until("a listening camera", 20_000, () => said.includes("listening on port"));
			child.kill("SIGKILL");
			await gone;
			const secrets = new Map(SECRETS.map((key) => [key, readFileSync(join(folder, `${key}.value`), "utf8")]));
			for (const name of readdirSync(folder).filter((file) => file.includes("password")))
				secrets.set(name, readFileSync(join(folder, name), "utf8"));
			secrets.set("printed password", /\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}\b/.exec(said)?.[0] ?? "");
			rmSync(folder, { recursive: true });
			return secrets;
		}

		it("never share a secret", async () => {
			const [one, other] = [await firstStart(), await firstStart()];
			assert.deepEqual([...one.keys()], [...other.keys()]);
			for (const [name, value] of one) if (value !== "") assert.notEqual(value, other.get(name), name);
			assert.ok(SECRETS.every((name) => (one.get(name) ?? "").length >= 16));
		});
	});
}
