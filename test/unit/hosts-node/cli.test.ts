import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { NODE_PROGRAM } from "../../../tools/camera-program";
import { freePort } from "../../../tools/free-port";

const TOP = resolve(__dirname, "../../..");

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
	const { status, stdout, stderr } = spawnSync(process.execPath, [NODE_PROGRAM, ...args], {
		encoding: "utf8",
		timeout: 20_000,
		env: { ...process.env, ...env },
	});
	return { code: status, out: stdout, err: stderr };
}

describe("hosts-node/main", function () {
	this.timeout(120_000);

	it("ends quietly when its output is no longer read", async () => {
		const child = spawn(process.execPath, [NODE_PROGRAM, "camera", "--help"], { stdio: ["ignore", "pipe", "pipe"] });
		child.stdout.destroy();
		let errors = "";
		child.stderr.on("data", (text) => {
			errors += text;
		});
		const [code] = await once(child, "close");
		assert.deepEqual([code, errors], [0, ""]);
	});

	it("does not start with a file for a password that is empty, too long or not readable", () => {
		const folder = mkdtempSync(join(tmpdir(), "porthole-secret-"));
		const secret = join(folder, "secret");
		try {
			for (const [text, words] of [
				["", /secret is empty/],
				["x".repeat(400), /is longer than 300/],
				["x".repeat(70_000), /can't be read: it is longer than 65536 octets/],
			] as const) {
				writeFileSync(secret, text);
				const { code, err } = run(["camera", "--password-file", secret, "--data", folder]);
				assert.equal(code, 2);
				assert.match(err, words);
			}
			for (const [path, words] of [
				["/dev/zero", /can't be read: it is longer/],
				[folder, /can't be read: it is not a file\./],
				[join(folder, "nowhere"), /file not found/],
			] as const) {
				const { code, err } = run(["camera", "--password-file", path, "--data", folder]);
				assert.equal(code, 2);
				assert.match(err, words);
			}
		} finally {
			rmSync(folder, { recursive: true });
		}
	});

	it("never tells the user of an installed package to run npm, in no text of the programs", () => {
		const told: string[] = [];
		for (const folder of ["src", "hosts/node", "hosts/linux", "hosts/sdk"]) {
			for (const entry of readdirSync(join(TOP, folder), { recursive: true, encoding: "utf8" })) {
				if (!entry.endsWith(".ts")) continue;
				for (const line of readFileSync(join(TOP, folder, entry), "utf8").split("\n")) {
					const isComment = /^\s*(\/\/|\*|\/\*)/.test(line);
					if (!isComment && /npm (ci|run|start|install|test)\b/.test(line))
						told.push(`${folder}/${entry}: ${line.trim()}`);
				}
			}
		}
		assert.deepEqual(told, []);
	});

	it("prints help and version with exit code 0", () => {
		assert.match(run(["--help"]).out, /porthole demo/);
		assert.match(run(["camera", "--help"]).out, /--representative-ports/);
		assert.match(run(["--version"]).out, /^\d+\.\d+\.\d+\n$/);
	});

	it("says that the demo's port is in use or cannot be opened, and not that the demo runs", async () => {
		const other = createServer().listen(0, "127.0.0.1");
		await once(other, "listening");
		const port = `${(other.address() as AddressInfo).port}`;
		const taken = run(["demo", "--port", port]);
		assert.deepEqual([taken.code, taken.out], [1, ""]);
		assert.match(taken.err, /Port \d+ is in use\. Stop the other program, or pass --port\./);
		other.close();
		const strange = run(["demo", "--port", port, "--listen", "192.0.2.77"]);
		assert.deepEqual([strange.code, strange.out], [1, ""]);
		assert.match(strange.err, /cannot be opened: .*Check --port and --listen\./);
	});

	it("says that the demo is open once every camera answers, and then how players reach them", async () => {
		const port = await freePort(4);
		const rtspPort = await freePort(4);
		const networkPort = await freePort(3);
		const ports = ["--port", `${port}`, "--rtsp-port", `${rtspPort}`, "--network-port", `${networkPort}`];
		const words = [NODE_PROGRAM, "demo", ...ports];
		const demo = spawn(process.execPath, words);
		let out = "";
		try {
			await new Promise<void>((resolve) => {
				demo.stdout.on("data", (data: Buffer) => {
					out += data.toString();
					if (out.includes("Open ") && out.includes("\nCamera 1 for a video player: ")) resolve();
				});
				demo.on("close", () => resolve());
			});
			for (const at of [port, port + 1, port + 2]) {
				const { status } = await fetch(`http://localhost:${at}/`, { headers: { connection: "close" } });
				assert.equal(status, 401, `${at}`);
			}
			assert.match(out, new RegExp(`^A virtual router and 3 cameras .*\\nOpen http://localhost:${port}/`));
			assert.match(out, /\nCamera 1 for a video player: rtsp:/);
		} finally {
			demo.kill();
			await once(demo, "close");
		}
	});

	for (const [args, message] of [
		[[], /^porthole: No command given\.\n/],
		[["dance"], /Unknown command "dance"/],
		[["camera", "--source", "/nowhere"], /no such file/],
		[["camera", "--gather", "table,list"], /--gather must not have both table and list/],
		[["demo", "--cameras", "99"], /--cameras must be a number from 1 to 12, got "99"/],
		[["doctor", "--config", "/nowhere/x.json"], /settings file not found/],
	] as const) {
		it(`reports the error in ${JSON.stringify(args)}, with exit code 2 and without a stack`, () => {
			const data = args[0] === "camera" ? ["--data", join(tmpdir(), "porthole-cli-test")] : [];
			const { code, err } = run([...args, ...data]);
			assert.equal(code, 2);
			assert.match(err, message);
			assert.doesNotMatch(err, /\n\s+at /);
		});
	}

	it("names the file and the key of a source that cannot be opened, or the variable, not the flag", () => {
		const folder = mkdtempSync(join(tmpdir(), "porthole-cli-"));
		const file = join(folder, "cam.json");
		writeFileSync(file, '{ "source": "/nowhere", "fps": 5 }');
		const data = ["--data", join(folder, "data")];
		assert.match(run(["camera", "--config", file, ...data]).err, /^porthole: .*cam\.json: "source": \/nowhere: /);
		assert.match(
			run(["camera", ...data], { PORTHOLE_SOURCE: "/nowhere" }).err,
			/^porthole: PORTHOLE_SOURCE: \/nowhere: /,
		);
		assert.match(run(["camera", "--source", "/nowhere", ...data]).err, /^porthole: --source: \/nowhere: /);
		rmSync(folder, { recursive: true });
	});

	it("refuses a data folder that cannot be made at once", () => {
		const { code, err } = run(["camera", "--data", "/proc/foo"]);
		assert.equal(code, 2);
		assert.match(err, /^porthole: \/proc\/foo cannot be used: /);
	});

	it("shows at once that the doctor is at work, and each finding once", async () => {
		const doctor = spawn(process.execPath, [NODE_PROGRAM, "doctor"]);
		let said = "";
		await new Promise<void>((resolve) => {
			const hear = (data: Buffer): void => {
				said += data.toString();
				if (said.includes("This machine: ") && said.includes("Looking for the router")) resolve();
			};
			doctor.stdout.on("data", hear);
			doctor.stderr.on("data", hear);
			doctor.on("close", () => resolve());
		});
		// What it finds comes ten seconds later.
		assert.doesNotMatch(said, /cannot be reached/);
		doctor.kill();
		await once(doctor, "close");
	});

	it("warns of unknown variables, and of each problem in a line of its own", () => {
		const env = { PORTHOLE_CAMERA: "2", PORTHOLE_PORT: "0", PORTHOLE_HTTP_PORT: "no setting of the demo" };
		const { code, err } = run(["demo", "--listen", "::1", "--cameras", "x"], env);
		assert.equal(code, 2);
		assert.deepEqual(err.split("\n").slice(0, -1).sort(), [
			'porthole: --cameras must be a number from 1 to 12, got "x".',
			'porthole: PORTHOLE_PORT must be a number from 1 to 65000, got "0".',
			"porthole: unknown variable PORTHOLE_CAMERA is ignored; did you mean PORTHOLE_CAMERAS?",
		]);
	});
});
