/** Octets of the identifiers of a home and a device, one after the other. */
export const IDS = 24;
/** The sockets of the load client, to which the devices are registered in turn. */
export const SOCKETS = 16;
export const FIRST_PORT = 46_100;

/** Writes the identifiers of a device; the server's hashes have a secret key and don't care which they are. */
export function writeIds(ids: Uint8Array, device: number, perHome: number): void {
	writeNumber(ids, 0, Math.floor(device / perHome));
	writeNumber(ids, 16, device);
}

/** Writes the key of a device's home. */
export function writeKey(key: Uint8Array, device: number, perHome: number): void {
	writeNumber(key, 0, Math.floor(device / perHome));
}

/** The index of a device's socket, of those that are asked. */
export function socketOf(device: number, every: number): number {
	return Math.floor(device / every) % SOCKETS;
}

function writeNumber(bytes: Uint8Array, at: number, value: number): void {
	for (let i = 0; i < 4; i++) bytes[at + i] = value >>> (8 * i);
}
