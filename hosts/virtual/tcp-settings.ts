import type { Millis, Octets } from "../../src/core/time";

/** Settings of the TCP of a virtual machine. */
export interface TcpSettings {
	/** The room of a stream, beyond the send buffer. @default 65536 */
	room: Octets;
	/** Octets in the send buffer, which the peer has not acknowledged. @default 65536 */
	sendBuffer: Octets;
	/** Octets in the receive buffer. @default 65536 */
	window: Octets;
	/** Octets in a packet; larger than real ones, for a fast simulation. @default 8192 */
	segment: Octets;
	/** A connection ends with `timeout` when its first packet is not answered within this time. @default 15000 */
	connectTimeout: Millis;
	/** A connection ends with `timeout` when octets are not acknowledged within this time. @default 20000 */
	giveUp: Millis;
}

/** Like a small Linux machine, but with shorter timeouts. */
export const TCP_DEFAULTS: Readonly<TcpSettings> = Object.freeze({
	room: 65536,
	sendBuffer: 65536,
	window: 65536,
	segment: 8192,
	connectTimeout: 15000,
	giveUp: 20000,
});
