/** What PORTHOLE_TEST_SEEDS says; `undefined`: each test has a number of its own. */
const GIVEN = process.env["PORTHOLE_TEST_SEEDS"];

/**
 * How many seeds a test tries that needs a fixed number on Node.js. On XS, which takes some thirty times as long, test/xs sets
 * PORTHOLE_TEST_SEEDS to fewer: there it is to run, and Node.js is to find the rare orders of events.
 * @param most on Node.js
 */
export function seedsUpTo(most: number): number {
	return Math.min(most, Number(GIVEN ?? most));
}

/**
 * Which of the cases from 1 to `most` a test tries that goes through all of them on Node.js: a few, evenly spread, where
 * PORTHOLE_TEST_SEEDS asks for fewer.
 * @param few at least so many
 */
export function casesUpTo(most: number, few: number): number[] {
	const count = Math.max(few, seedsUpTo(most));
	return Array.from({ length: count }, (_, i) => Math.ceil(((i + 0.5) * most) / count));
}
