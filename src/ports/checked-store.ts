import { utf8Encode } from "../base/text";
import { checkStoreKey, STORE_VALUE_MAX, type Store, StoreError } from "./store";

/** A key-value storage of a host: text by key, durable when `write` returns. @see ECMA-419 §16 */
export interface KeyValueStorage {
	read(key: string): string | undefined;
	write(key: string, value: string): void;
	delete(key: string): void;
}

/** Keeps the contract of {@link Store} above a storage that may be less strict about keys and lengths. */
export class CheckedStore implements Store {
	constructor(private readonly storage: KeyValueStorage) {}

	read(key: string): string | undefined {
		checkStoreKey(key);
		return attempt(() => this.storage.read(key));
	}

	write(key: string, value: string): void {
		checkStoreKey(key);
		if (utf8Encode(value).length > STORE_VALUE_MAX) {
			throw new RangeError(`the value of ${key} is longer than ${STORE_VALUE_MAX} octets`);
		}
		attempt(() => this.storage.write(key, value));
	}

	delete(key: string): void {
		checkStoreKey(key);
		attempt(() => this.storage.delete(key));
	}
}

function attempt<Result>(run: () => Result): Result {
	try {
		return run();
	} catch (error) {
		throw new StoreError(error);
	}
}
