import { latin1 } from "../../../base/text";
import { PEER_TICKET_MAX, type PeerTicket, parsePeerTicket } from "../../peer-ticket";
import { HOME_OCTETS } from "./device-table";

/** Octets of `d:<home>:<peer>`. */
const DEVICE_NAME = 51;
/** Where the identity of a device begins in {@link RequestAuthor.ids}. */
export const PEER_AT = HOME_OCTETS;
const IDS = HOME_OCTETS + 8;
const COLON = 58;
const POINT = 46;

/** The sender of a request, by its USERNAME; one object serves many requests. */
export class RequestAuthor {
	/** The home, then, of a device, its identity. */
	readonly ids = new Uint8Array(IDS);
	/** The ticket of a viewer; `undefined`: it is a device. */
	ticket: PeerTicket | undefined;
	/** The text of {@link ticket}. */
	text = "";

	/** Reads `bytes[at, at + length)`. @returns false when it is malformed */
	read(bytes: Uint8Array, at: number, length: number): boolean {
		this.ticket = undefined;
		if (length === DEVICE_NAME && bytes[at] === 100 && bytes[at + 1] === COLON && bytes[at + 34] === COLON) {
			return this.readHex(bytes, at + 2, 0, HOME_OCTETS) && this.readHex(bytes, at + 35, HOME_OCTETS, IDS);
		}
		if (length <= DEVICE_NAME - 16 || length > PEER_TICKET_MAX || bytes[at] !== 112 || bytes[at + 1] !== POINT)
			return false;
		if (!this.readHex(bytes, at + 2, 0, HOME_OCTETS)) return false;
		this.text = latin1(bytes, at, at + length);
		this.ticket = parsePeerTicket(this.text);
		return this.ticket !== undefined;
	}

	private readHex(bytes: Uint8Array, at: number, start: number, end: number): boolean {
		let bad = 0;
		for (let i = start; i < end; i++) {
			const value = (digit(bytes[at]) << 4) | digit(bytes[at + 1]);
			bad |= value;
			this.ids[i] = value;
			at += 2;
		}
		return bad >= 0;
	}
}

/** The value of a hexadecimal digit in lower case; negative: it is not one. */
function digit(code: number): number {
	return code >= 48 && code <= 57 ? code - 48 : code >= 97 && code <= 102 ? code - 87 : -1;
}
