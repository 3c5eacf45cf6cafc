import { utf8Encode } from "../../src/base/text";
import { checkStoreKey, STORE_VALUE_MAX, type Store, StoreError } from "../../src/ports/store";

/** The store of a machine, which survives crashes. */
export class VirtualStore implements Store {
	/** The stored values, which tests may read and change. */
	readonly values = new Map<string, string>();
	/** True: the medium fails, so that each write throws {@link StoreError}. */
	broken = false;
	/** The number of writes so far. */
	writes = 0;

	read(key: string): string | undefined {
		checkStoreKey(key);
		return this.values.get(key);
	}

	write(key: string, value: string): void {
		checkStoreKey(key);
		if (utf8Encode(value).length > STORE_VALUE_MAX) throw new RangeError(`value of ${key} is too long`);
		if (this.broken) throw new StoreError("the medium fails");
		this.writes++;
		this.values.set(key, value);
	}

	delete(key: string): void {
		checkStoreKey(key);
		if (this.broken) throw new StoreError("the medium fails");
		this.values.delete(key);
	}
}
