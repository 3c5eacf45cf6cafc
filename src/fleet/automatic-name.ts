/** What automatic names begin with; a number follows (IMG-15). */
const STEM = "server ";

/** The most numbers tried; more than a fleet has cameras. */
const NUMBERS_MAX = 999;

/**
 * Chooses a name that tells a camera apart: "server 1", "server 2", … (IMG-15).
 * @param taken names of the other cameras
 * @param preferred the number to begin with: the camera's place among the external ports, which no other has
 */
export function automaticName(taken: Iterable<string>, preferred: number): string {
	const used = new Set(taken);
	for (let i = 0; i < NUMBERS_MAX; i++) {
		const number = i === 0 ? preferred : i;
		if (number >= 1 && !used.has(STEM + number)) return STEM + number;
	}
	return STEM + preferred;
}
