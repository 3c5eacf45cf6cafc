import { ipKind } from "../../core/ip-address";
import type { AddressRow, BoundPort } from "../address/address-row";
import type { ClientRows } from "../address/address-table";
import { DYNAMIC_FIRST, DYNAMIC_LAST } from "./port-pairs";

/** Where a unit is bound: an address, and a static port, or 0 for that of the pair. */
export interface UnitPlace {
	readonly address: string;
	readonly port: number;
}

/** Which units serve a client, and where: what the rows of the address management table come to. */
export interface UnitPlan {
	readonly rtp: UnitPlace;
	/** Sends reports; and receives them too, if {@link receiver} is the same object. */
	readonly sender: UnitPlace | undefined;
	readonly receiver: UnitPlace | undefined;
	/** The bounds of the even port of the pair. */
	readonly first: number;
	readonly last: number;
	/** @see MediaPath.source */
	readonly source: string;
	/** @see MediaPath.expectsReports */
	readonly expectsReports: boolean;
}

/**
 * Plans the units for a client. Whether RTCP has one unit or two follows from the bound addresses and ports, as STR-4 says.
 * @param client its address
 * @param local the address that its control connection came to
 */
export function planUnits(rows: ClientRows, client: string, local: string): UnitPlan {
	const { rtp, rtcpSend, rtcpReceive } = rows;
	const sends = rtcpSend.unit !== "none";
	const receives = rtcpReceive.unit !== "none";
	const sender = sends ? placeOf(rtcpSend, local) : undefined;
	const apart = receives ? placeOf(rtcpReceive, local) : undefined;
	const receiver = sender !== undefined && isSame(rtcpSend, rtcpReceive, sender, apart) ? sender : apart;
	// Without a sender the range is that of the receiver.
	const ranged = sends ? rtcpSend.boundPort : rtcpReceive.boundPort;
	let first = DYNAMIC_FIRST;
	let last = DYNAMIC_LAST;
	if ((sends || receives) && ranged.kind === "range") {
		first = ranged.first - 1;
		last = ranged.last - 1;
	} else if (rtp.boundPort.kind === "range") {
		first = rtp.boundPort.first;
		last = rtp.boundPort.last;
	}
	const rtpPlace = placeOf(rtp, local);
	const reachable = rtcpReceive.configured || rtpPlace.address === local;
	return {
		rtp: rtpPlace,
		sender,
		receiver,
		first,
		last,
		source: sourceOf(receives ? rtcpReceive : rtp, client, local),
		expectsReports: receives && rows.isFar && reachable,
	};
}

/** The port to advertise for RTP. @param even that of the pair */
export function advertisedRtp({ rtp }: ClientRows, even: number): number {
	if (typeof rtp.advertisedPort === "number") return rtp.advertisedPort;
	return rtp.boundPort.kind === "static" ? rtp.boundPort.port : even;
}

/** The port to advertise for RTCP: where reports go to, which the router may lead elsewhere (STR-7). */
export function advertisedRtcp({ rtcpSend, rtcpReceive }: ClientRows, even: number): number {
	const { advertisedPort } = rtcpReceive;
	if (typeof advertisedPort === "number") return advertisedPort;
	if (advertisedPort === "dummy") return even + 1;
	const { unit, boundPort } = rtcpSend.unit === "none" ? rtcpReceive : rtcpSend;
	return unit !== "none" && boundPort.kind === "static" ? boundPort.port : even + 1;
}

function placeOf({ bound, boundPort }: AddressRow, local: string): UnitPlace {
	return { address: bound === "" ? local : bound, port: boundPort.kind === "static" ? boundPort.port : 0 };
}

function isSame(send: AddressRow, receive: AddressRow, sender: UnitPlace, receiver: UnitPlace | undefined): boolean {
	if (receiver === undefined || sender.address !== receiver.address || sender.port !== receiver.port) return false;
	return isSameRange(send.boundPort, receive.boundPort);
}

function isSameRange(a: BoundPort, b: BoundPort): boolean {
	return a.kind !== "range" || b.kind !== "range" || (a.first === b.first && a.last === b.last);
}

/** The address to advertise, left out where that of the control connection is right, and never a private one for the Internet (STR-19). */
function sourceOf({ advertised }: AddressRow, client: string, local: string): string {
	if (advertised === "" || advertised === local) return "";
	return ipKind(client) === "public" && ipKind(advertised) !== "public" ? "" : advertised;
}
