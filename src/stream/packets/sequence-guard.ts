import { sequenceDistance } from "../../wire/rtp";

/** How far behind a packet may be that is only late; further behind the sender has begun again. @see RFC 3550 §A.1 */
const LATE_MAX = 100;

/** Tells from sequence numbers whether packets of a stream were lost; it does not wait for late ones. */
export class SequenceGuard {
	/** Packets that did not come, as far as the numbers tell. */
	lost = 0;
	/** Packets that came too late, or twice. */
	late = 0;
	private expected = -1;

	/** @returns `next`: nothing is missing before this packet; `gap`: something is; `late`: it is to be ignored */
	take(sequence: number): "next" | "gap" | "late" {
		const ahead = this.expected < 0 ? 0 : sequenceDistance(this.expected, sequence);
		if (ahead < 0 && ahead >= -LATE_MAX) {
			this.late++;
			return "late";
		}
		this.expected = (sequence + 1) & 0xffff;
		if (ahead === 0) return "next";
		if (ahead > 0) this.lost += ahead;
		return "gap";
	}
}
