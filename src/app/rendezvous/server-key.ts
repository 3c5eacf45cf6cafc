import { fromHex, toHex } from "../../base/hex";
import type { Ciphers } from "../../ports/ciphers";
import { KEY_OCTETS } from "../../ports/ciphers";
import type { Store } from "../../ports/store";

/** Where the private key is stored. */
const STORE_KEY = "rendezvous-key";

/** The key pair of a rendezvous server. */
export interface ServerKey {
	readonly privateKey: Uint8Array;
	readonly publicKey: Uint8Array;
}

/**
 * Takes the key of the settings, or else the stored one, or else draws one and stores it: devices know the server by it for good.
 * @param given 64 hexadecimal digits, or empty
 * @throws {StoreError} when a new key can't be stored
 */
export function loadServerKey(
	ciphers: Pick<Ciphers, "drawKey" | "publicKeyOf">,
	store: Pick<Store, "read" | "write">,
	given: string,
): ServerKey {
	let privateKey = fromHex(given || (store.read(STORE_KEY) ?? ""), KEY_OCTETS);
	if (privateKey === undefined) {
		privateKey = ciphers.drawKey();
		store.write(STORE_KEY, toHex(privateKey));
	}
	return { privateKey, publicKey: ciphers.publicKeyOf(privateKey) };
}
