/**
 * Keeps small values across restarts and power cuts.
 *
 * A write is durable when it returns; a power cut in the middle leaves the old value or the new one, never a mix.
 * Keys: 1 to 15 characters of `a-z0-9.-` (what NVS on ESP32 takes). Values: at most 4,000 octets of text.
 * A bad key or an oversize value is a `RangeError`; a medium that fails throws {@link StoreError}.
 */
export interface Store {
	read(key: string): string | undefined;
	write(key: string, value: string): void;
	delete(key: string): void;
}

/** The medium of a store fails: it is full, worn out, or write-protected. The message is the system's. */
export class StoreError extends Error {
	/** @param cause what the system threw */
	constructor(cause: unknown) {
		super(cause instanceof Error ? cause.message : String(cause));
	}
}

/** The longest value, in octets of UTF-8. */
export const STORE_VALUE_MAX = 4000;

const KEY_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789.-";
const KEY_MAX = 15;

/**
 * Checks a key of a {@link Store}.
 * @throws {RangeError} when it is not 1 to 15 characters of `a-z0-9.-`
 */
export function checkStoreKey(key: string): void {
	let valid = key.length > 0 && key.length <= KEY_MAX;
	for (let i = 0; i < key.length && valid; i++) valid = KEY_CHARACTERS.includes(key[i]);
	if (!valid)
		throw new RangeError(`${JSON.stringify(key)} is not a valid key: use 1 to ${KEY_MAX} of a-z, 0-9, dot, hyphen`);
}
