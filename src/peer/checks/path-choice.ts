import type { Millis } from "../../core/time";
import type { CheckPair } from "./check-pair";
import type { CheckOutbox } from "./checks-contract";

/** Which of the valid pairs is used, and whether it still can be. */
export class PathChoice {
	/** The pair in use. */
	used: CheckPair | undefined;
	/** The pair that the controlling side has chosen, until it is valid here. @see RFC 8445 §8.1.1 */
	nominated: CheckPair | undefined;
	/** The pair in use gives no answers. */
	isDoubtful = false;
	/** A path was found at any time. */
	wasConnected = false;
	/** There was another introduction, and the pair in use has not been answered since: the first one that is answered is used. */
	private isUnproven = false;

	/** There is another introduction. */
	reintroduced(): void {
		this.nominated = undefined;
		this.isUnproven = this.used !== undefined;
	}

	/** Returns whether a pair that was just answered is to be used from now on. */
	wants(pair: CheckPair, controlling: boolean): boolean {
		const { used } = this;
		if (used === undefined || this.isDoubtful || this.isUnproven || pair === this.nominated) return true;
		return controlling && pair.rank > used.rank;
	}

	/** Uses a valid pair from now on. A doubtful one is tested on: it may only have been slow. */
	use(now: Millis, pair: CheckPair, out: CheckOutbox): void {
		const { used } = this;
		if (pair === this.nominated) this.nominated = undefined;
		if (used !== undefined && used !== pair) {
			if (this.isDoubtful) used.retest(now);
			else used.nextAt = Infinity;
		}
		this.used = pair;
		this.isDoubtful = false;
		this.isUnproven = false;
		out.emit({ type: this.wasConnected ? "moved" : "connected", path: pair });
		this.wasConnected = true;
	}

	/** The pair in use was answered. */
	proved(now: Millis, pair: CheckPair, out: CheckOutbox): void {
		if (this.isDoubtful) this.use(now, pair, out);
		this.isUnproven = false;
	}

	/** The pair in use gives no answers. @returns false: that is known already */
	doubt(out: CheckOutbox): boolean {
		if (this.isDoubtful) return false;
		this.isDoubtful = true;
		out.emit({ type: "interrupted" });
		return true;
	}

	/** Nothing may be sent on the pair in use any more. */
	end(): void {
		if (this.used === undefined) return;
		this.used.state = "failed";
		this.used.nextAt = Infinity;
		this.used = undefined;
	}
}
