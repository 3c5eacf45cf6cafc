/**
 * The attributes that devices, viewers and rendezvous servers add to Binding messages. All are optional to understand: to any other
 * STUN server such a message is a plain request for an address (P2P-1).
 * @see RFC 8489 §14, §18.3.2
 */

/**
 * What a message is about, {@link ACTION_OCTETS} octets: the action; flags; 16 bits: the lifetime in seconds (register), the START delay
 * in milliseconds (select's answer, introduce), the peers that are left out (find's answer); 32 bits: the round trip in milliseconds as
 * the sender of a request has measured it, and in all messages of servers their time in seconds, which tells old messages from new ones.
 */
export const ACTION = 0xc0f0;
/** A {@link DeviceRecord}: of the sender of a request, of the other peer in an introduction. */
export const RECORD = 0xc0f1;
/** The public key of a home's account, which a server that doesn't know the home asks for by 401. */
export const HOME_KEY = 0xc0f2;
/** Identities of 8 octets: of the selected device, then of the one that selects; in an introduction only the latter. */
export const PEERS = 0xc0f3;
/** What is searched for: name and tag, each with an octet for its length; then the identity after which the list goes on, if any. */
export const QUERY = 0xc0f4;
/** Devices that were found: identity, 16 bits for the length of the record, record; again and again. */
export const FOUND = 0xc0f5;
/** The session of an introduction, SESSION_OCTETS. */
export const SESSION = 0xc0f6;
/** The text of the ticket by which an introduction was made: from it a device computes the key of the checks. */
export const TICKET = 0xc0f7;
/** A TURN server with credentials, the password encrypted. @see sealTurn */
export const TURN = 0xc0f8;
/**
 * Proves that the sender is also at another address, such as that of its socket of the other family: octets of the address, port,
 * address, and the NONCE that the server gave it there.
 */
export const ALSO_AT = 0xc0f9;

/** Octets of {@link ACTION}. */
export const ACTION_OCTETS = 8;

/** The actions. A request without any is a plain one for an address, or a check. */
export const REGISTER = 1;
export const WITHDRAW = 2;
export const FIND = 3;
export const SELECT = 4;
/** Asks for an indication with the same transaction ID to the sender's other address, {@link ALSO_AT}: whether the NAT still maps it. */
export const ECHO = 6;
/** The server's, to a device that was selected. */
export const INTRODUCE = 5;

/** Flags of find: the list contains addresses (P2P-3). */
export const WITH_ADDRESSES = 1;
/** Flags of register's answer: the mode of keep-alives (P2P-4), in two bits. */
export const KEEP_ALIVE_MODES: readonly KeepAliveMode[] = Object.freeze(["none", "silent", "answering"]);

/**
 * What a server does with keep-alives (P2P-4). `none`: it wants none, refreshed registrations do. `silent`: it takes Binding indications
 * and never answers. `answering`: it answers Binding requests.
 */
export type KeepAliveMode = "none" | "silent" | "answering";

/** Error codes of rendezvous servers besides those of STUN: no such device is registered; the server has as many as it may have. */
export const NOT_FOUND = 404;
export const TOO_MANY = 486;
