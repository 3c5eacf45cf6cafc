import { readU32 } from "../../base/byte-writer";
import type { RtpNumbers } from "../../ports/net";
import type { Random } from "../../ports/random";

/** Draws the numbers with which streams begin. Nobody outside can predict them. @see RFC 3550 §5.1, §8.1 */
export class RtpOrigin {
	private readonly bytes = new Uint8Array(6);

	/** @param isUsed whether a stream has this SSRC */
	constructor(
		private readonly random: Random,
		private readonly isUsed: (ssrc: number) => boolean,
	) {}

	/** Draws an SSRC that no stream has, and the sequence number of the first packet (STR-21). */
	draw(): RtpNumbers {
		const { bytes } = this;
		do this.random.fill(bytes);
		while (this.isUsed(readU32(bytes, 0)) || readU32(bytes, 0) === 0);
		return { ssrc: readU32(bytes, 0), sequence: (bytes[4] << 8) | bytes[5] };
	}

	/** Draws the timestamp of time 0. */
	timestamp(): number {
		this.random.fill(this.bytes);
		return readU32(this.bytes, 0);
	}
}
