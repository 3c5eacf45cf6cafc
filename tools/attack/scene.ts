import { Prng } from "../../src/base/prng";

/** Where attackers are: in the cameras' LAN, on the Internet, behind another router, or forging addresses in the LAN. */
export type Place = "home" | "wan" | "away" | "forger";
/** All of them. */
export const PLACES: readonly Place[] = ["home", "wan", "away", "forger"];

/** A camera as an attacker sees it. */
export interface Target {
	readonly host: string;
	readonly port: number;
}

/** What an attacker is told before each episode. */
export interface Order {
	/** Names of attacks. */
	readonly attacks: readonly string[];
	readonly seed: number;
	readonly targets: readonly Target[];
	/** Addresses that connections come from. */
	readonly sources: readonly string[];
	/** Viewer links that have fallen into the wrong hands, by the host of their camera. */
	readonly links: Readonly<Record<string, string>>;
}

/** What an attacker reports now and then: the counts since the last report. */
export interface AttackReport {
	/** Requests or datagrams, by attack. */
	readonly sent: Readonly<Record<string, number>>;
	/** Answers, by attack and status. */
	readonly answers: Readonly<Record<string, number>>;
	/** What was sent last, shortened, the newest at the end. */
	readonly last: readonly string[];
}

/** How many of the things sent last are remembered. */
const LAST_MAX = 8;
/** Characters of each of them. */
const TEXT_MAX = 160;

/** The world as one attack sees it: its random numbers, its targets, and the count of what it does. */
export class Scene {
	readonly random: Prng;
	private sent: Record<string, number> = {};
	private answers: Record<string, number> = {};
	private last: string[] = [];

	constructor(
		private readonly name: string,
		readonly order: Order,
		seed: number,
	) {
		this.random = new Prng(seed);
	}

	/** Draws a camera. */
	target(): Target {
		return this.pick(this.order.targets);
	}

	/** Draws an address to connect from. */
	source(): string {
		return this.pick(this.order.sources);
	}

	pick<T>(items: readonly T[]): T {
		return items[this.random.below(items.length)];
	}

	/** Counts what is about to be sent, and remembers it for the report of a failure. */
	sends(to: string, what: string | Uint8Array): void {
		this.sent[this.name] = (this.sent[this.name] ?? 0) + 1;
		const text = typeof what === "string" ? JSON.stringify(what.slice(0, TEXT_MAX)) : hexOf(what);
		this.last.push(`${new Date().toISOString().slice(11, 23)} ${this.name} to ${to}: ${text} (${what.length})`);
		if (this.last.length > LAST_MAX) this.last.shift();
	}

	/** Counts an answer. @param status such as `200`, `closed` or `silence` */
	answered(status: string): void {
		const key = `${this.name} ${status}`;
		this.answers[key] = (this.answers[key] ?? 0) + 1;
	}

	/** Takes the counts since the last call. */
	report(): AttackReport {
		const { sent, answers, last } = this;
		this.sent = {};
		this.answers = {};
		return { sent, answers, last: [...last] };
	}
}

/** One kind of attack. */
export interface Attack {
	readonly name: string;
	/** From where it is done. */
	readonly places: readonly Place[];
	/** The mean time between two acts, in milliseconds. */
	readonly pause: number;
	/** The most acts at the same time. */
	readonly together: number;
	/** Acts once. Errors of sockets are part of the game; anything that it throws ends the campaign. */
	act(scene: Scene): Promise<void> | void;
	/** Ends what goes on behind the acts, when the episode is over. */
	stop?(): void;
}

function hexOf(bytes: Uint8Array): string {
	return Buffer.from(bytes.subarray(0, TEXT_MAX / 2)).toString("hex");
}
