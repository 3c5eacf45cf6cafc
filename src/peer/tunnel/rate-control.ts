import type { Millis, Octets } from "../../core/time";
import { PACKET_MAX } from "./packet-format";

/** Rates in octets per millisecond, which is kB/s: at the start (3 Mbit/s), and the bounds (240 kbit/s, 2 Gbit/s). */
const RATE_START = 375;
const RATE_MIN = 30;
const RATE_MAX = 250_000;
/** A queue on the path that is longer than this is ours, and shrinks when less is sent. */
const QUEUE_MAX: Millis = 60;
/** One that is longer than this shows that the path carries no more. */
const QUEUE_FULL: Millis = 15;
const QUEUE_FACTOR = 0.85;
/** The part of what arrives that is sent while such a queue must shrink. */
const DRAIN = 0.9;
/** Losses beyond this part are due to our rate; below it and above the second they hold it. */
const LOSS_HIGH = 0.1;
const LOSS_LOW = 0.02;
/** The weight of one packet in the loss: it covers about the last 128 packets. */
const LOSS_WEIGHT = 1 / 128;
/** Growth in one round while the path's capacity is not known, and in one second afterwards. */
const START_GROWTH = 1.5;
const GROWTH_PER_SECOND = 0.08;
/** The rate grows to so many times what has arrived recently, and no further: it must carry a picture at once, not more. */
const HEADWAY = 3;
const ARRIVAL_SPAN: Millis = 200;
/** The shortest round; rounds last as long as the round trip. */
const ROUND_MIN: Millis = 10;
/** How long a base of the round trip holds: it is the smallest of this span and the one before. */
const BASE_SPAN: Millis = 10_000;
/** What may leave at once, at least; and in time, as timers have whole milliseconds. */
const BURST_MIN: Octets = 10 * PACKET_MAX;
const BURST_TIME: Millis = 5;
/** What may be in flight beyond a round trip's worth. */
const FLIGHT_TIME: Millis = 150;
/** What a probe waits beyond the round trip, at least. */
const PROBE_MARGIN: Millis = 20;
const PROBE_MAX: Millis = 1000;
/** How many probes follow each other before each waits twice as long: a message that is lost twice must not be late. */
const PROBES_SOON = 3;
/** Until a round trip was measured. */
const FIRST_ROUND_TRIP: Millis = 200;
/** How long the other side may wait with an acknowledgement. */
const ACK_DELAY: Millis = 10;

/**
 * Decides how fast a tunnel may send: it measures the round trip, the queue that builds up on the path and the losses, and paces.
 *
 * A queue of more than 60 ms or more than 10 % of loss lower the rate, 2 to 10 % hold it, as radio links lose that much at any rate.
 * Otherwise it grows while it is used up: quickly until the first sign of a limit, then by 8 % in a second.
 */
export class RateControl {
	/** The smoothed round-trip time; 0 until it was measured. */
	roundTrip: Millis = 0;
	/** The part of packets that were lost recently, 0 to 1. */
	loss = 0;
	/** Octets in flight. */
	flight: Octets = 0;
	private rate = RATE_START;
	private deviation: Millis = 0;
	private tokens: Octets = BURST_MIN;
	private filledAt: Millis = 0;
	private isStarting = true;
	private wasUsed = false;
	private roundEnd: Millis = 0;
	private roundStart: Millis = 0;
	private roundLeast: Millis = Infinity;
	/** The queue on the path in the round before. */
	private queue: Millis = 0;
	private base: Millis = Infinity;
	private olderBase: Millis = Infinity;
	private baseUntil: Millis = 0;
	private probes = 0;
	/** What was acknowledged since {@link arrivalSince}, and per millisecond in the span before, or the one before that. */
	private arrived: Octets = 0;
	private arrivalSince: Millis = 0;
	private arrivalRate = 0;

	/** The rate in bits per second. */
	get bitRate(): number {
		return this.rate * 8000;
	}

	/** How long after the last packet a probe is due when nothing is acknowledged. */
	get probeTime(): Millis {
		const { roundTrip, deviation } = this;
		const once =
			roundTrip === 0 ? FIRST_ROUND_TRIP : Math.ceil(roundTrip + Math.max(PROBE_MARGIN, 4 * deviation) + ACK_DELAY);
		return Math.min(PROBE_MAX, once * 2 ** Math.max(0, this.probes - PROBES_SOON));
	}

	/** How long after a later one a packet that is not acknowledged counts as lost. */
	get lossTime(): Millis {
		return Math.max(ROUND_MIN, Math.ceil(this.roundTrip * 1.125));
	}

	/** How long until a packet may leave; 0: now. `Infinity`: not before something is acknowledged. */
	wait(now: Millis): Millis {
		this.fill(now);
		if (this.flight >= this.flightMax) {
			this.wasUsed = true;
			return Infinity;
		}
		if (this.tokens >= PACKET_MAX) return 0;
		this.wasUsed = true;
		return Math.max(1, Math.ceil((PACKET_MAX - this.tokens) / this.rate));
	}

	/** A packet that will be acknowledged has left. */
	sent(octets: Octets): void {
		this.tokens -= octets;
		this.flight += octets;
	}

	/** A packet was acknowledged. */
	acknowledged(octets: Octets): void {
		this.flight -= octets;
		this.arrived += octets;
		this.loss -= this.loss * LOSS_WEIGHT;
		this.probes = 0;
	}

	/** A packet was lost. @param counts false: that says nothing about the path */
	lost(octets: Octets, counts: boolean): void {
		this.flight -= octets;
		if (counts) this.loss += (1 - this.loss) * LOSS_WEIGHT;
	}

	/** A probe was sent. */
	probed(): void {
		this.probes++;
	}

	/** The round trip of a packet was measured. */
	measured(now: Millis, sample: Millis): void {
		const { roundTrip } = this;
		if (roundTrip === 0) {
			this.roundTrip = Math.max(1, sample);
			this.deviation = sample / 2;
		} else {
			this.deviation += (Math.abs(sample - roundTrip) - this.deviation) / 4;
			this.roundTrip = Math.max(1, roundTrip + (sample - roundTrip) / 8);
		}
		if (now >= this.baseUntil) {
			this.olderBase = this.base;
			this.base = Infinity;
			this.baseUntil = now + BASE_SPAN;
		}
		this.base = Math.min(this.base, sample);
		this.roundLeast = Math.min(this.roundLeast, sample);
		if (now >= this.roundEnd) this.endRound(now);
	}

	/** Another path is used: only the round trip may be similar. */
	restart(now: Millis): void {
		this.deviation = this.roundTrip / 2;
		this.base = Infinity;
		this.olderBase = Infinity;
		this.loss = 0;
		this.probes = 0;
		this.rate = Math.min(this.rate, RATE_START);
		this.isStarting = true;
		this.roundLeast = Infinity;
		this.roundEnd = now;
	}

	private get flightMax(): Octets {
		const base = Math.min(this.base, this.olderBase);
		return this.rate * ((base === Infinity ? FIRST_ROUND_TRIP : base) + FLIGHT_TIME) + BURST_MIN;
	}

	private fill(now: Millis): void {
		if (now <= this.filledAt) return;
		const most = Math.max(BURST_MIN, this.rate * BURST_TIME);
		this.tokens = Math.min(most, this.tokens + (now - this.filledAt) * this.rate);
		this.filledAt = now;
	}

	/** The highest rate that what has arrived recently justifies. */
	private ceiling(now: Millis): number {
		const span = now - this.arrivalSince;
		if (span >= ARRIVAL_SPAN) {
			this.arrivalRate = Math.max(this.arrived / span, this.arrivalRate / 2);
			this.arrived = 0;
			this.arrivalSince = now;
		}
		return Math.min(RATE_MAX, HEADWAY * Math.max(RATE_START, this.arrivalRate, this.arrived / ARRIVAL_SPAN));
	}

	private endRound(now: Millis): void {
		const queue = this.roundLeast - Math.min(this.base, this.olderBase);
		const span = Math.min(1000, now - this.roundStart);
		const ceiling = this.ceiling(now);
		if (queue > QUEUE_MAX) {
			// A queue that shrinks is on its way out already, and one that is there although we send less is not ours.
			if (this.wasUsed && queue >= this.queue)
				this.lower(Math.min(QUEUE_FACTOR, (DRAIN * this.arrivalRate) / this.rate));
		} else if (this.loss > LOSS_HIGH) {
			this.lower(1 - this.loss / 2);
			this.loss /= 2;
		} else if (this.wasUsed && queue <= QUEUE_FULL && this.rate < ceiling) {
			if (this.isStarting) this.rate = Math.min(ceiling, this.rate * START_GROWTH);
			else if (this.loss < LOSS_LOW) this.rate = Math.min(ceiling, this.rate * (1 + (GROWTH_PER_SECOND * span) / 1000));
		}
		this.queue = queue;
		this.wasUsed = false;
		this.roundLeast = Infinity;
		this.roundStart = now;
		this.roundEnd = now + Math.max(ROUND_MIN, this.roundTrip);
	}

	private lower(factor: number): void {
		this.isStarting = false;
		this.rate = Math.max(RATE_MIN, this.rate * factor);
	}
}
