import { readU32 } from "../../base/byte-writer";
import { toHex } from "../../base/hex";
import { HmacSha1 } from "../../base/sha1";
import type { Random } from "../../ports/random";
import {
	BINDING,
	ERROR,
	ERROR_CODE,
	ICE_CONTROLLED,
	ICE_CONTROLLING,
	PRIORITY,
	REQUEST,
	SUCCESS,
	TRANSACTION_OCTETS,
	USE_CANDIDATE,
	USERNAME,
	XOR_MAPPED_ADDRESS,
} from "../../wire/stun";
import { StunReader } from "../../wire/stun-reader";
import { StunWriter } from "../../wire/stun-writer";
import { PATH_HEADROOM } from "../peer-path";
import { ReplayWindow } from "../replay-window";

/** The longest check or answer that is written. */
const CHECK_MAX = 200;
/** The longest USERNAME that is read. @see RFC 8489 §14.3 */
const USERNAME_MAX = 508;
/** Octets of the tie-breaker in ICE-CONTROLLING and ICE-CONTROLLED. @see RFC 8445 §16.1 */
const TIE_OCTETS = 8;
/** Where the parts of our transaction IDs are: the session's first octets, the sender's tag, and a counter. */
const TAG_AT = 4;
const COUNTER_AT = 8;
/** All attributes of checks that must be understood. */
const UNDERSTOOD: readonly number[] = Object.freeze([
	USERNAME,
	PRIORITY,
	USE_CANDIDATE,
	XOR_MAPPED_ADDRESS,
	ERROR_CODE,
]);
/** The type preference of peer-reflexive candidates, and of relayed ones, in PRIORITY. @see RFC 8445 §5.1.2 */
const PRIORITY_REFLEXIVE = ((110 << 24) | (0xffff << 8) | 0xff) >>> 0;
const PRIORITY_RELAYED = ((0xffff << 8) | 0xff) >>> 0;

/** What arrived: a check of the peer, an answer to one of ours, or neither. */
export type CheckKind = "request" | "success" | "error" | "replay" | "none";

/**
 * Writes and reads the messages of one introduction: STUN Binding requests with short-term credentials, and their answers.
 *
 * Both sides have the same fragment and the same password. So that a message that comes back is never taken for the peer's, each side
 * draws a tag for its transaction IDs: session (4 octets), tag (4), counter (4). Answers to another tag and requests with one's own are
 * refused. The counter of the peer is also what replays are known by; agents of others (ICE) have no such counters.
 * @see RFC 8445 §7, P2P-14
 */
export class CheckCodec {
	/** @see PathChecks.sessionName */
	readonly name: string;
	readonly writer = new StunWriter(CHECK_MAX, PATH_HEADROOM);
	readonly reader = new StunReader();
	/** The counter of the answer that was read. */
	counter = 0;
	private readonly username: string;
	private readonly key: HmacSha1;
	private readonly id = new Uint8Array(TRANSACTION_OCTETS);
	private readonly tie = new Uint8Array(TIE_OCTETS);
	private readonly replays = new ReplayWindow();
	/** The tag of the peer, from its first check; -1: not known yet. */
	private peerTag = -1;

	constructor(session: Uint8Array, password: Uint8Array, random: Random) {
		this.name = toHex(session);
		this.username = `${this.name}:${this.name}`;
		this.key = new HmacSha1(password);
		random.fill(this.id);
		random.fill(this.tie);
		for (let i = 0; i < TAG_AT; i++) this.id[i] = session[i];
		this.setCounter(0);
	}

	/** The counter of the latest check that was written. */
	get lastSent(): number {
		return readU32(this.id, COUNTER_AT);
	}

	/** Writes a check. @returns its counter */
	request(controlling: boolean, nominates: boolean, relayed: boolean): number {
		const counter = this.setCounter(this.lastSent + 1);
		const { writer } = this;
		writer.begin(REQUEST, BINDING, this.id).text(USERNAME, this.username);
		writer.u32(PRIORITY, relayed ? PRIORITY_RELAYED : PRIORITY_REFLEXIVE);
		writer.octets(controlling ? ICE_CONTROLLING : ICE_CONTROLLED, this.tie);
		if (nominates) writer.flag(USE_CANDIDATE);
		writer.integrity(this.key).fingerprint();
		return counter;
	}

	/** Writes the answer to the request that was read. */
	success(address: string, port: number): void {
		this.writer.respond(SUCCESS, this.reader).address(XOR_MAPPED_ADDRESS, address, port);
		this.writer.integrity(this.key).fingerprint();
	}

	/** Writes a refusal of the request that was read. */
	refusal(code: number): void {
		this.writer.respond(ERROR, this.reader).error(code);
		if (this.reader.unknownCount > 0) this.writer.unknown(this.reader);
		this.writer.integrity(this.key).fingerprint();
	}

	/** The sender of the request that was read says that it uses its relay. @see RFC 8445 §5.1.2.1, §7.1.1 */
	get isRelayed(): boolean {
		const at = this.reader.findOf(PRIORITY, 4);
		return at >= 0 && this.reader.bytes[at] === 0;
	}

	/** Reads a message and authenticates it; for an answer sets {@link counter}. */
	read(bytes: Uint8Array, start: number, end: number): CheckKind {
		const { reader } = this;
		if (!reader.read(bytes, start, end) || reader.method !== BINDING || !reader.isFingerprintRight()) return "none";
		const at = reader.transactionAt;
		const ours = readU32(bytes, at) === readU32(this.id, 0);
		const tag = readU32(bytes, at + TAG_AT);
		const mine = ours && tag === readU32(this.id, TAG_AT);
		if (reader.kind === REQUEST) {
			if (mine || !this.names(reader) || !reader.isIntact(this.key)) return "none";
			reader.hasUnknown(UNDERSTOOD);
			return !ours || this.isNew(tag, readU32(bytes, at + COUNTER_AT)) ? "request" : "replay";
		}
		if (!mine || !reader.isIntact(this.key)) return "none";
		this.counter = readU32(bytes, at + COUNTER_AT);
		return reader.kind === SUCCESS ? "success" : reader.kind === ERROR ? "error" : "none";
	}

	/**
	 * Compares our tie-breaker with that of the request that was read.
	 * @returns negative: ours is smaller; 0: the request is our own; `undefined`: there is none for this role
	 */
	compareTie(attribute: number): number | undefined {
		const at = this.reader.findOf(attribute, TIE_OCTETS);
		if (at < 0) return undefined;
		for (let i = 0; i < TIE_OCTETS; i++) {
			const difference = this.tie[i] - this.reader.bytes[at + i];
			if (difference !== 0) return difference;
		}
		return 0;
	}

	/** True when the request that was read is for this session: its USERNAME begins with our fragment. @see RFC 8445 §7.2.2 */
	private names(reader: StunReader): boolean {
		const { name } = this;
		const at = reader.find(USERNAME);
		if (at < 0 || reader.length <= name.length || reader.length > USERNAME_MAX) return false;
		for (let i = 0; i < name.length; i++) if (reader.bytes[at + i] !== name.charCodeAt(i)) return false;
		return reader.bytes[at + name.length] === 0x3a;
	}

	private isNew(tag: number, counter: number): boolean {
		if (this.peerTag < 0) this.peerTag = tag;
		return tag === this.peerTag && this.replays.take(counter);
	}

	private setCounter(counter: number): number {
		for (let i = 0; i < 4; i++) this.id[COUNTER_AT + i] = counter >>> (24 - 8 * i);
		return counter;
	}
}
