import type { ByteWriter } from "../../base/byte-writer";
import { readU16 } from "../../base/byte-writer";
import { formatIp, parseIp } from "../../core/ip-address";
import { CANDIDATES_MAX, type Candidate, type CandidateKind } from "../candidate";

/** The numbers of kinds are their places here. */
const KINDS: readonly CandidateKind[] = Object.freeze(["host", "mapped", "reflexive", "relayed"]);
/** In the first octet of a candidate: its address has 16 octets. */
const IS_IPV6 = 0x80;

/**
 * Appends a list of candidates: their number, then for each an octet for kind and family, the port, and the address. What exceeds
 * CANDIDATES_MAX, or has a malformed address, is left out.
 */
export function writeCandidates(into: ByteWriter, candidates: readonly Candidate[]): void {
	const countAt = into.length;
	into.u8(0);
	let count = 0;
	for (const { kind, address, port } of candidates) {
		const octets = parseIp(address);
		if (octets === undefined || count >= CANDIDATES_MAX) continue;
		into
			.u8(KINDS.indexOf(kind) | (octets.length === 16 ? IS_IPV6 : 0))
			.u16(port)
			.octets(octets);
		count++;
	}
	if (!into.overflowed) into.bytes[countAt] = count;
}

/**
 * Reads a list of candidates that ends at `end` exactly.
 * @returns `undefined` when it is malformed or has more than CANDIDATES_MAX
 */
export function readCandidates(bytes: Uint8Array, start: number, end: number): readonly Candidate[] | undefined {
	if (start >= end) return undefined;
	const count = bytes[start];
	if (count > CANDIDATES_MAX) return undefined;
	const candidates: Candidate[] = [];
	let at = start + 1;
	for (let i = 0; i < count; i++) {
		if (at + 7 > end) return undefined;
		const first = bytes[at];
		const octets = (first & IS_IPV6) === 0 ? 4 : 16;
		const kind = KINDS[first & ~IS_IPV6];
		const port = readU16(bytes, at + 1);
		if (kind === undefined || port === 0 || at + 3 + octets > end) return undefined;
		candidates.push({ kind, address: formatIp(bytes.slice(at + 3, at + 3 + octets)), port });
		at += 3 + octets;
	}
	return at === end ? candidates : undefined;
}
