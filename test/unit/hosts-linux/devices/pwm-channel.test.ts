import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { needs } from "../../../support/needs";
import { compileProbe, linesOf, makeFolder } from "./compile";

const run = promisify(execFile);

describe("hosts-linux/devices/pwm-channel", function () {
	this.timeout(120_000);
	let folder: ReturnType<typeof makeFolder>;
	let program: string;
	let chip: string;

	before(async function () {
		needs(this, "gcc");
		folder = makeFolder();
		program = await compileProbe(folder.path, "line-probe", [
			...["gpio-line", "pwm-channel", "device-watch", "device-error"],
		]);
	});
	beforeEach(() => {
		chip = join(folder.path, "pwmchip2");
		rmSync(chip, { recursive: true, force: true });
		mkdirSync(chip);
		for (const name of ["export", "unexport"]) writeFileSync(join(chip, name), "");
	});
	after(() => folder?.remove());

	async function probe(...args: readonly (string | number)[]) {
		return probeWith("", ...args);
	}

	/** @param atLook a command for the shell, at the fourth look for the files of the channel */
	async function probeWith(atLook: string, ...args: readonly (string | number)[]) {
		const env = { ...process.env, ...(atLook !== "" && { PROBE_AT_LOOK: atLook }) };
		const { stdout } = await run(program, ["pwm", folder.path, ...args.map(String)], { timeout: 20_000, env });
		return linesOf(stdout);
	}

	/** Makes the files of an exported channel. @param path its folder */
	function makeChannel(channel: number, path = join(chip, `pwm${channel}`)): string {
		mkdirSync(path);
		for (const [name, text] of [
			["duty_cycle", "0"],
			["period", "0"],
			["enable", "0"],
		])
			writeFileSync(join(path, name), text);
		return path;
	}

	it("sets period and pulse, starts with the first pulse, and stops when closed (IMG-18)", async () => {
		const path = makeChannel(1);
		const lines = await probe(2, 1, 20_000_000, 1_500_000);
		assert.deepEqual(lines, [{ exported: 0, enabled: 0 }, [20_000_000, 1_500_000, 1], { afterwards: -1 }]);
		assert.equal(readFileSync(join(path, "enable"), "utf8")[0], "0");
		// The program that exported it keeps it.
		assert.equal(readFileSync(join(chip, "unexport"), "utf8"), "");
	});

	it("never asks for a pulse that is longer than the period", async () => {
		makeChannel(0);
		const lines = await probe(2, 0, 20_000_000, 30_000_000);
		assert.deepEqual(lines[1], [20_000_000, 20_000_000, 1]);
	});

	it("exports the channel, waits for its files, and unexports it", async () => {
		// All at once, as the kernel makes them.
		const made = makeChannel(3, join(chip, "made"));
		const command = `test "$(cat ${join(chip, "export")})" = 3 && mv ${made} ${join(chip, "pwm3")}`;
		const lines = await probeWith(command, 2, 3, 20_000_000, 1_000_000);
		assert.deepEqual(lines[0], { exported: 1, enabled: 0 });
		assert.deepEqual(lines[1], [20_000_000, 1_000_000, 1]);
		assert.equal(readFileSync(join(chip, "export"), "utf8"), "3");
		assert.equal(readFileSync(join(chip, "unexport"), "utf8"), "3");
	});

	it("reports why there is no signal", async () => {
		const [failed] = await probe(7, 0, 20_000_000);
		assert.match(String(failed["words"]), /PWM chip 7, channel 0: no such PWM chip/);
	});
});
