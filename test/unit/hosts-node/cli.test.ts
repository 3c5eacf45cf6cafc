import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NODE_PROGRAM } from "../../../tools/camera-program";
import { freePort } from "../../../tools/free-port";

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

	it("prints the number of the demo's cameras and their addresses", async () => {
		const port = await freePort(4);
		const demo = spawn(process.execPath, [NODE_PROGRAM, "demo", "--port", `${port}`]);
		let out = "";
		demo.stdout.on("data", (data: Buffer) => {
			out += data.toString();
			if (out.includes("Open ")) demo.kill();
		});
		await once(demo, "close");
		assert.match(out, new RegExp(`A virtual router and 3 cameras .*\\nOpen http://localhost:${port}/`));
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
		const before = performance.now();
		const { code, err } = run(["camera", "--data", "/proc/foo"]);
		assert.equal(code, 2);
		assert.match(err, /^porthole: \/proc\/foo cannot be used: /);
		assert.ok(performance.now() - before < 10_000);
	});

	it("shows at once that the doctor is at work, and each finding once", async () => {
		const doctor = spawn(process.execPath, [NODE_PROGRAM, "doctor"]);
		let said = "";
		const begun = performance.now();
		await new Promise<void>((resolve) => {
			const hear = (data: Buffer): void => {
				said += data.toString();
				if (said.includes("This machine: ") && said.includes("Looking for the router")) resolve();
			};
			doctor.stdout.on("data", hear);
			doctor.stderr.on("data", hear);
			doctor.on("close", () => resolve());
		});
		assert.ok(performance.now() - begun < 8_000, said);
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
