import { sameIpNetwork } from "../../core/ip-address";
import type { Path } from "../../core/path";
import type { AddressRow } from "./address-row";
import { AddressTable, type ClientRows } from "./address-table";

/**
 * The address management of a transparent relay: a client whose control connection was for another machine gets media from that
 * machine's address, where this host can send from there; otherwise from this machine's address in the client's network, as the
 * answer says then (`source=`). All others are served by the rule.
 */
export class TakenAddressTable extends AddressTable {
	/**
	 * @param isOurs tells whether an address is one of this machine
	 * @param sendsAsOthers whether sockets may be bound to addresses of other machines
	 */
	constructor(
		private readonly isOurs: (address: string) => boolean,
		private readonly sendsAsOthers: boolean,
	) {
		super([], true);
	}

	override lookup(client: string, local: string, paths: readonly Path[]): ClientRows | undefined {
		const rows = super.lookup(client, local, paths);
		if (rows === undefined || this.isOurs(local)) return rows;
		const bound = this.sendsAsOthers ? local : addressFor(client, paths);
		if (bound === undefined) return undefined;
		const taken = (row: AddressRow): AddressRow => ({ ...row, bound, advertised: bound === local ? "" : bound });
		return { ...rows, rtp: taken(rows.rtp), rtcpSend: taken(rows.rtcpSend), rtcpReceive: taken(rows.rtcpReceive) };
	}
}

/** This machine's address in a client's network, or else its first one of the same family. */
function addressFor(client: string, paths: readonly Path[]): string | undefined {
	const near = paths.find(({ address, prefix }) => sameIpNetwork(address, client, prefix));
	return (near ?? paths.find(({ address }) => sameIpNetwork(address, client, 0)))?.address;
}
