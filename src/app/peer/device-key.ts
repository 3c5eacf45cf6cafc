import { fromHex, toHex } from "../../base/hex";
import { type Ciphers, KEY_OCTETS } from "../../ports/ciphers";
import type { Random } from "../../ports/random";
import type { Store } from "../../ports/store";

/** The X25519 key pair of a device: its identity to viewers, who pin the public key. */
export interface DeviceKey {
	readonly privateKey: Uint8Array;
	readonly publicKey: Uint8Array;
}

/** The names of the stored values. */
const KEY = "peer-key";
const HOME_SECRET = "home-secret";
const PORT = "peer-port";

/** The range from which a port is drawn. @see RFC 6335 §6 */
const PORT_MIN = 49152;
const PORT_MAX = 65535;

/**
 * Reads the key pair of this device; draws and stores one at the first start.
 * @param memory takes what is drawn @default the store
 */
export function loadDeviceKey(
	ciphers: Pick<Ciphers, "drawKey" | "publicKeyOf">,
	store: Store,
	memory = store,
): DeviceKey {
	let privateKey = fromHex(store.read(KEY) ?? "", KEY_OCTETS);
	if (privateKey === undefined) {
		privateKey = ciphers.drawKey();
		memory.write(KEY, toHex(privateKey));
	}
	return { privateKey, publicKey: ciphers.publicKeyOf(privateKey) };
}

/**
 * The key pair in the store of this device, read or drawn when it is first asked for: a device that nobody finds by a rendezvous
 * server needs none, and its host loads no library of ciphers.
 */
export class StoredDeviceKey implements DeviceKey {
	private loaded: DeviceKey | undefined;

	/** @see loadDeviceKey */
	constructor(
		private readonly ciphers: Pick<Ciphers, "drawKey" | "publicKeyOf">,
		private readonly store: Store,
		private readonly memory: Store,
	) {}

	get privateKey(): Uint8Array {
		return this.load().privateKey;
	}

	get publicKey(): Uint8Array {
		return this.load().publicKey;
	}

	private load(): DeviceKey {
		this.loaded ??= loadDeviceKey(this.ciphers, this.store, this.memory);
		return this.loaded;
	}
}

/** Reads the secret of the home of a device that is in no sealed fleet; draws and stores one at the first start. */
export function loadHomeSecret(random: Random, store: Store, memory = store): Uint8Array {
	let secret = fromHex(store.read(HOME_SECRET) ?? "", KEY_OCTETS);
	if (secret === undefined) {
		secret = new Uint8Array(KEY_OCTETS);
		random.fill(secret);
		memory.write(HOME_SECRET, toHex(secret));
	}
	return secret;
}

/** Reads the UDP port of this device; draws and stores one at the first start, so that mappings stay the same across restarts. */
export function loadPeerPort(random: Random, store: Store, memory = store): number {
	const stored = Number(store.read(PORT) ?? "0");
	if (Number.isInteger(stored) && stored >= PORT_MIN && stored <= PORT_MAX) return stored;
	// Above it there is room for the ports that the gateway may be asked for instead.
	const port = PORT_MIN + Math.floor(random.unit() * (PORT_MAX - PORT_MIN - 100));
	memory.write(PORT, `${port}`);
	return port;
}
