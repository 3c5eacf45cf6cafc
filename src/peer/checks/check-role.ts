import { ICE_CONTROLLED, ICE_CONTROLLING } from "../../wire/stun";
import type { CheckCodec } from "./check-codec";

/** Which side of a pair of peers chooses the path, and what is done when both believe that they do, or neither. @see RFC 8445 §7.3.1.1 */
export class CheckRole {
	/** The counter of our latest check when the role changed: a refusal of earlier ones is out of date. */
	private since = 0;

	constructor(public controlling: boolean) {}

	/** Looks at the role that the sender of a check has. @returns `own`: it is ours and came back; `conflict`: to be refused with 487 */
	settle(codec: CheckCodec): "own" | "conflict" | "fine" {
		const theirs = codec.compareTie(this.controlling ? ICE_CONTROLLED : ICE_CONTROLLING);
		const same = codec.compareTie(this.controlling ? ICE_CONTROLLING : ICE_CONTROLLED);
		if (theirs === 0 || same === 0) return "own";
		if (same === undefined) return "fine";
		if (same > 0 === this.controlling) return "conflict";
		this.change(codec);
		return "fine";
	}

	/** Our check was refused with 487. @returns whether the role has changed, so that the check is to be repeated */
	refused(codec: CheckCodec): boolean {
		if (codec.counter <= this.since) return false;
		this.change(codec);
		return true;
	}

	private change(codec: CheckCodec): void {
		this.controlling = !this.controlling;
		this.since = codec.lastSent;
	}
}
