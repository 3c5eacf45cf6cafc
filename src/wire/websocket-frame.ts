/** The kind of a frame. @see RFC 6455 §5.2, §11.8 */
export type Opcode = number;
export const CONTINUATION: Opcode = 0;
export const TEXT: Opcode = 1;
export const BINARY: Opcode = 2;
export const CLOSE: Opcode = 8;
export const PING: Opcode = 9;
export const PONG: Opcode = 10;

/** Octets of the masking key. */
export const MASK_OCTETS = 4;
/** The longest header of a frame, with its masking key. */
export const FRAME_HEADER_MAX = 14;
/** The most octets in a CLOSE, PING or PONG frame. @see RFC 6455 §5.5 */
export const CONTROL_MAX = 125;

/** What {@link FrameHeader.read} returns for octets that are no header of a frame. */
export const MALFORMED = -1;

const FINAL = 0x80;
const RESERVED = 0x70;
const OPCODE = 0x0f;
const MASKED = 0x80;
const LENGTH = 0x7f;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
/** The largest high word of a length of 64 bits that a number holds exactly. */
const HIGH_MAX = 0x1fffff;

/**
 * The header of one frame; one object reads those of a whole connection.
 * @see RFC 6455 §5.2
 */
export class FrameHeader {
	opcode: Opcode = CONTINUATION;
	/** Whether the message ends with this frame. */
	isFinal = false;
	isMasked = false;
	/** Octets of the payload. */
	length = 0;
	/** The masking key, {@link MASK_OCTETS}; valid if {@link isMasked}. */
	readonly mask = new Uint8Array(MASK_OCTETS);

	/** Whether it is a frame that may come between the frames of a message. @see RFC 6455 §5.5 */
	get isControl(): boolean {
		return (this.opcode & CLOSE) !== 0;
	}

	/**
	 * Reads a header from `bytes[start, end)`. There are no extensions, so their bits must be 0.
	 * @returns octets of the header; 0 when it is not complete yet; {@link MALFORMED}
	 */
	read(bytes: Uint8Array, start: number, end: number): number {
		if (end - start < 2) return 0;
		const first = bytes[start];
		const second = bytes[start + 1];
		const short = second & LENGTH;
		this.opcode = first & OPCODE;
		this.isFinal = (first & FINAL) !== 0;
		this.isMasked = (second & MASKED) !== 0;
		if ((first & RESERVED) !== 0 || !isKnown(this.opcode)) return MALFORMED;
		if (this.isControl && (!this.isFinal || short > CONTROL_MAX)) return MALFORMED;
		const more = short === LENGTH_16 ? 2 : short === LENGTH_64 ? 8 : 0;
		const whole = 2 + more + (this.isMasked ? MASK_OCTETS : 0);
		if (end - start < whole) return 0;
		let length = more === 0 ? short : 0;
		for (let i = 0; i < more; i++) {
			if (i === 4 && length > HIGH_MAX) return MALFORMED;
			length = length * 256 + bytes[start + 2 + i];
		}
		// The shortest form is the only one.
		if ((more === 2 && length < LENGTH_16) || (more === 8 && length < 65536)) return MALFORMED;
		this.length = length;
		if (this.isMasked) for (let i = 0; i < MASK_OCTETS; i++) this.mask[i] = bytes[start + 2 + more + i];
		return whole;
	}
}

/**
 * Writes the header of a frame to `into` from `at` on, where {@link FRAME_HEADER_MAX} octets must be free.
 * @param mask the masking key, which frames of clients must have and those of servers must not
 * @returns the index after it
 * @see RFC 6455 §5.2
 */
export function writeFrameHeader(
	into: Uint8Array,
	at: number,
	opcode: Opcode,
	isFinal: boolean,
	length: number,
	mask?: Uint8Array,
): number {
	const masked = mask === undefined ? 0 : MASKED;
	let to = at;
	into[to++] = opcode | (isFinal ? FINAL : 0);
	if (length < LENGTH_16) {
		into[to++] = masked | length;
	} else if (length < 65536) {
		into[to++] = masked | LENGTH_16;
		into[to++] = length >> 8;
		into[to++] = length;
	} else {
		into[to++] = masked | LENGTH_64;
		const high = Math.floor(length / 0x100000000);
		for (let shift = 24; shift >= 0; shift -= 8) into[to++] = high >>> shift;
		for (let shift = 24; shift >= 0; shift -= 8) into[to++] = length >>> shift;
	}
	if (mask !== undefined) for (let i = 0; i < MASK_OCTETS; i++) into[to++] = mask[i];
	return to;
}

/**
 * Masks or unmasks `bytes[start, end)` in place.
 * @param phase how many octets of the frame's payload precede them
 * @see RFC 6455 §5.3
 */
export function applyMask(bytes: Uint8Array, start: number, end: number, mask: Uint8Array, phase: number): void {
	for (let at = start; at < end; at++) bytes[at] ^= mask[(at - start + phase) & 3];
}

/** Why a connection ended. @see RFC 6455 §7.4.1 */
export const NORMAL_CLOSURE = 1000;
export const GOING_AWAY = 1001;
export const PROTOCOL_ERROR = 1002;
export const UNSUPPORTED_DATA = 1003;
/** No code was sent. Never to be sent. */
export const NO_STATUS = 1005;
/** The connection was lost without a CLOSE frame. Never to be sent. */
export const ABNORMAL_CLOSURE = 1006;
export const INVALID_PAYLOAD = 1007;
export const POLICY_VIOLATION = 1008;
export const MESSAGE_TOO_BIG = 1009;

/** Whether a CLOSE frame may have this code. @see RFC 6455 §7.4 */
export function isCloseCode(code: number): boolean {
	if (code >= 3000) return code <= 4999;
	return code >= 1000 && code <= 1014 && code !== 1004 && code !== NO_STATUS && code !== ABNORMAL_CLOSURE;
}

function isKnown(opcode: Opcode): boolean {
	return opcode <= BINARY || (opcode >= CLOSE && opcode <= PONG);
}
