import { type AddressKind, addressKind, formatIpv4, parseIpv4 } from "./ipv4";

/** The version of the Internet Protocol. */
export type IpFamily = 4 | 6;

/** Octets of an IPv6 address. */
const LENGTH = 16;
/** The longest zone: interface names have at most 15 characters on Linux. */
const ZONE_MAX = 32;

/**
 * Parses an IPv4 or IPv6 address into its 4 or 16 octets; `undefined` when it is malformed. A zone is checked but not returned;
 * only link-local addresses may have one.
 * @see RFC 4291 §2.2, RFC 4007 §11
 */
export function parseIp(text: string): Uint8Array | undefined {
	const four = parseIpv4(text);
	if (four !== undefined) return new Uint8Array([four >>> 24, four >>> 16, four >>> 8, four]);
	const bytes = new Uint8Array(LENGTH);
	return parseIpv6(text, bytes) ? bytes : undefined;
}

/** Returns the family of an address; `undefined` when it is malformed. Zones are handled as in {@link parseIp}. */
export function ipFamily(text: string): IpFamily | undefined {
	if (parseIpv4(text) !== undefined) return 4;
	return parseIpv6(text, new Uint8Array(LENGTH)) ? 6 : undefined;
}

/** Formats 4 or 16 octets as an address, IPv6 in the canonical form of RFC 5952. */
export function formatIp(bytes: Uint8Array): string {
	if (bytes.length === 4) return formatIpv4(((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]) >>> 0);
	if (bytes.length !== LENGTH) throw new RangeError(`an address has 4 or 16 octets, not ${bytes.length}`);
	if (isMapped(bytes)) return `::ffff:${formatIp(bytes.subarray(12))}`;
	let best = -1;
	let longest = 1;
	for (let i = 0; i < 8; i++) {
		let run = 0;
		while (i + run < 8 && bytes[2 * (i + run)] === 0 && bytes[2 * (i + run) + 1] === 0) run++;
		if (run > longest) {
			best = i;
			longest = run;
		}
		i += run;
	}
	let text = "";
	for (let i = 0; i < 8; i++) {
		if (i === best) {
			text += "::";
			i += longest - 1;
			continue;
		}
		if (text !== "" && !text.endsWith(":")) text += ":";
		text += ((bytes[2 * i] << 8) | bytes[2 * i + 1]).toString(16);
	}
	return text;
}

/** Returns an address in canonical form, with its zone; `undefined` when it is malformed. */
export function canonicalIp(text: string): string | undefined {
	const bytes = parseIp(text);
	if (bytes === undefined) return undefined;
	const zone = zoneOf(text);
	return zone === "" ? formatIp(bytes) : `${formatIp(bytes)}%${zone}`;
}

/** Returns the zone of an address, without `%`; empty if there is none. */
export function zoneOf(text: string): string {
	const at = text.indexOf("%");
	return at < 0 ? "" : text.slice(at + 1);
}

/** Special-purpose networks of IPv6: first octets, prefix, kind. @see RFC 6890, RFC 4291, RFC 4193, RFC 9637 */
const SPECIAL: readonly (readonly [readonly number[], number, AddressKind])[] = Object.freeze([
	[[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 128, "unspecified"],
	[[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 128, "loopback"],
	[[0xfe, 0x80], 10, "link-local"],
	[[0xfc], 7, "private"],
	[[0xff], 8, "multicast"],
	[[0x20, 0x01, 0x0d, 0xb8], 32, "reserved"],
	[[0x3f, 0xff], 20, "reserved"],
	[[0x20, 0x01, 0, 2, 0, 0], 48, "reserved"],
	[[0x20], 3, "public"],
]);

/**
 * Classifies an address of either family; `undefined` when it is malformed. IPv6 unique local addresses are `private`; an
 * IPv4-mapped address (`::ffff:192.0.2.1`) has the kind of its IPv4 address.
 */
export function ipKind(text: string): AddressKind | undefined {
	const bytes = parseIp(text);
	if (bytes === undefined) return undefined;
	if (bytes.length === 4) return addressKind(text);
	if (isMapped(bytes)) return addressKind(formatIp(bytes.subarray(12)));
	for (const [network, prefix, kind] of SPECIAL) if (startsAlike(bytes, network, prefix)) return kind;
	return "reserved";
}

/** True when both addresses are of the same family and in the same network of `prefix` bits. Zones are ignored. */
export function sameIpNetwork(a: string, b: string, prefix: number): boolean {
	const x = parseIp(a);
	const y = parseIp(b);
	return x !== undefined && y !== undefined && x.length === y.length && startsAlike(x, y, prefix);
}

/** Returns the first address of the network of `prefix` bits that an address lies in, without a zone; `undefined` when it is malformed. */
export function networkOf(address: string, prefix: number): string | undefined {
	const bytes = parseIp(address);
	if (bytes === undefined) return undefined;
	for (let i = 0; i < bytes.length; i++) {
		const kept = Math.max(0, Math.min(8, prefix - 8 * i));
		bytes[i] &= 0xff00 >> kept;
	}
	return formatIp(bytes);
}

/** Formats an endpoint for URLs and logs: `192.0.2.1:80`, `[2001:db8::1]:80`. */
export function formatEndpoint(address: string, port: number): string {
	return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function isMapped(bytes: Uint8Array): boolean {
	for (let i = 0; i < 10; i++) if (bytes[i] !== 0) return false;
	return bytes[10] === 0xff && bytes[11] === 0xff;
}

/** Compares the first bits. If `network` is shorter, the rest of it counts as zeros. */
function startsAlike(bytes: Uint8Array, network: ArrayLike<number>, bits: number): boolean {
	for (let i = 0; i < bytes.length && i * 8 < bits; i++) {
		const left = bits - i * 8;
		const mask = left >= 8 ? 0xff : (0xff << (8 - left)) & 0xff;
		if (((bytes[i] ^ (network[i] ?? 0)) & mask) !== 0) return false;
	}
	return true;
}

/** Parses an IPv6 address into 16 octets. @returns false when it is malformed */
function parseIpv6(text: string, into: Uint8Array): boolean {
	let end = text.indexOf("%");
	const zone = end >= 0;
	if (!zone) end = text.length;
	else if (!isZone(text, end + 1)) return false;
	if (end < 2 || end > 45) return false;
	let at = 0;
	/** Where the zeros of `::` go in `into`. */
	let gap = -1;
	let i = 0;
	if (text.charCodeAt(0) === 0x3a) {
		if (text.charCodeAt(1) !== 0x3a) return false;
		gap = 0;
		i = 2;
	}
	while (i < end) {
		if (at >= LENGTH) return false;
		let value = 0;
		let digits = 0;
		const start = i;
		for (; i < end; i++) {
			const digit = hexDigit(text.charCodeAt(i));
			if (digit < 0) break;
			if (++digits > 4) return false;
			value = value * 16 + digit;
		}
		const next = i < end ? text.charCodeAt(i) : 0x3a;
		if (next === 0x2e) {
			const four = at <= 12 ? parseIpv4(text.slice(start, end)) : undefined;
			if (four === undefined) return false;
			for (let shift = 24; shift >= 0; shift -= 8) into[at++] = four >>> shift;
			break;
		}
		if (digits === 0 || next !== 0x3a) return false;
		into[at++] = value >> 8;
		into[at++] = value & 0xff;
		if (i >= end) break;
		i++;
		if (i >= end) return false;
		if (text.charCodeAt(i) === 0x3a) {
			if (gap >= 0) return false;
			gap = at;
			i++;
		}
	}
	if (gap < 0 ? at !== LENGTH : at >= LENGTH) return false;
	if (gap >= 0) {
		into.copyWithin(LENGTH - (at - gap), gap, at);
		into.fill(0, gap, LENGTH - (at - gap));
	}
	return !zone || (into[0] === 0xfe && (into[1] & 0xc0) === 0x80) || (into[0] === 0xff && (into[1] & 0x0f) === 2);
}

function isZone(text: string, start: number): boolean {
	const length = text.length - start;
	if (length < 1 || length > ZONE_MAX) return false;
	for (let i = start; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code <= 0x20 || code >= 0x7f || code === 0x25 || code === 0x2f || code === 0x5d) return false;
	}
	return true;
}

function hexDigit(code: number): number {
	if (code >= 0x30 && code <= 0x39) return code - 0x30;
	const lower = code | 0x20;
	return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
