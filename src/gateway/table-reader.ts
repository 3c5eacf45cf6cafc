import { utf8Encode } from "../base/text";
import type { Millis } from "../core/time";
import type { SoapAnswer } from "../wire/soap";
import { readXml, type XmlHandler } from "../wire/xml";
import type { GatewayOutbox, GatewayTableEntry } from "./gateway-events";
import type { Igd } from "./igd";
import { parseMappingDescription } from "./mapping-description";

/** The most entries that are read (quirk 23). */
const ENTRIES_MAX = 256;
/** After so many entries seen twice, the table is considered endless (quirk 23). */
const REPEATS_MAX = 3;
/** The most walks through a table whose order changes. */
const PASSES_MAX = 5;
/** The number of ports in one GetListOfPortMappings: long lists kill some gateways (quirk 23). */
const LIST_PORTS = 16;
/** After so many lists without an entry there are no more. */
const EMPTY_MAX = 2;

/** A reading that takes longer is given up: a gateway may let a second pass for each octet. */
const READING_MAX: Millis = 60000;

/** Receives the entries; `complete` is false when the reading broke off before the end of the table. */
export type TableContinuation = (
	now: Millis,
	entries: GatewayTableEntry[],
	complete: boolean,
	out: GatewayOutbox,
) => void;

/** Reads the table of a gateway: entry by entry (IMG-9), or in lists (IMG-11). */
export class TableReader {
	private entries: GatewayTableEntry[] = [];
	/** The entries of the present walk. */
	private pass: GatewayTableEntry[] = [];
	private repeats = 0;
	private passes = 0;
	/** Lists without an entry in a row. */
	private empty = 0;
	/** When the reading is given up; set at the first answer. */
	private giveUpAt: Millis = Infinity;
	/** Takes the result of the reading under way. */
	private deliver: TableContinuation | undefined;

	/** True while a reading is under way. */
	get reading(): boolean {
		return this.deliver !== undefined;
	}

	/** Walks the whole table with GetGenericPortMappingEntry. @see WANIPConnection:1 §2.4.14 */
	walk(igd: Igd, then: TableContinuation, out: GatewayOutbox): void {
		this.begin(then);
		this.step(igd, 0, out);
	}

	/** Asks for the ports `first` to `last` with GetListOfPortMappings, a few at a time. @see WANIPConnection:2 §2.5.21 */
	list(igd: Igd, first: number, last: number, then: TableContinuation, out: GatewayOutbox): void {
		this.begin(then);
		this.listFrom(igd, first, last, out);
	}

	/** Ends a reading whose requests were dropped, with what was read (IMG-9). */
	stop(now: Millis, out: GatewayOutbox): void {
		this.end(now, false, out);
	}

	private begin(then: TableContinuation): void {
		this.deliver = then;
		this.entries = [];
		this.pass = [];
		this.repeats = this.empty = this.passes = 0;
		this.giveUpAt = Infinity;
	}

	/** Whether the reading continues with an answer: not if it is missing, unreadable or too late. */
	private continues(now: Millis, answer: SoapAnswer | undefined): answer is SoapAnswer {
		this.giveUpAt = Math.min(this.giveUpAt, now + READING_MAX);
		return answer !== undefined && answer.error >= 0 && now < this.giveUpAt;
	}

	private end(now: Millis, complete: boolean, out: GatewayOutbox): void {
		const { deliver } = this;
		this.deliver = undefined;
		deliver?.(now, this.entries, complete, out);
	}

	/** If entries came twice, the order has changed on the way and others were missed: the table is walked again. */
	private endOfTable(now: Millis, igd: Igd, out: GatewayOutbox): void {
		if (this.repeats === 0 || ++this.passes >= PASSES_MAX) {
			this.end(now, this.entries.length < ENTRIES_MAX, out);
		} else {
			this.repeats = 0;
			this.pass = [];
			this.step(igd, 0, out);
		}
	}

	private step(igd: Igd, index: number, out: GatewayOutbox): void {
		igd.call(
			"GetGenericPortMappingEntry",
			[["NewPortMappingIndex", `${index}`]],
			(now, answer, next) => {
				if (!this.continues(now, answer)) return this.end(now, false, next);
				if (answer.error !== 0) {
					// Some gateways count from 1; with all others the table is empty (quirk 23).
					if (index === 0) this.step(igd, 1, next);
					else this.endOfTable(now, igd, next);
					return;
				}
				this.take(entryOf((name) => answer.values.get(name) ?? ""));
				if (index + 1 >= ENTRIES_MAX || this.repeats >= REPEATS_MAX) this.endOfTable(now, igd, next);
				else this.step(igd, index + 1, next);
			},
			out,
		);
	}

	private listFrom(igd: Igd, first: number, last: number, out: GatewayOutbox): void {
		const args: [string, string][] = [
			["NewStartPort", `${first}`],
			["NewEndPort", `${Math.min(last, first + LIST_PORTS - 1)}`],
			["NewProtocol", "TCP"],
			["NewManage", "1"],
			["NewNumberOfPorts", `${LIST_PORTS}`],
		];
		igd.call(
			"GetListOfPortMappings",
			args,
			(now, answer, next) => {
				if (!this.continues(now, answer)) return this.end(now, false, next);
				const found = this.takeList(answer);
				// Cameras take ports without gaps, except for those that have left.
				this.empty = found > 0 ? 0 : this.empty + 1;
				const unknown = answer.error === 401 || answer.error === 602;
				if (unknown && this.deliver !== undefined) this.walk(igd, this.deliver, next);
				else if (this.empty >= EMPTY_MAX || first + LIST_PORTS > last) this.end(now, true, next);
				else this.listFrom(igd, first + LIST_PORTS, last, next);
			},
			out,
		);
	}

	private takeList(answer: SoapAnswer): number {
		const list = new ListReader();
		if (answer.error === 0) readXml(utf8Encode(answer.values.get("NewPortListing") ?? ""), list);
		for (const row of list.rows)
			this.take(entryOf((name) => row.get(name.toLowerCase()) || row.get(LIST_NAMES[name] ?? "") || ""));
		return list.rows.length;
	}

	private take(entry: GatewayTableEntry | undefined): void {
		if (entry === undefined) return;
		const same = (e: GatewayTableEntry) => e.externalPort === entry.externalPort && e.protocol === entry.protocol;
		if (this.pass.some(same)) this.repeats++;
		else this.pass.push(entry);
		if (!this.entries.some(same) && this.entries.length < ENTRIES_MAX) this.entries.push(entry);
	}
}

/** Arguments with another name in a list, there in lower case. @see WANIPConnection:2 §2.3.25 */
const LIST_NAMES: Readonly<Record<string, string>> = Object.freeze({ NewPortMappingDescription: "newdescription" });

/** Reads a list of port mappings. */
class ListReader implements XmlHandler {
	/** Entries: texts by names in lower case. */
	readonly rows: Map<string, string>[] = [];

	begin(name: string): void {
		if (name.toLowerCase() === "portmappingentry" && this.rows.length < ENTRIES_MAX) this.rows.push(new Map());
	}

	leaf(name: string, text: string): void {
		const row = this.rows[this.rows.length - 1];
		if (row !== undefined && row.size < FIELDS_MAX) row.set(name.toLowerCase(), text);
	}
}

/** The most fields of an entry in a list. */
const FIELDS_MAX = 16;
/** The longest description that is parsed, in octets. */
const DESCRIPTION_MAX = 128;

function entryOf(value: (name: string) => string): GatewayTableEntry | undefined {
	const protocol = value("NewProtocol").toUpperCase();
	const externalPort = Number(value("NewExternalPort"));
	const internalPort = Number(value("NewInternalPort"));
	const internalClient = value("NewInternalClient");
	if (!(externalPort > 0 && externalPort < 65536) || !(internalPort > 0 && internalPort < 65536)) return undefined;
	if (protocol !== "TCP" && protocol !== "UDP") return undefined;
	const description = value("NewPortMappingDescription");
	const ours = utf8Encode(description).length > DESCRIPTION_MAX ? undefined : parseMappingDescription(description);
	// Other services of a camera are not listed as cameras.
	const page = ours?.service === "" ? ours : undefined;
	return { protocol, externalPort, internalClient: internalClient.slice(0, 15), internalPort, ours: page };
}
