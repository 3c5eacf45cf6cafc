import type { Endpoint } from "../../core/endpoint-table";
import * as stun from "../../wire/stun";
import { StunReader } from "../../wire/stun-reader";
import { StunWriter } from "../../wire/stun-writer";

/** The sockets of a server with two addresses and two ports. @see RFC 5780 §6 */
export interface DiscoveryAddresses {
	/** The two addresses of the server, and its two ports: socket `via` has `addresses[via >> 1]` and `ports[via & 1]`. */
	readonly addresses: readonly [string, string];
	readonly ports: readonly [number, number];
}

/** Octets of a Binding response with nothing but an IPv4 address: what everybody gets. */
export const PLAIN_ANSWER = 32;
/** Senders whose answer is remembered; as many as a socket remembers. */
const TAILS_MAX = 256;
/** Known attributes that change nothing for somebody who checks no credentials. */
const UNDERSTOOD = [stun.USERNAME, stun.REALM, stun.NONCE, 0x001d, 0x001e, stun.PADDING];
const UNDERSTOOD_TWICE = [...UNDERSTOOD, stun.CHANGE_REQUEST];

/**
 * Answers address requests (P2P-1): tells STUN clients from which public address and port the question came. With two
 * addresses it also serves the discovery of a NAT's behaviour.
 *
 * Nobody gets more than the plain answer of 32 octets (44 with IPv6) unless the request was as long as the answer (P2P-14): so
 * clients that want more pad their requests. RESPONSE-PORT is not supported, because it would send answers to ports that did not ask.
 * @see RFC 8489 §6.3, RFC 5780 §6.1
 */
export class AddressServer {
	/** The answer; valid until the next call. */
	readonly bytes: Uint8Array;
	/** By which of the sockets the answer is to be sent. @see DiscoveryAddresses */
	via = 0;
	/** Requests answered, also with an error; and datagrams ignored: malformed, no request, or an answer that would be too long. */
	answered = 0;
	ignored = 0;
	private readonly reader = new StunReader();
	private readonly writer = new StunWriter();
	/** The attribute of the answer to each of the latest senders: hosts keep one object for a sender. */
	private readonly tails = new Map<Endpoint, Uint8Array>();

	/** @param discovery absent: the server has one address, and CHANGE-REQUEST is an unknown attribute */
	constructor(private readonly discovery?: DiscoveryAddresses) {
		this.bytes = this.writer.bytes;
	}

	/**
	 * Answers a datagram.
	 * @param from where it came from, and where the answer is to go
	 * @param at the socket that received it, as in {@link via}
	 * @returns the length of the answer in {@link bytes}, and 0 for none
	 */
	respond(bytes: Uint8Array, from: Endpoint, at = 0): number {
		if (this.answersBare(bytes, from, at)) return PLAIN_ANSWER;
		if (!this.reader.read(bytes)) {
			this.ignored++;
			return 0;
		}
		return this.respondTo(this.reader, from, at);
	}

	/**
	 * Answers a bare request of 20 octets over IPv4 with {@link PLAIN_ANSWER} octets. {@link respond} begins with it; it is for those who
	 * look at a datagram for other reasons, too, as address servers get little else and this needs neither reader nor writer.
	 * @returns false: it is something else, for which {@link respondTo} is there
	 */
	answersBare(request: Uint8Array, from: Endpoint, at = 0): boolean {
		if (request.length !== stun.STUN_HEADER || request[0] !== 0 || request[1] !== 1 || request[3] !== 0) return false;
		if (request[4] !== 0x21 || request[5] !== 0x12 || request[6] !== 0xa4 || request[7] !== 0x42) return false;
		const value = this.tails.get(from) ?? this.makeTail(from);
		if (value.length === 0 || request[2] !== 0) return false;
		const { bytes } = this;
		bytes.set(request);
		bytes[0] = 1;
		bytes[3] = PLAIN_ANSWER - stun.STUN_HEADER;
		bytes.set(value, stun.STUN_HEADER);
		this.via = at;
		this.answered++;
		return true;
	}

	/** Returns XOR-MAPPED-ADDRESS for an IPv4 sender, which depends on nothing else; empty for others. */
	private makeTail(from: Endpoint): Uint8Array {
		if (this.tails.size >= TAILS_MAX) this.tails.clear();
		const { writer } = this;
		writer.begin(stun.SUCCESS, stun.BINDING, this.bytes).address(stun.XOR_MAPPED_ADDRESS, from.address, from.port);
		const tail = writer.end === PLAIN_ANSWER ? writer.bytes.slice(stun.STUN_HEADER, PLAIN_ANSWER) : new Uint8Array(0);
		this.tails.set(from, tail);
		return tail;
	}

	/** Answers a message that was read already; otherwise as {@link respond}. */
	respondTo(request: StunReader, from: Endpoint, at = 0): number {
		const { writer, discovery } = this;
		const octets = request.end - request.start;
		this.via = at;
		if (request.kind !== stun.REQUEST || request.method !== stun.BINDING) {
			this.ignored++;
			return 0;
		}
		if (octets > stun.STUN_HEADER && request.hasUnknown(discovery === undefined ? UNDERSTOOD : UNDERSTOOD_TWICE)) {
			writer.respond(stun.ERROR, request).error(stun.UNKNOWN_ATTRIBUTE).unknown(request);
			return this.end(octets);
		}
		writer.respond(stun.SUCCESS, request).address(stun.XOR_MAPPED_ADDRESS, from.address, from.port);
		if (octets > stun.STUN_HEADER && discovery !== undefined) this.discover(request, discovery, at, octets);
		if (request.hasFingerprint && octets >= writer.end + 8) writer.fingerprint();
		return this.end(Math.max(octets, writer.end === 44 ? 44 : PLAIN_ANSWER));
	}

	private discover(request: StunReader, { addresses, ports }: DiscoveryAddresses, at: number, octets: number): void {
		const change = request.u32(stun.CHANGE_REQUEST);
		// Bit 1 asks for the other port, bit 2 for the other address (RFC 5780 §7.2).
		if (change > 0) this.via = at ^ ((change >> 1) & 3);
		const { writer, via } = this;
		const six = addresses[0].includes(":");
		if (octets < writer.end + (six ? 48 : 24)) return;
		writer
			.address(stun.RESPONSE_ORIGIN, addresses[via >> 1], ports[via & 1])
			.address(stun.OTHER_ADDRESS, addresses[(at >> 1) ^ 1], ports[(at & 1) ^ 1]);
	}

	private end(allowed: number): number {
		const { end } = this.writer;
		if (this.writer.overflowed || end > allowed) {
			this.ignored++;
			return 0;
		}
		this.answered++;
		return end;
	}
}
