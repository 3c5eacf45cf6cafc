import type { Endpoint } from "../../../core/endpoint-table";
import { parseIp } from "../../../core/ip-address";
import { parseIpv4 } from "../../../core/ipv4";

/**
 * Where a message came from and answers go: an address and a port of the UDP socket of its family, or a WebSocket connection, which has
 * a number.
 */
export interface Leg extends Endpoint {
	/** The number of the connection, 1 to 2³² − 1, never used for two. Absent: UDP. */
	readonly stream?: number;
}

/** A {@link Leg} as octets; one object serves many messages. */
export class LegOctets {
	readonly address = new Uint8Array(16);
	/** 4 or 16. */
	length = 4;
	port = 0;
	/** 0: UDP. */
	stream = 0;

	/** @returns false when the address is malformed */
	set(leg: Leg): boolean {
		const { address } = this;
		this.port = leg.port;
		this.stream = leg.stream ?? 0;
		const four = parseIpv4(leg.address);
		if (four === undefined) {
			const six = parseIp(leg.address);
			if (six === undefined) return false;
			address.set(six);
			this.length = 16;
			return true;
		}
		address[0] = four >>> 24;
		address[1] = four >>> 16;
		address[2] = four >>> 8;
		address[3] = four;
		this.length = 4;
		return true;
	}
}
