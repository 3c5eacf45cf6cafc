import { type ByteWriter, readU16, readU32 } from "../base/byte-writer";
import { formatIpv4, parseIpv4 } from "../core/ipv4";

/** The UDP port of PCP and NAT-PMP servers. @see RFC 6887 §19.1 */
export const PCP_PORT = 5351;
/** The length of a mapping nonce in octets. @see RFC 6887 §11.1 */
export const NONCE_OCTETS = 12;

const VERSION = 2;
const MAP = 1;
const RESPONSE = 0x80;
const TCP = 6;
const UDP = 17;
const LENGTH = 60;

/** A transport protocol, spelled as UPnP spells it. */
export type TransportProtocol = "TCP" | "UDP";

/** The result code of a successful request. @see RFC 6887 §7.4 */
export const PCP_SUCCESS = 0;
/** The result code of a server that speaks another version, or NAT-PMP only. @see RFC 6887 §7.4 */
export const PCP_UNSUPP_VERSION = 1;
/** The result code of a server that cannot give the suggested port. @see RFC 6887 §7.4 */
export const PCP_CANNOT_PROVIDE_EXTERNAL = 11;

/** The answer to a MAP request. */
export interface PcpMapAnswer {
	readonly result: number;
	/** Seconds for which the mapping, or the error, is valid. */
	readonly lifetime: number;
	/** Seconds since the server's table was created. */
	readonly epoch: number;
	readonly protocol: TransportProtocol;
	readonly internalPort: number;
	readonly externalPort: number;
	readonly externalAddress: string;
}

/*
 *  0                   1                   2                   3
 * +---------------+---------------+-------------------------------+
 * |  version = 2  |R|   opcode    |           reserved            |
 * +---------------+---------------+-------------------------------+
 * |                      requested lifetime                       |
 * +---------------------------------------------------------------+
 * |             client's address (128 bits, IPv4-mapped)          |
 * +---------------------------------------------------------------+
 * |                     mapping nonce (96 bits)                   |
 * +---------------+-----------------------------------------------+
 * |   protocol    |                   reserved                    |
 * +---------------+---------------+-------------------------------+
 * |         internal port         |    suggested external port    |
 * +-------------------------------+-------------------------------+
 * |          suggested external address (128 bits, IPv4-mapped)   |
 * +---------------------------------------------------------------+
 */

/** Builds a MAP request; lifetime 0 deletes. @see RFC 6887 §11.1 */
export function buildPcpMap(
	writer: ByteWriter,
	client: string,
	nonce: Uint8Array,
	protocol: TransportProtocol,
	internalPort: number,
	externalPort: number,
	lifetime: number,
): void {
	writer.reset().u8(VERSION).u8(MAP).u16(0).u32(lifetime);
	writeMapped(writer, client);
	writer
		.octets(nonce)
		.u8(protocol === "TCP" ? TCP : UDP)
		.u8(0)
		.u16(0)
		.u16(internalPort)
		.u16(externalPort);
	writeMapped(writer, "0.0.0.0");
}

/**
 * Reads a response to MAP.
 * @returns `undefined` when it is malformed or not for `nonce`; a version error is accepted with any nonce, and an error
 * without the request, whose `internalPort` is then 0
 * @see RFC 6887 §11.4
 */
export function parsePcpAnswer(bytes: Uint8Array, nonce: Uint8Array): PcpMapAnswer | undefined {
	if (bytes.length < 24 || bytes[1] !== (RESPONSE | MAP)) return undefined;
	const result = bytes[3];
	const answer = { result, lifetime: readU32(bytes, 4), epoch: readU32(bytes, 8) };
	if (bytes[0] !== VERSION || result === PCP_UNSUPP_VERSION) {
		return {
			...answer,
			result: PCP_UNSUPP_VERSION,
			protocol: "TCP",
			internalPort: 0,
			externalPort: 0,
			externalAddress: "",
		};
	}
	if (bytes.length < LENGTH && result !== PCP_SUCCESS)
		return { ...answer, protocol: "TCP", internalPort: 0, externalPort: 0, externalAddress: "" };
	if (bytes.length < LENGTH || (bytes[36] !== TCP && bytes[36] !== UDP)) return undefined;
	for (let i = 0; i < NONCE_OCTETS; i++) if (bytes[24 + i] !== nonce[i]) return undefined;
	return {
		...answer,
		protocol: bytes[36] === TCP ? "TCP" : "UDP",
		internalPort: readU16(bytes, 40),
		externalPort: readU16(bytes, 42),
		externalAddress: formatIpv4(readU32(bytes, 56)),
	};
}

function writeMapped(writer: ByteWriter, address: string): void {
	writer
		.u32(0)
		.u32(0)
		.u32(0xffff)
		.u32(parseIpv4(address) ?? 0);
}
