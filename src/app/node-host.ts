import type { Clock } from "../ports/clock";
import type { Log } from "../ports/log";
import type { Network } from "../ports/net";
import type { Random } from "../ports/random";
import type { Store } from "../ports/store";

/** What every appliance needs of the machine that it runs on. */
export interface NodeHost {
	readonly network: Network;
	readonly clock: Clock;
	readonly random: Random;
	readonly store: Store;
	readonly log: Log;
	/** The kind of device, for people: `node`, `esp32`. */
	readonly model: string;
	/** The most HTTP connections that it can have open. @default as the settings say */
	readonly connections?: number;
	/** Names of the machine by which visitors may call it, besides its addresses. */
	readonly hostNames?: readonly string[];
	/** Tells the owner the password that was drawn at the first start; it is stored nowhere. */
	tellPassword(password: string): void;
	/** Returns the hardware address of a device in the LAN; empty: not known. Absent: the host can't tell. */
	hardwareAddress?(address: string): string;
	/**
	 * One of the device's own ports cannot be opened at the start, so that it is of no use. Absent: the port is tried again until it can.
	 * @param problem what is wrong and what to do, as sentences
	 */
	portFailed?(problem: string): void;
	/** Starts the appliance again after it has left; absent: the host cannot. */
	restart?(): void;
	/** Compresses a text by gzip (RFC 1952); absent: the host can't. */
	gzip?(text: string): Uint8Array;
	/** Draws a text as a QR code, in SVG; absent: pages draw it by their script. */
	qrCode?(text: string): string;
	/** Sets the clock, in milliseconds since 1970; absent: the machine keeps its own time. */
	setTime?(utc: number): void;
}
