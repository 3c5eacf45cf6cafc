import type { Cidr } from "../../core/cidr";
import { ipFamily, ipKind } from "../../core/ip-address";
import { contains } from "./route-plan";

/** A result of `checkRoutes`. */
export interface RouteFinding {
	/** True: something cannot work. False: something is missing for one kind of client, or worth knowing. */
	readonly isFault: boolean;
	/** The line of the file; 0: none in particular. */
	readonly line: number;
	/** A sentence for the administrator: what, why, and what to do. */
	readonly message: string;
}

/** Collects findings. */
export class FindingList {
	readonly findings: RouteFinding[] = [];

	fault(line: number, message: string): void {
		this.findings.push({ isFault: true, line, message });
	}

	/** Adds a note, the first time that it is made. */
	note(line: number, message: string): void {
		if (this.findings.some((known) => known.message === message)) return;
		this.findings.push({ isFault: false, line, message });
	}

	/** @returns false, with a note: the line is about IPv6, where nothing is translated */
	isPlanned(line: number, address: string): boolean {
		if (ipFamily(address) === 4) return true;
		this.note(line, "The rule sets do not open a way for IPv6: they pass what the LAN asks for, and nothing else.");
		return false;
	}

	/** Reports an advertised address that the Internet cannot reach (STR-19). */
	mustBePublic(line: number, address: string): void {
		const kind = ipKind(address);
		if (kind === "public") return;
		if (kind === "reserved" && isExample(address))
			this.note(line, `${address} is an address for examples; put in the one that your provider gave you.`);
		else
			this.fault(
				line,
				`${address} cannot be reached from the Internet: it is ${kind === "unspecified" ? "no address" : kind}. Advertise the address that the Internet sees.`,
			);
	}
}

/** Networks for documents. @see RFC 5737 */
const EXAMPLES: readonly Cidr[] = Object.freeze(
	["192.0.2.0", "198.51.100.0", "203.0.113.0"].map((address) => Object.freeze({ address, prefix: 24 })),
);

function isExample(address: string): boolean {
	return contains(EXAMPLES, address);
}
