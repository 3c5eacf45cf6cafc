import type { Path } from "../core/path";
import type { Millis } from "../core/time";

/** What a camera knows of another camera of its fleet. */
export interface Member {
	/** 16 hexadecimal digits; never changes. */
	readonly id: string;
	name: string;
	/** True: the name was given automatically. */
	automaticName: boolean;
	model: string;
	/** Its address and port in the LAN for fleet messages, and our interface towards it. */
	path: Path;
	address: string;
	port: number;
	/** Where it serves HTTP inside the LAN. */
	httpPort: number;
	/** Its port on the Internet gateway; 0 while it has none. */
	externalPort: number;
	/** The gateway's address, or a domain name for it; empty while unknown. */
	externalHost: string;
	representative: boolean;
	/** How fit it is to be the representative. */
	priority: number;
	/** Its start counter and message counter; older messages are ignored. */
	boot: number;
	sequence: number;
	/** True: links to it are https. */
	secure: boolean;
	/** True: it has no pictures now. */
	trouble: boolean;
	/** Version of its record of passwords; 0 for none, and in an open fleet. */
	login: number;
	/** When our record of passwords was last sent to it alone. */
	loginOffered: Millis;
	/** When it was last heard. */
	heard: Millis;
	/** Our inquiries since then that it did not answer. */
	missed: number;
	/** Whether the gateway's table has its port: `undefined` until a table was read since the port changed (IMG-13). */
	inTable: boolean | undefined;
}
