import type { FleetMessage } from "../wire/fleet-message";

/** The most senders remembered; the one noted longest ago is forgotten first. */
const SENDERS_MAX = 320;
/** Messages behind the newest that may still come, as datagrams overtake each other. */
const WINDOW = 32;

/** The numbers of one sender: its boot counter, and those below. */
const FIELDS = 5;
/** The newest sequence number. */
const NEWEST = 1;
/** Bit i: the message `newest` - i has come. */
const SEEN = 2;
/** The IPv4 address of its last message; 0 while unknown. */
const ADDRESS = 3;
/** Checks of seals since {@link ReplayGuard.refill}. */
const CHECKS = 4;
/** Senders that there is room for at first; the room is doubled when needed. */
const ROOM = 16;

type MessageNumber = Pick<FleetMessage, "sender" | "boot" | "sequence">;

/**
 * Accepts each message of a sender once. A copy that an attacker recorded is refused, also after a restart of either
 * side: the sender's boot counter and sequence number tell the order.
 *
 * The numbers are in one array, as an object for each sender would take five slots on XS.
 * @see RFC 4303 §3.4.3
 */
export class ReplayGuard {
	/** Grows when a sender is new, or was restarted: the result of {@link save} is then worth storing. */
	version = 0;
	/** Where the numbers of a sender are, in the order in which senders were noted. */
	private readonly senders = new Map<string, number>();
	private numbers = new Uint32Array(ROOM * FIELDS);

	/** Tells, without noting it, whether a message would be admitted: the test that comes before its seal is checked. */
	isFresh({ sender, boot, sequence }: MessageNumber): boolean {
		const { numbers } = this;
		const at = this.senders.get(sender);
		if (at === undefined || boot > numbers[at]) return true;
		const behind = numbers[at + NEWEST] - sequence;
		return boot === numbers[at] && (behind < 0 || (behind < WINDOW && ((numbers[at + SEEN] >>> behind) & 1) === 0));
	}

	/**
	 * Notes a message.
	 * @param address the IPv4 address that it came from, as a number
	 * @returns false when the message, or one after its window, has come before
	 */
	admit(message: MessageNumber, address = 0): boolean {
		if (!this.isFresh(message)) return false;
		const { sender, boot, sequence } = message;
		const at = this.senders.get(sender);
		if (at === undefined || boot > this.numbers[at]) {
			this.version++;
			this.note(sender, boot, sequence, 1, address);
			return true;
		}
		const { numbers } = this;
		const ahead = sequence - numbers[at + NEWEST];
		const seen = numbers[at + SEEN];
		numbers[at + ADDRESS] = address;
		if (ahead > 0) {
			numbers[at + SEEN] = ahead >= WINDOW ? 1 : ((seen << ahead) | 1) >>> 0;
			numbers[at + NEWEST] = sequence;
		} else {
			numbers[at + SEEN] = (seen | (1 << -ahead)) >>> 0;
		}
		return true;
	}

	/** Tells whether the last message of a sender came from this address. */
	isAt(sender: string, address: number): boolean {
		const at = this.senders.get(sender);
		return at !== undefined && this.numbers[at + ADDRESS] === address;
	}

	/** Counts a check of a known sender's seal. @param cost how often it counts @returns the sum since {@link refill} */
	count(sender: string, cost = 1): number {
		const at = this.senders.get(sender);
		if (at === undefined) return cost;
		this.numbers[at + CHECKS] += cost;
		return this.numbers[at + CHECKS];
	}

	/** Sets the counts of checks back. */
	refill(): void {
		for (let at = CHECKS; at < this.numbers.length; at += FIELDS) this.numbers[at] = 0;
	}

	/** Forgets all senders. */
	clear(): void {
		this.senders.clear();
		this.version++;
	}

	/** Returns the state as text for the store: one line of at most 38 characters for each sender. */
	save(): string[] {
		return Array.from(this.senders, ([id, at]) => `${id} ${this.numbers[at]} ${this.numbers[at + NEWEST]}`);
	}

	/** Continues from a saved state; damaged lines are skipped. */
	load(lines: readonly string[]): void {
		for (const line of lines) {
			const [id, boot, newest] = line.split(" ");
			const numbers = [Number(boot), Number(newest)];
			if (id.length !== 16 || !numbers.every((n) => Number.isInteger(n) && n >= 0 && n <= 0xffffffff)) continue;
			// Which of the messages before the newest had come is not known, so all of them are refused.
			this.note(id, numbers[0], numbers[1], 0xffffffff, 0);
		}
	}

	private note(sender: string, boot: number, newest: number, seen: number, address: number): void {
		const at = this.place(sender);
		this.senders.set(sender, at);
		const { numbers } = this;
		numbers[at] = boot;
		numbers[at + NEWEST] = newest;
		numbers[at + SEEN] = seen;
		numbers[at + ADDRESS] = address;
		numbers[at + CHECKS] = 0;
	}

	/** Finds room for a sender: its own, that of the one noted longest ago, or new. It is then the last in the order. */
	private place(sender: string): number {
		const { senders } = this;
		const known = senders.get(sender);
		if (known !== undefined) {
			senders.delete(sender);
			return known;
		}
		if (senders.size >= SENDERS_MAX) {
			const [oldest, place] = senders.entries().next().value ?? ["", 0];
			senders.delete(oldest);
			return place;
		}
		const at = senders.size * FIELDS;
		if (at === this.numbers.length) {
			const larger = new Uint32Array(at * 2);
			larger.set(this.numbers);
			this.numbers = larger;
		}
		return at;
	}
}
