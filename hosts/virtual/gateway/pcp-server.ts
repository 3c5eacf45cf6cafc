import { ByteWriter, readU16, readU32 } from "../../../src/base/byte-writer";
import { formatIpv4, parseIpv4 } from "../../../src/core/ipv4";
import type { UdpPeer, UdpSink, UdpSocket } from "../../../src/ports/net";
import type { GatewayHost } from "./gateway-host";
import { placeMapping } from "./mapping-policy";
import { answerNatPmp, natPmpAddress } from "./nat-pmp-server";
import type { Mapping } from "./port-table";

const PORT = 5351;
const ANNOUNCE_PORT = 5350;
const ALL_HOSTS = "224.0.0.1";
const VERSION = 2;
const HEADER = 24;
const MAP = 60;
/** The shortest and the longest lifetime granted. @see RFC 6887 §15 */
const LIFETIME_MIN = 120;
const LIFETIME_MAX = 86_400;
/** How many ports are tried, beginning with the suggested one. */
const TRIES = 1000;

const SUCCESS = 0;
const UNSUPP_VERSION = 1;
const NOT_AUTHORIZED = 2;
const MALFORMED_REQUEST = 3;
const UNSUPP_OPCODE = 4;
const UNSUPP_OPTION = 5;
const NETWORK_FAILURE = 7;
const NO_RESOURCES = 8;
const UNSUPP_PROTOCOL = 9;
const CANNOT_PROVIDE_EXTERNAL = 11;
const ADDRESS_MISMATCH = 12;

const THIRD_PARTY = 1;
const PREFER_FAILURE = 2;

/** Serves PCP and NAT-PMP on one port, from the gateway's table. @see RFC 6887, RFC 6886 */
export class PcpServer implements UdpSink {
	private readonly socket: UdpSocket;
	private readonly writer = new ByteWriter(1100);

	constructor(private readonly gateway: GatewayHost) {
		const path = gateway.router.inside.path;
		if (path === undefined) throw new TypeError("a gateway needs a LAN address");
		this.socket = gateway.machine.network.udp({ port: PORT, path }, this);
	}

	opened(): void {
		this.announce();
	}

	failed(): void {}

	close(): void {
		this.socket.close();
	}

	/** Announces that the gateway has restarted or has another address. @see RFC 6887 §14.1, RFC 6886 §3.2.1 */
	announce(): void {
		const { quirks } = this.gateway;
		if (quirks.natPmp) this.send(natPmpAddress(this.gateway, this.writer.reset()), ALL_HOSTS, ANNOUNCE_PORT);
		if (quirks.pcp) this.send(this.head(0, SUCCESS, 0), ALL_HOSTS, ANNOUNCE_PORT);
	}

	received(bytes: Uint8Array, { address, port }: UdpPeer): void {
		const { quirks } = this.gateway;
		if (!this.gateway.router.inside.reaches(address) || bytes.length < 2) return;
		const answer = bytes[0] === 0 || !quirks.pcp ? this.natPmp(bytes, address) : this.pcp(bytes, address);
		if (answer !== undefined) this.send(answer, address, port);
	}

	private natPmp(bytes: Uint8Array, from: string): ByteWriter | undefined {
		const { quirks } = this.gateway;
		if (quirks.natPmp) return answerNatPmp(this.gateway, bytes, from, this.writer.reset());
		return quirks.pcp ? this.head(bytes[1], UNSUPP_VERSION, 1800) : undefined;
	}

	private pcp(bytes: Uint8Array, from: string): ByteWriter | undefined {
		const opcode = bytes[1];
		if ((opcode & 0x80) !== 0) return undefined;
		if (bytes[0] !== VERSION) return this.head(opcode, UNSUPP_VERSION, 1800);
		if (bytes.length < HEADER || bytes.length % 4 !== 0 || bytes.length > 1100) {
			return this.head(opcode, MALFORMED_REQUEST, 1800);
		}
		if (opcode === 0) return this.head(0, SUCCESS, 0);
		if (opcode !== 1) return this.head(opcode, UNSUPP_OPCODE, 1800);
		if (bytes.length < MAP) return this.head(1, MALFORMED_REQUEST, 1800);
		if (formatIpv4(readU32(bytes, 20)) !== from) return this.mapAnswer(bytes, ADDRESS_MISMATCH, 1800, 0);
		return this.map(bytes, from);
	}

	private map(bytes: Uint8Array, from: string): ByteWriter {
		const { quirks, table } = this.gateway;
		const lifetime = readU32(bytes, 4);
		const nonce = hex(bytes, 24, 36);
		const transport = bytes[36] === 6 ? "tcp" : bytes[36] === 17 ? "udp" : undefined;
		const port = readU16(bytes, 40);
		const suggested = readU16(bytes, 42);
		if (quirks.pcpResult !== SUCCESS && lifetime > 0) return this.mapAnswer(bytes, quirks.pcpResult, 30, suggested);
		let prefersFailure = false;
		for (let at = MAP; at + 4 <= bytes.length; at += 4 + ((readU16(bytes, at + 2) + 3) & ~3)) {
			if (bytes[at] === THIRD_PARTY) return this.mapAnswer(bytes, UNSUPP_OPTION, 1800, suggested);
			if (bytes[at] === PREFER_FAILURE) prefersFailure = quirks.pcpPreferFailure;
			else if (bytes[at] < 128) return this.mapAnswer(bytes, UNSUPP_OPTION, 1800, suggested);
		}
		if (transport === undefined || port === 0) return this.mapAnswer(bytes, UNSUPP_PROTOCOL, 1800, suggested);
		const isOwn = (one: Mapping): boolean => one.transport === transport && one.address === from && one.port === port;
		const own = table.all().find((one) => one.nonce !== "" && isOwn(one));
		if (own !== undefined && own.nonce !== nonce) return this.mapAnswer(bytes, NOT_AUTHORIZED, 1800, suggested);
		if (lifetime === 0) return this.remove(bytes, own, from, suggested);
		const lease = Math.min(LIFETIME_MAX, Math.max(LIFETIME_MIN, lifetime));
		const tries = prefersFailure ? 1 : TRIES;
		const base = { transport, address: from, port, remoteHost: "", enabled: true, nonce, lease } as const;
		const mapping = placeMapping(this.gateway, { ...base, description: `PCP MAP ${nonce}` }, own, suggested, tries);
		if (typeof mapping !== "number") return this.mapAnswer(bytes, SUCCESS, lease, mapping.externalPort);
		if (mapping === 718 && prefersFailure) return this.mapAnswer(bytes, CANNOT_PROVIDE_EXTERNAL, 30, suggested);
		const code = mapping === 606 ? NOT_AUTHORIZED : mapping === 501 ? NETWORK_FAILURE : NO_RESOURCES;
		return this.mapAnswer(bytes, code, 30, suggested);
	}

	private remove(bytes: Uint8Array, own: Mapping | undefined, from: string, suggested: number): ByteWriter {
		const { quirks, table } = this.gateway;
		if (quirks.pcpDeleteFails) return this.mapAnswer(bytes, NOT_AUTHORIZED, 1800, suggested);
		if (own !== undefined) {
			table.remove(own.transport, own.externalPort);
			return this.mapAnswer(bytes, SUCCESS, 0, own.externalPort);
		}
		const foreign = table.all().find((one) => one.externalPort === suggested && one.address !== from);
		return this.mapAnswer(bytes, foreign === undefined ? SUCCESS : NOT_AUTHORIZED, 0, suggested);
	}

	private head(opcode: number, result: number, lifetime: number): ByteWriter {
		const writer = this.writer.reset();
		writer
			.u8(VERSION)
			.u8(opcode | 0x80)
			.u8(0)
			.u8(result)
			.u32(lifetime)
			.u32(this.gateway.epoch);
		return writer.u32(0).u32(0).u32(0);
	}

	private mapAnswer(request: Uint8Array, result: number, lifetime: number, externalPort: number): ByteWriter {
		const writer = this.head(1, result, lifetime).octets(request, 24, 42).u16(externalPort);
		const address = parseIpv4(this.gateway.wanAddress) ?? 0;
		return writer.u32(0).u32(0).u32(0xffff).u32(address);
	}

	private send(message: ByteWriter, address: string, port: number): void {
		this.socket.send(message.bytes, 0, message.length, address, port);
	}
}

function hex(bytes: Uint8Array, start: number, end: number): string {
	let text = "";
	for (let i = start; i < end; i++) text += (bytes[i] + 256).toString(16).slice(1);
	return text;
}
