/** What skipped tests and suites lack, one string for each missing thing. */
const reasons = new WeakMap<object, readonly string[]>();

/**
 * Skips the calling test or suite, and keeps the reasons for the test runner's summary. Runs on XS, too.
 * @param missing what this machine lacks, each in the form "gcc not installed"
 */
export function skipBecause(context: Mocha.Context, missing: readonly string[]): never {
	reasons.set(skippedBy(context), missing);
	context.skip();
}

/** The test, or the suite where a `before` hook is running. */
export function skippedBy(context: Mocha.Context): Mocha.Runnable | Mocha.Suite {
	const runnable = context.test as Mocha.Runnable;
	const inHook = runnable.title.startsWith('"before all" hook');
	return inHook ? (runnable.parent as Mocha.Suite) : runnable;
}

/** The reasons why a test or a suite around it was skipped; empty if none were given. */
export function reasonsOf(test: Mocha.Test): readonly string[] {
	let place: Mocha.Test | Mocha.Suite | undefined = test;
	while (place !== undefined && !reasons.has(place)) place = place.parent;
	return place === undefined ? [] : (reasons.get(place) ?? []);
}
