/** Time between two looks. */
const PAUSE = 50;
/** A machine that is busy with other things gets this many times as long, and {@link LEAST} at least. */
const SLACK = 6;
const LEAST = 20_000;

/** Lets time pass; only for tests against the real world, to see that something does not happen. */
export function pause(ms: number): Promise<void> {
	return new Promise((done) => setTimeout(done, ms));
}

/**
 * Looks again and again until `look` returns something; for tests against the real world.
 *
 * What has to happen within a time is tested in virtual time. Here a limit only ends the wait, so that a test never
 * fails because the machine is slow.
 * @param what a description for the error
 * @param limit what an idle machine needs at most, in milliseconds; the wait ends after several times as long
 * @returns the value found
 * @throws when nothing was found in time
 */
export async function until<T>(
	what: string,
	limit: number,
	look: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
	const patience = Math.max(LEAST, limit * SLACK);
	const start = performance.now();
	for (;;) {
		const found = await look();
		if (found !== undefined && found !== false) return found;
		if (performance.now() - start > patience) throw new Error(`not within ${patience} ms: ${what}`);
		await pause(PAUSE);
	}
}
