import type { HomeKeys } from "../../peer/home-keys";
import type { DeviceRecord } from "../../peer/rendezvous/device-record";
import { parseRendezvous } from "../../peer/rendezvous-address";
import type { StunReader } from "../../wire/stun-reader";
import { Presence, type PresenceOwner } from "./presence";
import { rendezvousUrls } from "./rendezvous-urls";

/** What a device says about itself at the matching server of its home. */
export type OwnRecord = Omit<DeviceRecord, "isSymmetric" | "roundTrip" | "candidates">;

/** What the own device needs of its endpoint. */
export interface OwnDeviceOwner extends PresenceOwner {
	/** The record with the addresses as they are now; `undefined`: there is no socket yet. */
	recordNow(): DeviceRecord | undefined;
}

/** This device at its home's matching server, if it registers there; and at the one before, until that has heard the end. */
export class OwnDevice {
	/** Absent: it does not register. */
	presence: Presence | undefined;
	/** What it says about itself; `undefined`: it does not register. */
	own: OwnRecord | undefined;
	/** The one that is being withdrawn. */
	private leaving: Presence | undefined;

	/** @param peer this device, PEER_DIGITS */
	constructor(
		private readonly owner: OwnDeviceOwner,
		private readonly peer: string,
	) {}

	/** @see UdpPeerEndpoint.register */
	register(home: HomeKeys, rendezvous: string, own: OwnRecord, web: string): void {
		this.own = own;
		if (this.presence === undefined) {
			const address = parseRendezvous(rendezvous);
			const accountKey = address === undefined ? undefined : home.accountKey(address.key);
			if (address === undefined || accountKey === undefined) return;
			const urls = rendezvousUrls(web, address).flat();
			this.presence = new Presence(this.owner, home, accountKey, address, this.peer, urls);
		}
		this.publish();
	}

	/** Tells the server what is different now. */
	publish(): void {
		const record = this.own === undefined ? undefined : this.owner.recordNow();
		if (record !== undefined) this.presence?.publish(record);
	}

	/** @see UdpPeerEndpoint.withdraw */
	withdraw(done: () => void): void {
		const { presence } = this;
		if (presence === undefined) return done();
		this.own = undefined;
		this.presence = undefined;
		this.leaving = presence;
		presence.withdraw(() => {
			presence.close();
			if (this.leaving === presence) this.leaving = undefined;
			done();
		});
	}

	/** A STUN message arrived. @returns false when it is not for this one */
	receive(address: string, port: number, message: StunReader): boolean {
		if (this.presence?.receive(address, port, message) === true) return true;
		return this.leaving?.receive(address, port, message) === true;
	}

	close(): void {
		this.presence?.close();
		this.leaving?.close();
		this.presence = undefined;
	}
}
