import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { lockFolder } from "../../../hosts/node/data-folder";
import { makeFolder } from "../../../hosts/node/make-folder";
import { UsageError } from "../../../src/settings/usage-error";
import { XS_PROGRAM } from "../../../tools/camera-program";
import { TYPESCRIPT } from "../../../tools/typescript-options";
import { needs } from "../../support/needs";

const RACER = join(__dirname, "lock-racer.ts");
/** The race: so many processes, so many times, with so many milliseconds in between. */
const RACERS = 4;
const ROUNDS = 100;
const STEP = 40;

describe("hosts-node/data-folder", () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), "porthole-options-"));
	});
	afterEach(() => rmSync(folder, { recursive: true }));

	it("gives a data folder to one process only", () => {
		const inner = join(folder, "made", "for it");
		const release = lockFolder(inner);
		assert.throws(() => lockFolder(inner), /in use by another camera\. Give each camera its own folder with --data/);
		release();
		lockFolder(inner)();
	});

	it("takes a folder after a power cut, even when the number of the old process belongs to another one now", () => {
		for (const number of ["1", `${process.ppid}`, "999999999", "", "not a number"]) {
			writeFileSync(join(folder, "lock"), `${number}\n`);
			lockFolder(folder)();
		}
	});

	it("takes a folder of a process that was killed, although its children live on", async function () {
		this.timeout(30_000);
		const program = `
			const { lockFolder } = require(${JSON.stringify(resolve(__dirname, "../../../hosts/node/data-folder"))});
			lockFolder(${JSON.stringify(folder)});
			console.log(require("node:child_process").spawn("sleep", ["60"]).pid);
			setInterval(() => {}, 1000);`;
		const child = spawn(process.execPath, [...TYPESCRIPT, "-e", program]);
		const [said] = await once(child.stdout, "data");
		const gone = once(child, "exit");
		assert.throws(() => lockFolder(folder), /in use by another camera/);
		child.kill("SIGKILL");
		await gone;
		lockFolder(folder)();
		process.kill(Number(String(said)), "SIGKILL");
	});

	it(`lets one of ${RACERS} processes in that start at the same instant, ${ROUNDS} times`, async function () {
		this.timeout(300_000);
		for (let round = 0; round < ROUNDS; round++) {
			mkdirSync(join(folder, `${round}`));
			// As a power cut leaves it.
			writeFileSync(join(folder, `${round}`, "lock"), "999999999\n");
		}
		const racers = Array.from({ length: RACERS }, () =>
			spawn(process.execPath, [...TYPESCRIPT, RACER, folder, `${ROUNDS}`, `${STEP}`]),
		);
		await Promise.all(racers.map(({ stdout }) => once(stdout, "data")));
		const won = racers.map(async ({ stdout }) => JSON.parse(String((await once(stdout, "data"))[0])) as number[]);
		for (const { stdin } of racers) stdin.write(`${Date.now() + STEP}`);
		const lists = await Promise.all(won);
		for (const { stdin } of racers) stdin.end();
		const winners = Array.from({ length: ROUNDS }, (_, round) => lists.filter((list) => list.includes(round)).length);
		assert.deepEqual(winners, Array(ROUNDS).fill(1));
	});

	it("keeps a camera on XS out as well, and is kept out by one", async function () {
		needs(this, "porthole-linux");
		const release = lockFolder(folder);
		const picture = resolve(__dirname, "../../fixtures/frame.jpg");
		const args = ["--data", folder, "--mapping", "off", "--presence", "off", "--http-port", "1", "--source", picture];
		const { status, stderr } = spawnSync(XS_PROGRAM, args, { encoding: "utf8", timeout: 10_000 });
		assert.deepEqual([status, /in use by another camera/.test(stderr)], [2, true], stderr);
		release();
		const child = spawn(XS_PROGRAM, args, { stdio: ["ignore", "ignore", "pipe"] });
		const gone = once(child, "exit");
		await once(child.stderr, "data");
		assert.throws(() => lockFolder(folder), /in use by another camera/);
		child.kill("SIGKILL");
		await gone;
		lockFolder(folder)();
	});

	it("refuses a folder that cannot be made, at once", () => {
		const file = join(folder, "file");
		writeFileSync(file, "{}");
		for (const path of [join(file, "below-a-file"), file, "/proc/porthole", "/proc/porthole/below"]) {
			assert.throws(() => lockFolder(path), UsageError, path);
			assert.throws(() => makeFolder(path), Error, path);
		}
		makeFolder(folder);
	});
});
