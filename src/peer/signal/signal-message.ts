import { isHex, toHex } from "../../base/hex";
import { toJson } from "../../base/json";
import { equalInConstantTime, HmacSha256, SHA256_OCTETS } from "../../base/sha256";
import { utf8Encode } from "../../base/text";
import { parseJsonMembers } from "../../wire/json-members";
import type { TurnServer } from "../candidate";
import { HOME_DIGITS, PEER_DIGITS } from "../peer-registry";
import { PEER_TICKET_MAX } from "../peer-ticket";

/** The longest message between clients and a rendezvous server, in octets. */
export const SIGNAL_MESSAGE_MAX = 20_480;
/** The longest {@link SignalMessage} data, in characters: the description of a WebRTC connection has 2,000 to 8,000. */
export const SIGNAL_DATA_MAX = 16_000;
/** Octets of the nonces of a login. */
export const SIGNAL_NONCE_OCTETS = 16;

const NONCE_DIGITS = 2 * SIGNAL_NONCE_OCTETS;
const KEY_DIGITS = 64;
/** The longest USERNAME: `d:<home>:<peer>` or a ticket. */
const USER_MAX = Math.max(PEER_TICKET_MAX, 3 + HOME_DIGITS + PEER_DIGITS);
/** The longest name of a device, in characters. */
const NAME_MAX = 64;
/** The longest identifier of a connection at a server. */
const NUMBER_MAX = 40;

/**
 * What browsers, devices and rendezvous servers say to each other over a WebSocket, so that a browser and a device can describe a
 * WebRTC connection to each other: JSON objects with flat members. The server passes data on without looking into it.
 */
export type SignalMessage =
	/** The server's first one. `stunPort`: where it answers address requests by UDP; 0: nowhere. */
	| { readonly type: "hello"; readonly nonce: string; readonly stunPort: number }
	/** The identity of the client. `homeKey`: the public key of a home's account, in hexadecimal; empty: the server knows it, or it is a ticket. */
	| {
			readonly type: "login";
			readonly user: string;
			readonly nonce: string;
			readonly homeKey: string;
			/** @see loginProof */
			readonly mac: string;
			/** Of a device, for people: its name, and what it is; empty for viewers. */
			readonly name: string;
			readonly kind: string;
	  }
	/** The login is accepted. `mac`: the server has the key too. @see loginProof */
	| { readonly type: "welcome"; readonly mac: string; readonly turn?: TurnServer | undefined }
	/** The login, or a request, is refused; the connection ends. `reason` is for people. */
	| { readonly type: "refused"; readonly reason: string }
	/** A viewer asks which devices can be called. */
	| { readonly type: "find" }
	/** One of them. */
	| { readonly type: "device"; readonly peer: string; readonly name: string; readonly kind: string }
	/** All have been named. */
	| { readonly type: "found" }
	/**
	 * Data for the other side. `peer`: from and to viewers the device, from and to devices the number of the viewer's connection at
	 * the server.
	 */
	| { readonly type: "signal"; readonly peer: string; readonly data: string }
	/** The other side is not connected, or no longer. */
	| { readonly type: "gone"; readonly peer: string };

/** Writes a message. */
export function writeSignal(message: SignalMessage): string {
	const { turn, ...members } = message as SignalMessage & { turn?: TurnServer };
	if (turn === undefined) return toJson(members);
	const { address, port, username, password } = turn;
	return toJson({ ...members, turnAddress: address, turnPort: port, turnUser: username, turnPassword: password });
}

/** Reads a message; `undefined` when it is malformed, or of a kind that this program does not know. */
export function readSignal(bytes: Uint8Array): SignalMessage | undefined {
	if (bytes.length > SIGNAL_MESSAGE_MAX) return undefined;
	const members = parseJsonMembers(bytes);
	if (members === undefined) return undefined;
	const text = (name: string): string => members.get(name) ?? "";
	switch (members.get("type")) {
		case "hello": {
			const stunPort = portOf(text("stunPort"));
			const nonce = text("nonce");
			return stunPort === undefined || !isHex(nonce, NONCE_DIGITS) ? undefined : { type: "hello", nonce, stunPort };
		}
		case "login":
			return readLogin(text);
		case "welcome": {
			const mac = text("mac");
			return isHex(mac, 2 * SHA256_OCTETS) ? { type: "welcome", mac, turn: readTurn(text) } : undefined;
		}
		case "refused":
			return { type: "refused", reason: text("reason").slice(0, 200) };
		case "find":
			return { type: "find" };
		case "found":
			return { type: "found" };
		case "device": {
			const peer = text("peer");
			if (!isHex(peer, PEER_DIGITS)) return undefined;
			return { type: "device", peer, name: short(text("name")), kind: short(text("kind")) };
		}
		case "signal": {
			const peer = text("peer");
			const data = members.get("data");
			if (!isName(peer) || data === undefined || data.length > SIGNAL_DATA_MAX) return undefined;
			return { type: "signal", peer, data };
		}
		case "gone":
			return isName(text("peer")) ? { type: "gone", peer: text("peer") } : undefined;
		default:
			return undefined;
	}
}

/**
 * Proves to the other side that one has the key: the account key of a home, or the secret of a ticket. Both nonces are in it, so a
 * recorded one is worth nothing.
 * @param side who proves it
 * @param serverNonce of `hello` @param clientNonce of `login`
 * @returns hexadecimal digits
 */
export function loginProof(
	key: Uint8Array,
	side: "client" | "server",
	serverNonce: string,
	clientNonce: string,
	user: string,
): string {
	const text = `porthole signal ${side}\n${serverNonce}\n${clientNonce}\n${user}`;
	return toHex(new HmacSha256(key).sign(utf8Encode(text)));
}

/** Compares two proofs in a time that does not depend on where they differ. */
export function isSameProof(given: string, wanted: string): boolean {
	const a = utf8Encode(given);
	const b = utf8Encode(wanted);
	return a.length === b.length && equalInConstantTime(a, 0, b, 0, b.length);
}

function readLogin(text: (name: string) => string): SignalMessage | undefined {
	const user = text("user");
	const nonce = text("nonce");
	const homeKey = text("homeKey");
	const mac = text("mac");
	if (user === "" || user.length > USER_MAX || !isHex(nonce, NONCE_DIGITS) || !isHex(mac, 2 * SHA256_OCTETS))
		return undefined;
	if (homeKey !== "" && !isHex(homeKey, KEY_DIGITS)) return undefined;
	return { type: "login", user, nonce, homeKey, mac, name: short(text("name")), kind: short(text("kind")) };
}

/** A name for people, of a bounded length. */
function short(text: string): string {
	return text.slice(0, NAME_MAX);
}

function readTurn(text: (name: string) => string): TurnServer | undefined {
	const address = text("turnAddress");
	const port = portOf(text("turnPort"));
	if (address === "" || address.length > 45 || port === undefined || port === 0) return undefined;
	return { address, port, username: text("turnUser").slice(0, 200), password: text("turnPassword").slice(0, 200) };
}

function portOf(text: string): number | undefined {
	const port = Number(text);
	return text !== "" && Number.isInteger(port) && port >= 0 && port <= 65535 ? port : undefined;
}

/** Whether this names a peer: letters, digits and hyphens. */
function isName(text: string): boolean {
	if (text === "" || text.length > NUMBER_MAX) return false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (!((code >= 48 && code <= 57) || (code >= 97 && code <= 122) || code === 45)) return false;
	}
	return true;
}
