import { utf8Encode } from "../../src/base/text";
import { STORE_VALUE_MAX, type Store } from "../../src/ports/store";

/** A key-value storage of the host's: text by key, durable when `write` returns. @see ECMA-419 §16 */
export interface KeyValueStorage {
	read(key: string): string | undefined;
	write(key: string, value: string): void;
	delete(key: string): void;
}

const KEY_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789.-";
const KEY_MAX = 15;

/** Keeps the store's contract above a storage that may be less strict about keys and lengths. */
export class XsStore implements Store {
	constructor(private readonly storage: KeyValueStorage) {}

	read(key: string): string | undefined {
		checkKey(key);
		return this.storage.read(key);
	}

	write(key: string, value: string): void {
		checkKey(key);
		if (utf8Encode(value).length > STORE_VALUE_MAX) {
			throw new RangeError(`the value of ${key} is longer than ${STORE_VALUE_MAX} octets`);
		}
		this.storage.write(key, value);
	}

	delete(key: string): void {
		checkKey(key);
		this.storage.delete(key);
	}
}

function checkKey(key: string): void {
	let fine = key.length > 0 && key.length <= KEY_MAX;
	for (let i = 0; i < key.length && fine; i++) fine = KEY_CHARACTERS.includes(key[i]);
	if (!fine) throw new RangeError(`${JSON.stringify(key)} is no key: 1 to 15 of a-z, 0-9, dot, hyphen`);
}
