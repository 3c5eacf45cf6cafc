import { INWARD, type LinkSettings, OUTWARD } from "./link";
import type { Nic } from "./nic";
import { isMulticast, type Packet, packetLength } from "./packet";
import type { World } from "./world";

/** How a network is built. */
export interface LanOptions {
	readonly name?: string;
	/**
	 * True: packets find their way by destination, whatever the next hop, and there is neither broadcast nor
	 * multicast: the Internet. @default false
	 */
	readonly routed?: boolean;
	/** What the links of machines are like unless they say otherwise. */
	readonly link?: Partial<LinkSettings>;
}

/**
 * Switches packets between the machines of one network: unicast by address, broadcast to all, multicast to those who
 * joined the group. Each receiver's link loses, delays and repeats packets on its own.
 */
export class Lan {
	readonly name: string;
	readonly routed: boolean;
	readonly link: Partial<LinkSettings>;
	/** Hears of each packet as it is sent, before any loss; for traces. */
	capture: ((at: number, packet: Packet) => void) | undefined;
	/** Packets sent into this network so far. */
	packets = 0;
	private readonly nics: Nic[] = [];
	private readonly owners = new Map<string, Nic>();
	private readonly outward: number[] = [];
	private readonly inward: number[] = [];

	constructor(
		readonly world: World,
		options: LanOptions = {},
	) {
		this.name = options.name ?? "lan";
		this.routed = options.routed ?? false;
		this.link = options.link ?? {};
	}

	/** Takes an interface in; called by {@link Nic}. */
	attach(nic: Nic): void {
		this.nics.push(nic);
	}

	/** Lets `nic` answer for `address` from now on, whoever did so before. */
	claim(address: string, nic: Nic): void {
		this.owners.set(address, nic);
	}

	/** Lets `nic` no longer answer for `address`. */
	unclaim(address: string, nic: Nic): void {
		if (this.owners.get(address) === nic) this.owners.delete(address);
	}

	/** Carries a packet from one interface to the next hop, or to all who should have it. */
	send(from: Nic, nextHop: string, packet: Packet): void {
		this.packets++;
		this.capture?.(this.world.now, packet);
		const multicast = isMulticast(packet.destination);
		const everyone = multicast || nextHop === "255.255.255.255" || nextHop === from.broadcast;
		if (everyone && this.routed) return;
		const octets = packetLength(packet);
		this.outward.length = 0;
		from.link.carry(OUTWARD, this.world.now, octets, this.outward);
		for (const at of this.outward) {
			if (everyone) {
				this.flood(from, multicast ? packet.destination : undefined, at, packet, octets);
				continue;
			}
			const to = this.owners.get(this.routed ? packet.destination : nextHop);
			if (to === undefined) continue;
			this.inward.length = 0;
			to.link.carry(INWARD, at, octets, this.inward);
			for (const arrival of this.inward) this.world.at(arrival, () => to.deliver(packet));
		}
	}

	private flood(from: Nic, group: string | undefined, at: number, packet: Packet, octets: number): void {
		let batch: Nic[] = [];
		let batchAt = -1;
		for (const nic of this.nics) {
			if (nic === from || (group !== undefined && !nic.groups.has(group))) continue;
			this.inward.length = 0;
			nic.link.carry(INWARD, at, octets, this.inward);
			for (const arrival of this.inward) {
				// One event for all who hear it at the same time keeps hundreds of machines cheap.
				if (arrival !== batchAt) {
					if (batch.length > 0) this.deliverTo(batch, batchAt, packet);
					batch = [];
					batchAt = arrival;
				}
				batch.push(nic);
			}
		}
		if (batch.length > 0) this.deliverTo(batch, batchAt, packet);
	}

	private deliverTo(nics: readonly Nic[], at: number, packet: Packet): void {
		this.world.at(at, () => {
			for (const nic of nics) nic.deliver(packet);
		});
	}
}
