/** How one test ended. */
export interface TestOutcome {
	/** The titles of its suites and its own. */
	readonly title: string;
	readonly state: "passed" | "failed" | "skipped";
	/** In milliseconds. */
	readonly duration: number;
	/** Message and stack of a failed test. */
	readonly error?: string;
	/** What a skipped test lacks, one string for each missing thing, such as "miniupnpd is not installed". */
	readonly lacks?: readonly string[];
}

/** How one test file ended, as its worker tells or, where the worker can't, the pool. */
export interface FileOutcome {
	/** Relative to the root of the repository. */
	readonly file: string;
	/** In milliseconds. */
	readonly duration: number;
	readonly tests: readonly TestOutcome[];
	/** Errors that belong to no test: the file can't be loaded, the worker ended, nothing was run. */
	readonly errors: readonly string[];
	/** What the worker and its children printed meanwhile. */
	readonly output: string;
}

/** What a worker tells the pool. */
export type WorkerMessage =
	/** A test begins. */
	| { readonly kind: "began"; readonly title: string }
	| { readonly kind: "done"; readonly tests: readonly TestOutcome[]; readonly errors: readonly string[] }
	/** An exception that nobody caught, while no test runs. */
	| { readonly kind: "stray"; readonly error: string };
