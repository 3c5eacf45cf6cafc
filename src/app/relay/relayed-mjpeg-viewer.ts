import { FIRST_BOUNDARY } from "../../camera/mjpeg-part";
import { type StreamOutbox, type StreamSource, type StreamWaker, writeWhatFits } from "../../core/stream";
import type { Millis, Octets } from "../../core/time";
import type { FanOutReceiver } from "../../ports/net";
import type { DeliveryCounters } from "../../relay/metering-record";
import type { RelayViewer } from "../../relay/session-monitor";
import type { MjpegUpstream } from "./mjpeg-upstream";

/**
 * One viewer of a relayed Motion JPEG stream, and what it was sent.
 *
 * A viewer that is busy with a picture misses those that come meanwhile, and gets the newest one as soon as it is ready; one that
 * reads nothing costs one picture. A new viewer gets the newest picture at once.
 */
export class RelayedMjpegViewer implements StreamSource, RelayViewer, DeliveryCounters {
	readonly packets = 0;
	private readonly before: Octets;
	private preamble = 0;
	private receiver: FanOutReceiver | undefined;
	/** Pictures that it got when it became ready, not by the group; their octets, and the last of them. */
	private late = 0;
	private lateOctets: Octets = 0;
	private lateSequence = -1;
	private waker: StreamWaker | undefined;
	private reason = "";
	private isReleased = false;

	/**
	 * @param out the viewer's connection, as metering sees it
	 * @param now tells the time when the stream ends
	 * @param left called once, when the session has ended
	 * @param ticket @see RelayViewer
	 */
	constructor(
		private readonly upstream: MjpegUpstream,
		private readonly out: StreamOutbox,
		private readonly now: () => Millis,
		private readonly left: (now: Millis, viewer: RelayedMjpegViewer, reason: string) => void,
		readonly ticket = "",
	) {
		this.before = out.sent ?? 0;
	}

	/** @see DeliveryCounters */
	get payload(): Octets {
		return this.lateOctets + (this.receiver?.octets ?? 0);
	}

	/** @see DeliveryCounters */
	get total(): Octets {
		const { sent } = this.out;
		return sent === undefined ? this.payload : sent - this.before;
	}

	/** @see DeliveryCounters */
	get frames(): number {
		return this.late + (this.receiver?.delivered ?? 0);
	}

	/** @see DeliveryCounters */
	get drops(): number {
		return this.receiver?.missed ?? 0;
	}

	attach(waker: StreamWaker): void {
		this.waker = waker;
	}

	fill(_now: Millis, out: StreamOutbox): boolean {
		// The session ends when what is on its way to the viewer has left, so that metering counts it.
		if (this.reason !== "") return out.queued === 0;
		if (this.preamble < FIRST_BOUNDARY.length) {
			this.preamble = writeWhatFits(out, FIRST_BOUNDARY, this.preamble, FIRST_BOUNDARY.length);
			if (this.preamble < FIRST_BOUNDARY.length) return false;
			this.receiver = this.upstream.group.addStream(out);
		}
		this.sendLatest(out);
		return false;
	}

	release(): void {
		if (this.isReleased) return;
		this.isReleased = true;
		if (this.receiver !== undefined) this.upstream.group.remove(this.receiver);
		this.left(this.now(), this, this.reason === "" ? "the viewer left" : this.reason);
	}

	/** @see RelayViewer */
	dismissed(now: Millis, reason: string): void {
		if (this.reason !== "" || this.isReleased) return;
		this.reason = reason;
		if (this.receiver !== undefined) this.receiver.hold = true;
		this.waker?.wake(now);
	}

	/** Sends the newest picture, unless this viewer has it. */
	private sendLatest(out: StreamOutbox): void {
		const { latest, latestNumber } = this.upstream;
		if (latest === undefined || latest.sequence === this.lateSequence) return;
		if (this.receiver?.last === latestNumber) return;
		if (!out.offer(latest.bytes, latest.partStart, latest.partEnd, latest)) return;
		this.lateSequence = latest.sequence;
		this.late++;
		this.lateOctets += latest.partEnd - latest.partStart;
	}
}
