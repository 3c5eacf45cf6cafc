import assert from "node:assert/strict";
import type { FileAnswer, FileDone, FileEntry, Files } from "../../../../src/ports/files";
import { Folders } from "../../../../src/storage/files/folders";

/** A medium of which only what {@link Folders} needs is there, and which can fail. */
class FailingFiles {
	readonly calls: string[] = [];
	fails = false;

	stat(path: string, done: FileDone<FileEntry>): void {
		this.calls.push(`stat ${path}`);
		done(this.answer({ name: path, kind: "folder", size: 0, modified: undefined }));
	}

	makeFolder(path: string, done: FileDone<undefined>): void {
		this.calls.push(`make ${path}`);
		done(this.answer(undefined));
	}

	syncFolder(path: string, done: FileDone<undefined>): void {
		this.calls.push(`sync ${path}`);
		done(this.answer(undefined));
	}

	private answer<Value>(value: Value): FileAnswer<Value> {
		return this.fails ? { failure: "failed", detail: "input/output error" } : { value };
	}
}

describe("storage/files/folders", () => {
	it("makes each folder on the way once, and puts its name on the medium (STR-13)", () => {
		const files = new FailingFiles();
		const folders = new Folders(files as unknown as Files);
		folders.ensure("events/door", (answer) => assert.equal(answer.failure, undefined));
		assert.deepEqual(files.calls.splice(0), ["stat ", "make events", "sync ", "make events/door", "sync events"]);
		folders.ensure("events/door", (answer) => assert.equal(answer.failure, undefined));
		assert.deepEqual(files.calls, ["stat events/door"]);
	});

	it("fails where the medium fails, and works again when that does", () => {
		const files = new FailingFiles();
		const folders = new Folders(files as unknown as Files);
		for (const fails of [true, true, false]) {
			files.fails = fails;
			folders.ensure("events/door", ({ failure }) => assert.equal(failure, fails ? "failed" : undefined));
		}
	});
});
