/**
 * Makes a UUID of version 8, whose bits are free, from the identity of a device.
 * @param id 16 hexadecimal digits
 * @see RFC 9562 §5.8
 */
export function uuidOf(id: string): string {
	return `706f7274-686f-8${id.slice(0, 3)}-8${id.slice(3, 6)}-${id.slice(6)}00`;
}
