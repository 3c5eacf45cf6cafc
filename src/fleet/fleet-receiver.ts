import { parseIpv4 } from "../core/ipv4";
import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import { type FleetMessage, FleetMessageDecoder, fleetKeyId } from "../wire/fleet-message";
import type { FleetKey } from "./fleet-key";
import { ReplayGuard } from "./replay-guard";

/** The most messages of one address whose seals are checked in one second, so that a flood does not drown the others. */
const CHECKS_PER_SECOND = 200;
/** The most addresses whose messages are checked in one second. */
const ADDRESSES_MAX = 512;

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
	/** How many were checked since {@link since}, by address. */
	private readonly checks = new Map<string, number>();
	private since: Millis = -Infinity;
	private readonly decoder = new FleetMessageDecoder();
	/** The network of the last datagram's path, and whether its address was in it: parsing text allocates on XS. */
	private path: Path | undefined;
	private network = 0;
	private address = "";
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
		if (!this.isSealed(now, address, bytes)) {
			this.refused++;
			return undefined;
		}
		const message = this.decoder.decode(bytes);
		if (message === undefined || message.fleet !== this.fleet) {
			this.strange++;
			return undefined;
		}
		if (message.sender === this.id) return undefined;
		if (this.guard.admit(message)) return message;
		this.refused++;
		return undefined;
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
			this.isNeighbour = isSameNetwork || address === path.address;
		}
		return this.isNeighbour;
	}

	private isSealed(now: Millis, address: string, bytes: Uint8Array): boolean {
		const { keys } = this;
		const number = fleetKeyId(bytes);
		this.key = undefined;
		if (keys.length === 0) return number === 0;
		for (let i = 0; i < keys.length; i++) {
			const key = keys[i];
			if (key.number !== number) continue;
			if (!this.mayCheck(now, address) || !key.check(bytes, address)) return false;
			this.key = key;
			return true;
		}
		return false;
	}

	private mayCheck(now: Millis, address: string): boolean {
		if (now - this.since >= 1000) {
			this.since = now;
			this.checks.clear();
		}
		const checked = this.checks.get(address);
		if (checked === undefined ? this.checks.size >= ADDRESSES_MAX : checked >= CHECKS_PER_SECOND) return false;
		this.checks.set(address, (checked ?? 0) + 1);
		return true;
	}
}
