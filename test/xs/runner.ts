import { Time, Timer } from "../../hosts/linux/adapters/timers";

type Call = (this: Context) => unknown;

/** What `this` is in a test or hook. */
interface Context {
	test: { fullTitle(): string; title: string };
	timeout(limit: number): Context;
	slow(limit: number): Context;
	skip(): never;
}

interface Test {
	readonly title: string;
	readonly call: Call;
	readonly skip: boolean;
}

interface Suite {
	readonly title: string;
	readonly parent: Suite | undefined;
	readonly items: (Test | Suite)[];
	readonly hooks: Record<"before" | "after" | "beforeEach" | "afterEach", Call[]>;
	readonly skip: boolean;
}

/** How a run went. */
export interface Outcome {
	passed: number;
	readonly skipped: string[];
	readonly failed: { readonly title: string; readonly words: string }[];
}

/** A test that takes longer fails; engines without a compiler need time for fuzzing. */
const LIMIT = 600_000;

class Skip extends Error {}

let report: (title: string, took: number) => void = () => {};
let current = suite("", undefined, false);

function suite(title: string, parent: Suite | undefined, skip: boolean): Suite {
	return { title, parent, items: [], hooks: { before: [], after: [], beforeEach: [], afterEach: [] }, skip };
}

/**
 * Installs `describe`, `it` and the hooks, as mocha has them.
 * @param skipped starts of the titles of tests that are skipped here
 */
export function installMocha(skipped: readonly string[]): void {
	const describe = (title: string, body: () => void, skip = false): void => {
		const inner = suite(title, current, skip);
		current.items.push(inner);
		current = inner;
		try {
			body.call({ timeout: () => undefined, slow: () => undefined });
		} finally {
			current = inner.parent as Suite;
		}
	};
	const it = (title: string, call?: Call): void => {
		current.items.push({
			title,
			call: call ?? (() => {}),
			skip: call === undefined || skipped.some((start) => title.startsWith(start)),
		});
	};
	Object.assign(describe, { skip: (title: string, body: () => void) => describe(title, body, true) });
	Object.assign(it, { skip: (title: string) => current.items.push({ title, call: () => {}, skip: true }) });
	Object.assign(globalThis, { describe, context: describe, it, specify: it });
	for (const kind of ["before", "after", "beforeEach", "afterEach"] as const) {
		(globalThis as Record<string, unknown>)[kind] = (first: string | Call, second?: Call) => {
			current.hooks[kind].push((second ?? first) as Call);
		};
	}
}

/**
 * Runs all that was described, in order.
 * @param done called after each test that ran, with how long it took in milliseconds
 */
export async function runAll(done: (title: string, took: number) => void): Promise<Outcome> {
	report = done;
	const outcome: Outcome = { passed: 0, skipped: [], failed: [] };
	await runSuite(current, outcome);
	return outcome;
}

async function runSuite(of: Suite, outcome: Outcome): Promise<void> {
	const title = titleOf(of);
	if (of.skip) {
		outcome.skipped.push(title);
		return;
	}
	try {
		for (const hook of of.hooks.before) await run(hook, `${title} "before all" hook`);
		for (const item of of.items) {
			if ("items" in item) await runSuite(item, outcome);
			else await runTest(of, item, outcome);
		}
	} catch (error) {
		if (error instanceof Skip) outcome.skipped.push(title);
		else outcome.failed.push({ title: `${title} "before all" hook`, words: wordsOf(error) });
	}
	for (const hook of of.hooks.after) {
		try {
			await run(hook, `${title} "after all" hook`);
		} catch (error) {
			outcome.failed.push({ title: `${title} "after all" hook`, words: wordsOf(error) });
		}
	}
}

async function runTest(of: Suite, test: Test, outcome: Outcome): Promise<void> {
	const title = `${titleOf(of)} ${test.title}`.trim();
	if (test.skip) {
		outcome.skipped.push(title);
		return;
	}
	const chain: Suite[] = [];
	for (let at: Suite | undefined = of; at !== undefined; at = at.parent) chain.unshift(at);
	let failure: unknown;
	const start = Time.ticks;
	try {
		for (const { hooks } of chain) for (const hook of hooks.beforeEach) await run(hook, title);
		await run(test.call, title);
	} catch (error) {
		failure = error;
	}
	for (const { hooks } of chain.reverse()) {
		for (const hook of hooks.afterEach) {
			try {
				await run(hook, title);
			} catch (error) {
				failure ??= error;
			}
		}
	}
	report(title, Time.ticks - start);
	if (failure === undefined) outcome.passed++;
	else if (failure instanceof Skip) outcome.skipped.push(title);
	else outcome.failed.push({ title, words: wordsOf(failure) });
}

function run(call: Call, title: string): Promise<unknown> {
	const context: Context = {
		test: { fullTitle: () => title, title },
		timeout: () => context,
		slow: () => context,
		skip() {
			throw new Skip();
		},
	};
	return new Promise((resolve, reject) => {
		const timer = Timer.set(() => reject(new Error(`it takes longer than ${LIMIT} ms`)), LIMIT);
		const settle = (how: (value: unknown) => void) => (value: unknown) => {
			Timer.clear(timer);
			how(value);
		};
		new Promise((done) => done(call.call(context))).then(settle(resolve), settle(reject));
	});
}

function titleOf(of: Suite): string {
	return of.parent === undefined ? "" : `${titleOf(of.parent)} ${of.title}`.trim();
}

function wordsOf(error: unknown): string {
	return error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);
}
