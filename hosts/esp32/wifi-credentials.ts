import { utf8Encode } from "../../src/base/text";
import type { Store } from "../../src/ports/store";

/** The name and password of a wireless network. */
export interface WifiCredentials {
	readonly ssid: string;
	/** Empty for an open network. */
	readonly password: string;
}

const SSID_MAX = 32;
const PASSWORD_MIN = 8;
const PASSWORD_MAX = 63;

/**
 * Checks the user's input.
 * @returns a message for the page; `undefined` when they are valid
 * @see IEEE 802.11-2020 §9.4.2.2 (SSID), §J.4 (passphrase)
 */
export function faultOfCredentials({ ssid, password }: WifiCredentials): string | undefined {
	const octets = utf8Encode(ssid).length;
	if (octets < 1 || octets > SSID_MAX)
		return `The network name must have 1 to ${SSID_MAX} characters (accented ones count double).`;
	for (const character of ssid) {
		if (character < " " || character === "\u007f") return "The network name must not contain control characters.";
	}
	if (password === "") return undefined;
	if (password.length < PASSWORD_MIN || password.length > PASSWORD_MAX)
		return `The Wi-Fi password must have ${PASSWORD_MIN} to ${PASSWORD_MAX} characters; leave it blank for an open network.`;
	for (const character of password) {
		if (character < " " || character > "~")
			return "The Wi-Fi password must consist of unaccented letters, digits, punctuation and spaces.";
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
