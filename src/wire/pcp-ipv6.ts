import type { ByteWriter } from "../base/byte-writer";
import { formatIp, parseIp } from "../core/ip-address";
import { type PcpMapAnswer, parsePcpAnswer, type TransportProtocol } from "./pcp";

const VERSION = 2;
const MAP = 1;
const TCP = 6;
const UDP = 17;
/** Octets of an IPv6 address, and where the external one is in an answer. */
const ADDRESS = 16;
const EXTERNAL_AT = 44;

/**
 * Builds a MAP request for a pinhole: all may send to a port of the client's IPv6 address. Lifetime 0 closes it.
 * @param client a global IPv6 address, from which the request is sent
 * @see RFC 6887 §11.1, RFC 6092 §3.4
 */
export function buildPinholeRequest(
	writer: ByteWriter,
	client: string,
	nonce: Uint8Array,
	protocol: TransportProtocol,
	port: number,
	lifetime: number,
): void {
	const address = parseIp(client) ?? new Uint8Array(ADDRESS);
	writer
		.reset()
		.u8(VERSION)
		.u8(MAP)
		.u16(0)
		.u32(lifetime)
		.octets(address)
		.octets(nonce)
		.u8(protocol === "TCP" ? TCP : UDP)
		.u8(0)
		.u16(0)
		.u16(port)
		.u16(port)
		.octets(lifetime === 0 ? new Uint8Array(ADDRESS) : address);
}

/** Reads the answer to {@link buildPinholeRequest}; the external address is IPv6, or empty in an error. @see parsePcpAnswer */
export function parsePinholeAnswer(bytes: Uint8Array, nonce: Uint8Array): PcpMapAnswer | undefined {
	const answer = parsePcpAnswer(bytes, nonce);
	if (answer === undefined) return undefined;
	const isWhole = bytes.length >= EXTERNAL_AT + ADDRESS && answer.internalPort !== 0;
	return { ...answer, externalAddress: isWhole ? formatIp(bytes.subarray(EXTERNAL_AT, EXTERNAL_AT + ADDRESS)) : "" };
}
