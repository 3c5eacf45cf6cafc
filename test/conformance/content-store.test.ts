import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { NodeClock } from "../../hosts/node/clock";
import { NodeFiles } from "../../hosts/node/files";
import { Prng } from "../../src/base/prng";
import { Pump } from "../../src/core/pump";
import { FileContentStore } from "../../src/storage/store/file-content-store";
import { TYPESCRIPT } from "../../tools/typescript-options";
import { needs } from "../support/needs";
import { NO_LIMITS } from "../support/recordings";
import { walkOver } from "../support/toy-matroska";
import { until } from "../support/until";

/** How often the program is killed; 100 for a long run. */
const KILLS = Number(process.env["PORTHOLE_TEST_KILLS"] ?? "3");
const CHILD = resolve(__dirname, "../support/recording-child.ts");
/** What is given less than this before the end may be lost; the machine may be busy. */
const LOST = 2500;
/** Time between two pictures of a camera in the program, in milliseconds. */
const EVERY = 50;

/** Opens the store in a real folder, and waits until it is ready. */
async function open(folder: string): Promise<{ store: FileContentStore; close(): Promise<void> }> {
	const clock = new NodeClock();
	const pump = new Pump(clock);
	const log = { write: () => undefined };
	const store = new FileContentStore({ files: new NodeFiles(folder), clock, log, pump }, NO_LIMITS);
	await until("the store is open", 30_000, () => store.state !== "opening");
	assert.equal(store.state, "ready");
	return {
		store,
		async close() {
			await new Promise<void>((done) => store.close(done));
			pump.close();
		},
	};
}

function pathsBelow(folder: string, prefix = ""): string[] {
	return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
		const path = `${prefix}${entry.name}`;
		return entry.isDirectory() ? pathsBelow(folder, `${path}/`) : [path];
	});
}

describe("conformance/content-store on Node.js", function () {
	this.timeout(120_000 + KILLS * 20_000);
	let folder: string;

	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), "porthole-store-"));
	});
	afterEach(() => rmSync(folder, { recursive: true }));

	/**
	 * Records for a while, then kills the program.
	 * @param time for the pictures of how many milliseconds it records, as many as come in that time on an idle machine
	 * @param options `limit` of the octets; `locks`: the chance of locks in place of deletions; `enter`: a command that runs the
	 * program; `half`: called once in between
	 * @returns what it said
	 */
	async function recordAndKill(
		utc: number,
		seed: number,
		time: number,
		{
			limit = 0,
			locks = 0.6,
			enter = [],
			half,
		}: { limit?: number; locks?: number; enter?: readonly string[]; half?: () => void } = {},
	): Promise<string[]> {
		const words = [folder, utc, seed, limit, locks].map(String);
		const program = [process.execPath, ...TYPESCRIPT, CHILD, ...words];
		const [command, ...args] = [...enter, ...program];
		const env = { ...process.env, TS_NODE_PROJECT: resolve(__dirname, "../../tsconfig.json") };
		const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "inherit"] });
		let said = "";
		child.stdout.on("data", (chunk) => {
			said += chunk;
		});
		await until("pictures", 60_000, () => said.includes("given") || child.exitCode !== null);
		assert.equal(child.exitCode, null, "the program runs");
		const wanted = Math.ceil(time / EVERY);
		let later = half;
		await until("pictures enough", 4 * time, () => {
			const given = said.split("given a ").length - 1;
			if (given >= wanted / 2) {
				later?.();
				later = undefined;
			}
			return given >= wanted || child.exitCode !== null;
		});
		assert.equal(child.exitCode, null, "the program runs");
		const gone = once(child, "close");
		const killed = Date.now();
		child.kill("SIGKILL");
		await gone;
		said += `killed ${killed}\n`;
		return said.split("\n").slice(0, -1);
	}

	it(`has every finished segment and every synced second after ${KILLS} × kill -9 while it records, locks, deletes and plays (STR-13)`, async () => {
		const prng = new Prng(17);
		const locks = new Map<string, boolean | undefined>();
		const deleted = new Set<string>();
		let segments = 0;
		for (let round = 0; round < KILLS; round++) {
			const utc = Date.UTC(2026, 10, 20) + round * 7_200_000;
			const limit = round % 3 === 2 ? 3_000_000 : 0;
			const said = await recordAndKill(utc, round, 300 + prng.below(6000), { limit });
			const killed = Number(said[said.length - 1].split(" ")[1]);
			const spans: [string, number, number][] = [];
			const given: [string, number, number][] = [];
			for (const line of said) {
				const [word, key, a, b] = line.split(" ");
				const name = `${key}/${a}`;
				if (word === "given") given.push([key, Number(a), Number(b)]);
				else if (word === "locking") locks.set(name, undefined);
				else if (word === "locked" || word === "unlocked") locks.set(name, word === "locked");
				else if (word === "deleted") deleted.add(name);
				else if (word === "deleting" || word === "gone") spans.push([key, Number(a), Number(b)]);
				else if (word === "trouble") assert.fail(line);
			}
			for (const path of pathsBelow(folder)) if (path.endsWith(".mkv")) checkSegment(folder, path);
			const { store, close } = await open(folder);
			const times = new Map<string, Set<number>>();
			for (const { key } of store.cameras()) {
				const found = new Set<number>();
				times.set(key, found);
				for (const segment of store.segments(key, 0, Infinity, 1e6)) {
					segments++;
					for (const time of checkSegment(folder, segment.path)) found.add(segment.start + time);
					const name = `${key}/${segment.start}`;
					assert.ok(!deleted.has(name), `${name} was deleted`);
					const lock = locks.get(name);
					if (lock !== undefined) assert.equal(segment.isLocked, lock, `lock of ${name}`);
				}
			}
			const missing: string[] = [];
			for (const [key, at, when] of given) {
				if (when > killed - LOST || times.get(key)?.has(at) === true) continue;
				const isGone = spans.some(([camera, from, to]) => camera === key && from <= at && at <= to);
				// The quota deletes the oldest first; the program may be killed before it says so.
				const oldest = store.segments(key, 0, Infinity, 1)[0]?.start ?? Infinity;
				if (!isGone && !(limit > 0 && at < oldest))
					missing.push(`${key} ${new Date(at).toISOString()} given ${killed - when} ms before the end`);
			}
			assert.deepEqual(missing, [], `round ${round}: of ${given.length} pictures`);
			assert.deepEqual(
				pathsBelow(folder).filter((path) => path.endsWith(".part")),
				[],
			);
			await close();
		}
		assert.ok(segments > 4 * KILLS);
	});

	it("deletes the oldest recordings on a small disk that others fill as well, and records without a gap (STR-13)", async function () {
		needs(this, "root");
		const script = 'mount -t tmpfs -o size=12m,mode=700 tmpfs "$0" && echo mounted && exec sleep 300';
		const holder = spawn("unshare", ["-m", "sh", "-c", script, folder], { stdio: ["ignore", "pipe", "inherit"] });
		try {
			await once(holder.stdout, "data");
			const inside = `/proc/${holder.pid}/root${folder}`;
			const enter = ["nsenter", "-t", `${holder.pid}`, "-m", "--"];
			const half = () => writeFileSync(join(inside, "fill"), Buffer.alloc(4_000_000));
			// Without locks: what is locked takes the room of what is new.
			const said = await recordAndKill(Date.UTC(2026, 10, 20), 5, 12_000, { locks: 0, enter, half });
			assert.deepEqual(
				said.filter((line) => line.startsWith("trouble") || line.startsWith("log")),
				[],
			);
			assert.ok(said.some((line) => line.startsWith("gone")));
			const paths = pathsBelow(inside).filter((path) => path.endsWith(".mkv"));
			assert.ok(paths.length > 8);
			for (const path of paths) {
				checkSegment(inside, path);
				assert.doesNotMatch(path, /storage/);
			}
		} finally {
			holder.kill("SIGKILL");
		}
	});

	it("writes segments that ffprobe and ffmpeg accept, finished, running and repaired (STR-13)", async function () {
		needs(this, "ffprobe", "ffmpeg");
		await recordAndKill(Date.UTC(2026, 10, 20), 1, 4500);
		const running = pathsBelow(folder).filter((path) => path.endsWith(".part"));
		assert.ok(running.length > 0);
		for (const path of running) {
			// One that has just begun has no picture yet.
			const { scan } = walkOver(new Uint8Array(readFileSync(join(folder, path))));
			if (scan.pictures > 0) assert.ok(probe(join(folder, path), false).packets >= scan.pictures);
		}
		const { store, close } = await open(folder);
		let count = 0;
		for (const { key } of store.cameras()) {
			for (const { path, pictures, encoding, end, start } of store.segments(key, 0, Infinity, 100)) {
				const { codec, duration, packets } = probe(join(folder, path), true);
				assert.deepEqual([codec, packets], [encoding === "JPEG" ? "mjpeg" : "h264", pictures]);
				assert.ok(Math.abs(duration * 1000 - (end - start)) < 2, `${path}: ${duration}`);
				count++;
			}
		}
		assert.ok(count >= 8);
		await close();
	});
});

/** Checks the structure of a segment. @returns the times of its pictures */
function checkSegment(folder: string, path: string): number[] {
	const bytes = new Uint8Array(readFileSync(join(folder, path)));
	const { walker, scan } = walkOver(bytes, { checks: true });
	assert.equal(walker.state, "ended", `${path}: ${walker.detail}`);
	assert.equal(walker.facts?.ending?.length, bytes.length, path);
	assert.ok(path.includes(`_${scan.pictures}p_`), path);
	return scan.found.map(([, , time]) => time);
}

/** Lets ffprobe count, and ffmpeg decode. Anything that they complain of is a failure. */
function probe(path: string, isEnded: boolean): { codec: string; duration: number; packets: number } {
	const fields = "stream=codec_name,nb_read_packets:format=duration";
	const args = [
		"-v",
		"warning",
		"-count_packets",
		"-show_entries",
		fields,
		"-of",
		"default=nw=1",
		"-f",
		"matroska",
		path,
	];
	const text = execFileSync("ffprobe", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
	const value = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1] ?? "";
	const decode = ["-v", "warning", "-xerror", "-f", "matroska", "-i", path, "-f", "null", "-"];
	const complaints = execFileSync("sh", ["-c", 'ffmpeg "$@" 2>&1', "sh", ...decode], { encoding: "utf8" });
	if (isEnded) assert.equal(complaints, "", path);
	return { codec: value("codec_name"), duration: Number(value("duration")), packets: Number(value("nb_read_packets")) };
}
