import assert from "node:assert/strict";
import type { Millis } from "../../src/core/time";
import {
	FILE_NAME_MAX,
	FILE_OPERATIONS_MAX,
	type FileAnswer,
	type FileDone,
	type FileEntry,
	type FileFailure,
	type FileMode,
	type FileOperation,
	type FileSink,
	type FileSpace,
	type Files,
	type OpenFile,
	PATH_OPERATIONS_MAX,
} from "../../src/ports/files";
import { Guard, LIMIT, pattern } from "./port-fixture";

/** The files of one program below an empty root, and time. */
export interface FilesFixture {
	readonly files: Files;
	/** Makes a symbolic link at a path below the root; absent where there are none. */
	link?(target: string, path: string): void;
	/** Lets time pass until `until()` is true or `limit` is over, whichever comes first. */
	run(until: () => boolean, limit: Millis): Promise<void>;
	close(): Promise<void>;
}

/** How an operation of an open file ended: its name with a count, or with a failure. */
type Ended = readonly [FileOperation, number | FileFailure];

/** Hears the operations of one file. */
class Probe implements FileSink {
	readonly ended: Ended[] = [];

	constructor(private readonly guard: Guard) {}

	completed(operation: FileOperation, count: number): void {
		this.guard.called("completed");
		this.ended.push([operation, count]);
	}

	failed(operation: FileOperation, why: FileFailure, detail: string): void {
		this.guard.called("failed");
		if (detail === "") this.guard.faults.push("a failure without a detail");
		this.ended.push([operation, why]);
	}
}

/** Proves that a host keeps the contract of src/ports/files. @param open makes a fresh, empty root for each test */
export function filesSuite(title: string, open: () => Promise<FilesFixture>): void {
	describe(`${title} keeps the contract of src/ports/files`, () => {
		let fixture: FilesFixture;
		let guard: Guard;
		let files: Files;

		beforeEach(async () => {
			fixture = await open();
			files = fixture.files;
			guard = new Guard();
		});
		afterEach(async () => {
			await fixture.close();
			assert.deepEqual(guard.faults, []);
		});

		async function until(what: string, is: () => boolean): Promise<void> {
			await fixture.run(is, LIMIT);
			assert.ok(is(), `not in time: ${what}`);
		}

		async function ask<Value>(start: (done: FileDone<Value>) => void): Promise<FileAnswer<Value>> {
			const answers: FileAnswer<Value>[] = [];
			guard.call(() =>
				start((answer) => {
					guard.called("done");
					answers.push(answer);
				}),
			);
			await until("an answer", () => answers.length > 0);
			return answers[0];
		}

		async function value<Value>(start: (done: FileDone<Value>) => void): Promise<Value> {
			const answer = await ask(start);
			if (answer.failure !== undefined) assert.fail(`${answer.failure}: ${answer.detail}`);
			return answer.value;
		}

		async function failure(start: (done: FileDone<unknown>) => void): Promise<FileFailure | undefined> {
			return (await ask(start)).failure;
		}

		/** Opens a file, with a probe. */
		async function opened(path: string, mode: FileMode = "create-or-update"): Promise<[OpenFile, Probe]> {
			return [await value<OpenFile>((done) => files.open(path, mode, done)), new Probe(guard)];
		}

		/** Makes a file with a content. */
		async function put(path: string, content: Uint8Array): Promise<void> {
			const [file, probe] = await opened(path, "create");
			guard.call(() => {
				file.write(0, content, 0, content.length, probe);
				file.close(probe);
			});
			await until("written", () => probe.ended.length === 2);
			assert.deepEqual(probe.ended, [
				["write", content.length],
				["close", 0],
			]);
		}

		/** Reads a whole file. */
		async function get(path: string): Promise<Uint8Array> {
			const [file, probe] = await opened(path, "read");
			const bytes = new Uint8Array(file.size + 1);
			guard.call(() => {
				file.read(0, bytes, 0, bytes.length, probe);
				file.close();
			});
			await until("read", () => probe.ended.length === 1);
			assert.deepEqual(probe.ended, [["read", file.size]]);
			return bytes.slice(0, file.size);
		}

		async function list(path: string, max = Infinity): Promise<FileEntry[] | FileFailure> {
			const entries: FileEntry[] = [];
			let result: FileEntry[] | FileFailure | undefined;
			guard.call(() =>
				files.list(path, {
					entry(entry) {
						guard.called("entry");
						if (result !== undefined) guard.faults.push("an entry after the end");
						entries.push(entry);
						if (entries.length < max) return true;
						result = entries;
						return false;
					},
					listed() {
						guard.called("listed");
						if (result !== undefined) guard.faults.push("listed after the end");
						result = entries;
					},
					failed(why) {
						guard.called("failed");
						result = why;
					},
				}),
			);
			await until("listed", () => result !== undefined);
			return result as FileEntry[] | FileFailure;
		}

		async function names(path: string): Promise<string[]> {
			const entries = await list(path);
			return typeof entries === "string" ? [entries] : entries.map(({ name }) => name).sort();
		}

		const make = (path: string) => value<undefined>((done) => files.makeFolder(path, done));
		const stat = (path: string) => value<FileEntry>((done) => files.stat(path, done));

		it("begins with an empty root", async () => {
			assert.deepEqual(await names(""), []);
			const root = await stat("");
			assert.deepEqual([root.name, root.kind, root.size], ["", "folder", 0]);
		});

		it("writes a file and reads it back whole", async () => {
			const content = pattern(300_000);
			await put("a.bin", content);
			assert.deepEqual(await get("a.bin"), content);
		});

		it("tells a file's size and when it changed", async () => {
			await put("a.bin", pattern(1000));
			const { name, kind, size, modified } = await stat("a.bin");
			assert.deepEqual([name, kind, size], ["a.bin", "file", 1000]);
			if (modified !== undefined) assert.ok(modified > 1_600_000_000_000 && modified % 1 === 0, `${modified}`);
		});

		it("reads ranges, and fewer octets or none at the end", async () => {
			await put("a.bin", pattern(100));
			const [file, probe] = await opened("a.bin", "read");
			const bytes = new Uint8Array(64).fill(0xee);
			for (const [at, start, end] of [
				[10, 4, 24],
				[90, 24, 64],
				[100, 0, 4],
				[5000, 0, 4],
				[0, 3, 3],
			]) {
				file.read(at, bytes, start, end, probe);
			}
			await until("all", () => probe.ended.length === 5);
			assert.deepEqual(
				probe.ended.map(([, count]) => count),
				[20, 10, 0, 0, 0],
			);
			assert.deepEqual(bytes.slice(4, 24), pattern(100).slice(10, 30));
			assert.deepEqual(bytes.slice(24, 34), pattern(100).slice(90));
			assert.deepEqual([...bytes.slice(0, 4), ...bytes.slice(34)], Array(34).fill(0xee));
			file.close();
		});

		it("writes just bytes[start, end), at an offset or at the end", async () => {
			const [file, probe] = await opened("a.bin");
			const bytes = pattern(100);
			file.append(bytes, 0, 10, probe);
			file.append(bytes, 10, 30, probe);
			file.write(5, bytes, 50, 55, probe);
			assert.equal(file.size, 30);
			file.close(probe);
			await until("all", () => probe.ended.length === 4);
			const expected = bytes.slice(0, 30);
			expected.set(bytes.subarray(50, 55), 5);
			assert.deepEqual(await get("a.bin"), expected);
		});

		it("reads zeros in a gap, and after an extension", async () => {
			const [file, probe] = await opened("a.bin");
			file.write(10, pattern(4), 0, 4, probe);
			file.truncate(20, probe);
			file.close(probe);
			await until("all", () => probe.ended.length === 3);
			const expected = new Uint8Array(20);
			expected.set(pattern(4), 10);
			assert.deepEqual(await get("a.bin"), expected);
		});

		it("cuts a file, and appends at its new end", async () => {
			await put("a.bin", pattern(100));
			const [file, probe] = await opened("a.bin", "update");
			assert.equal(file.size, 100);
			file.truncate(10, probe);
			file.append(pattern(100), 60, 65, probe);
			assert.equal(file.size, 15);
			file.sync(probe);
			file.close(probe);
			await until("all", () => probe.ended.length === 4);
			assert.deepEqual(probe.ended, [
				["truncate", 0],
				["write", 5],
				["sync", 0],
				["close", 0],
			]);
			assert.deepEqual(
				await get("a.bin"),
				new Uint8Array([...pattern(100).slice(0, 10), ...pattern(100).slice(60, 65)]),
			);
		});

		it("does the operations of a file in the order of the calls", async () => {
			const [file, probe] = await opened("a.bin");
			const read = new Uint8Array(8);
			guard.call(() => {
				file.write(0, pattern(8), 0, 8, probe);
				file.read(0, read, 0, 8, probe);
				file.truncate(4, probe);
				file.read(0, new Uint8Array(8), 0, 8, probe);
				file.sync(probe);
				file.close(probe);
			});
			await until("all", () => probe.ended.length === 6);
			assert.deepEqual(probe.ended, [
				["write", 8],
				["read", 8],
				["truncate", 0],
				["read", 4],
				["sync", 0],
				["close", 0],
			]);
			assert.deepEqual(read, pattern(8).slice());
		});

		it(`lets ${FILE_OPERATIONS_MAX} operations of a file wait, and refuses one more`, async () => {
			const [file, probe] = await opened("a.bin");
			guard.call(() => {
				for (let i = 0; i < FILE_OPERATIONS_MAX; i++) file.append(pattern(10), 0, 10, probe);
				file.append(pattern(10), 0, 10, probe);
				file.close(probe);
			});
			await until("all", () => probe.ended.length === FILE_OPERATIONS_MAX + 2);
			assert.equal(probe.ended.filter(([, count]) => count === "busy").length, 1);
			assert.equal((await stat("a.bin")).size, FILE_OPERATIONS_MAX * 10);
		});

		it("denies what is called after close", async () => {
			const [file, probe] = await opened("a.bin");
			file.close(probe);
			guard.call(() => file.append(pattern(4), 0, 4, probe));
			guard.call(() => file.close(probe));
			await until("all", () => probe.ended.length === 3);
			assert.deepEqual([...probe.ended].sort(), [
				["close", 0],
				["close", "denied"],
				["write", "denied"],
			]);
		});

		it("denies writing to a file that is open for reading, and goes on", async () => {
			await put("a.bin", pattern(10));
			const [file, probe] = await opened("a.bin", "read");
			file.write(0, pattern(4), 0, 4, probe);
			file.truncate(0, probe);
			file.read(0, new Uint8Array(20), 0, 20, probe);
			await until("all", () => probe.ended.length === 3);
			assert.deepEqual(probe.ended, [
				["write", "denied"],
				["truncate", "denied"],
				["read", 10],
			]);
			assert.equal(file.size, 10);
			file.close();
		});

		for (const [mode, existing, result] of [
			["read", true, undefined],
			["read", false, "not-found"],
			["update", true, undefined],
			["update", false, "not-found"],
			["create", true, "exists"],
			["create", false, undefined],
			["create-or-update", true, undefined],
			["create-or-update", false, undefined],
		] as const) {
			const outcome = result === undefined ? "succeeds" : `is ${result}`;
			it(`opening ${existing ? "an existing" : "a missing"} file to ${mode} ${outcome}`, async () => {
				if (existing) await put("a.bin", pattern(7));
				const answer = await ask<OpenFile>((done) => files.open("a.bin", mode, done));
				assert.equal(answer.failure, result);
				if (answer.failure !== undefined) return;
				assert.equal(answer.value.size, existing ? 7 : 0);
				answer.value.close();
			});
		}

		it("makes folders, and lists what is in them with kinds and sizes", async () => {
			await make("a");
			await make("a/b");
			await put("a/c.bin", pattern(5));
			const entries = (await list("a")) as FileEntry[];
			assert.deepEqual(entries.map(({ name, kind, size }) => [name, kind, size]).sort(), [
				["b", "folder", 0],
				["c.bin", "file", 5],
			]);
			assert.deepEqual(await names("a/b"), []);
		});

		it("lists many entries, and stops when the sink has enough", async () => {
			await make("many");
			for (let i = 0; i < 200; i++) await make(`many/${i}`);
			assert.equal(((await list("many")) as FileEntry[]).length, 200);
			assert.equal(((await list("many", 3)) as FileEntry[]).length, 3);
		});

		it("takes names of many scripts and of the greatest length", async () => {
			const long = "x".repeat(FILE_NAME_MAX);
			const all = ["ä ö", "名前", "😀", "a'b\"c$d", "-rf", ".hidden", long].sort();
			for (const name of all) await put(name, pattern(1));
			assert.deepEqual(await names(""), all);
		});

		for (const [what, start, expected] of [
			[
				"opening a file in a missing folder",
				(done: FileDone<unknown>) => files.open("no/a", "create", done),
				"not-found",
			],
			["opening a folder", (done: FileDone<unknown>) => files.open("folder", "read", done), "denied"],
			["opening the root", (done: FileDone<unknown>) => files.open("", "read", done), "denied"],
			["opening below a file", (done: FileDone<unknown>) => files.open("file/a", "create", done), "denied"],
			["looking at a missing file", (done: FileDone<unknown>) => files.stat("no", done), "not-found"],
			["making a folder that exists", (done: FileDone<unknown>) => files.makeFolder("folder", done), "exists"],
			["making the root", (done: FileDone<unknown>) => files.makeFolder("", done), "exists"],
			["making a folder in place of a file", (done: FileDone<unknown>) => files.makeFolder("file", done), "exists"],
			["making a folder in a missing one", (done: FileDone<unknown>) => files.makeFolder("no/a", done), "not-found"],
			["deleting a missing file", (done: FileDone<unknown>) => files.delete("no", done), "not-found"],
			["deleting a folder that is not empty", (done: FileDone<unknown>) => files.delete("folder", done), "busy"],
			["deleting the root", (done: FileDone<unknown>) => files.delete("", done), "denied"],
			["renaming a missing file", (done: FileDone<unknown>) => files.rename("no", "a", done), "not-found"],
			["renaming into a missing folder", (done: FileDone<unknown>) => files.rename("file", "no/a", done), "not-found"],
			["renaming a file to a folder", (done: FileDone<unknown>) => files.rename("file", "empty", done), "exists"],
			["renaming a folder to a folder", (done: FileDone<unknown>) => files.rename("folder", "empty", done), "exists"],
			["renaming a folder to a file", (done: FileDone<unknown>) => files.rename("folder", "file", done), "exists"],
			[
				"renaming a folder into itself",
				(done: FileDone<unknown>) => files.rename("folder", "folder/a", done),
				"denied",
			],
			["renaming the root", (done: FileDone<unknown>) => files.rename("", "a", done), "denied"],
			["syncing a missing folder", (done: FileDone<unknown>) => files.syncFolder("no", done), "not-found"],
			["syncing a file as a folder", (done: FileDone<unknown>) => files.syncFolder("file", done), "denied"],
		] as const) {
			it(`${what} is ${expected}`, async () => {
				await make("folder");
				await make("empty");
				await put("folder/inner", pattern(1));
				await put("file", pattern(1));
				assert.equal(await failure(start), expected);
				assert.deepEqual(await names(""), ["empty", "file", "folder"]);
			});
		}

		it("lists no file and no missing folder", async () => {
			await put("file", pattern(1));
			assert.deepEqual([await list("file"), await list("no")], ["denied", "not-found"]);
		});

		for (const path of [
			"..",
			"../a",
			"/etc/passwd",
			"a/../../b",
			"./a",
			"a//b",
			"a/",
			"a\0b",
			"a\\b",
			"x".repeat(256),
		]) {
			it(`denies the path ${JSON.stringify(path.slice(0, 20))} to every operation`, async () => {
				await make("a");
				const all: (FileFailure | undefined)[] = [];
				for (const mode of ["read", "update", "create", "create-or-update"] as const) {
					all.push(await failure((done) => files.open(path, mode, done)));
				}
				all.push(await failure((done) => files.stat(path, done)));
				all.push(await failure((done) => files.makeFolder(path, done)));
				all.push(await failure((done) => files.rename(path, "b", done)));
				all.push(await failure((done) => files.rename("a", path, done)));
				all.push(await failure((done) => files.delete(path, done)));
				all.push(await failure((done) => files.syncFolder(path, done)));
				all.push((await list(path)) as FileFailure);
				assert.deepEqual(all, Array(11).fill("denied"));
			});
		}

		it("renames a file over another one, whose open readers go on", async () => {
			await put("old", pattern(50));
			await put("new", pattern(20));
			const [file, probe] = await opened("old", "read");
			await value<undefined>((done) => files.rename("new", "old", done));
			assert.deepEqual(await names(""), ["old"]);
			assert.deepEqual(await get("old"), pattern(20).slice());
			const bytes = new Uint8Array(60);
			file.read(0, bytes, 0, 60, probe);
			await until("read", () => probe.ended.length === 1);
			assert.deepEqual(probe.ended, [["read", 50]]);
			assert.deepEqual(bytes.slice(0, 50), pattern(50).slice());
			file.close();
		});

		it("renames a folder with what is in it, also into another folder", async () => {
			await make("a");
			await make("b");
			await put("a/file", pattern(3));
			await value<undefined>((done) => files.rename("a", "b/c", done));
			assert.deepEqual([await names(""), await names("b"), await names("b/c")], [["b"], ["c"], ["file"]]);
			assert.deepEqual(await get("b/c/file"), pattern(3).slice());
		});

		it("renaming a file to its own name changes nothing", async () => {
			await put("a", pattern(3));
			await value<undefined>((done) => files.rename("a", "a", done));
			assert.deepEqual(await get("a"), pattern(3).slice());
		});

		it("deletes files and empty folders; an open file goes on", async () => {
			await make("a");
			await put("b", pattern(30));
			const [file, probe] = await opened("b", "update");
			for (const path of ["a", "b"]) await value<undefined>((done) => files.delete(path, done));
			assert.deepEqual(await names(""), []);
			file.append(pattern(5), 0, 5, probe);
			file.read(0, new Uint8Array(50), 0, 50, probe);
			file.sync(probe);
			file.close(probe);
			await until("all", () => probe.ended.length === 4);
			assert.deepEqual(probe.ended, [
				["write", 5],
				["read", 35],
				["sync", 0],
				["close", 0],
			]);
		});

		it("syncs the root and folders", async () => {
			await make("a");
			await put("a/file", pattern(1));
			for (const path of ["", "a"]) await value<undefined>((done) => files.syncFolder(path, done));
		});

		it("lets two programs parts write one file", async () => {
			const [first, one] = await opened("a");
			const [second, two] = await opened("a", "update");
			first.write(0, pattern(10), 0, 10, one);
			await until("the first", () => one.ended.length === 1);
			second.write(10, pattern(10), 0, 10, two);
			await until("the second", () => two.ended.length === 1);
			first.close();
			second.close();
			assert.equal((await stat("a")).size, 20);
		});

		it("tells how much room there is", async () => {
			const { free, total } = await value<FileSpace>((done) => files.space(done));
			assert.ok(free > 0 && total >= free && Number.isSafeInteger(total), `${free} of ${total}`);
		});

		it(`does ${PATH_OPERATIONS_MAX} operations that wait together, and tells of each once`, async () => {
			await put("a", pattern(1));
			const answers: (FileFailure | undefined)[] = [];
			guard.call(() => {
				for (let i = 0; i <= PATH_OPERATIONS_MAX; i++) files.stat("a", (answer) => answers.push(answer.failure));
			});
			await until("all", () => answers.length > PATH_OPERATIONS_MAX);
			const done = answers.filter((answer) => answer === undefined).length;
			const busy = answers.filter((answer) => answer === "busy").length;
			assert.deepEqual([done, busy], [PATH_OPERATIONS_MAX, 1]);
		});

		it("follows no symbolic link, and lists none", async () => {
			// A host that has none cannot follow one.
			if (fixture.link === undefined) return;
			await make("folder");
			await put("folder/file", pattern(3));
			fixture.link("folder", "a");
			fixture.link("folder/file", "b");
			fixture.link("nowhere", "c");
			fixture.link("..", "d");
			assert.deepEqual(await names(""), ["folder"]);
			const all: (FileFailure | undefined)[] = [];
			for (const path of ["a", "b", "c", "d", "a/file", "a/new", "d/new"]) {
				all.push(await failure((done) => files.open(path, "create-or-update", done)));
				all.push(await failure((done) => files.stat(path, done)));
				all.push((await list(path)) as FileFailure);
			}
			assert.deepEqual(
				all.filter((why) => why !== "denied"),
				[],
			);
			assert.equal(await failure((done) => files.rename("folder/file", "b", done)), "denied");
			assert.equal(await failure((done) => files.delete("a", done)), "denied");
		});
	});
}
