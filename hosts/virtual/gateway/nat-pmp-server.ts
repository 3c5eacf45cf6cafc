import { type ByteWriter, readU16, readU32 } from "../../../src/base/byte-writer";
import { addressKind, parseIpv4 } from "../../../src/core/ipv4";
import type { GatewayHost } from "./gateway-host";
import { placeMapping } from "./mapping-policy";

const SUCCESS = 0;
const UNSUPPORTED_VERSION = 1;
const NOT_AUTHORIZED = 2;
const NETWORK_FAILURE = 3;
const OUT_OF_RESOURCES = 4;
const UNSUPPORTED_OPCODE = 5;

/** How many ports are tried, beginning with the suggested one. */
const TRIES = 1000;

/** Writes the answer to a request for the external address, which also announces a new one. @see RFC 6886 §3.2 */
export function natPmpAddress(gateway: GatewayHost, writer: ByteWriter): ByteWriter {
	const { hidesPrivateWan, natPmpAddressResult } = gateway.quirks;
	const hidden = hidesPrivateWan && addressKind(gateway.wanAddress) !== "public";
	const result = hidden ? NETWORK_FAILURE : natPmpAddressResult;
	writer.u8(0).u8(128).u16(result).u32(gateway.epoch);
	return writer.u32(result !== SUCCESS ? 0 : (parseIpv4(gateway.wanAddress) ?? 0));
}

/** Answers one NAT-PMP request. @see RFC 6886 §3 */
export function answerNatPmp(
	gateway: GatewayHost,
	bytes: Uint8Array,
	from: string,
	writer: ByteWriter,
): ByteWriter | undefined {
	const opcode = bytes[1];
	if (opcode >= 128) return undefined;
	if (bytes[0] !== 0) return head(gateway, writer, opcode, UNSUPPORTED_VERSION);
	if (opcode === 0) return natPmpAddress(gateway, writer);
	if (opcode > 2) return head(gateway, writer, opcode, UNSUPPORTED_OPCODE);
	if (bytes.length < 12) return undefined;
	const transport = opcode === 1 ? "udp" : "tcp";
	const port = readU16(bytes, 4);
	const suggested = readU16(bytes, 6);
	const lease = readU32(bytes, 8);
	const { table } = gateway;
	const own = table.all().find((one) => one.transport === transport && one.address === from && one.port === port);
	if (lease === 0) {
		// Another's mapping stays, but the answer is success.
		for (const one of table.all()) {
			const asked = one.transport === transport && (port === 0 || one.port === port);
			if (asked && one.address === from) table.remove(transport, one.externalPort);
		}
		return head(gateway, writer, opcode, SUCCESS).u16(port).u16(0).u32(0);
	}
	const { natPmpResult } = gateway.quirks;
	if (natPmpResult !== SUCCESS) return head(gateway, writer, opcode, natPmpResult).u16(port).u16(0).u32(0);
	const base = { transport, address: from, port, remoteHost: "", enabled: true, nonce: "", lease } as const;
	const mapping = placeMapping(
		gateway,
		{ ...base, description: `NAT-PMP ${port} ${transport}` },
		own,
		suggested,
		TRIES,
	);
	if (typeof mapping !== "number") {
		return head(gateway, writer, opcode, SUCCESS).u16(port).u16(mapping.externalPort).u32(lease);
	}
	const code = mapping === 606 ? NOT_AUTHORIZED : mapping === 501 ? NETWORK_FAILURE : OUT_OF_RESOURCES;
	return head(gateway, writer, opcode, code).u16(port).u16(0).u32(0);
}

function head(gateway: GatewayHost, writer: ByteWriter, opcode: number, result: number): ByteWriter {
	return writer
		.u8(0)
		.u8(opcode | 0x80)
		.u16(result)
		.u32(gateway.epoch);
}
