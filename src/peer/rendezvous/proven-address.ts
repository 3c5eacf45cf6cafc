import { ByteWriter, readU16 } from "../../base/byte-writer";
import { formatIp, parseIp } from "../../core/ip-address";
import type { ProvenAddress } from "./peer-message";

/** Octets before the address: its length, and the port. */
const HEAD = 3;
/** The longest nonce that is read. */
const NONCE_MAX = 64;

/** Writes another address of the sender with its proof. @throws {RangeError} when the address is malformed */
export function encodeProvenAddress({ address, port, nonce }: ProvenAddress): Uint8Array {
	const octets = parseIp(address);
	if (octets === undefined) throw new RangeError(`no address: ${address}`);
	const into = new ByteWriter(HEAD + octets.length + nonce.length);
	return into.u8(octets.length).u16(port).octets(octets).octets(nonce).bytes;
}

/** Reads what fills `bytes[start, end)`; `undefined` when it is malformed. The proof is not checked. */
export function readProvenAddress(bytes: Uint8Array, start: number, end: number): ProvenAddress | undefined {
	const length = start < end ? bytes[start] : 0;
	const addressAt = start + HEAD;
	const nonceAt = addressAt + length;
	if ((length !== 4 && length !== 16) || nonceAt > end || end - nonceAt > NONCE_MAX) return undefined;
	const port = readU16(bytes, start + 1);
	if (port === 0) return undefined;
	return { address: formatIp(bytes.slice(addressAt, nonceAt)), port, nonce: bytes.slice(nonceAt, end) };
}
