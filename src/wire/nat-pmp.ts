import { type ByteWriter, readU16, readU32 } from "../base/byte-writer";
import { formatIpv4 } from "../core/ipv4";
import type { TransportProtocol } from "./pcp";

const VERSION = 0;
const RESPONSE = 128;
const EXTERNAL_ADDRESS = 0;
const MAP_UDP = 1;
const MAP_TCP = 2;

/** A response from a NAT-PMP server. */
export interface NatPmpAnswer {
	readonly kind: "address" | "map";
	/** 0 for success. @see RFC 6886 §3.5 */
	readonly result: number;
	/** Seconds since the server's table was created. */
	readonly epoch: number;
	/** Of an `address` response. */
	readonly externalAddress: string;
	/** Of a `map` response, as are the ports and the lifetime. */
	readonly protocol: TransportProtocol;
	readonly internalPort: number;
	readonly externalPort: number;
	/** Seconds. */
	readonly lifetime: number;
}

/** Builds a request for the external address. @see RFC 6886 §3.2 */
export function buildNatPmpAddress(writer: ByteWriter): void {
	writer.reset().u8(VERSION).u8(EXTERNAL_ADDRESS);
}

/** Builds a request to map a port; lifetime 0 with external port 0 deletes. @see RFC 6886 §3.3, §3.4 */
export function buildNatPmpMap(
	writer: ByteWriter,
	protocol: TransportProtocol,
	internalPort: number,
	externalPort: number,
	lifetime: number,
): void {
	const opcode = protocol === "TCP" ? MAP_TCP : MAP_UDP;
	writer.reset().u8(VERSION).u8(opcode).u16(0).u16(internalPort).u16(externalPort).u32(lifetime);
}

/** Reads a response; `undefined` when it is malformed. @see RFC 6886 §3.2, §3.3 */
export function parseNatPmpAnswer(bytes: Uint8Array): NatPmpAnswer | undefined {
	if (bytes.length < 8 || bytes[0] !== VERSION) return undefined;
	const common = { result: readU16(bytes, 2), epoch: readU32(bytes, 4) };
	if (bytes[1] === RESPONSE + EXTERNAL_ADDRESS && bytes.length >= 12) {
		return {
			...common,
			kind: "address",
			externalAddress: formatIpv4(readU32(bytes, 8)),
			protocol: "TCP",
			internalPort: 0,
			externalPort: 0,
			lifetime: 0,
		};
	}
	if ((bytes[1] === RESPONSE + MAP_TCP || bytes[1] === RESPONSE + MAP_UDP) && bytes.length >= 16) {
		return {
			...common,
			kind: "map",
			externalAddress: "",
			protocol: bytes[1] === RESPONSE + MAP_TCP ? "TCP" : "UDP",
			internalPort: readU16(bytes, 8),
			externalPort: readU16(bytes, 10),
			lifetime: readU32(bytes, 12),
		};
	}
	return undefined;
}
