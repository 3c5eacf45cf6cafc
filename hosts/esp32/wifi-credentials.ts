import { utf8Encode } from "../../src/base/text";
import type { Store } from "../../src/ports/store";

/** What it takes to join a wireless network. */
export interface WifiCredentials {
	readonly ssid: string;
	/** Empty for an open network. */
	readonly password: string;
}

const SSID_MAX = 32;
const PASSWORD_MIN = 8;
const PASSWORD_MAX = 63;

/**
 * Checks what a person typed.
 * @returns what is wrong, in words for the page; `undefined` when all is well
 * @see IEEE 802.11-2020 §9.4.2.2 (SSID), §J.4 (passphrase)
 */
export function faultOfCredentials({ ssid, password }: WifiCredentials): string | undefined {
	const octets = utf8Encode(ssid).length;
	if (octets < 1 || octets > SSID_MAX) return `The network's name has 1 to ${SSID_MAX} octets.`;
	for (const character of ssid) {
		if (character < " " || character === "\u007f") return "The network's name has no control characters.";
	}
	if (password === "") return undefined;
	if (password.length < PASSWORD_MIN || password.length > PASSWORD_MAX)
		return `The password has ${PASSWORD_MIN} to ${PASSWORD_MAX} characters, or none for an open network.`;
	for (const character of password) {
		if (character < " " || character > "~") return "The password consists of visible ASCII characters and spaces.";
	}
	return undefined;
}

/** Reads the credentials that were kept; `undefined` when there are none, or they are damaged. */
export function readCredentials(store: Store): WifiCredentials | undefined {
	const ssid = store.read("wifi-ssid") ?? "";
	const password = store.read("wifi-password") ?? "";
	return faultOfCredentials({ ssid, password }) === undefined ? { ssid, password } : undefined;
}

/** Keeps checked credentials. The name goes last: a power cut in between leaves none, not a mix. */
export function keepCredentials(store: Store, { ssid, password }: WifiCredentials): void {
	store.delete("wifi-ssid");
	store.write("wifi-password", password);
	store.write("wifi-ssid", ssid);
}
