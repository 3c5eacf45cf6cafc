import { readU16 } from "../../base/byte-writer";
import { STUN_HEADER, STUN_MAX } from "../../wire/stun";

/** Octets before the data of a channel. @see RFC 8656 §12.4 */
const CHANNEL_HEAD = 4;
/** Octets from which the length of a message is known. */
const HEAD = 4;

/** Splits what a TURN server sends by TCP into messages: STUN, and data of channels, which are padded there. @see RFC 8656 §12.5 */
export class TurnDeframer {
	/** The part of a message that has come. */
	private readonly buffer = new Uint8Array(STUN_MAX + CHANNEL_HEAD);
	private filled = 0;

	/** @param taker takes a message without its padding; valid during the call */
	constructor(private readonly taker: (message: Uint8Array) => void) {}

	/** Takes octets as they come. @returns false when they are no messages of TURN or too long: the connection is of no use */
	feed(bytes: Uint8Array): boolean {
		const { buffer } = this;
		for (let at = 0; at < bytes.length; ) {
			const wanted = this.filled < HEAD ? HEAD : this.paddedLength();
			if (wanted > buffer.length) return false;
			const count = Math.min(wanted - this.filled, bytes.length - at);
			buffer.set(bytes.subarray(at, at + count), this.filled);
			this.filled += count;
			at += count;
			if (this.filled < HEAD) continue;
			const length = this.length();
			if (length < 0) return false;
			if (this.filled < this.paddedLength()) continue;
			this.filled = 0;
			this.taker(buffer.subarray(0, length));
		}
		return true;
	}

	/** The length of the message whose beginning is in the buffer; -1 when it is not of TURN. */
	private length(): number {
		const length = readU16(this.buffer, 2);
		if (this.buffer[0] < 0x40) return (length & 3) === 0 ? STUN_HEADER + length : -1;
		return this.buffer[0] < 0x50 ? CHANNEL_HEAD + length : -1;
	}

	private paddedLength(): number {
		return (this.length() + 3) & ~3;
	}
}
