import { type IpFamily, ipFamily } from "../core/ip-address";
import type { Pump } from "../core/pump";
import type { Millis } from "../core/time";
import type { AddressRecord, Lookup, Resolver, ResolverDone, ServiceRecord } from "../ports/resolver";

/** Knows one address, which all names have. @see RelayedContent.address */
export class PinnedResolver implements Resolver {
	constructor(
		private readonly address: string,
		private readonly pump: Pick<Pump, "after">,
	) {}

	addresses(_name: string, family: IpFamily, _limit: Millis, done: ResolverDone<AddressRecord>): Lookup {
		const { address } = this;
		let isOver = false;
		this.pump.after(0, () => {
			if (isOver) return;
			if (ipFamily(address) === family) done({ records: [{ address, ttl: 0 }] });
			else done({ failure: "not-found", detail: "the address is of the other family" });
		});
		return {
			cancel() {
				isOver = true;
			},
		};
	}

	services(_name: string, _limit: Millis, done: ResolverDone<ServiceRecord>): Lookup {
		this.pump.after(0, () => done({ failure: "not-found", detail: "only an address is known" }));
		return { cancel() {} };
	}
}
