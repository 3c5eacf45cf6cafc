import type { Octets } from "../../src/core/time";
import { ARP_OCTETS, type ArpMessage, type LanStation } from "./lan-station";
import { INWARD, type LinkSettings, OUTWARD } from "./link";
import { isMulticast, type Packet, packetLength } from "./packet";
import type { World } from "./world";

/** Options of a {@link Lan}. */
export interface LanOptions {
	readonly name?: string;
	/**
	 * True: packets are delivered by destination, whatever the next hop, and there is neither broadcast nor multicast, as on the
	 * Internet. @default false
	 */
	readonly routed?: boolean;
	/** Default settings for the links of machines. */
	readonly link?: Partial<LinkSettings>;
}

/**
 * Switches packets between the machines of one network: unicast by address, broadcast to all, multicast to the members of the
 * group. The link of each receiver loses, delays and duplicates packets independently. {@link partition} splits the network
 * into parts that do not receive from each other.
 */
export class Lan {
	readonly name: string;
	readonly routed: boolean;
	readonly link: Partial<LinkSettings>;
	/** Called with each packet when it is sent, before any loss; for traces. */
	capture: ((at: number, packet: Packet) => void) | undefined;
	/** Packets sent into this network so far. */
	packets = 0;
	private readonly nics: LanStation[] = [];
	/** The interfaces that answer for an address; the last one to claim it is first. */
	private readonly owners = new Map<string, LanStation[]>();
	/** The part that each interface is in; those that are missing form one more part. */
	private parts: Map<LanStation, number> | undefined;
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

	/** Adds an interface. */
	attach(nic: LanStation): void {
		this.nics.push(nic);
	}

	/** Makes `nic` answer for `address`, instead of any other. */
	claim(address: string, nic: LanStation): void {
		const others = this.owners.get(address)?.filter((other) => other !== nic) ?? [];
		this.owners.set(address, [nic, ...others]);
	}

	/** Makes `nic` stop answering for `address`; an earlier claimant that still has it answers again. */
	unclaim(address: string, nic: LanStation): void {
		const others = this.owners.get(address)?.filter((other) => other !== nic) ?? [];
		if (others.length > 0) this.owners.set(address, others);
		else this.owners.delete(address);
	}

	/**
	 * Splits the network: interfaces receive only from their own group, until {@link heal} or the next call. Packets in flight
	 * between groups are lost as well. The interfaces that are in no group form one more.
	 */
	partition(groups: readonly (readonly LanStation[])[]): void {
		const parts = new Map<LanStation, number>();
		for (const [number, group] of groups.entries()) {
			for (const nic of group) {
				if (!this.nics.includes(nic)) throw new RangeError(`${nic.name} is not attached to ${this.name}`);
				if (parts.has(nic)) throw new RangeError(`${nic.mac} is in two groups`);
				parts.set(nic, number);
			}
		}
		this.parts = parts;
	}

	/** Ends a partition. */
	heal(): void {
		this.parts = undefined;
	}

	/** True when no partition separates the two. */
	hears(a: LanStation, b: LanStation): boolean {
		return this.parts === undefined || this.parts.get(a) === this.parts.get(b);
	}

	/** Carries a packet from an interface to the next hop, or to all receivers of a broadcast or multicast. */
	send(from: LanStation, nextHop: string, packet: Packet): void {
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
				this.flood(from, multicast ? packet.destination : undefined, at, octets, (nic) => nic.deliver(packet));
				continue;
			}
			const to = this.ownerFor(from, this.routed ? packet.destination : nextHop);
			if (to !== undefined) this.bring(from, to, at, octets, (nic) => nic.deliver(packet));
		}
	}

	/**
	 * Carries an ARP message from an interface to all others, or only to `to`. After an announcement the whole network delivers
	 * packets for the address to the sender, as soon as the message has passed the sender's link.
	 */
	arp(from: LanStation, message: ArpMessage, to?: LanStation): void {
		if (this.routed) return;
		this.outward.length = 0;
		from.link.carry(OUTWARD, this.world.now, ARP_OCTETS, this.outward);
		for (const at of this.outward) {
			if (message.kind === "announcement") this.world.at(at, () => this.announced(from, message.address));
			if (to !== undefined) this.bring(from, to, at, ARP_OCTETS, (nic) => nic.hear(message));
			else this.flood(from, undefined, at, ARP_OCTETS, (nic) => nic.hear(message));
		}
	}

	private announced(from: LanStation, address: string): void {
		if (from.link.up && from.has(address)) this.claim(address, from);
	}

	private ownerFor(from: LanStation, address: string): LanStation | undefined {
		const owners = this.owners.get(address);
		if (owners === undefined || this.parts === undefined) return owners?.[0];
		for (const owner of owners) if (this.hears(from, owner)) return owner;
		return undefined;
	}

	private bring(
		from: LanStation,
		to: LanStation,
		at: number,
		octets: Octets,
		arrived: (nic: LanStation) => void,
	): void {
		this.inward.length = 0;
		to.link.carry(INWARD, at, octets, this.inward);
		for (const arrival of this.inward) this.arrive(from, [to], arrival, arrived);
	}

	private flood(
		from: LanStation,
		group: string | undefined,
		at: number,
		octets: Octets,
		arrived: (nic: LanStation) => void,
	): void {
		let batch: LanStation[] = [];
		let batchAt = -1;
		for (const nic of this.nics) {
			if (nic === from || (group !== undefined && !nic.groups.has(group))) continue;
			this.inward.length = 0;
			nic.link.carry(INWARD, at, octets, this.inward);
			for (const arrival of this.inward) {
				// One event for all that receive it at the same time keeps hundreds of machines cheap.
				if (arrival !== batchAt) {
					if (batch.length > 0) this.arrive(from, batch, batchAt, arrived);
					batch = [];
					batchAt = arrival;
				}
				batch.push(nic);
			}
		}
		if (batch.length > 0) this.arrive(from, batch, batchAt, arrived);
	}

	private arrive(from: LanStation, nics: readonly LanStation[], at: number, arrived: (nic: LanStation) => void): void {
		this.world.at(at, () => {
			for (const nic of nics) {
				if (this.hears(from, nic)) arrived(nic);
				else nic.link.lost++;
			}
		});
	}
}
