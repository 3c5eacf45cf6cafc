import Mocha from "mocha";
import { reasonsOf } from "../../test/support/skip-reasons";
import type { TestOutcome, WorkerMessage } from "./outcome";

// A worker process of the test runner: runs the test files that the pool names, one after the other, each with a Mocha
// of its own. Ends when the pool disconnects and nothing is left open.

const { EVENT_HOOK_BEGIN, EVENT_TEST_BEGIN, EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING } =
	Mocha.Runner.constants;

/** Mocha's default time limit of a test; not to judge speed, only to end what hangs. */
const TIME_LIMIT = Number(process.env["PORTHOLE_TEST_LIMIT"] ?? 120_000);

function tell(message: WorkerMessage): void {
	process.send?.(message);
}

function textOf(error: unknown): string {
	if (!(error instanceof Error)) return `${error}`;
	const { actual, expected, showDiff } = error as { actual?: unknown; expected?: unknown; showDiff?: boolean };
	const stack = error.stack ?? error.message;
	const text = stack.includes(error.message) ? stack : `${error.message}\n${stack}`;
	const differ = showDiff === true && actual !== undefined && expected !== undefined;
	if (!differ || error.name === "AssertionError") return text;
	return `${text}\nexpected: ${JSON.stringify(expected)}\nactual: ${JSON.stringify(actual)}`;
}

let busy = false;

async function run(file: string): Promise<void> {
	busy = true;
	const tests: TestOutcome[] = [];
	const errors: string[] = [];
	const mocha = new Mocha({ timeout: TIME_LIMIT, forbidOnly: true, reporter: class {} as never });
	mocha.addFile(file);
	process.removeListener("uncaughtException", stray);
	try {
		await mocha.loadFilesAsync();
		await new Promise<void>((done) => {
			const runner = mocha.run(() => done());
			for (const event of [EVENT_TEST_BEGIN, EVENT_HOOK_BEGIN])
				runner.on(event, (test: Mocha.Runnable) => tell({ kind: "began", title: test.fullTitle() }));
			runner.on(EVENT_TEST_PASS, (test) =>
				tests.push({ title: test.fullTitle(), state: "passed", duration: test.duration ?? 0 }),
			);
			// Hooks fail by this event too.
			runner.on(EVENT_TEST_FAIL, (test, error) =>
				tests.push({
					title: test.fullTitle(),
					state: "failed",
					duration: test.duration ?? 0,
					error: textOf(error),
				}),
			);
			runner.on(EVENT_TEST_PENDING, (test) =>
				tests.push({ title: test.fullTitle(), state: "skipped", duration: 0, lacks: reasonsOf(test) }),
			);
		});
	} catch (error) {
		errors.push(textOf(error));
	}
	mocha.dispose();
	process.on("uncaughtException", stray);
	busy = false;
	tell({ kind: "done", tests, errors });
}

function stray(error: unknown): void {
	const text = textOf(error);
	/** After the last file: the pool sees output and exit code. */
	const sayAlone = (): void => {
		process.stderr.write(`${text}\n`);
		process.exitCode = 1;
	};
	if (process.send === undefined || !process.connected) return sayAlone();
	const message: WorkerMessage = { kind: "stray", error: text };
	// The pool may have disconnected, and this process not know yet.
	process.send(message, undefined, undefined, (fault) => fault && sayAlone());
}

process.on("uncaughtException", stray);
// Mocha leaves rejections to others; as an exception it fails the test that runs.
process.on("unhandledRejection", (error) => {
	throw error;
});
process.on("message", (file: string) => void run(file));
// The pool is gone before the file has ended.
process.on("disconnect", () => busy && process.exit(1));
// Exit handlers remove what tests have set up in the system.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
