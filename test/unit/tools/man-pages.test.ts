import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandName } from "../../../src/settings/cli/commands";
import type { Program } from "../../../src/settings/cli/program";
import { type Schema, settingsOf } from "../../../src/settings/schema";
import { NODE_PROGRAM, XS_PROGRAM } from "../../../tools/camera-program";
import { manPages } from "../../../tools/man-pages";
import { LINUX_PROGRAM_SCHEMAS, NODE_PROGRAM_SCHEMAS } from "../../../tools/program-schemas";
import { type Need, needs } from "../../support/needs";

const PROGRAMS: readonly (readonly [Program, readonly string[], Need])[] = [
	[NODE_PROGRAM_SCHEMAS, [process.execPath, NODE_PROGRAM], "build"],
	[LINUX_PROGRAM_SCHEMAS, [XS_PROGRAM], "porthole-linux"],
];

describe("tools/man-pages", function () {
	this.timeout(120_000);
	let folder: string;
	before(() => {
		folder = mkdtempSync(join(tmpdir(), "porthole-man-"));
	});
	after(() => rmSync(folder, { recursive: true }));

	for (const [program, command, need] of PROGRAMS) {
		const { name, runners } = program;
		const pages = manPages(program);

		it(`formats every page of ${name} without a warning`, function () {
			needs(this, "man");
			for (const [file, text] of pages) {
				const path = join(folder, file);
				writeFileSync(path, text);
				const env = { ...process.env, MANWIDTH: "80", LC_ALL: "C.UTF-8" };
				const { status, stdout, stderr } = spawnSync("man", ["--warnings", "-l", path], { encoding: "utf8", env });
				assert.deepEqual([status, stderr], [0, ""], file);
				for (const title of ["NAME", "SYNOPSIS", "OPTIONS", "EXAMPLES", "EXIT STATUS"])
					assert.match(stdout, new RegExp(`^${title}$`, "m"), file);
			}
		});

		it(`documents the commands and options that ${name} has, and no others`, function () {
			needs(this, need);
			const run = (...args: string[]): string =>
				spawnSync(command[0], [...command.slice(1), ...args], { encoding: "utf8" }).stdout;
			const listed = [...run("--help").matchAll(new RegExp(`^  ${name} ([a-z][a-z-]*) +[a-z]`, "gm"))].map(
				([, word]) => word,
			);
			assert.deepEqual(listed.sort(), Object.keys(runners).sort());
			for (const word of listed as CommandName[]) {
				const help = run(word, "--help");
				assert.match(help, new RegExp(`^Examples:\n {2}${name} ${word}`, "m"));
				const options = [...help.matchAll(/^ {2}--([a-z0-9-]+) /gm)].map(([, option]) => option);
				const schema = runners[word]?.schema as Schema;
				assert.deepEqual(
					options,
					settingsOf(schema).map((setting) => setting.name),
					word,
				);
				const page = pages.get(`${name}-${word}.1`) ?? "";
				for (const option of options) assert.ok(page.includes(`\\-\\-${option.split("-").join("\\-")} `), option);
			}
		});
	}

	it("prints text as it is, whatever troff would make of it", function () {
		needs(this, "man");
		const path = join(folder, "view.1");
		writeFileSync(path, manPages(NODE_PROGRAM_SCHEMAS).get("porthole-camera.1") ?? "");
		const env = { ...process.env, MANWIDTH: "1000", LC_ALL: "C.UTF-8" };
		const { stdout } = spawnSync("man", ["-l", path], { encoding: "utf8", env });
		assert.match(
			stdout,
			/A JSON file with settings, such as \{ "http-port": 8000 \}; flags and variables override it\./,
		);
		assert.match(stdout, /empty: ~\/\.local\/state\/porthole/);
	});
});
