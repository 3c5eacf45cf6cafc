/** The remainders of all octets. @see ISO/IEC 13239, polynomial 0x04C11DB7, reflected */
const TABLE = new Int32Array(256);
for (let octet = 0; octet < 256; octet++) {
	let rest = octet;
	for (let bit = 0; bit < 8; bit++) rest = (rest & 1) === 0 ? rest >>> 1 : (rest >>> 1) ^ 0xedb88320;
	TABLE[octet] = rest;
}

/** Computes the CRC-32 of `bytes[start, end)`, an unsigned integer, as Ethernet, zip and STUN use it. */
export function crc32(bytes: Uint8Array, start = 0, end = bytes.length): number {
	let crc = -1;
	for (let at = start; at < end; at++) crc = TABLE[(crc ^ bytes[at]) & 0xff] ^ (crc >>> 8);
	return ~crc >>> 0;
}
