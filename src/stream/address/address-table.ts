import { ipKind, sameIpNetwork } from "../../core/ip-address";
import type { Path } from "../../core/path";
import type { AddressRow, RowDirection, RowProtocol } from "./address-row";
import { isNear, ruleRow } from "./address-rule";
import { checkTable, type TableFinding } from "./address-table-check";

/** Tells which address the Internet sees in place of one of this machine; empty: not known. */
export type OutsideAddress = (address: string) => string;

const NOT_KNOWN: OutsideAddress = () => "";

/** What the table says for one client. */
export interface ClientRows {
	readonly rtp: AddressRow;
	readonly rtcpSend: AddressRow;
	readonly rtcpReceive: AddressRow;
	/** True: the client is in none of our own networks. */
	readonly isFar: boolean;
}

/**
 * The address management table: by which addresses and ports a client is served (STR-4).
 *
 * The rows of the administrator come first, by the longest matching prefix for each protocol and direction. Where they say nothing
 * the rule decides: a client of our own networks is served by the interface of its control connection (A); one elsewhere gets what
 * is only sent by another interface that has a router (B), if there is one, and all else by A (STR-18).
 *
 * A client on the Internet is told the address that the gateway says is its own, unless a row has another public one (ONE-4).
 */
export class AddressTable {
	/**
	 * @param rows the administrator's; none: the rule decides everything
	 * @param byRule false: the rule is off, and a client in no network of the rows is refused
	 */
	constructor(
		readonly rows: readonly AddressRow[],
		readonly byRule: boolean,
	) {}

	/**
	 * Finds the rows for a client.
	 * @param client its address
	 * @param local the address that its control connection came to
	 * @param paths the interfaces of this machine, of both families
	 * @param outside what the gateway says. @default not known
	 * @returns `undefined`: it is in no network, and refused
	 */
	lookup(client: string, local: string, paths: readonly Path[], outside = NOT_KNOWN): ClientRows | undefined {
		const find = (protocol: RowProtocol, direction: RowDirection): AddressRow | undefined => {
			const row = this.row(protocol, direction, client, local, paths);
			return row === undefined ? undefined : advertised(row, client, outside(row.bound || local));
		};
		const rtp = find("RTP", "send");
		if (rtp === undefined) return undefined;
		return {
			rtp,
			rtcpSend: find("RTCP", "send") ?? withoutReports(rtp, "send"),
			rtcpReceive: find("RTCP", "receive") ?? withoutReports(rtp, "receive"),
			isFar: !isNear(client, local, paths),
		};
	}

	/**
	 * Says what in the table cannot work on this machine as it is now, and which rows are missing for what (STR-24).
	 * @param paths the interfaces of this machine, of both families
	 */
	check(paths: readonly Path[]): TableFinding[] {
		return checkTable(this.rows, this.byRule, paths);
	}

	private row(
		protocol: RowProtocol,
		direction: RowDirection,
		client: string,
		local: string,
		paths: readonly Path[],
	): AddressRow | undefined {
		let best: AddressRow | undefined;
		for (const row of this.rows) {
			if (row.protocol !== protocol || row.direction !== direction) continue;
			if ((best === undefined || row.prefix > best.prefix) && sameIpNetwork(row.network, client, row.prefix))
				best = row;
		}
		return best ?? (this.byRule ? ruleRow(protocol, direction, client, local, paths) : undefined);
	}
}

/** The row with the address that a client on the Internet is told. @param outside what the gateway says; empty: nothing */
function advertised(row: AddressRow, client: string, outside: string): AddressRow {
	const isToldAnother = outside === "" || ipKind(client) !== "public" || ipKind(row.advertised) === "public";
	return isToldAnother ? row : { ...row, advertised: outside };
}

/** What a client gets whose network has a row for RTP and none for RTCP: a dummy port (STR-24). */
function withoutReports(rtp: AddressRow, direction: RowDirection): AddressRow {
	return { ...rtp, protocol: "RTCP", direction, unit: "none", advertisedPort: "dummy", configured: false };
}
