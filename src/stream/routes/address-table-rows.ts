import type { AddressRow, AdvertisedPort, BoundPort, UnitKind } from "../address/address-row";
import type { TableRow } from "../address/address-table-file";
import type { PortRange } from "../address/address-table-words";
import { receives, sends } from "./route-plan";

/**
 * Makes the rows of the address management table from those of a file: one for each network and direction, with its processing
 * unit. RTCP is sent and received by one unit where both are bound to one address and the same ports (STR-4).
 */
export function addressRows(rows: readonly TableRow[]): AddressRow[] {
	const made: AddressRow[] = [];
	for (const row of rows) {
		for (const direction of ["send", "receive"] as const) {
			const applies = direction === "send" ? sends(row) : receives(row);
			if (!applies && row.direction !== "none") continue;
			for (const { address, prefix } of row.networks) {
				made.push({
					network: address,
					prefix,
					protocol: row.protocol === "rtp" ? "RTP" : "RTCP",
					direction,
					unit: unitOf(row, rows),
					advertised: row.advertised.address,
					bound: row.bound?.address ?? "",
					boundPort: boundPortOf(row.bound?.ports),
					advertisedPort: advertisedPortOf(row),
					configured: true,
				});
			}
		}
	}
	return made;
}

function unitOf(row: TableRow, rows: readonly TableRow[]): UnitKind {
	if (row.direction === "none") return "none";
	if (row.protocol === "rtp") return "RTP sender";
	if (row.direction === "both") return "RTCP sender and receiver";
	const isSender = row.direction === "send";
	const partner = rows.find(
		(other) =>
			other.clients === row.clients &&
			other.protocol === "rtcp" &&
			other.direction === (isSender ? "receive" : "send") &&
			other.bound?.address === row.bound?.address &&
			samePorts(other.bound?.ports, row.bound?.ports),
	);
	if (partner !== undefined) return "RTCP sender and receiver";
	return isSender ? "RTCP sender" : "RTCP receiver";
}

function samePorts(a: PortRange | undefined, b: PortRange | undefined): boolean {
	return a?.first === b?.first && a?.last === b?.last;
}

function boundPortOf(ports: PortRange | undefined): BoundPort {
	if (ports === undefined || ports.first === 0) return { kind: "dynamic" };
	const { first, last } = ports;
	return first === last ? { kind: "static", port: first } : { kind: "range", first, last };
}

function advertisedPortOf({ direction, bound, advertised }: TableRow): AdvertisedPort {
	const { first, last } = advertised.ports;
	const isOne = first !== 0 && first === last;
	if (direction === "none") return isOne ? first : "dummy";
	return isOne && (direction === "receive" || !samePorts(advertised.ports, bound?.ports)) ? first : "pair";
}
