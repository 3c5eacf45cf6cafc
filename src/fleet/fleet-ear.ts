import { Allowance } from "../base/allowance";
import { sameNetwork } from "../core/ipv4";
import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import { decodeFleetMessage, type FleetMessage, fleetKeyId } from "../wire/fleet-message";
import type { FleetKey } from "./fleet-key";
import { ReplayGuard } from "./replay-guard";

/** Messages whose code is checked in one second at most; a flood costs no more. */
const CHECKS_PER_SECOND = 500;

/** Hears the other cameras, and nobody else: from the LAN, of this fleet, under its seal, each message once. */
export class FleetEar {
	/** Each is good; none: the fleet is open, and what bears a seal is another fleet's. */
	keys: readonly FleetKey[] = [];
	readonly guard = new ReplayGuard();
	/** Datagrams that were no fleet messages, of another fleet, or from off the LAN. */
	strange = 0;
	/** Datagrams without the fleet's seal, or that came before. */
	refused = 0;
	private readonly checks = new Allowance(CHECKS_PER_SECOND);

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
		if (!this.isSealed(now, bytes)) {
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

	private isSealed(now: Millis, bytes: Uint8Array): boolean {
		const number = fleetKeyId(bytes);
		if (this.keys.length === 0) return number === 0;
		const key = this.keys.find((k) => k.number === number);
		return key !== undefined && this.checks.take(now) && key.check(bytes);
	}
}
