import type { Endpoint } from "../../core/endpoint-table";
import { canonicalIp } from "../../core/ip-address";
import type { Handle, Pump } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { Lookup, Resolver } from "../../ports/resolver";
import { STUN_PORT } from "../../wire/stun";

const LOOKUP_TIME: Millis = 10_000;
/** How often a name is looked up again, and how soon after a failure. */
const AGAIN: Millis = 600_000;
const RETRY: Millis = 15_000;

/** Keeps the addresses of a TURN server that is named in the settings. */
export class TurnLookup {
	deadline: Millis = Infinity;
	/** The addresses as they are known now; the array stays the same. */
	readonly places: Endpoint[] = [];
	/** Why there is none, for people; empty: there is. */
	fault = "";
	private readonly handle: Handle<TurnLookup, undefined>;
	private readonly host: string;
	private readonly port: number;
	private lookups: Lookup[] = [];

	/** @param place `HOST[:PORT]`, with brackets around an IPv6 address that has a port */
	constructor(
		private readonly pump: Pump,
		private readonly resolver: Resolver,
		place: string,
	) {
		const isBare = canonicalIp(place) !== undefined;
		const colon = isBare ? -1 : place.lastIndexOf(":");
		const isPort = colon > place.lastIndexOf("]");
		const host = isPort ? place.slice(0, colon) : place;
		this.host = host.startsWith("[") ? host.slice(1, -1) : host;
		this.port = isPort ? Number.parseInt(place.slice(colon + 1), 10) || STUN_PORT : STUN_PORT;
		this.handle = pump.add(this, undefined);
	}

	/** Begins. */
	start(): void {
		const address = canonicalIp(this.host);
		if (address === undefined) this.expire();
		else this.places.push({ address, port: this.port });
	}

	expire(): void {
		this.deadline = this.pump.now() + AGAIN;
		const found: Endpoint[] = [];
		let left = 2;
		this.lookups = ([4, 6] as const).map((family) =>
			this.resolver.addresses(this.host, family, LOOKUP_TIME, (answer) => {
				if (answer.failure === undefined)
					for (const { address } of answer.records) found.push({ address, port: this.port });
				else if (found.length === 0) this.fault = `${this.host}: ${answer.detail}`;
				if (--left === 0) this.found(found);
			}),
		);
		this.handle.called();
	}

	/** Ends. */
	close(): void {
		for (const lookup of this.lookups) lookup.cancel();
		this.handle.remove();
	}

	private found(places: readonly Endpoint[]): void {
		if (places.length === 0) {
			this.deadline = this.pump.now() + RETRY;
			this.handle.called();
			return;
		}
		this.fault = "";
		this.places.splice(0, this.places.length, ...places);
	}
}
