import { Prng } from "../../src/base/prng";
import type { VideoEncoding } from "../../src/media/video-encoding";
import { BandwidthManager } from "../../src/stream/reports/bandwidth-manager";
import type { Reception } from "../../src/stream/reports/rtcp-session";

/** How the path and the client of a {@link BandwidthModel} behave. */
export interface ModelPath {
	/** Milliseconds between reports; 0: never. */
	interval: number;
	/** Not 0: reports come after so many pictures instead, as ffmpeg reports after so many octets. */
	pictures: number;
	/** The probability that a packet is lost, whatever is sent. */
	loss: number;
	/** Packets per second that pass; the rest is lost. */
	capacity: number;
	jitter: number;
	roundTrip: number | undefined;
}

/** Runs a {@link BandwidthManager} against a path that loses packets at random or by its capacity, without packets. */
export class BandwidthModel {
	readonly manager: BandwidthManager;
	readonly path: ModelPath = { interval: 400, pictures: 0, loss: 0, capacity: Infinity, jitter: 2, roundTrip: 20 };
	now = 0;
	/** The sum of the shares that were sent, for each step of the model. */
	private sent = 0;
	private steps = 0;
	private expected = 0;
	private lost = 0;
	private reportAt = 0;
	private reportedAt = 0;
	private tickAt = 0;
	private delivered = 0;
	private missed = 0;
	private readonly random: Prng;

	constructor(
		seed: number,
		readonly framing: "udp" | "tcp" = "udp",
		readonly rate = 30,
		readonly packets = 20,
		readonly encoding: VideoEncoding = "JPEG",
	) {
		this.random = new Prng(seed);
		this.manager = new BandwidthManager(encoding, framing, rate);
	}

	/** The share of pictures that is sent now. */
	get share(): number {
		return this.manager.keyOnly ? 1 / this.rate : 1 / this.manager.divisor;
	}

	/** The mean share since the last call. */
	meanShare(): number {
		const mean = this.sent / this.steps;
		this.sent = this.steps = 0;
		return mean;
	}

	/** Lets so many seconds pass. */
	run(seconds: number): this {
		for (const end = this.now + seconds * 1000; this.now < end; this.now += 100) this.step();
		return this;
	}

	private step(): void {
		const { manager, path, framing, random } = this;
		// Each step of lower quality makes pictures a fifth smaller.
		const pictures = (this.rate * this.share) / 10;
		const due = pictures * this.packets * 0.8 ** manager.demand;
		this.sent += this.share;
		this.steps++;
		if (framing === "tcp") {
			const taken = Math.min(pictures, (path.capacity / 10 / this.packets) * 1.25 ** manager.demand);
			this.delivered += taken;
			this.missed += pictures - taken;
		} else {
			this.delivered += pictures;
			const over = due > path.capacity / 10 ? 1 - path.capacity / 10 / due : 0;
			const chance = 1 - (1 - path.loss) * (1 - over);
			const count = Math.floor(due + random.unit());
			this.expected += count;
			for (let i = 0; i < count; i++) if (random.chance(chance)) this.lost++;
		}
		if (this.now >= this.tickAt) {
			this.tickAt = this.now + 1000;
			manager.tick(this.now, Math.round(this.delivered), Math.round(this.missed));
		}
		if (framing === "udp" && this.isReportDue()) this.report();
	}

	private isReportDue(): boolean {
		const { interval, pictures } = this.path;
		return pictures > 0 ? this.delivered >= this.reportedAt + pictures : interval > 0 && this.now >= this.reportAt;
	}

	private report(): void {
		const { path, random } = this;
		this.reportAt = this.now + path.interval * (0.75 + random.unit() / 2);
		this.reportedAt = this.delivered;
		const reception: Reception = {
			at: this.now,
			loss: this.expected === 0 ? 0 : Math.floor((this.lost / this.expected) * 256) / 256,
			lost: 0,
			expected: this.expected,
			jitter: path.jitter * (0.7 + random.unit() * 0.6),
			roundTrip: path.roundTrip === undefined ? undefined : path.roundTrip * (1 + random.unit() * 0.2),
			probedAt: this.now,
		};
		this.expected = this.lost = 0;
		this.manager.reported(this.now, reception);
	}
}
