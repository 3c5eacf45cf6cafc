import { type ByteWriter, readU16, readU32 } from "../base/byte-writer";
import { formatIpv4 } from "../core/ipv4";

const VERSION = 0;
const RESPONSE = 128;
const EXTERNAL_ADDRESS = 0;
const MAP_TCP = 2;

/** A response of a NAT-PMP server. */
export interface NatPmpAnswer {
	readonly kind: "address" | "map";
	/** 0: done. @see RFC 6886 §3.5 */
	readonly result: number;
	/** Seconds since the server's table began. */
	readonly epoch: number;
	/** Of `address`. */
	readonly externalAddress: string;
	/** Of `map`. */
	readonly internalPort: number;
	readonly externalPort: number;
	/** Seconds. */
	readonly lifetime: number;
}

/** Builds a request for the external address. @see RFC 6886 §3.2 */
export function buildNatPmpAddress(writer: ByteWriter): void {
	writer.reset().u8(VERSION).u8(EXTERNAL_ADDRESS);
}

/** Builds a request to map a TCP port; lifetime and external port 0 delete. @see RFC 6886 §3.3, §3.4 */
export function buildNatPmpMap(writer: ByteWriter, internalPort: number, externalPort: number, lifetime: number): void {
	writer.reset().u8(VERSION).u8(MAP_TCP).u16(0).u16(internalPort).u16(externalPort).u32(lifetime);
}

/** Reads a response; `undefined` when it is none. @see RFC 6886 §3.2, §3.3 */
export function parseNatPmpAnswer(bytes: Uint8Array): NatPmpAnswer | undefined {
	if (bytes.length < 8 || bytes[0] !== VERSION) return undefined;
	const common = { result: readU16(bytes, 2), epoch: readU32(bytes, 4) };
	if (bytes[1] === RESPONSE + EXTERNAL_ADDRESS && bytes.length >= 12) {
		return {
			...common,
			kind: "address",
			externalAddress: formatIpv4(readU32(bytes, 8)),
			internalPort: 0,
			externalPort: 0,
			lifetime: 0,
		};
	}
	if (bytes[1] === RESPONSE + MAP_TCP && bytes.length >= 16) {
		return {
			...common,
			kind: "map",
			externalAddress: "",
			internalPort: readU16(bytes, 8),
			externalPort: readU16(bytes, 10),
			lifetime: readU32(bytes, 12),
		};
	}
	return undefined;
}
