import type { Octets } from "../../../src/core/time";
import type { Lan } from "../../virtual/lan";
import { type Packet, packetLength } from "../../virtual/packet";

/** Counts the octets that each address of a virtual network sends and is sent. */
export class TrafficMeter {
	private counts = new Map<string, Octets>();
	private rates: ReadonlyMap<string, Octets> = new Map();

	constructor(lan: Lan) {
		lan.capture = (_at, packet) => this.count(packet);
	}

	/** Begins with the next second; call it once in a second. */
	turn(): void {
		this.rates = this.counts;
		this.counts = new Map();
	}

	/** The octets that an address sent and was sent in the last second. */
	rateOf(address: string): Octets {
		return this.rates.get(address) ?? 0;
	}

	private count(packet: Packet): void {
		const { source, destination } = packet;
		const octets = packetLength(packet);
		this.counts.set(source, (this.counts.get(source) ?? 0) + octets);
		this.counts.set(destination, (this.counts.get(destination) ?? 0) + octets);
	}
}
