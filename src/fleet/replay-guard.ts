import type { FleetMessage } from "../wire/fleet-message";

/** The most senders remembered; the one noted longest ago is forgotten first. */
const SENDERS_MAX = 320;
/** Messages behind the newest that may still come, as datagrams overtake each other. */
const WINDOW = 32;

interface Sender {
	boot: number;
	newest: number;
	/** Bit i: the message `newest` - i has come. */
	seen: number;
}

/**
 * Accepts each message of a sender once. A copy that an attacker recorded is refused, also after a restart of either
 * side: the sender's boot counter and sequence number tell the order.
 * @see RFC 4303 §3.4.3
 */
export class ReplayGuard {
	/** Grows when a sender is new, or was restarted: the result of {@link save} is then worth storing. */
	version = 0;
	private readonly senders = new Map<string, Sender>();

	/** @returns false when the message, or one after its window, has come before */
	admit(message: Pick<FleetMessage, "sender" | "boot" | "sequence">): boolean {
		const { sender, boot, sequence } = message;
		const known = this.senders.get(sender);
		if (known === undefined || boot > known.boot) {
			this.version++;
			this.note(sender, { boot, newest: sequence, seen: 1 });
			return true;
		}
		if (boot < known.boot) return false;
		const ahead = sequence - known.newest;
		if (ahead > 0) {
			known.seen = ahead >= WINDOW ? 1 : ((known.seen << ahead) | 1) >>> 0;
			known.newest = sequence;
			return true;
		}
		const bit = (1 << -ahead) >>> 0;
		if (-ahead >= WINDOW || (known.seen & bit) !== 0) return false;
		known.seen = (known.seen | bit) >>> 0;
		return true;
	}

	/** Returns the state as text for the store: one line of at most 38 characters for each sender. */
	save(): string[] {
		return Array.from(this.senders, ([id, { boot, newest }]) => `${id} ${boot} ${newest}`);
	}

	/** Continues from a saved state; damaged lines are skipped. */
	load(lines: readonly string[]): void {
		for (const line of lines) {
			const [id, boot, newest] = line.split(" ");
			const numbers = [Number(boot), Number(newest)];
			if (id.length !== 16 || !numbers.every((n) => Number.isInteger(n) && n >= 0 && n <= 0xffffffff)) continue;
			// Which of the messages before the newest had come is not known, so all of them are refused.
			this.note(id, { boot: numbers[0], newest: numbers[1], seen: 0xffffffff });
		}
	}

	private note(id: string, sender: Sender): void {
		this.senders.delete(id);
		if (this.senders.size >= SENDERS_MAX) this.senders.delete(this.senders.keys().next().value ?? "");
		this.senders.set(id, sender);
	}
}
