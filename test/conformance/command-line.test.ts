import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FRAME, NODE_PROGRAM, XS_PROGRAM } from "../../tools/camera-program";
import { freePort } from "../../tools/free-port";
import { type Need, needs } from "../support/needs";
import { until } from "../support/until";

/** How a program ended, and what it said. */
interface Outcome {
	readonly code: number | null;
	readonly out: string;
	readonly err: string;
}

/** What keeps a device from what is around it. */
const QUIET = ["--mapping", "off", "--presence", "off", "--service-discovery", "off"];

const PROGRAMS: readonly (readonly [name: string, command: readonly string[], need: Need])[] = [
	["porthole", [process.execPath, NODE_PROGRAM], "build"],
	["porthole-linux", [XS_PROGRAM], "porthole-linux"],
];

for (const [name, command, need] of PROGRAMS) {
	describe(`conformance/the command line of ${name}`, function () {
		this.timeout(120_000);
		let folder: string;
		let taken: Server;
		let port: number;
		let count = 0;
		let doctors: Promise<readonly Outcome[]>;
		const children: ChildProcess[] = [];

		before(async function () {
			needs(this, need, "script");
			folder = mkdtempSync(join(tmpdir(), "porthole-command-line-"));
			port = await freePort();
			taken = createServer().listen(port);
			await once(taken, "listening");
			// They take ten seconds, in which the other tests run.
			const doctor = ["doctor", "--interface", "lo", "--data", folder];
			doctors = Promise.all([run(...doctor), run(...doctor, "--json")]);
		});
		after(() => {
			for (const child of children) child.kill("SIGKILL");
			taken?.close();
			if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
		});

		async function run(...args: string[]): Promise<Outcome> {
			const child = spawn(command[0], [...command.slice(1), ...args], { stdio: ["ignore", "pipe", "pipe"] });
			children.push(child);
			const said = { out: "", err: "" };
			child.stdout?.on("data", (text) => {
				said.out += text;
			});
			child.stderr?.on("data", (text) => {
				said.err += text;
			});
			const [code] = await once(child, "close");
			return { code, ...said };
		}

		/** The words of a device with a folder of its own. */
		function device(kind: string, ...args: string[]): string[] {
			const data = join(folder, `data${count++}`);
			const quiet = kind === "relay" || kind === "rendezvous" ? [] : QUIET;
			const own = kind === "camera" ? ["--source", FRAME] : kind === "nas" ? ["--storage", `${data}-storage`] : [];
			return [kind, ...own, ...quiet, "--data", data, ...args];
		}

		it("ends every kind of device with exit code 1 when a port is in use, and says what to do", async () => {
			const ended = async (flag: string, ...args: string[]): Promise<void> => {
				const { code, err } = await run(...args);
				assert.equal(code, 1, err);
				assert.match(
					err,
					new RegExp(`^${name}: (UDP p|P)ort ${port} is in use\\. Stop the other program or pass ${flag}\\.`, "m"),
				);
				assert.match(err, /Or pass --retry to wait until it can be opened\.$/m);
				assert.doesNotMatch(err, /\n\s+at /);
			};
			const free = `${await freePort()}`;
			const udp = createSocket("udp4").bind(port, "0.0.0.0");
			await once(udp, "listening");
			await Promise.all([
				...["camera", "nas", "relay"].map((kind) =>
					ended("--http-port", ...device(kind, "--http-port", `${port}`, "--rtsp-port", "0")),
				),
				ended("--udp-port", ...device("rendezvous", "--http-port", `${await freePort()}`, "--udp-port", `${port}`)),
				ended("--rtsp-port", ...device("camera", "--http-port", free, "--rtsp-port", `${port}`)),
			]);
			udp.close();
		});

		it("waits for the port with --retry", async () => {
			const wanted = await freePort();
			const other = createServer().listen(wanted);
			await once(other, "listening");
			const words = device("camera", "--http-port", `${wanted}`, "--rtsp-port", "0", "--retry");
			const child = spawn(command[0], [...command.slice(1), ...words], { stdio: ["ignore", "ignore", "pipe"] });
			children.push(child);
			let said = "";
			child.stderr?.on("data", (text) => {
				said += text;
			});
			await until("it waits", 30_000, () => said.includes("is in use"));
			assert.match(said, /Trying again\./);
			other.close();
			await until("it has the port", 30_000, () => said.includes(`listening on port ${wanted}`));
			child.kill("SIGTERM");
			const [code] = await once(child, "exit");
			assert.equal(code, 0);
		});

		it("lists the network interfaces when --interface names one that does not exist", async () => {
			const [camera, doctor] = await Promise.all([
				run(...device("camera"), "--interface", "nope"),
				run("doctor", "--interface", "l0"),
			]);
			assert.deepEqual([camera.code, doctor.code], [2, 2]);
			assert.match(
				camera.err,
				/--interface: this machine has no network interface "nope"\. It has: .*\blo \(127\.0\.0\.1\)/,
			);
			assert.match(doctor.err, /"l0"; did you mean lo\? It has: /);
		});

		it("ends when --source names a file or a device that does not exist, and says what to do", async () => {
			const [file, device9] = await Promise.all(
				["/nope.jpg", "/dev/video99"].map((source) => run(...device("camera", "--source", source))),
			);
			assert.deepEqual([file.code, device9.code], [2, 2]);
			assert.match(file.err, /--source: \/nope\.jpg: there is no such file or folder\./);
			assert.match(
				device9.err,
				/--source: there is no device \/dev\/video99\. Connect the camera and check the path, or pass --retry to wait for it\.$/m,
			);
		});

		it("ends when --storage is below a folder that does not exist, and creates nothing", async () => {
			const parent = join(folder, "not-mounted");
			const { code, err } = await run(
				"nas",
				...QUIET,
				"--data",
				join(folder, "nas"),
				"--storage",
				join(parent, "disk"),
			);
			assert.equal(code, 2, err);
			assert.ok(err.includes(`there is no folder ${parent}. Mount the disk`), err);
			assert.equal(existsSync(parent), false);
		});

		it("waits for the device of --source with --retry (IMG-17)", async () => {
			const port = `${await freePort()}`;
			const words = device("camera", "--source", "/dev/video99", "--http-port", port, "--rtsp-port", "0", "--retry");
			const child = spawn(command[0], [...command.slice(1), ...words], { stdio: ["ignore", "ignore", "pipe"] });
			children.push(child);
			let said = "";
			child.stderr?.on("data", (text) => {
				said += text;
			});
			await until("it serves its pages all the same", 30_000, () => said.includes(`listening on port ${port}`));
			child.kill("SIGTERM");
			const [code] = await once(child, "exit");
			assert.equal(code, 0, said);
		});

		it("suggests what is near", async () => {
			const near = async (args: readonly string[], message: RegExp): Promise<void> => {
				const { code, err } = await run(...args);
				assert.equal(code, 2);
				assert.match(err, message);
			};
			await Promise.all([
				near(["camrea"], /Unknown command "camrea"; did you mean camera\? See porthole/),
				near(["camera", "--log-level", "wran"], /got "wran"; did you mean warn\?/),
				near(["completion", "fisch"], /No completion for "fisch"; did you mean fish\? There are: bash, zsh, fish\./),
			]);
		});

		it("prints the version for -v, and no npm in what users of a package read", async () => {
			const { version } = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8"));
			const [short, help] = await Promise.all([run("-v"), run("--help")]);
			assert.equal(short.out, `${version}\n`);
			assert.doesNotMatch(help.out, /npm/);
		});

		/** Runs a device at a terminal until it listens, or ends. */
		function atTerminal(args: readonly string[], env: Readonly<Record<string, string>>): string {
			const line = [...command, ...args].map((word) => `'${word}'`).join(" ");
			const { stdout } = spawnSync("script", ["-qec", `timeout 20 ${line}`, "/dev/null"], {
				encoding: "utf8",
				timeout: 40_000,
				env: { ...process.env, TERM: "xterm", ...env },
			});
			return stdout;
		}

		it("shows local times and colours at a terminal, and no colours with NO_COLOR", () => {
			// The warning is that the port is in use, after which it ends.
			const args = device("relay", "--http-port", `${port}`, "--rtsp-port", "0");
			const shown = atTerminal(args, { NO_COLOR: "" });
			assert.match(shown, /^\d\d:\d\d:\d\d info {2}relay: relay started/m);
			const plain = atTerminal(args, { NO_COLOR: "1" });
			assert.match(plain, /^\d\d:\d\d:\d\d info {2}relay: relay started/m);
			assert.ok(!plain.includes("\x1b["), plain);
			assert.ok(atTerminal(["--help"], { NO_COLOR: "" }).includes("\x1b[1mTools:"));
			assert.ok(!atTerminal(["--help"], { NO_COLOR: "1" }).includes("\x1b["));
		});

		it("gives the journal priorities in place of times", () => {
			const log = join(folder, "journal");
			writeFileSync(log, "");
			const args = device("relay", "--http-port", `${port}`, "--rtsp-port", "0");
			const line = [...command, ...args].map((word) => `'${word}'`).join(" ");
			spawnSync("sh", ["-c", `JOURNAL_STREAM=$(stat -c %d:%i '${log}') exec ${line} 2>>'${log}'`], { timeout: 20_000 });
			assert.match(readFileSync(log, "utf8"), /^<6>relay: relay started/m);
		});

		it("examines the network with a time for each step, or as JSON, with exit code 1 where there is no router", async () => {
			const [lines, json] = await doctors;
			assert.deepEqual([lines.code, json.code], [1, 1]);
			for (const line of lines.out.trimEnd().split("\n")) assert.match(line, /^( *\d+\.\d s {2}| {9} *)\S/);
			assert.match(lines.out, /^ +0\.0 s {2}This machine: 127\.0\.0\.1 \(lo/);
			const { reachable, steps, cameras, problems } = JSON.parse(json.out);
			assert.deepEqual([reachable, cameras], [false, []]);
			assert.equal(steps[0].step, "machine");
			assert.equal(problems[0].problem, "no-gateway");
		});
	});
}
