import { STORE_VALUE_MAX, type Store } from "../../../src/ports/store";

/** What keeps text on this host: the SDK's `Preference`, or a domain of NVS. */
export interface TextMedium {
	get(key: string): string | undefined;
	set(key: string, value: string): void;
	delete(key: string): void;
}

const KEY_MAX = 15;

/** Checks keys and values before they reach the medium. @see Store */
export class CheckedStore implements Store {
	constructor(private readonly medium: TextMedium) {}

	read(key: string): string | undefined {
		return this.medium.get(checked(key));
	}

	write(key: string, value: string): void {
		checked(key);
		if (octetsOf(value) > STORE_VALUE_MAX)
			throw new RangeError(`the value of ${key} is longer than ${STORE_VALUE_MAX} octets`);
		this.medium.set(key, value);
	}

	delete(key: string): void {
		this.medium.delete(checked(key));
	}
}

function checked(key: string): string {
	let fine = key.length >= 1 && key.length <= KEY_MAX;
	for (let i = 0; i < key.length && fine; i++) fine = "abcdefghijklmnopqrstuvwxyz0123456789.-".includes(key[i]);
	if (!fine) throw new RangeError(`${JSON.stringify(key)} is no key: 1 to 15 of a-z, 0-9, dot, hyphen`);
	return key;
}

function octetsOf(text: string): number {
	let octets = 0;
	for (const character of text) {
		const code = character.codePointAt(0) as number;
		octets += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	}
	return octets;
}
