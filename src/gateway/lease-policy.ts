import type { Seconds } from "../core/time";
import { DESCRIPTION_MAX, SHORT_DESCRIPTION_MAX } from "./mapping-description";

/** The finite lease that is asked for where a permanent one was refused too. */
const FALLBACK_LEASE: Seconds = 3600;

/**
 * Chooses leases that the gateway accepts: finite ones, else permanent ones, else a long finite one (quirks 1, 2).
 *
 * One policy serves all mappings on a gateway, because what is learnt from one holds for the others.
 */
export class LeasePolicy {
	/** True when the gateway keeps permanent mappings only. */
	permanent = false;
	/**
	 * Whether the gateway can read an entry back; `undefined` until it has done so, or until it could read neither a leased
	 * nor a permanent one (quirk 27).
	 */
	readable: boolean | undefined;
	/** The longest description that the gateway takes, as far as is known (quirk 23). */
	descriptionMax = DESCRIPTION_MAX;
	private finiteOnly = false;
	/** True after {@link unread} has chosen permanent leases, to see whether those can be read. */
	private trial = false;

	/** Forgets what was learnt: it is another gateway, or it has restarted. */
	reset(): void {
		this.permanent = this.finiteOnly = this.trial = false;
		this.readable = undefined;
		this.descriptionMax = DESCRIPTION_MAX;
	}

	/** The gateway refused or garbled a description. @returns whether it was a long one, and a short one may be tried */
	shorten(description: string): boolean {
		if (description.length <= SHORT_DESCRIPTION_MAX) return false;
		this.descriptionMax = SHORT_DESCRIPTION_MAX;
		return true;
	}

	/** The lease to ask for in place of `wish`; 0 is permanent. */
	lease(wish: Seconds): Seconds {
		if (this.permanent) return 0;
		return this.finiteOnly ? FALLBACK_LEASE : wish;
	}

	/**
	 * The gateway refused `lease`, which was asked for in place of `wish`.
	 * @returns false when there is no other to try
	 */
	refused(lease: Seconds, wish: Seconds): boolean {
		// Another mapping has learnt something since this one was asked for.
		if (lease !== this.lease(wish)) return true;
		if (lease === 0) {
			this.permanent = false;
			this.finiteOnly = true;
			return true;
		}
		if (this.finiteOnly) {
			this.finiteOnly = false;
			return false;
		}
		this.permanent = true;
		return true;
	}

	/**
	 * A mapping that was just made cannot be read. The gateway may have dropped it at once because of its lease, and say so
	 * with another error than 714 (quirk 27).
	 * @returns whether it has to be asked for again, with another lease
	 */
	unread(): boolean {
		if (this.readable !== undefined) return false;
		if (!this.trial && this.vanished()) {
			this.trial = true;
			return true;
		}
		this.readable = false;
		if (this.trial) this.permanent = false;
		return this.trial;
	}

	/** A mapping vanished before its lease ended. @returns whether a permanent one may be tried */
	vanished(): boolean {
		if (this.permanent || this.finiteOnly) return false;
		this.permanent = true;
		return true;
	}
}
