import { parseIpv4 } from "../core/ipv4";
import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import { type FleetMessage, FleetMessageDecoder, fleetKeyId, fleetNonce } from "../wire/fleet-message";
import type { FleetKey } from "./fleet-key";
import type { Member } from "./member";
import { ReplayGuard } from "./replay-guard";

// The most seals that are checked in one second, so that a flood of forged messages does not take the processor's time. A
// message counts once more for each 128 octets, as its check takes as much longer.
/** Of one camera, by its identity and the address that it was last heard from. */
const CHECKS_OF_MEMBER = 100;
/** Of all such cameras together. */
const CHECKS_OF_MEMBERS = 1000;
/** Of one address from which no camera was heard. */
const CHECKS_OF_ADDRESS = 50;
/** Of all such addresses together, however large the network is. */
const CHECKS_OF_STRANGERS = 200;
/** Of answers to our last probe of the representative, whose number only the two know. */
const CHECKS_OF_ANSWERS = 20;

/** The most cameras outside the fleet that are remembered, and for how long: each announces itself twice a minute. */
const OUTSIDERS_MAX = 8;
const OUTSIDER_TIME: Millis = 100000;
const OUTSIDER_SPACING: Millis = 2000;

/** A device of this fleet's number that does not have its key. All that is known of it can be forged. */
export interface Outsider {
	/** 16 hexadecimal digits. */
	readonly id: string;
	/** Where it was heard from, in the LAN. */
	readonly address: string;
	/** Empty: it has none. */
	readonly name: string;
	/** The hardware; empty: not known. */
	readonly model: string;
	/** Whether it has the key of another fleet. */
	readonly isSealed: boolean;
	/** When it was heard last. */
	readonly heard: Millis;
}

/**
 * Accepts messages of the other cameras only: from the LAN, of this fleet, under its seal, from the address that they
 * were sealed for, and each message once.
 */
export class FleetReceiver {
	/** The keys that are accepted; none: the fleet is open, and a message with a seal is another fleet's. */
	keys: readonly FleetKey[] = [];
	/** The key that the last accepted message was sealed with; `undefined` in an open fleet. */
	key: FleetKey | undefined;
	readonly guard = new ReplayGuard();
	/** Datagrams that were not fleet messages, of another fleet, or from outside the LAN. */
	strange = 0;
	/** Datagrams without the fleet's seal, from another address than they were sealed for, or that came before. */
	refused = 0;
	/** Devices of this fleet's number, but without its key, by their identity. */
	private readonly outsiders = new Map<string, Outsider>();
	/** The number in our last probe of the representative: its answer is checked whatever else arrives. */
	expectedNonce: number | undefined;
	/** The seals checked since {@link since}: of members, of answers, of strangers, and of these by address. */
	private ofMembers = 0;
	private ofAnswers = 0;
	private ofStrangers = 0;
	private readonly ofAddress = new Map<string, number>();
	private since: Millis = -Infinity;
	/** Grows with each change of {@link outside}. */
	outsideVersion = 0;
	private readonly decoder = new FleetMessageDecoder();
	/** The network of the last datagram's path, and whether its address was in it: parsing text allocates on XS. */
	private path: Path | undefined;
	private network = 0;
	private address = "";
	private addressNumber = 0;
	private isNeighbour = false;

	/** @param fleet the number of the fleet; messages with another one are ignored */
	constructor(
		private readonly fleet: number,
		private readonly id: string,
	) {}

	/**
	 * Checks and decodes a datagram.
	 * @returns the message, valid until the next call; `undefined` when it is not for this camera
	 */
	accept(now: Millis, path: Path, address: string, bytes: Uint8Array): FleetMessage | undefined {
		if (!this.isFromLan(path, address)) {
			this.strange++;
			return undefined;
		}
		// The tests that cost little come first.
		const message = this.decoder.begin(bytes);
		if (message === undefined || message.fleet !== this.fleet) {
			if (this.keys.length > 0) this.refused++;
			else this.strange++;
			return undefined;
		}
		if (message.sender === this.id && address === path.address) return undefined;
		if (message.sender === this.id || !this.guard.isFresh(message) || !this.isSealed(now, address, bytes, message)) {
			this.noteOutsider(now, address, bytes, message);
			this.refused++;
			return undefined;
		}
		if (this.decoder.finish(bytes) === undefined) {
			this.strange++;
			return undefined;
		}
		this.guard.admit(message, this.addressNumber);
		if (this.outsiders.size > 0 && this.outsiders.delete(message.sender)) this.outsideVersion++;
		return message;
	}

	/** Devices that speak of this fleet's number, but under another key or none; anybody can forge them. */
	outside(now: Millis): readonly Outsider[] {
		for (const [id, { heard }] of this.outsiders)
			if (now - heard > OUTSIDER_TIME && this.outsiders.delete(id)) this.outsideVersion++;
		return [...this.outsiders.values()];
	}

	/** A device that was in the fleet while it was open is outside until it has the key. */
	exclude({ id, address, name, model }: Member, now: Millis): void {
		this.addOutsider({ id, address, name, model, isSealed: false, heard: now });
	}

	private addOutsider(outsider: Outsider): void {
		const { outsiders } = this;
		if (!outsiders.has(outsider.id) && this.outside(outsider.heard).length >= OUTSIDERS_MAX) return;
		const before = outsiders.get(outsider.id);
		const { address, name, isSealed } = outsider;
		const isKnown = before?.address === address && before.name === name && before.isSealed === isSealed;
		if (!isKnown) this.outsideVersion++;
		outsiders.set(outsider.id, outsider);
	}

	private noteOutsider(now: Millis, address: string, bytes: Uint8Array, { type, sender }: FleetMessage): void {
		const number = fleetKeyId(bytes);
		if (sender === this.id) return;
		if ((type !== "announce" && type !== "inquiry") || this.keys.some((key) => key.number === number)) return;
		if (number === 0 && this.keys.length === 0) return;
		// Each announces itself a few times a minute; more is not looked at.
		const before = this.outsiders.get(sender);
		if (now - (before?.heard ?? -Infinity) < OUTSIDER_SPACING) return;
		const message = this.decoder.finish(bytes);
		if (message === undefined) return;
		const { name = before?.name ?? "", model = before?.model ?? "" } = message;
		this.addOutsider({ id: sender, address, name, model, isSealed: number !== 0, heard: now });
	}

	private isFromLan(path: Path, address: string): boolean {
		if (path !== this.path) {
			this.path = path;
			this.network = parseIpv4(path.address) ?? Number.NaN;
			this.address = "";
		}
		if (address !== this.address) {
			this.address = address;
			const number = parseIpv4(address);
			const mask = path.prefix === 0 ? 0 : -1 << (32 - path.prefix);
			const isSameNetwork =
				number !== undefined && !Number.isNaN(this.network) && ((number ^ this.network) & mask) === 0;
			this.addressNumber = number ?? 0;
			this.isNeighbour = isSameNetwork || address === path.address;
		}
		return this.isNeighbour;
	}

	private isSealed(now: Millis, address: string, bytes: Uint8Array, message: FleetMessage): boolean {
		const { keys } = this;
		const number = fleetKeyId(bytes);
		this.key = undefined;
		if (keys.length === 0) return number === 0;
		for (let i = 0; i < keys.length; i++) {
			const key = keys[i];
			if (key.number !== number) continue;
			if (!this.mayCheck(now, address, bytes, message) || !key.check(bytes, address)) return false;
			this.key = key;
			return true;
		}
		return false;
	}

	private mayCheck(now: Millis, address: string, bytes: Uint8Array, { type, sender }: FleetMessage): boolean {
		const { guard, ofAddress } = this;
		const cost = 1 + (bytes.length >> 7);
		if (now - this.since >= 1000) {
			this.since = now;
			this.ofMembers = this.ofAnswers = this.ofStrangers = 0;
			ofAddress.clear();
			guard.refill();
		}
		const { expectedNonce } = this;
		const mayAnswer = expectedNonce !== undefined && type === "alive" && this.ofAnswers < CHECKS_OF_ANSWERS;
		if (mayAnswer && fleetNonce(bytes) === expectedNonce) {
			this.ofAnswers++;
			return true;
		}
		if (guard.isAt(sender, this.addressNumber)) {
			if (this.ofMembers >= CHECKS_OF_MEMBERS || guard.count(sender, cost) > CHECKS_OF_MEMBER) return false;
			this.ofMembers += cost;
			return true;
		}
		const checked = ofAddress.get(address) ?? 0;
		if (this.ofStrangers >= CHECKS_OF_STRANGERS || checked >= CHECKS_OF_ADDRESS) return false;
		this.ofStrangers += cost;
		ofAddress.set(address, checked + cost);
		return true;
	}
}
