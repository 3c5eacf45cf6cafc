import { sameNetwork } from "../core/ipv4";
import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import { decodeFleetMessage, type FleetMessage, fleetKeyId } from "../wire/fleet-message";
import type { FleetKey } from "./fleet-key";
import { ReplayGuard } from "./replay-guard";

/** Messages of one address whose seals are checked in one second at most, so that a flood does not drown the others. */
const CHECKS_PER_SECOND = 200;
/** Addresses that are heard in one second at most. */
const ADDRESSES_MAX = 512;

/**
 * Hears the other cameras, and nobody else: from the LAN, of this fleet, under its seal, from where it was said, each
 * message once.
 */
export class FleetReceiver {
	/** Each is good; none: the fleet is open, and what bears a seal is another fleet's. */
	keys: readonly FleetKey[] = [];
	/** The key under whose seal the last message was heard; `undefined` in an open fleet. */
	key: FleetKey | undefined;
	readonly guard = new ReplayGuard();
	/** Datagrams that were no fleet messages, of another fleet, or from off the LAN. */
	strange = 0;
	/** Datagrams without the fleet's seal, from another address than they were sealed for, or that came before. */
	refused = 0;
	/** How many were checked since {@link since}, by address. */
	private readonly checks = new Map<string, number>();
	private since: Millis = -Infinity;

	/** @param fleet cameras with another number are strangers */
	constructor(
		private readonly fleet: number,
		private readonly id: string,
	) {}

	/** @returns the message; `undefined` when it is not for this camera to hear */
	hear(now: Millis, path: Path, address: string, bytes: Uint8Array): FleetMessage | undefined {
		if (address !== path.address && !sameNetwork(path.address, address, path.prefix)) {
			this.strange++;
			return undefined;
		}
		if (!this.isSealed(now, address, bytes)) {
			this.refused++;
			return undefined;
		}
		const message = decodeFleetMessage(bytes);
		if (message === undefined || message.fleet !== this.fleet) {
			this.strange++;
			return undefined;
		}
		if (message.sender === this.id) return undefined;
		if (this.guard.admit(message)) return message;
		this.refused++;
		return undefined;
	}

	private isSealed(now: Millis, address: string, bytes: Uint8Array): boolean {
		const number = fleetKeyId(bytes);
		this.key = undefined;
		if (this.keys.length === 0) return number === 0;
		const key = this.keys.find((k) => k.number === number);
		if (key === undefined || !this.mayCheck(now, address) || !key.check(bytes, address)) return false;
		this.key = key;
		return true;
	}

	private mayCheck(now: Millis, address: string): boolean {
		if (now - this.since >= 1000) {
			this.since = now;
			this.checks.clear();
		}
		const checked = this.checks.get(address) ?? 0;
		if (checked >= CHECKS_PER_SECOND || this.checks.size >= ADDRESSES_MAX) return false;
		this.checks.set(address, checked + 1);
		return true;
	}
}
