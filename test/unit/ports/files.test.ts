import assert from "node:assert/strict";
import {
	FILE_DEPTH_MAX,
	FILE_NAME_MAX,
	FILE_PATH_MAX,
	type FileAnswer,
	isFilePath,
	NO_FILES,
} from "../../../src/ports/files";

const a = (length: number) => "a".repeat(length);

describe("ports/files", () => {
	for (const path of [
		...["", "a", "a/b.mkv", "driveway/2026-11-26/14.mkv", "...", "a/...b/c..", ".hidden", "a b", "ä/ö", "名前", "😀"],
		...[a(FILE_NAME_MAX), `${"a/".repeat(FILE_DEPTH_MAX - 1)}a`, "ä".repeat(127), "😀".repeat(63)],
		...[`${`${a(127)}/`.repeat(7)}${a(128)}`],
	]) {
		it(`permits ${JSON.stringify(path.slice(0, 40))} of ${path.length} characters`, () => assert.ok(isFilePath(path)));
	}

	for (const path of [
		...[
			"/",
			"/a",
			"a/",
			"a//b",
			".",
			"..",
			"a/..",
			"../a",
			"a/./b",
			"a/../../etc",
			"a\\b",
			"a\0",
			"a\nb",
			"\x7f",
			"a/\x1f",
		],
		...[a(FILE_NAME_MAX + 1), `a/${a(FILE_NAME_MAX + 1)}`, `${"a/".repeat(FILE_DEPTH_MAX)}a`, "ä".repeat(128)],
		...["😀".repeat(64), `${`${a(127)}/`.repeat(8)}a`, "名".repeat(86)],
	]) {
		it(`refuses ${JSON.stringify(path.slice(0, 40))} of ${path.length} characters`, () => assert.ok(!isFilePath(path)));
	}

	it("takes a path of the greatest length", () => {
		assert.equal(`${`${a(127)}/`.repeat(7)}${a(128)}`.length, FILE_PATH_MAX);
	});

	it("has a null object that denies everything with a reason", () => {
		const answers: FileAnswer<unknown>[] = [];
		const done = (answer: FileAnswer<unknown>) => answers.push(answer);
		NO_FILES.open("a", "read", done);
		NO_FILES.stat("a", done);
		NO_FILES.makeFolder("a", done);
		NO_FILES.rename("a", "b", done);
		NO_FILES.delete("a", done);
		NO_FILES.syncFolder("", done);
		NO_FILES.space(done);
		NO_FILES.list("", {
			entry: () => assert.fail("an entry"),
			listed: () => assert.fail("listed"),
			failed: (failure, detail) => done({ failure, detail }),
		});
		assert.deepEqual(answers, Array(8).fill({ failure: "denied", detail: "this host has no file storage" }));
	});
});
