import { type RelayKeyUse, RelaySigner, relayKeyOf, relayKeyText } from "../../relay/relay-key";
import type { Keyring } from "../access/credential-store";

/** Of how many relays the signers are kept: a stranger may name any relay. */
const RELAYS_MAX = 256;

/** The keys that a fleet shares with its relays, all of them derived from the fleet's own. */
export class FleetRelayKeys {
	/** By use and relay, one for each key of the fleet. */
	private signers = new Map<string, readonly RelaySigner[]>();
	/** The keys for which they were made. */
	private made = "";

	/** @param keyring of the fleet */
	constructor(private readonly keyring: Keyring) {}

	/** Whether there are keys: only a fleet with a key of its own can have relays. */
	get exist(): boolean {
		return this.keyring.keys.length > 0;
	}

	/** Returns the key of a relay as its owner copies it; empty without a key of the fleet. */
	textFor(relay: string): string {
		const [key] = this.keyring.keys;
		return key === undefined ? "" : relayKeyText(relayKeyOf(key.text, relay));
	}

	/** The signers of a relay, that of the newest key first: the old key of a fleet counts too while it is being replaced. */
	signersOf(relay: string, use: RelayKeyUse): readonly RelaySigner[] {
		const keys = this.keyring.keys.map(({ text }) => text);
		const all = keys.join();
		if (all !== this.made || this.signers.size >= RELAYS_MAX) this.signers = new Map();
		this.made = all;
		const name = `${use} ${relay}`;
		let signers = this.signers.get(name);
		if (signers === undefined) {
			signers = keys.map((key) => new RelaySigner(relayKeyOf(key, relay), use));
			this.signers.set(name, signers);
		}
		return signers;
	}
}
