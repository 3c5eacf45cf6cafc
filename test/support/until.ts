/** Time between two looks. */
const PAUSE = 50;

/** Lets time pass; only for tests against the real world. */
export function pause(ms: number): Promise<void> {
	return new Promise((done) => setTimeout(done, ms));
}

/**
 * Looks again and again until `look` returns something; for tests against the real world.
 * @param what in words, for the error
 * @param limit in milliseconds
 * @returns what was found
 * @throws when nothing was found in time
 */
export async function until<T>(
	what: string,
	limit: number,
	look: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
	const start = performance.now();
	for (;;) {
		const found = await look();
		if (found !== undefined && found !== false) return found;
		if (performance.now() - start > limit) throw new Error(`not within ${limit} ms: ${what}`);
		await pause(PAUSE);
	}
}
