import type { FileOutcome, TestOutcome } from "./outcome";

/** How much of an error the end of the report repeats: so many lines, and characters of each. */
const ERROR_LINES = 30;
const ERROR_LINE_MAX = 1000;

/** What a run of tests came to. */
export interface Summary {
	readonly passed: number;
	/** Failed tests and errors that belong to no test. */
	readonly failed: number;
	readonly skipped: number;
}

/**
 * Counts tests; an error outside of tests counts as a failed one.
 * @param strict makes a skip without a stated reason a failure. Tests that need a program fail by themselves then
 * (`needs`), so what remains are limits of the machine, such as a network without IPv6.
 */
export function summarize(files: readonly FileOutcome[], errors: readonly string[], strict: boolean): Summary {
	const count = { passed: 0, failed: errors.length, skipped: 0 };
	for (const file of files) {
		count.failed += file.errors.length;
		for (const test of file.tests) count[strict && isUnexplained(test) ? "failed" : test.state]++;
	}
	return count;
}

function isUnexplained({ state, lacks }: Pick<TestOutcome, "state" | "lacks">): boolean {
	return state === "skipped" && (lacks === undefined || lacks.length === 0);
}

/** One line about a file that has ended, and all about what failed in it. */
export function describeFile(outcome: FileOutcome, strict: boolean): string {
	const { file, duration, tests, errors, output } = outcome;
	const { passed, failed, skipped } = summarize([outcome], [], strict);
	const counts = [`${passed} passed`];
	if (failed > 0) counts.push(`${failed} failed`);
	if (skipped > 0) counts.push(`${skipped} skipped`);
	const lines = [`${failed > 0 ? "✗" : "✔"} ${file}: ${counts.join(", ")} (${seconds(duration)})`];
	for (const error of errors) lines.push(indent(error, "    "));
	for (const test of tests) {
		const why = faultOf(test, strict);
		if (why !== undefined) lines.push(`  ✗ ${test.title}`, indent(why, "    "));
	}
	if (output.trim() !== "") lines.push(indent(output.trimEnd(), "  | "));
	return lines.join("\n");
}

/** Why a test counts as failed; `undefined`: it does not. */
function faultOf({ state, error, lacks }: TestOutcome, strict: boolean): string | undefined {
	if (state === "failed") return error ?? "";
	return strict && isUnexplained({ state, ...(lacks && { lacks }) }) ? "skipped without a reason" : undefined;
}

/**
 * Says for the end of the report which files have failures, and the beginning of each error: where only the end of a log is
 * left, it tells the cause. @returns `undefined` when nothing failed
 */
export function describeFailures(files: readonly FileOutcome[], strict: boolean): string | undefined {
	const failed = files.filter((file) => summarize([file], [], strict).failed > 0);
	if (failed.length === 0) return undefined;
	const lines = ["Files with failures:", ...failed.map(({ file }) => `  ${file}`), "Failures:"];
	for (const { file, tests, errors } of failed) {
		for (const error of errors) lines.push(`  ✗ ${file}`, indent(beginning(error), "    "));
		for (const test of tests) {
			const why = faultOf(test, strict);
			if (why !== undefined) lines.push(`  ✗ ${file}: ${test.title}`, indent(beginning(why), "    "));
		}
	}
	return lines.join("\n");
}

/** The first lines of an error. */
function beginning(error: string): string {
	const lines = error.trimEnd().split("\n");
	const shown = lines.slice(0, ERROR_LINES).map((line) => line.slice(0, ERROR_LINE_MAX));
	if (lines.length > ERROR_LINES) shown.push(`… ${lines.length - ERROR_LINES} more lines above`);
	return shown.join("\n");
}

/** The tests that took longest, one a line. */
export function describeSlowest(files: readonly FileOutcome[], count: number): string {
	const tests = files.flatMap((file) => file.tests.map((test) => ({ ...test, file: file.file })));
	const slowest = tests.sort((a, b) => b.duration - a.duration).slice(0, count);
	return ["Slowest tests:", ...slowest.map((t) => `${seconds(t.duration).padStart(8)}  ${t.file}: ${t.title}`)].join(
		"\n",
	);
}

/**
 * Says in one line how many tests were skipped, and for each missing thing how many need it. A test that lacks two
 * things is counted for both. @returns `undefined` when none was skipped
 */
export function describeSkipped(tests: readonly TestOutcome[]): string | undefined {
	const skipped = tests.filter(({ state }) => state === "skipped");
	if (skipped.length === 0) return undefined;
	const counts = new Map<string, number>();
	for (const { lacks } of skipped) {
		const reasons = lacks === undefined || lacks.length === 0 ? ["no reason given"] : lacks;
		for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
	}
	const parts = [...counts]
		.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
		.map(([reason, n]) => `${reason} (${n})`);
	return `${skipped.length} ${skipped.length === 1 ? "test" : "tests"} skipped: ${parts.join(", ")}`;
}

/** The last line: alone, and always of this form, for programs that read it. */
export function describeCounts({ passed, failed, skipped }: Summary): string {
	return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** A duration in words: `0.4 s`, `3 min 12 s`. */
export function seconds(millis: number): string {
	if (millis < 60_000) return `${(millis / 1000).toFixed(1)} s`;
	const whole = Math.round(millis / 1000);
	return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

function indent(text: string, by: string): string {
	return text.replace(/^/gm, by);
}
