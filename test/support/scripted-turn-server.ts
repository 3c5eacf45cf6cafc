import { HmacSha1 } from "../../src/base/sha1";
import { longTermKey } from "../../src/peer/turn/turn-requests";
import * as stun from "../../src/wire/stun";
import { StunWriter } from "../../src/wire/stun-writer";
import { latin1 } from "./octets";
import { readStun, type SentDatagram } from "./stun-messages";

const METHODS: Readonly<Record<number, string>> = {
	[stun.ALLOCATE]: "allocate",
	[stun.REFRESH]: "refresh",
	[stun.CREATE_PERMISSION]: "permission",
	[stun.CHANNEL_BIND]: "bind",
};

/** Answers the requests of a TURN client as a server does, or as a test says. */
export class ScriptedTurnServer {
	nonce = "nonce1";
	realm = "home";
	lifetime = 600;
	/** An error to answer the next requests of a method with, by its name. */
	readonly refusals = new Map<string, number>();
	/** What was asked, such as `allocate`, `refresh 0`, `permission 8.0.0.9`. */
	readonly log: string[] = [];
	private readonly key: HmacSha1;

	constructor(
		username: string,
		password: string,
		private readonly relayed = { address: "9.0.0.1", port: 50_000 },
	) {
		this.key = new HmacSha1(longTermKey(username, latin1("home"), password));
	}

	/** Answers a request; `undefined` for an indication or data. */
	answer({ bytes }: SentDatagram): Uint8Array | undefined {
		if (bytes[0] >= 0x40) return undefined;
		const request = readStun(bytes);
		if (request.kind !== stun.REQUEST) return undefined;
		const writer = new StunWriter();
		const name = METHODS[request.method] ?? "unknown";
		const isStale = request.text(stun.NONCE, 99) !== this.nonce;
		const refusal = this.refusals.get(name);
		if (!request.hasIntegrity || isStale) {
			writer.respond(stun.ERROR, request).error(request.hasIntegrity ? stun.STALE_NONCE : stun.UNAUTHENTICATED);
			writer.text(stun.REALM, this.realm).text(stun.NONCE, this.nonce);
			return writer.bytes.slice(0, writer.end);
		}
		if (!request.isIntact(this.key)) {
			writer.respond(stun.ERROR, request).error(stun.UNAUTHENTICATED).text(stun.REALM, this.realm);
			return writer.text(stun.NONCE, this.nonce).bytes.slice(0, writer.end);
		}
		const detail = request.address(stun.XOR_PEER_ADDRESS)?.address ?? request.u32(stun.LIFETIME);
		this.log.push(`${name} ${detail}`);
		if (refusal !== undefined) {
			writer.respond(stun.ERROR, request).error(refusal);
		} else {
			writer.respond(stun.SUCCESS, request).u32(stun.LIFETIME, this.lifetime);
			if (name === "allocate") {
				writer.address(stun.XOR_RELAYED_ADDRESS, this.relayed.address, this.relayed.port);
				writer.address(stun.XOR_MAPPED_ADDRESS, "7.0.0.1", 5000);
			}
		}
		return writer.integrity(this.key).bytes.slice(0, writer.end);
	}
}

/** Makes a Data indication. @see RFC 8656 §11.4 */
export function dataIndication(address: string, port: number, data: Uint8Array): Uint8Array {
	const writer = new StunWriter().begin(stun.INDICATION, stun.DATA, new Uint8Array(12));
	writer.address(stun.XOR_PEER_ADDRESS, address, port).octets(stun.DATA_VALUE, data);
	return writer.bytes.slice(0, writer.end);
}
