import { ByteWriter, readU16 } from "../../../base/byte-writer";
import { latin1 } from "../../../base/text";
import type { Millis } from "../../../core/time";
import { SESSION_OCTETS } from "../../introduction";
import { PEER_OCTETS } from "../../peer-identity";
import { REGISTRATION_MAX } from "../../peer-registry";
import { PEER_TICKET_MAX, parsePeerTicket } from "../../peer-ticket";
import { readDeviceRecord } from "../device-record";
import { HOME_OCTETS } from "./device-table";

/** What a server tells a device, or the instance at which the device has registered: somebody wants to reach it. */
export interface EdgeIntroduction {
	/** The home, then the device: 24 octets. */
	readonly ids: Uint8Array;
	/** The identity of the sender, 8 octets. */
	readonly requester: Uint8Array;
	readonly session: Uint8Array;
	readonly startDelay: Millis;
	readonly ticket: string;
	/** Of who asks, as the device is to get it. */
	readonly record: Uint8Array;
}

const VERSION = 1;
const IDS = HOME_OCTETS + PEER_OCTETS;
const HEAD = 1 + IDS + PEER_OCTETS + SESSION_OCTETS + 3;

/** Writes a message between instances. */
export function encodeEdgeIntroduction(message: EdgeIntroduction): Uint8Array {
	const { ids, requester, session, startDelay, ticket, record } = message;
	const into = new ByteWriter(HEAD + ticket.length + record.length);
	into.u8(VERSION).octets(ids).octets(requester).octets(session).u16(Math.round(startDelay)).u8(ticket.length);
	return into.latin1(ticket).octets(record).bytes;
}

/** Reads a message between instances; `undefined` when it is malformed, or of another version. */
export function readEdgeIntroduction(bytes: Uint8Array): EdgeIntroduction | undefined {
	if (bytes.length < HEAD || bytes.length > HEAD + PEER_TICKET_MAX + REGISTRATION_MAX || bytes[0] !== VERSION) {
		return undefined;
	}
	const recordAt = HEAD + bytes[HEAD - 1];
	if (recordAt > bytes.length) return undefined;
	const ticket = latin1(bytes, HEAD, recordAt);
	const record = bytes.slice(recordAt);
	if (parsePeerTicket(ticket) === undefined || readDeviceRecord(record) === undefined) return undefined;
	let at = 1;
	const take = (octets: number): Uint8Array => {
		at += octets;
		return bytes.slice(at - octets, at);
	};
	const ids = take(IDS);
	const requester = take(PEER_OCTETS);
	const session = take(SESSION_OCTETS);
	return { ids, requester, session, startDelay: readU16(bytes, at), ticket, record };
}
