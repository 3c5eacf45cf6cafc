import { isHex } from "../../base/hex";
import { isCalled } from "../../peer/peer-name";
import { HOME_DIGITS } from "../../peer/peer-registry";
import type { Store } from "../../ports/store";
import { type Pairing, readPairing, writePairing } from "./pairing";
import type { KeyPins } from "./tunnel-dialer";

/** How many homes a viewer knows. */
export const HOMES_MAX = 32;
/** How many keys are remembered for a home. */
const PINS_MAX = 40;
const LIST = "homes";

/** The homes that a viewer was paired with, and the keys of their devices, in a store. */
export class PeerHomes implements KeyPins {
	/** How many stored homes could not be read. */
	damaged = 0;
	private homes: Pairing[] = [];

	constructor(private readonly store: Store) {
		for (const home of (store.read(LIST) ?? "").split("\n")) {
			if (home === "" || this.homes.length >= HOMES_MAX) continue;
			const pairing = isHex(home, HOME_DIGITS) ? readPairing(store.read(keyOf("home", home)) ?? "") : "damaged";
			if (typeof pairing === "string") this.damaged++;
			else this.homes.push(pairing);
		}
	}

	/** All of them, in the order in which they were paired. */
	get all(): readonly Pairing[] {
		return this.homes;
	}

	/** Finds a home by its name or identifier. */
	find(typed: string): Pairing | undefined {
		return this.homes.find(({ name, access }) => isCalled(typed, name, access.home));
	}

	/**
	 * Adds a home, or replaces what is known of it: the keys of its devices are learned again.
	 * @returns false: there are {@link HOMES_MAX} already
	 */
	add(pairing: Pairing): boolean {
		const { home } = pairing.access;
		const others = this.homes.filter(({ access }) => access.home !== home);
		if (others.length >= HOMES_MAX) return false;
		this.store.write(keyOf("home", home), writePairing(pairing));
		this.store.delete(keyOf("pins", home));
		this.homes = [...others, pairing];
		this.save();
		return true;
	}

	/** Forgets a home and the keys of its devices. */
	remove(home: string): void {
		this.homes = this.homes.filter(({ access }) => access.home !== home);
		this.save();
		this.store.delete(keyOf("home", home));
		this.store.delete(keyOf("pins", home));
	}

	/** @see KeyPins */
	of(home: string, peer: string): string | undefined {
		return this.pins(home).get(peer);
	}

	/** @see KeyPins */
	keep(home: string, peer: string, key: string): void {
		const pins = this.pins(home);
		if (pins.get(peer) === key || !this.homes.some(({ access }) => access.home === home)) return;
		if (pins.size >= PINS_MAX) return;
		pins.set(peer, key);
		this.store.write(keyOf("pins", home), [...pins].map(([id, value]) => `${id} ${value}`).join("\n"));
	}

	private pins(home: string): Map<string, string> {
		const pins = new Map<string, string>();
		for (const line of (this.store.read(keyOf("pins", home)) ?? "").split("\n")) {
			const [peer, key = ""] = line.split(" ");
			if (key !== "") pins.set(peer, key);
		}
		return pins;
	}

	private save(): void {
		this.store.write(LIST, this.homes.map(({ access }) => access.home).join("\n"));
	}
}

/** Keys of a store are short. */
function keyOf(kind: "home" | "pins", home: string): string {
	return `${kind}-${home.slice(0, 10)}`;
}
