import { ipFamily, sameIpNetwork } from "../../core/ip-address";
import type { Path } from "../../core/path";
import type { AddressRow, RowDirection, RowProtocol } from "./address-row";

/** A result of a check of the address management table. */
export interface TableFinding {
	/** True: something cannot work. False: something is missing, or worth knowing. */
	readonly isError: boolean;
	/** A sentence for the administrator: what, and why. */
	readonly text: string;
}

/** @see AddressTable.check */
export function checkTable(rows: readonly AddressRow[], byRule: boolean, paths: readonly Path[]): TableFinding[] {
	const findings: TableFinding[] = [];
	const say = (isError: boolean, text: string): void => {
		if (!findings.some((known) => known.text === text)) findings.push({ isError, text });
	};
	for (const row of rows) {
		for (const text of faultsOf(row, paths)) say(true, text);
		for (const other of rows) if (other !== row && isTwice(other, row)) say(true, `${nameOf(row)}: two rows say how.`);
	}
	for (const row of rows) {
		if (row.protocol !== "RTP") continue;
		for (const direction of DIRECTIONS) {
			if (rows.some((other) => covers(other, row, direction))) continue;
			const lost = direction === "send" ? "no sender reports, so round trips are not measured" : NO_REPORTS;
			const text = `${networkOf(row)}: no row says how RTCP is ${direction === "send" ? "sent" : "received"}: `;
			say(false, text + (byRule ? "the rule decides." : `${lost}.`));
		}
	}
	return findings;
}

const DIRECTIONS: readonly RowDirection[] = Object.freeze(["send", "receive"]);
const NO_REPORTS = "no reports come, so pictures per second are not adapted to loss";

/** What is wrong in a row by itself, on this machine. */
function faultsOf(row: AddressRow, paths: readonly Path[]): string[] {
	const faults: string[] = [];
	const { bound, boundPort, unit, network, prefix, protocol, direction } = row;
	const family = ipFamily(network);
	if (family === undefined || prefix < 0 || prefix > (family === 4 ? 32 : 128)) {
		return [`${nameOf(row)}: ${network}/${prefix} is not a network.`];
	}
	if (!isUnitFor(row)) faults.push(`${nameOf(row)}: a ${unit} does not ${direction} ${protocol}.`);
	if (unit === "none") return faults;
	if (bound !== "" && ipFamily(bound) !== family) {
		faults.push(`${nameOf(row)}: ${bound} is of another address family than its clients.`);
	} else if (bound !== "" && !paths.some(({ address }) => address === bound)) {
		faults.push(`${nameOf(row)}: this machine does not have the address ${bound} now.`);
	}
	if (boundPort.kind === "static" && !isPort(boundPort.port))
		faults.push(`${nameOf(row)}: ${boundPort.port} is not a port.`);
	if (boundPort.kind === "range" && !hasPort(boundPort.first, boundPort.last, protocol)) {
		const { first, last } = boundPort;
		faults.push(`${nameOf(row)}: ${first}-${last} has no ${protocol === "RTP" ? "even" : "odd"} port.`);
	}
	if (row.advertised !== "" && ipFamily(row.advertised) !== family) {
		faults.push(`${nameOf(row)}: ${row.advertised} is of another address family than its clients.`);
	}
	return faults;
}

function isUnitFor({ unit, protocol, direction }: AddressRow): boolean {
	if (protocol === "RTP") return direction === "send" && unit === "RTP sender";
	if (unit === "RTP sender") return false;
	return unit === "RTCP sender" ? direction === "send" : unit !== "RTCP receiver" || direction === "receive";
}

/** Whether ports from `first` to `last` hold one for the protocol: even for RTP, odd for RTCP. */
function hasPort(first: number, last: number, protocol: RowProtocol): boolean {
	if (!isPort(first) || !isPort(last) || first > last) return false;
	return first < last || first % 2 === (protocol === "RTP" ? 0 : 1);
}

function isPort(port: number): boolean {
	return port > 0 && port <= 65_535;
}

function isTwice(a: AddressRow, b: AddressRow): boolean {
	return a.protocol === b.protocol && a.direction === b.direction && networkOf(a) === networkOf(b);
}

/** Whether a row says how RTCP goes in a direction for all clients of an RTP row. */
function covers(row: AddressRow, rtp: AddressRow, direction: RowDirection): boolean {
	if (row.protocol !== "RTCP" || row.direction !== direction || row.prefix > rtp.prefix) return false;
	return sameIpNetwork(row.network, rtp.network, row.prefix);
}

function networkOf({ network, prefix }: AddressRow): string {
	return `${network}/${prefix}`;
}

function nameOf(row: AddressRow): string {
	return `${networkOf(row)} ${row.protocol} ${row.direction}`;
}
