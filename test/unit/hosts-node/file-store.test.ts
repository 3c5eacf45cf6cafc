import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { FileStore } from "../../../hosts/node/file-store";
import { Prng } from "../../../src/base/prng";
import { StoreError } from "../../../src/ports/store";
import { TYPESCRIPT } from "../../../tools/typescript-options";

/** How often the writer is killed. */
const KILLS = 20;

describe("hosts-node/file-store", () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), "porthole-store-"));
	});
	afterEach(() => rmSync(folder, { recursive: true }));

	it("keeps values for the next process, readable by the owner only", () => {
		const inner = join(folder, "made", "anew");
		new FileStore(inner).write("key", "secret");
		assert.equal(new FileStore(inner).read("key"), "secret");
		assert.equal(statSync(join(inner, "key.value")).mode & 0o777, 0o600);
		assert.equal(statSync(inner).mode & 0o777, 0o700);
		assert.deepEqual(readdirSync(inner), ["key.value"]);
	});

	it("does not take a half-written file for a value", () => {
		const store = new FileStore(folder);
		store.write("key", "whole");
		writeFileSync(join(folder, "key.new"), "ha");
		assert.equal(store.read("key"), "whole");
		store.write("key", "next");
		assert.equal(store.read("key"), "next");
	});

	it("throws StoreError when half a value can't be removed, as on a card that has become read-only", () => {
		mkdirSync(join(folder, "key.new"));
		assert.throws(() => new FileStore(folder).write("key", "value"), StoreError);
	});

	it("throws Error when the medium fails", () => {
		const store = new FileStore(folder);
		rmSync(folder, { recursive: true });
		assert.throws(() => store.write("key", "x"), /ENOENT/);
		writeFileSync(folder, "");
		assert.throws(() => new FileStore(join(folder, "inside")), Error);
		assert.throws(() => store.read("key"), /ENOTDIR/);
	});

	it(`survives kill -9 in mid-write, ${KILLS} times: an old value or a new one, never a mix`, async function () {
		this.timeout(120_000);
		const seed = Date.now() & 0xffff;
		const random = new Prng(seed);
		let interrupted = 0;
		for (let round = 0; round < KILLS; round++) {
			const said = await writeUntilKilled(folder, 5 + random.below(40));
			const value = new FileStore(folder).read("value") ?? "";
			const match = /^(\d+):(x*):end$/.exec(value);
			assert.ok(match, `seed ${seed}, round ${round}: ${JSON.stringify(value.slice(0, 60))}`);
			const written = Number(match[1]);
			assert.equal(match[2].length, (written * 97) % 3000, `seed ${seed}, round ${round}: a mix`);
			// What the writer called durable must be there; the one after it may be.
			assert.ok(written === said || written === said + 1, `seed ${seed}: said ${said}, found ${written}`);
			if (readdirSync(folder).includes("value.new")) interrupted++;
		}
		assert.ok(interrupted > 0, `seed ${seed}: no kill met a write`);
	});
});

/** Lets a child write, and kills it some time after its first value. @returns the last value that it called durable */
async function writeUntilKilled(folder: string, after: number): Promise<number> {
	const args = [...TYPESCRIPT, resolve(__dirname, "store-writer.ts"), folder];
	const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
	let said = "";
	child.stdout.on("data", (chunk) => {
		if (said === "") setTimeout(() => child.kill("SIGKILL"), after);
		said += chunk;
	});
	const [, signal] = await once(child, "close");
	assert.equal(signal, "SIGKILL");
	return Number(said.trim().split("\n").at(-1));
}
