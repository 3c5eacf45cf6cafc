import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { runProgram } from "./run-program";
import { orderOf } from "./run-tests/order";
import type { FileOutcome } from "./run-tests/outcome";
import { type Job, runJobs, runningTests } from "./run-tests/pool";
import {
	describeCounts,
	describeFailures,
	describeFile,
	describeSkipped,
	describeSlowest,
	seconds,
	summarize,
} from "./run-tests/summary";

/** Mocha's own search for test files; no part of its typings. */
const { lookupFiles } = require("mocha/lib/cli/lookup-files.js") as {
	lookupFiles(pattern: string, extensions: readonly string[], recursive: boolean): string[];
};
const TOP = resolve(__dirname, "..");
/** How long each file took last time on this machine, in milliseconds. */
const TIMES = join(TOP, "build/test-times.json");
/** A test that takes longer hangs, in milliseconds. */
const TEST_LIMIT = 20 * 60_000;
const SLOWEST = 10;

const HELP = `Runs the tests in several processes, the files that take longest first.

npm test -- [FILE ...]     only these files, or files below these folders
  --jobs N                 worker processes (default: as many as the machine has cores)
  --test-limit SECONDS     ends a test that takes longer (default: ${TEST_LIMIT / 1000})

PORTHOLE_TEST_REQUIRE_ALL=1 makes a skipped test a failure. The last line is "N passed, N failed, N skipped".`;

/** Files that write below build/linux, one at a time. */
const GROUPS: readonly (readonly [RegExp, string])[] = [
	[
		/^test\/(xs\/|unit\/hosts-linux\/(porthole-linux|packaging|devices\/xs-classes)|unit\/tools\/(xs-size|moddable-sdk)|conformance\/metering-kills)/,
		"build/linux",
	],
];
/** Files that compare rates, which a busy machine spoils: they run before all others, one at a time. */
const ALONE = /^test\/conformance\/(http|rtsp)-abuse\.test/;

/** All test files, as the mocha section of package.json lists them; relative to the root of the repository. */
function findFiles(): string[] {
	const spec: readonly string[] = JSON.parse(readFileSync(join(TOP, "package.json"), "utf8")).mocha.spec;
	const found = spec.flatMap((pattern) => lookupFiles(join(TOP, pattern), ["ts"], false));
	return [...new Set(found.map((file) => relative(TOP, file)))];
}

/** Keeps the files that are named, or lie in a folder that is. @throws for a name without a file */
function choose(files: readonly string[], names: readonly string[]): string[] {
	if (names.length === 0) return [...files];
	const chosen = new Set<string>();
	for (const name of names) {
		const path = relative(TOP, resolve(name));
		const below = files.filter((file) => file === path || file.startsWith(`${path}/`));
		// A file outside the whole run, such as a fixture of the runner's own tests.
		if (below.length === 0 && statSync(path, { throwIfNoEntry: false })?.isFile()) below.push(path);
		if (below.length === 0) throw new Error(`${name}: no test file`);
		for (const file of below) chosen.add(file);
	}
	return [...chosen];
}

function readTimes(): Record<string, number> {
	try {
		return JSON.parse(readFileSync(TIMES, "utf8"));
	} catch {
		return {};
	}
}

async function main(): Promise<number> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: { jobs: { type: "string" }, "test-limit": { type: "string" }, help: { type: "boolean", short: "h" } },
	});
	if (values.help === true) {
		console.log(HELP);
		return 0;
	}
	const workers = Number(values.jobs ?? availableParallelism());
	const testLimit = Number(values["test-limit"] ?? TEST_LIMIT / 1000) * 1000;
	if (!(workers >= 1) || !(testLimit > 0)) throw new Error("--jobs and --test-limit take positive numbers");
	const strict = process.env["PORTHOLE_TEST_REQUIRE_ALL"] === "1";
	const times = readTimes();
	const all = findFiles();
	const files = orderOf(choose(all, positionals), times);
	const jobs = files.map((file): Job => {
		const group = GROUPS.find(([pattern]) => pattern.test(file))?.[1];
		return group === undefined ? { file } : { file, group };
	});

	for (const signal of ["SIGINT", "SIGTERM"] as const) {
		process.on(signal, () => {
			// The workers get the signal too, as part of the same group, and remove what tests have set up.
			console.log(
				`\n${signal} while these ran:\n${runningTests()
					.map((test) => `  ${test}`)
					.join("\n")}`,
			);
			process.exit(1);
		});
	}
	const start = performance.now();
	const outcomes: FileOutcome[] = [];
	const report = (outcome: FileOutcome): void => {
		outcomes.push(outcome);
		if (all.includes(outcome.file)) times[outcome.file] = Math.round(outcome.duration);
		console.log(describeFile(outcome, strict));
	};
	const alone = jobs.filter(({ file }) => ALONE.test(file));
	const others = jobs.filter(({ file }) => !ALONE.test(file));
	const errors = await runJobs(alone, { workers: 1, testLimit, report });
	errors.push(...(await runJobs(others, { workers, testLimit, report })));
	if (outcomes.some(({ file }) => times[file] !== undefined)) {
		mkdirSync(join(TOP, "build"), { recursive: true });
		writeFileSync(TIMES, JSON.stringify(times, undefined, "\t"));
	}

	const summary = summarize(outcomes, errors, strict);
	const failures = describeFailures(outcomes, strict);
	console.log("");
	for (const error of errors) console.log(`✗ ${error}`);
	console.log(describeSlowest(outcomes, SLOWEST));
	if (failures !== undefined) console.log(failures);
	console.log(`${files.length} files in ${seconds(performance.now() - start)}, ${workers} at a time`);
	const skipped = describeSkipped(outcomes.flatMap(({ tests }) => tests));
	if (skipped !== undefined) console.log(skipped);
	console.log(describeCounts(summary));
	return summary.failed > 0 || summary.passed === 0 ? 1 : 0;
}

runProgram("run-tests", main);
