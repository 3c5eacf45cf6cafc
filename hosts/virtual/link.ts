import type { Prng } from "../../src/base/prng";
import type { Millis, Octets } from "../../src/core/time";

/** How a cable (or a radio link, or an Internet access) treats packets, in each direction alike. */
export interface LinkSettings {
	/** Time that each packet takes. @default 0.2 */
	delay: Millis;
	/** Each packet takes up to this much longer, at random, without overtaking another. @default 0 */
	jitter: Millis;
	/** Probability that a packet is lost. @default 0 */
	loss: number;
	/** Probability that a packet arrives twice. @default 0 */
	duplication: number;
	/** Probability that a packet is held back, so that later ones overtake it. @default 0 */
	reordering: number;
	/** How long such a packet is held back. @default 10 */
	reorderDelay: Millis;
	/** Octets a second. @default Infinity */
	rate: number;
	/** Octets that wait for the rate; more are dropped. @default 1048576 */
	queue: Octets;
}

/** A short cable without faults. */
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

/** Which way a packet goes through a link: from the machine, or to it. */
export type Direction = 0 | 1;
/** From the machine to the network. */
export const OUTWARD: Direction = 0;
/** From the network to the machine. */
export const INWARD: Direction = 1;

/**
 * Joins one machine's interface to a network. {@link settings} may be changed at any time; `up = false` is a cable
 * pulled out: packets on their way to the machine are lost as well.
 */
export class Link {
	readonly settings: LinkSettings;
	/** Packets lost on this link so far, by chance, a full queue or a pulled cable. */
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

	/** Appends to `into` when the packet that enters at `at` arrives: not at all, once or twice. */
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
