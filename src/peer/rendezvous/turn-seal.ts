import { ByteWriter, readU16 } from "../../base/byte-writer";
import { HmacSha256, SHA256_OCTETS } from "../../base/sha256";
import { latin1, utf8Encode } from "../../base/text";
import { formatIp, parseIp } from "../../core/ip-address";
import type { TurnServer } from "../candidate";

/** The longest name of a user at a TURN server, in octets. */
const USERNAME_MAX = 64;
const LABEL = utf8Encode("porthole turn");

/**
 * Writes a TURN server: family as octets of the address, port, address, user name with its length, password. The password is XORed with
 * an HMAC of the session, as nobody else on the way may use the server with it. A password is at most 32 octets long.
 * @param key of the credentials of the request, by which nobody but the two knows the HMAC
 * @param session a new one for each password: never the same for two
 * @throws {RangeError} when something does not fit
 */
export function sealTurn(key: Uint8Array, session: Uint8Array, turn: TurnServer): Uint8Array {
	const { address, port, username, password } = turn;
	const octets = parseIp(address);
	if (octets === undefined || username.length > USERNAME_MAX || password.length > SHA256_OCTETS) {
		throw new RangeError("TURN server");
	}
	const into = new ByteWriter(4 + octets.length + username.length + password.length);
	into.u8(octets.length).u16(port).octets(octets).u8(username.length).latin1(username);
	const stream = keystream(key, session);
	for (let i = 0; i < password.length; i++) into.u8(password.charCodeAt(i) ^ stream[i]);
	return into.bytes;
}

/** Reads a TURN server that fills `bytes[start, end)`; `undefined` when it is malformed. */
export function openTurn(
	key: Uint8Array,
	session: Uint8Array,
	bytes: Uint8Array,
	start: number,
	end: number,
): TurnServer | undefined {
	const family = start < end ? bytes[start] : 0;
	const addressAt = start + 3;
	const nameAt = addressAt + family + 1;
	if ((family !== 4 && family !== 16) || nameAt > end) return undefined;
	const passwordAt = nameAt + bytes[nameAt - 1];
	const length = end - passwordAt;
	if (length < 0 || length > SHA256_OCTETS || passwordAt - nameAt > USERNAME_MAX) return undefined;
	const stream = keystream(key, session);
	let password = "";
	for (let i = 0; i < length; i++) password += String.fromCharCode(bytes[passwordAt + i] ^ stream[i]);
	const address = formatIp(bytes.slice(addressAt, addressAt + family));
	const port = readU16(bytes, start + 1);
	return port === 0 ? undefined : { address, port, username: latin1(bytes, nameAt, passwordAt), password };
}

function keystream(key: Uint8Array, session: Uint8Array): Uint8Array {
	return new HmacSha256(key).sign(LABEL, 0, undefined, session);
}
