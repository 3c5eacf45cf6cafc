import type { Prng } from "../../src/base/prng";
import type { Millis, Octets } from "../../src/core/time";

/** How a cable (or a radio link, or an Internet access) treats packets, the same in both directions. */
export interface LinkSettings {
	/** The delay of each packet. @default 0.2 */
	delay: Millis;
	/** The maximum additional random delay; packets stay in order. @default 0 */
	jitter: Millis;
	/** Probability that a packet is lost. @default 0 */
	loss: number;
	/** Probability that a packet arrives twice. @default 0 */
	duplication: number;
	/** Probability that a packet is delayed so that later ones overtake it. @default 0 */
	reordering: number;
	/** The additional delay of such a packet. @default 10 */
	reorderDelay: Millis;
	/** Octets per second. @default Infinity */
	rate: number;
	/** Octets that may queue because of the rate; more are dropped. @default 1048576 */
	queue: Octets;
}

/** A perfect short cable. */
const LINK_DEFAULTS: Readonly<LinkSettings> = Object.freeze({
	delay: 0.2,
	jitter: 0,
	loss: 0,
	duplication: 0,
	reordering: 0,
	reorderDelay: 10,
	rate: Infinity,
	queue: 1_048_576,
});

/** The direction of a packet through a link: from the machine, or to it. */
export type Direction = 0 | 1;
/** From the machine to the network. */
export const OUTWARD: Direction = 0;
/** From the network to the machine. */
export const INWARD: Direction = 1;

/**
 * Connects the interface of a machine to a network. {@link settings} may be changed at any time. `up = false` is an unplugged
 * cable: packets in flight to the machine are lost as well.
 */
export class Link {
	readonly settings: LinkSettings;
	/** Packets lost on this link so far: at random, by a full queue or an unplugged cable. */
	lost = 0;
	private plugged = true;
	private readonly busyUntil = [0, 0];
	private readonly lastArrival = [0, 0];

	/** @param changed called after each change of {@link up} */
	constructor(
		private readonly prng: Prng,
		settings: Partial<LinkSettings>,
		private readonly changed: () => void,
	) {
		this.settings = { ...LINK_DEFAULTS, ...settings };
	}

	get up(): boolean {
		return this.plugged;
	}

	set up(up: boolean) {
		if (up === this.plugged) return;
		this.plugged = up;
		this.changed();
	}

	/** Appends to `into` the arrival times of a packet sent at `at`: none, one or two. */
	carry(direction: Direction, at: number, octets: Octets, into: number[]): void {
		const { loss, duplication } = this.settings;
		if (!this.plugged || (loss > 0 && this.prng.chance(loss))) {
			this.lost++;
			return;
		}
		this.carryOnce(direction, at, octets, into);
		if (duplication > 0 && this.prng.chance(duplication)) this.carryOnce(direction, at, octets, into);
	}

	private carryOnce(direction: Direction, at: number, octets: Octets, into: number[]): void {
		const { delay, jitter, reordering, reorderDelay, rate, queue } = this.settings;
		let sent = at;
		if (rate !== Infinity) {
			const start = Math.max(at, this.busyUntil[direction]);
			if (((start - at) * rate) / 1000 > queue) {
				this.lost++;
				return;
			}
			sent = start + (octets * 1000) / rate;
			this.busyUntil[direction] = sent;
		}
		let arrival = sent + delay;
		if (jitter > 0) arrival += this.prng.unit() * jitter;
		if (reordering > 0 && this.prng.chance(reordering)) {
			into.push(arrival + reorderDelay);
			return;
		}
		if (arrival < this.lastArrival[direction]) arrival = this.lastArrival[direction];
		this.lastArrival[direction] = arrival;
		into.push(arrival);
	}
}
