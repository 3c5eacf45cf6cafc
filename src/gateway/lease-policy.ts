import type { Seconds } from "../core/time";
import type { GatewaySettings } from "./gateway-settings";

/** A finite lease where for ever was refused too. */
const FALLBACK_LEASE: Seconds = 3600;

/** Chooses leases that the gateway takes: finite ones, else for ever, else a long one (quirks 1, 2). */
export class LeasePolicy {
	/** True: only mappings for ever hold. */
	permanent = false;
	private finiteOnly = false;

	constructor(private readonly settings: GatewaySettings) {}

	/** Forgets what was learnt: it is another gateway, or it has restarted. */
	reset(): void {
		this.permanent = this.finiteOnly = false;
	}

	/** The lease to ask for. */
	lease(representative: boolean): Seconds {
		if (this.permanent) return 0;
		if (this.finiteOnly) return FALLBACK_LEASE;
		return representative ? this.settings.representativeLease : this.settings.ownLease;
	}

	/** The gateway refused a lease. @returns false when there is no other to try */
	refused(lease: Seconds): boolean {
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

	/** A mapping vanished although its lease had not run out. @returns whether one for ever may be tried */
	vanished(): boolean {
		if (this.permanent || this.finiteOnly) return false;
		this.permanent = true;
		return true;
	}
}
