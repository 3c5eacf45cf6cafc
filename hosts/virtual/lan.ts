import type { Octets } from "../../src/core/time";
import { ARP_OCTETS, type ArpMessage, type LanStation } from "./lan-station";
import { INWARD, type LinkSettings, OUTWARD } from "./link";
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
 * joined the group. Each receiver's link loses, delays and repeats packets on its own. {@link partition} tears the
 * network into parts that do not hear each other.
 */
export class Lan {
	readonly name: string;
	readonly routed: boolean;
	readonly link: Partial<LinkSettings>;
	/** Hears of each packet as it is sent, before any loss; for traces. */
	capture: ((at: number, packet: Packet) => void) | undefined;
	/** Packets sent into this network so far. */
	packets = 0;
	private readonly nics: LanStation[] = [];
	/** Who answers for an address: the last who claimed it comes first. */
	private readonly owners = new Map<string, LanStation[]>();
	/** The part that each interface is in; those that are not named are in one part of their own. */
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

	/** Takes an interface in; called by its machine. */
	attach(nic: LanStation): void {
		this.nics.push(nic);
	}

	/** Lets `nic` answer for `address` from now on, whoever did so before. */
	claim(address: string, nic: LanStation): void {
		const others = this.owners.get(address)?.filter((other) => other !== nic) ?? [];
		this.owners.set(address, [nic, ...others]);
	}

	/** Lets `nic` no longer answer for `address`; who claimed it before, and still does, answers again. */
	unclaim(address: string, nic: LanStation): void {
		const others = this.owners.get(address)?.filter((other) => other !== nic) ?? [];
		if (others.length > 0) this.owners.set(address, others);
		else this.owners.delete(address);
	}

	/**
	 * Tears the network: interfaces hear those of their own group only, until {@link heal} or the next call. Packets
	 * between groups that are on their way are lost as well. All interfaces that no group names are one more group.
	 */
	partition(groups: readonly (readonly LanStation[])[]): void {
		const parts = new Map<LanStation, number>();
		for (const [number, group] of groups.entries()) {
			for (const nic of group) {
				if (!this.nics.includes(nic)) throw new RangeError(`${nic.name} is not plugged into ${this.name}`);
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

	/** True when no partition keeps the two apart. */
	hears(a: LanStation, b: LanStation): boolean {
		return this.parts === undefined || this.parts.get(a) === this.parts.get(b);
	}

	/** Carries a packet from one interface to the next hop, or to all who should have it. */
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
	 * Carries an ARP message from one interface to all others, or to `to` alone. With an announcement the whole network
	 * learns that the address has moved, as soon as the message is through the sender's link.
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
				// One event for all who hear it at the same time keeps hundreds of machines cheap.
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
