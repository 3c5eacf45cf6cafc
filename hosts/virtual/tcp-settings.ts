import type { Millis, Octets } from "../../src/core/time";

/** What a virtual machine's TCP is like. */
export interface TcpSettings {
	/** Octets that a stream promises room for beyond the send buffer. @default 65536 */
	room: Octets;
	/** Octets that the network stack takes without the peer's acknowledgement. @default 65536 */
	sendBuffer: Octets;
	/** Octets taken for a reader that does not read. @default 65536 */
	window: Octets;
	/** Octets in one packet; larger than real ones to keep the simulation fast. @default 8192 */
	segment: Octets;
	/** After this time without an answer to its first packet a connection is `timeout`. @default 15000 */
	connectTimeout: Millis;
	/** After this time without a sign of the peer, while octets are under way, a connection is `timeout`. @default 20000 */
	giveUp: Millis;
}

/** Like a small Linux machine, but quicker to give up. */
export const TCP_DEFAULTS: Readonly<TcpSettings> = Object.freeze({
	room: 65536,
	sendBuffer: 65536,
	window: 65536,
	segment: 8192,
	connectTimeout: 15000,
	giveUp: 20000,
});
