import { utf8Encode } from "../../base/text";
import { BINDING, NONCE, REQUEST, SUCCESS, USERNAME } from "../../wire/stun";
import { StunWriter } from "../../wire/stun-writer";
import { PEER_OCTETS, peerOctets } from "../peer-identity";
import { encodeDeviceRecord } from "./device-record";
import {
	ACTION,
	ACTION_OCTETS,
	ALSO_AT,
	ECHO,
	FIND,
	HOME_KEY,
	PEERS,
	QUERY,
	RECORD,
	REGISTER,
	SELECT,
	SESSION,
	WITH_ADDRESSES,
	WITHDRAW,
} from "./peer-attributes";
import type {
	FindRequest,
	PeerCredentials,
	PushedIntroduction,
	RegisterRequest,
	RequestHead,
	SelectRequest,
} from "./peer-message";
import { encodeProvenAddress } from "./proven-address";

/** Names and words that are searched for are cut to this many octets. */
export const QUERY_MAX = 64;

/**
 * Writes a registration, or with no record a refresh (P2P-6). The answer contains the public address, so it is an address request and a
 * keep-alive as well.
 * @throws {RangeError} when the message would be too long; so do the others
 */
export function writeRegister(who: PeerCredentials, head: RequestHead, request: RegisterRequest): Uint8Array {
	const { lifetime, record } = request;
	const message = begin(who, head, REGISTER, 0, lifetime);
	if (record !== undefined) message.octets(RECORD, encodeDeviceRecord({ ...record, roundTrip: head.roundTrip }));
	return finish(message, who);
}

/** Writes the end of a registration (P2P-6). */
export function writeWithdraw(who: PeerCredentials, head: RequestHead): Uint8Array {
	return finish(begin(who, head, WITHDRAW, 0, 0), who);
}

/**
 * Writes a question of a registered device for an indication to its other address, {@link RequestHead.alsoAt}: it arrives if the NAT still
 * maps that one (P2P-8).
 */
export function writeEcho(who: PeerCredentials, head: RequestHead): Uint8Array {
	return finish(begin(who, head, ECHO, 0, 0), who);
}

/** Writes a search (P2P-3). */
export function writeFind(who: PeerCredentials, head: RequestHead, request: FindRequest): Uint8Array {
	const { name, tag, after, withAddresses } = request;
	const message = begin(who, head, FIND, withAddresses ? WITH_ADDRESSES : 0, 0);
	const texts = [utf8Encode(name).subarray(0, QUERY_MAX), utf8Encode(tag).subarray(0, QUERY_MAX)];
	const octets = new Uint8Array(2 + texts[0].length + texts[1].length + (after === "" ? 0 : PEER_OCTETS));
	let at = 0;
	for (const text of texts) {
		octets[at] = text.length;
		octets.set(text, at + 1);
		at += 1 + text.length;
	}
	if (after !== "") octets.set(peerOctets(after), at);
	message.octets(QUERY, octets);
	return finish(message, who);
}

/** Writes the selection of a device (P2P-3, P2P-7). */
export function writeSelect(who: PeerCredentials, head: RequestHead, request: SelectRequest): Uint8Array {
	const { target, self, record, session } = request;
	const message = begin(who, head, SELECT, 0, 0);
	const peers = new Uint8Array(2 * PEER_OCTETS);
	peers.set(peerOctets(target));
	peers.set(peerOctets(self), PEER_OCTETS);
	message.octets(PEERS, peers).octets(RECORD, encodeDeviceRecord({ ...record, roundTrip: head.roundTrip }));
	if (session !== undefined) message.octets(SESSION, session);
	return finish(message, who);
}

/** Writes the confirmation of an introduction that the server has pushed; without it the server repeats it. */
export function writeIntroduced(who: PeerCredentials, pushed: PushedIntroduction): Uint8Array {
	return finish(new StunWriter().begin(SUCCESS, BINDING, pushed.transaction), who);
}

function begin(
	{ username }: PeerCredentials,
	{ transaction, nonce, homeKey, alsoAt, roundTrip }: RequestHead,
	action: number,
	flags: number,
	value: number,
): StunWriter {
	const message = new StunWriter().begin(REQUEST, BINDING, transaction).text(USERNAME, username);
	if (nonce !== undefined) message.octets(NONCE, nonce);
	writeAction(message, action, flags, value, Math.round(roundTrip));
	if (homeKey !== undefined) message.octets(HOME_KEY, homeKey);
	if (alsoAt !== undefined) message.octets(ALSO_AT, encodeProvenAddress(alsoAt));
	return message;
}

/** Appends the attribute ACTION. @see ACTION */
export function writeAction(message: StunWriter, action: number, flags: number, value: number, more: number): void {
	const at = message.reserve(ACTION, ACTION_OCTETS);
	if (at < 0) return;
	const { bytes } = message;
	bytes[at] = action;
	bytes[at + 1] = flags;
	bytes[at + 2] = value >> 8;
	bytes[at + 3] = value;
	bytes[at + 4] = more >>> 24;
	bytes[at + 5] = more >>> 16;
	bytes[at + 6] = more >>> 8;
	bytes[at + 7] = more;
}

function finish(message: StunWriter, { integrity }: PeerCredentials): Uint8Array {
	message.integrity(integrity).fingerprint();
	if (message.overflowed) throw new RangeError("request to a rendezvous server");
	return message.bytes.slice(message.start, message.end);
}
