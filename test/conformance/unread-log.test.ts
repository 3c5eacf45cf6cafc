import assert from "node:assert/strict";
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { codeOf } from "../../hosts/node/error-code";
import { CAMERA_PROGRAMS, FRAME } from "../../tools/camera-program";
import { freePort } from "../../tools/free-port";
import { needs } from "../support/needs";
import { pause, until } from "../support/until";

const PASSWORD = "a-good-password";
const LOGIN = ["--digest", "-u", `owner:${PASSWORD}`];

/** Does something until the pipe can't any more. */
function exhaust(step: () => number): void {
	try {
		while (step() > 0);
	} catch (error) {
		assert.equal(codeOf(error), "EAGAIN");
	}
}

for (const program of CAMERA_PROGRAMS) {
	describe(`${program.name}: a log that nobody reads`, function () {
		this.timeout(120_000);
		let folder: string;
		let child: ChildProcess | undefined;
		let pipe = -1;

		before(function () {
			needs(this, "curl", program.need);
			folder = mkdtempSync(join(tmpdir(), "porthole-log-"));
		});
		after(async () => {
			if (child !== undefined && child.exitCode === null) {
				const gone = once(child, "exit");
				child.kill("SIGKILL");
				await gone;
			}
			if (pipe >= 0) closeSync(pipe);
			if (folder !== undefined) rmSync(folder, { recursive: true });
		});

		it("neither stops the camera nor makes its memory grow, and reports how many lines were lost", async () => {
			const path = join(folder, "log");
			execFileSync("mkfifo", [path]);
			pipe = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
			const port = await freePort();
			const flags = ["--mapping", "off", "--presence", "off", "--password", PASSWORD, "--log-level", "debug"];
			const [command, ...args] = [...program.command, "--source", FRAME, ...flags, "--data", join(folder, "data")];
			exhaust(() => writeSync(pipe, Buffer.alloc(4096, "x\n")));
			child = spawn("sh", ["-c", 'exec "$0" "$@" 2>"$LOG"', command, ...args, "--http-port", `${port}`], {
				stdio: "ignore",
				env: { ...process.env, LOG: path },
			});
			const curl = (...words: string[]) => promisify(execFile)("curl", ["-s", "--max-time", "20", ...LOGIN, ...words]);
			const url = `http://127.0.0.1:${port}`;
			const id = await until("an answer", 20_000, async () => {
				const { stdout } = await curl(`${url}/api/v1/status`).catch(() => ({ stdout: "" }));
				return /"id":"(\w+)"/.exec(stdout)?.[1];
			});
			for (const name of ["Gate", "Hall", "Gate"]) {
				await curl("-d", `name=${name}`, `${url}/api/v1/cameras/${id}/name`);
				await pause(50);
			}
			let said = "";
			const buffer = Buffer.alloc(4096);
			const read = () =>
				exhaust(() => {
					const count = readSync(pipe, buffer);
					said += buffer.toString("latin1", 0, count);
					return count;
				});
			await until("the log's own line about it", 10_000, async () => {
				read();
				await curl("-d", "name=Garden", `${url}/api/v1/cameras/${id}/name`);
				await curl("-d", "name=Yard", `${url}/api/v1/cameras/${id}/name`);
				return program.name === "Node.js" ? said.includes("Yard") : /\d+ log lines were lost/.test(said);
			});
			assert.match(said, /is now called "(Garden|Yard)"/);
		});
	});
}
