import { readU16, readU32 } from "../../base/byte-writer";
import { toHex } from "../../base/hex";
import { ERROR, NONCE, REQUEST, SUCCESS, TRANSACTION_OCTETS, XOR_MAPPED_ADDRESS } from "../../wire/stun";
import type { StunReader } from "../../wire/stun-reader";
import { SESSION_OCTETS } from "../introduction";
import { PEER_OCTETS } from "../peer-identity";
import { PEER_TICKET_MAX } from "../peer-ticket";
import { type DeviceRecord, readDeviceRecord } from "./device-record";
import {
	ACTION,
	ACTION_OCTETS,
	ECHO,
	FIND,
	FOUND,
	INTRODUCE,
	KEEP_ALIVE_MODES,
	PEERS,
	RECORD,
	REGISTER,
	SELECT,
	SESSION,
	TICKET,
	TURN,
	WITHDRAW,
} from "./peer-attributes";
import type { FoundDevice, IntroducedPeer, PeerAnswer, PeerCredentials, PushedIntroduction } from "./peer-message";
import { openTurn } from "./turn-seal";

/** The longest NONCE of a server that is taken. @see RFC 8489 §14.10 */
const NONCE_MAX = 128;

/**
 * Reads a server's answer to a request. The caller has matched the transaction and the server's address.
 * @param who sent the request: answers other than refusals count only with their MESSAGE-INTEGRITY
 * @returns `undefined`: it is something else, malformed or not authentic; wait on
 */
export function readPeerAnswer(message: StunReader, who: PeerCredentials): PeerAnswer | undefined {
	if (message.kind === ERROR) {
		if (message.hasIntegrity && !message.isIntact(who.integrity)) return undefined;
		const code = message.errorCode();
		if (code === 0) return undefined;
		const seen = message.address(XOR_MAPPED_ADDRESS);
		return { type: "refused", code, nonce: message.octets(NONCE, NONCE_MAX), seen };
	}
	if (message.kind !== SUCCESS || !message.isIntact(who.integrity)) return undefined;
	const at = message.findOf(ACTION, ACTION_OCTETS);
	if (at < 0) return undefined;
	const { bytes } = message;
	const action = bytes[at];
	const flags = bytes[at + 1];
	const value = readU16(bytes, at + 2);
	const stamp = readU32(bytes, at + 4);
	if (action === REGISTER) {
		const seen = message.address(XOR_MAPPED_ADDRESS);
		const keepAlive = KEEP_ALIVE_MODES[flags & 3];
		if (seen === undefined || keepAlive === undefined || value === 0) return undefined;
		return { type: "registered", stamp, lifetime: value, keepAlive, address: seen.address, port: seen.port };
	}
	if (action === WITHDRAW) return { type: "withdrawn", stamp };
	if (action === ECHO) return { type: "echoed", stamp };
	if (action === FIND) {
		const devices = readFound(message);
		return devices === undefined ? undefined : { type: "found", stamp, devices, left: value };
	}
	if (action === SELECT) {
		const peer = readIntroduced(message, who, value);
		return peer === undefined ? undefined : { type: "introduced", stamp, ...peer };
	}
	return undefined;
}

/**
 * Reads an introduction that a server pushes to a device. The caller checks that it comes from the server's address, that its stamp is
 * at most a minute older than the newest answer's, and that its session is new or has more candidates.
 * @param who the credentials with which the device is registered
 * @returns `undefined`: it is something else, malformed or not authentic; nothing is answered
 */
export function readIntroduction(message: StunReader, who: PeerCredentials): PushedIntroduction | undefined {
	if (message.kind !== REQUEST) return undefined;
	const at = message.findOf(ACTION, ACTION_OCTETS);
	if (at < 0 || message.bytes[at] !== INTRODUCE || !message.isIntact(who.integrity)) return undefined;
	const { bytes, transactionAt } = message;
	const peer = readIntroduced(message, who, readU16(bytes, at + 2));
	const ticket = message.text(TICKET, PEER_TICKET_MAX);
	if (peer === undefined || ticket === undefined) return undefined;
	const transaction = bytes.slice(transactionAt, transactionAt + TRANSACTION_OCTETS);
	return { ...peer, transaction, stamp: readU32(bytes, at + 4), ticket };
}

function readIntroduced(message: StunReader, who: PeerCredentials, startDelay: number): IntroducedPeer | undefined {
	const peerAt = message.findOf(PEERS, PEER_OCTETS);
	const session = message.octets(SESSION, SESSION_OCTETS);
	const record = readRecord(message);
	if (peerAt < 0 || session?.length !== SESSION_OCTETS || record === undefined) return undefined;
	const { bytes } = message;
	const turnAt = message.find(TURN);
	const turn = turnAt < 0 ? undefined : openTurn(who.key, session, bytes, turnAt, turnAt + message.length);
	return { peer: toHex(bytes, peerAt, peerAt + PEER_OCTETS), record, session, startDelay, turn };
}

function readRecord(message: StunReader): DeviceRecord | undefined {
	const at = message.find(RECORD);
	return at < 0 ? undefined : readDeviceRecord(message.bytes, at, at + message.length);
}

function readFound(message: StunReader): readonly FoundDevice[] | undefined {
	const start = message.find(FOUND);
	if (start < 0) return undefined;
	const { bytes } = message;
	const end = start + message.length;
	const devices: FoundDevice[] = [];
	for (let at = start; at < end; ) {
		const recordAt = at + PEER_OCTETS + 2;
		const next = recordAt <= end ? recordAt + readU16(bytes, recordAt - 2) : end + 1;
		if (next > end) return undefined;
		const record = readDeviceRecord(bytes, recordAt, next);
		if (record === undefined) return undefined;
		devices.push({ peer: toHex(bytes, at, at + PEER_OCTETS), record });
		at = next;
	}
	return devices;
}
