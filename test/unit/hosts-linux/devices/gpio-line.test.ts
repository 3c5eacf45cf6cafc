import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { needs } from "../../../support/needs";
import { compilePreload, compileProbe, linesOf, makeFolder, preloadOf } from "./compile";

const run = promisify(execFile);

/** Bits of the request, from linux/gpio.h. */
const FLAG = { activeLow: 2, input: 4, rising: 16, falling: 32, pullUp: 256, pullDown: 512, noBias: 1024 };
const EDGES = FLAG.input + FLAG.rising + FLAG.falling;

describe("hosts-linux/devices/gpio-line", function () {
	this.timeout(120_000);
	let folder: ReturnType<typeof makeFolder>;
	let program: string;
	let preload: string;
	let chip: string;
	let value: string;
	let log: string;

	before(async function () {
		needs(this, "gcc");
		folder = makeFolder();
		program = await compileProbe(folder.path, "line-probe", [
			...["gpio-line", "pwm-channel", "device-watch", "device-error"],
		]);
		preload = preloadOf(await compilePreload(folder.path, "test/unit/hosts-linux/devices/native/fake-gpio.c"));
		[chip, value, log] = ["gpiochip0", "value", "log"].map((name) => join(folder.path, name));
		writeFileSync(chip, "");
	});
	beforeEach(() => writeFileSync(value, "0"));
	after(() => folder?.remove());

	async function probe(path: string, line: string, options: readonly number[], ...commands: readonly string[]) {
		const { stdout } = await run(program, ["gpio", path, line, ...options.map(String), ...commands], {
			timeout: 20_000,
			env: { ...process.env, LD_PRELOAD: preload, FAKE_GPIO: chip, FAKE_GPIO_VALUE: value, FAKE_GPIO_LOG: log },
		});
		return linesOf(stdout);
	}

	it("reports each change once, and nothing else (IMG-7)", async () => {
		const lines = await probe(
			chip,
			"3",
			[0, 0, 0],
			...["true", `echo 1 > ${value}`, `echo 1 > ${value}`, `echo 0 > ${value}; echo 1 > ${value}; echo 0 > ${value}`],
		);
		assert.deepEqual(lines, [
			{ value: 0 },
			{ woken: 0, changed: 0, value: 0 },
			{ woken: 1, changed: 1, value: 1 },
			{ woken: 1, changed: 0, value: 1 },
			{ woken: 1, changed: 1, value: 0 },
			{ afterwards: 0 },
		]);
	});

	it("asks the kernel for the bias, the sense and the debouncing that were chosen", async () => {
		const cases: readonly [readonly number[], number][] = [
			[[0, 0, 0], EDGES],
			[[1, 1, 30_000], EDGES + FLAG.pullUp + FLAG.activeLow],
			[[2, 0, 5000], EDGES + FLAG.pullDown],
			[[3, 0, 5000], EDGES + FLAG.noBias],
		];
		for (const [options, flags] of cases) {
			const [opened] = await probe(chip, "SWITCH", options);
			assert.deepEqual(opened, { value: options[1] });
			assert.deepEqual(JSON.parse(readFileSync(log, "utf8")), {
				line: 3,
				flags,
				debounce: options[2],
				consumer: "porthole",
			});
		}
	});

	it("reports why a line cannot be opened", async () => {
		const cases: readonly [string, string, RegExp][] = [
			["/nowhere/gpiochip9", "3", /gpiochip9: no such chip; gpiodetect lists the chips/],
			[chip, "8", /line 8: the chip does not have this line/],
			[chip, "99999999999999999999", /the chip does not have this line/],
			[chip, "DOOR", /line DOOR: the chip does not have this line/],
			[chip, "", /the chip does not have this line/],
			[chip, "5", /line 5: the line is used by another program/],
			[value, "3", /not a GPIO chip/],
		];
		for (const [path, line, words] of cases)
			assert.match(String((await probe(path, line, [0, 0, 0]))[0]["words"]), words);
	});

	it("reports that the chip is gone", async () => {
		const lines = await probe(chip, "3", [0, 0, 0], `rm ${value}`);
		assert.deepEqual(lines[1], { failed: 19, words: "the switch: the chip is gone" });
	});

	it("reports devices that appear, get their permissions and disappear, and no other file", async () => {
		const { stdout } = await run(program, [
			...["watch", folder.path, "video", "true", `touch ${folder.path}/tty1`, `touch ${folder.path}/video1`],
			...[`chmod 600 ${folder.path}/video1`, `mv ${folder.path}/video1 ${folder.path}/x`, `rm ${folder.path}/x`],
		]);
		const told = linesOf(stdout).map((line) => `${line["woken"]}${line["told"]}`);
		assert.deepEqual(told, ["00", "10", "11", "11", "11", "10"]);
		const missing = await run(program, ["watch", "/nowhere", "video"]);
		assert.deepEqual(linesOf(missing.stdout), [{ failed: 2 }]);
	});
});
