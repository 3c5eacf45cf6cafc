import { type Millis, plausibleUtc } from "../../core/time";
import { TICKS_PER_MS } from "../../media/video-clock";
import type { ReceptionReport, SenderInfo } from "../../wire/rtcp";
import { sequenceDistance } from "../../wire/rtp";
import type { SourceCalendar } from "./rtp-sink";

/** The longest delay that a report can hold. */
const DELAY_MAX: Millis = 65_535_000;

/**
 * Counts how well one source is received, for receiver reports, and relates its timestamps to the calendar.
 * @see RFC 3550 §6.4.1, §A.1, §A.3, §A.8
 */
export class RtpReception implements SourceCalendar {
	/** The source, 32 bits; -1: none yet. */
	ssrc = -1;
	received = 0;
	private base = 0;
	/** The highest sequence number, with the count of cycles above its 16 bits. */
	private highest = 0;
	private jitter = 0;
	private transit = 0;
	private expectedBefore = 0;
	private receivedBefore = 0;
	/** The last sender report; 0: none came yet. */
	private middle = 0;
	private reportedAt: Millis = 0;
	private utc: Millis | undefined;
	private timestamp = 0;

	/** Begins with the first packet of a source, which is counted by {@link count}. */
	begin(ssrc: number, sequence: number): void {
		this.ssrc = ssrc;
		this.received = 0;
		this.base = sequence;
		this.highest = sequence - 1;
		this.jitter = 0;
		this.transit = Number.NaN;
		this.expectedBefore = 0;
		this.receivedBefore = 0;
		this.middle = 0;
		this.utc = undefined;
	}

	/** Packets that are missing so far; negative when some came twice. */
	get lost(): number {
		return this.expected - this.received;
	}

	private get expected(): number {
		return this.highest - this.base + 1;
	}

	/** Counts a packet of the source. */
	count(now: Millis, sequence: number, timestamp: number): void {
		this.received++;
		const ahead = sequenceDistance(this.highest & 0xffff, sequence);
		if (ahead > 0) this.highest += ahead;
		const transit = (((now * TICKS_PER_MS) | 0) - timestamp) | 0;
		if (!Number.isNaN(this.transit)) {
			const difference = Math.abs((transit - this.transit) | 0);
			this.jitter += (difference - this.jitter) / 16;
		}
		this.transit = transit;
	}

	/** Takes what a sender report of the source says. */
	reported(now: Millis, info: SenderInfo): void {
		this.middle = info.middle;
		this.reportedAt = now;
		this.utc = plausibleUtc(info.utc);
		this.timestamp = info.timestamp;
	}

	utcOf(timestamp: number): Millis | undefined {
		return this.utc === undefined ? undefined : this.utc + ((timestamp - this.timestamp) | 0) / TICKS_PER_MS;
	}

	/** Fills in the report about the source; the loss since the report before is counted from here again. */
	fill(now: Millis, report: ReceptionReport): void {
		const { expected, received } = this;
		const due = expected - this.expectedBefore;
		const missing = due - (received - this.receivedBefore);
		this.expectedBefore = expected;
		this.receivedBefore = received;
		report.ssrc = this.ssrc;
		report.fractionLost = due <= 0 || missing <= 0 ? 0 : Math.min(255, Math.floor((missing * 256) / due));
		report.lost = expected - received;
		report.sequence = this.highest >>> 0;
		report.jitter = Math.min(0xffffffff, Math.floor(this.jitter));
		report.lastReport = this.middle;
		report.delay = this.middle === 0 ? 0 : Math.floor(Math.min(DELAY_MAX, now - this.reportedAt) * 65.536);
	}
}
