import type { FleetMessage } from "../wire/fleet-message";

/** The most senders remembered; the one noted longest ago is forgotten first. */
const SENDERS_MAX = 320;
/** Messages behind the newest that may still come, as datagrams overtake each other. */
const WINDOW = 32;

/** The numbers of one sender: its boot counter, the newest sequence number, and the window. */
const FIELDS = 3;
const NEWEST = 1;
/** Bit i: the message `newest` - i has come. */
const SEEN = 2;
/** Senders that there is room for at first; the room is doubled when needed. */
const ROOM = 16;

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

	/** @returns false when the message, or one after its window, has come before */
	admit(message: Pick<FleetMessage, "sender" | "boot" | "sequence">): boolean {
		const { sender, boot, sequence } = message;
		const { numbers } = this;
		const at = this.senders.get(sender);
		if (at === undefined || boot > numbers[at]) {
			this.version++;
			this.note(sender, boot, sequence, 1);
			return true;
		}
		if (boot < numbers[at]) return false;
		const ahead = sequence - numbers[at + NEWEST];
		const seen = numbers[at + SEEN];
		if (ahead > 0) {
			numbers[at + SEEN] = ahead >= WINDOW ? 1 : ((seen << ahead) | 1) >>> 0;
			numbers[at + NEWEST] = sequence;
			return true;
		}
		const bit = (1 << -ahead) >>> 0;
		if (-ahead >= WINDOW || (seen & bit) !== 0) return false;
		numbers[at + SEEN] = (seen | bit) >>> 0;
		return true;
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
			this.note(id, numbers[0], numbers[1], 0xffffffff);
		}
	}

	private note(sender: string, boot: number, newest: number, seen: number): void {
		const at = this.place(sender);
		this.senders.set(sender, at);
		const { numbers } = this;
		numbers[at] = boot;
		numbers[at + NEWEST] = newest;
		numbers[at + SEEN] = seen;
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
