import { csvLine } from "../../base/csv";
import type { Millis } from "../../core/time";
import type { AbsentCamera } from "../../fleet/absent-cameras";
import type { Member } from "../../fleet/member";
import type { ShownDevice } from "../../web/devices-page";
import type { FleetService } from "../../wire/fleet-service";
import { CONTROL_KIND, NAS_KIND } from "../../wire/nas-service";
import type { DeviceFacts } from "../device-facts";
import { healthOf } from "../fleet/device-health";
import { urlOf } from "../url-of";

/** What a device is. */
export type DeviceKind = ShownDevice["kind"];

/** One device of the fleet, as programs and spreadsheets get it. */
export interface InventoryEntry extends ShownDevice {
	/** Of the pages; empty: none. */
	readonly lanUrl: string;
	readonly internetUrl: string;
}

/** Members, in the order of the columns. */
const COLUMNS = [
	"id",
	"name",
	"group",
	"kind",
	"model",
	"version",
	"health",
	"lastSeen",
	"uptime",
	"width",
	"height",
	"path",
	"address",
	"lanUrl",
	"internetUrl",
	"representative",
	"self",
] as const satisfies readonly (keyof InventoryEntry)[];

/** Tells what a device is by the services that it announces. */
export function kindOf(services: readonly FleetService[]): DeviceKind {
	for (const { kind } of services) {
		if (kind === NAS_KIND) return "nas";
		if (kind === CONTROL_KIND) return "control";
	}
	return "camera";
}

/**
 * The entry of another member.
 * @param facts what it has answered; `undefined`: it has not
 * @param outside its host from the Internet
 * @param seen when it was heard last, in milliseconds since 1970; `undefined`: the date is not known
 */
export function memberEntry(
	member: Member,
	facts: DeviceFacts | undefined,
	outside: string,
	seen: Millis | undefined,
): InventoryEntry {
	const { id, name, group, address, httpPort, externalPort, secure, representative, services } = member;
	return {
		id,
		name: name || address,
		group,
		kind: kindOf(services),
		health: healthOf(member),
		lastSeen: seen === undefined ? null : Math.round(seen),
		...listedFacts(facts, member.model),
		address,
		lanUrl: urlOf(address, httpPort, secure),
		internetUrl: urlOf(outside, externalPort, secure),
		representative,
		self: false,
	};
}

/** The entry of a camera that fell silent and was not forgotten, with the address at which it was. */
export function absentEntry({ id, name, address, httpPort, lastSeen }: AbsentCamera): InventoryEntry {
	return {
		id,
		name,
		group: "",
		kind: "camera",
		health: "silent",
		lastSeen: lastSeen || null,
		...listedFacts(undefined, ""),
		address,
		lanUrl: urlOf(address, httpPort, false),
		internetUrl: "",
		representative: false,
		self: false,
	};
}

/** What an entry has of the facts. @param model as announced */
export function listedFacts(
	facts: DeviceFacts | undefined,
	model: string,
): Pick<InventoryEntry, "model" | "version" | "uptime" | "width" | "height" | "path"> {
	const { version = null, uptime = null, width = null, height = null, path = null } = facts ?? {};
	return { model: facts?.model ?? model, version, uptime, width, height, path };
}

/** Writes entries as CSV with a line of headings; times in ISO 8601, what is not known is empty. @see RFC 4180 */
export function inventoryCsv(entries: readonly InventoryEntry[]): string {
	let text = csvLine(COLUMNS);
	for (const entry of entries) {
		text += csvLine(
			COLUMNS.map((name) => {
				const value = entry[name];
				if (value === null) return "";
				return name === "lastSeen" ? new Date(value as Millis).toISOString() : value;
			}),
		);
	}
	return text;
}
