import assert from "node:assert/strict";

/** Far more than any machine needs for the work, far less than a quadratic algorithm would. */
const LIMIT = 60_000;

/**
 * Does work on very long inputs, and fails when it took a time that only an algorithm worse than linear takes.
 * @param work on inputs of 40,000 characters or more, many times over, so that a quadratic algorithm takes hours
 */
export function assertLinearTime(work: () => void): void {
	const started = performance.now();
	work();
	const took = performance.now() - started;
	assert.ok(took < LIMIT, `${Math.round(took)} ms`);
}
