import type { Path } from "../core/path";

/** Why a floating address is not held. */
export type FloatingFailure =
	/** The host can't add addresses, or is not allowed to (CAP_NET_ADMIN). */
	| "not-permitted"
	/** Another machine uses the address. */
	| "in-use"
	/** Anything else; the detail says what. */
	| "failed";

/** Receives the events of a floating address. `failed` may be called during `take`; nothing is called after `release`. */
export interface FloatingSink {
	/** The address was probed, added to the interface and announced. */
	taken(): void;
	/**
	 * The address could not be taken, or was given up because another machine kept using it. The host has removed it.
	 * Follows `taken` at once when the answer of a machine that had the address before us comes late.
	 */
	failed(why: FloatingFailure, detail: string): void;
	/**
	 * Another machine uses the address as well; it was defended by one announcement. The app may decide which machine yields.
	 * If the other keeps using it for ten seconds, `failed("in-use")` follows.
	 * @see RFC 5227 §2.4
	 */
	conflict(detail: string): void;
}

/**
 * An extra address on the LAN that belongs to the current representative. The successor takes it over, so the gateway's
 * mapping, which points to it, needs no change.
 */
export interface FloatingAddress {
	/**
	 * Takes `address` on the interface of `path`: probes for it (RFC 5227 §2.1.1; 100 ms on an idle machine, which suits one LAN), adds it
	 * with the prefix of `path`, and announces it twice by gratuitous ARP (§2.3). One at a time.
	 */
	take(path: Path, address: string, sink: FloatingSink): void;
	/** Removes the address from the interface; harmless when there is none. `done` is always called. */
	release(done?: () => void): void;
}

/** The null object of a host without floating addresses. */
export const NO_FLOATING_ADDRESS: FloatingAddress = Object.freeze({
	take(_path: Path, _address: string, sink: FloatingSink): void {
		sink.failed("not-permitted", "this host has no floating addresses");
	},
	release(done?: () => void): void {
		done?.();
	},
});
