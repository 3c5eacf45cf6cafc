import type { Path } from "../core/path";

/** Why a floating address is not held. */
export type FloatingFailure =
	/** The host can't add addresses, or may not (needs CAP_NET_ADMIN). */
	| "not-permitted"
	/** Another machine answers for it. */
	| "in-use"
	/** Anything else; the detail says what. */
	| "failed";

/** Hears of a floating address; `failed` may come inside the call of `take`, nothing comes after `release`. */
export interface FloatingSink {
	/** The address was probed, added to the interface and announced. */
	taken(): void;
	/** It could not be had, or was given up after another machine went on using it; the host has removed it. */
	failed(why: FloatingFailure, detail: string): void;
	/**
	 * Another machine uses the address too, and it was defended by one announcement. The app may settle who yields;
	 * if the other goes on for ten seconds, `failed("in-use")` follows.
	 * @see RFC 5227 §2.4
	 */
	conflict(detail: string): void;
}

/**
 * One extra address of the LAN that the representative owns: whoever succeeds takes it over, and the gateway's
 * mapping, which leads to it, needs no change.
 */
export interface FloatingAddress {
	/**
	 * Takes `address` on the interface of `path`: probes (RFC 5227 §2.1.1, with times fit for one LAN: under 100 ms in
	 * all), adds it with the prefix of `path`, announces it twice by gratuitous ARP (§2.3). One at a time.
	 */
	take(path: Path, address: string, sink: FloatingSink): void;
	/** Removes it from the interface; harmless when none is held. `done` is called in any case. */
	release(done?: () => void): void;
}

/** A host that has no floating addresses. */
export const NO_FLOATING_ADDRESS: FloatingAddress = Object.freeze({
	take(_path: Path, _address: string, sink: FloatingSink): void {
		sink.failed("not-permitted", "this host has no floating addresses");
	},
	release(done?: () => void): void {
		done?.();
	},
});
