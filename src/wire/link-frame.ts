import { readU32 } from "../base/byte-writer";
import { equalInConstantTime, HmacSha256, sha256 } from "../base/sha256";
import { utf8Encode } from "../base/text";
import { LinkWriter } from "./link-fields";

/** The version of the protocol between a control host and the distribution of stream data. */
export const LINK_VERSION = 1;
/** Octets of a hello: `PHSL`, the version, who speaks, two zeros, and the nonce. */
export const HELLO_OCTETS = 24;
export const NONCE_OCTETS = 16;
/** Octets in front of a message: its length; and behind it: its code. */
const HEAD_OCTETS = 4;
const CODE_OCTETS = 16;
/** The longest message: a list of 10,000 streams. */
export const MESSAGE_MAX = 49_152;

/** The two ends of a link. */
export type LinkRole = "control" | "distribution";

const MAGIC = [0x50, 0x48, 0x53, 0x4c];

/** Writes a hello. @param nonce {@link NONCE_OCTETS} unpredictable octets */
export function writeHello(role: LinkRole, nonce: Uint8Array): Uint8Array {
	const hello = new Uint8Array(HELLO_OCTETS);
	hello.set(MAGIC);
	hello[4] = LINK_VERSION;
	hello[5] = role === "control" ? 1 : 2;
	hello.set(nonce, HELLO_OCTETS - NONCE_OCTETS);
	return hello;
}

/** Reads the peer's hello. @returns its nonce, or a sentence that says why no link is possible */
export function readHello(hello: Uint8Array, role: LinkRole): Uint8Array | string {
	for (let i = 0; i < MAGIC.length; i++) if (hello[i] !== MAGIC[i]) return "it does not speak this protocol";
	if (hello[4] !== LINK_VERSION) return `it speaks version ${hello[4]} of the protocol, and this is ${LINK_VERSION}`;
	if (hello[5] !== (role === "control" ? 1 : 2)) return `it is not a ${role} host`;
	return hello.slice(HELLO_OCTETS - NONCE_OCTETS);
}

/**
 * The codes of what one end of a link sends: HMAC-SHA-256, truncated to 16 octets, over the frame and its number. The key depends
 * on both nonces, so nothing of an earlier connection is valid, nor is anything of the other direction.
 * @see RFC 2104 §5
 */
export class LinkSeal {
	private readonly hmac: HmacSha256;
	/** The number of the next frame. */
	private readonly number = new Uint8Array(8);

	/**
	 * @param key what both ends share: text that nobody can guess
	 * @param role the end that sends
	 */
	constructor(key: string, role: LinkRole, control: Uint8Array, distribution: Uint8Array) {
		const label = utf8Encode(`porthole stream link ${LINK_VERSION} ${role}\n`);
		const both = new Uint8Array(label.length + control.length + distribution.length);
		both.set(label);
		both.set(control, label.length);
		both.set(distribution, label.length + control.length);
		const shared = new HmacSha256(sha256(utf8Encode(`porthole stream link key ${key}`)));
		this.hmac = new HmacSha256(shared.sign(both).slice());
	}

	/** Returns the code of the next frame, `bytes[start, end)`; valid until the next call. */
	next(bytes: Uint8Array, start: number, end: number): Uint8Array {
		const { number } = this;
		const code = this.hmac.sign(bytes, start, end, number);
		for (let i = 7; i >= 0; i--) {
			number[i]++;
			if (number[i] !== 0) break;
		}
		return code;
	}
}

/** Frames messages: `begin`, the fields, `finish`. */
export class LinkFrameWriter extends LinkWriter {
	constructor() {
		super(HEAD_OCTETS + MESSAGE_MAX + CODE_OCTETS);
	}

	/** Starts the next message. */
	begin(kind: number): this {
		return this.reset().u32(0).u8(kind) as this;
	}

	/** Ends the message: `bytes[0, length)` is the frame. @throws {RangeError} for one that is too long */
	finish(seal: LinkSeal): void {
		const { bytes, length } = this;
		const octets = length - HEAD_OCTETS;
		if (this.overflowed || octets > MESSAGE_MAX) throw new RangeError("a message of the stream link is too long");
		for (let i = 0; i < 4; i++) bytes[i] = octets >>> (24 - 8 * i);
		this.octets(seal.next(bytes, 0, length), 0, CODE_OCTETS);
	}
}

/**
 * Cuts what comes from the peer into messages, and checks their codes before anything looks at them. It takes no more memory than
 * the longest message.
 */
export class LinkFrameReader {
	/** The message that {@link push} has completed, valid until its next call: `bytes[start, end)`. */
	bytes = new Uint8Array(1024);
	readonly start = HEAD_OCTETS;
	end = 0;
	private filled = 0;

	constructor(private readonly seal: LinkSeal) {}

	/**
	 * Takes octets of `bytes`, from `at` on, until a message is complete.
	 * @returns where to continue; -1: what comes was not made with this key, or is damaged, and the link is to be dropped
	 */
	push(bytes: Uint8Array, at: number): number {
		if (this.end !== 0) this.filled = this.end = 0;
		let next = this.fill(bytes, at, HEAD_OCTETS);
		if (this.filled < HEAD_OCTETS) return next;
		const length = readU32(this.bytes, 0);
		if (length === 0 || length > MESSAGE_MAX) return -1;
		const whole = HEAD_OCTETS + length + CODE_OCTETS;
		next = this.fill(bytes, next, whole);
		if (this.filled < whole) return next;
		const end = HEAD_OCTETS + length;
		const code = this.seal.next(this.bytes, 0, end);
		if (!equalInConstantTime(this.bytes, end, code, 0, CODE_OCTETS)) return -1;
		this.end = end;
		return next;
	}

	/** True: {@link push} has completed a message. */
	get hasMessage(): boolean {
		return this.end !== 0;
	}

	private fill(from: Uint8Array, at: number, upTo: number): number {
		const count = Math.min(Math.max(0, upTo - this.filled), from.length - at);
		if (count === 0) return at;
		// The length that is announced is not believed before so much has come.
		if (this.filled + count > this.bytes.length) {
			const larger = new Uint8Array(Math.min(upTo, Math.max(this.filled + count, 2 * this.bytes.length)));
			larger.set(this.bytes.subarray(0, this.filled));
			this.bytes = larger;
		}
		this.bytes.set(from.subarray(at, at + count), this.filled);
		this.filled += count;
		return at + count;
	}
}
