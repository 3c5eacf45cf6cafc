/** Parses a dotted IPv4 address into an unsigned 32-bit integer; `undefined` when it is not exactly that. */
export function parseIpv4(text: string): number | undefined {
	let value = 0;
	let part = -1;
	let parts = 0;
	// On XS each use of a string's property allocates.
	const { length } = text;
	if (length > 15) return undefined;
	for (let i = 0; i <= length; i++) {
		const digit = i < length ? text.charCodeAt(i) - 48 : -2;
		if (digit === -2) {
			if (part < 0 || ++parts > 4) return undefined;
			value = value * 256 + part;
			part = -1;
		} else if (digit >= 0 && digit <= 9) {
			if (part === 0) return undefined;
			part = part < 0 ? digit : part * 10 + digit;
			if (part > 255) return undefined;
		} else {
			return undefined;
		}
	}
	return parts === 4 ? value : undefined;
}

/** Formats an unsigned 32-bit integer as a dotted IPv4 address. */
export function formatIpv4(value: number): string {
	return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

/** True when both addresses lie in the same network of `prefix` bits. Malformed addresses lie in none. */
export function sameNetwork(a: string, b: string, prefix: number): boolean {
	const x = parseIpv4(a);
	const y = parseIpv4(b);
	if (x === undefined || y === undefined) return false;
	const mask = prefix === 0 ? 0 : -1 << (32 - prefix);
	return ((x ^ y) & mask) === 0;
}

/** What kind of network an IPv4 address belongs to. */
export type AddressKind =
	| "public"
	| "private"
	| "shared"
	| "loopback"
	| "link-local"
	| "multicast"
	| "reserved"
	| "unspecified";

/** Special-purpose networks: first address, prefix, kind. @see RFC 6890, RFC 5737, RFC 6598 */
const SPECIAL: readonly (readonly [string, number, AddressKind])[] = Object.freeze([
	["0.0.0.0", 32, "unspecified"],
	["0.0.0.0", 8, "reserved"],
	["10.0.0.0", 8, "private"],
	["100.64.0.0", 10, "shared"],
	["127.0.0.0", 8, "loopback"],
	["169.254.0.0", 16, "link-local"],
	["172.16.0.0", 12, "private"],
	["192.0.0.0", 24, "reserved"],
	["192.0.2.0", 24, "reserved"],
	["192.168.0.0", 16, "private"],
	["198.18.0.0", 15, "reserved"],
	["198.51.100.0", 24, "reserved"],
	["203.0.113.0", 24, "reserved"],
	["224.0.0.0", 4, "multicast"],
	["240.0.0.0", 4, "reserved"],
]);

/** Classifies an address; `undefined` when it is not an IPv4 address. Only `public` can be reached from the Internet. */
export function addressKind(address: string): AddressKind | undefined {
	if (parseIpv4(address) === undefined) return undefined;
	for (const [network, prefix, kind] of SPECIAL) {
		if (sameNetwork(address, network, prefix)) return kind;
	}
	return "public";
}

/** Returns the broadcast address of the network of `prefix` bits that `address` lies in. */
export function broadcastAddress(address: string, prefix: number): string {
	const mask = prefix === 0 ? 0 : -1 << (32 - prefix);
	return formatIpv4(((parseIpv4(address) ?? 0xffffffff) | ~mask) >>> 0);
}
