import { sameNetwork } from "../core/ipv4";
import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import type { FleetMessage } from "../wire/fleet-message";
import { FLEET_PORT } from "./fleet-settings";
import { tableMemberId } from "./member";
import type { MemberRegistry } from "./member-registry";

/** An entry of our product in the gateway's table, recognised by its description (IMG-11). */
export interface TableEntry {
	/** The first digits of the camera's identity. */
	readonly id: string;
	readonly externalPort: number;
	readonly internalClient: string;
	readonly internalPort: number;
	readonly name: string;
}

/**
 * Compares the gateway's table with the cameras that were heard (IMG-9, IMG-11, IMG-13).
 * @param complete false: a camera that is not among the entries may have one all the same
 * @param isSelf tells whether an entry is this camera's own
 * @param heardOnly true: a camera that was not heard has to be asked; false: it is added from the table
 * @returns the entries of cameras that have to be asked, each with our interface towards it
 */
export function checkTable(
	now: Millis,
	registry: MemberRegistry,
	entries: readonly TableEntry[],
	complete: boolean,
	paths: readonly Path[],
	externalHost: string,
	isSelf: (entry: TableEntry) => boolean,
	heardOnly: boolean,
): { entry: TableEntry; path: Path }[] {
	for (const member of registry.values()) {
		const found = entries.some((e) => e.externalPort === member.externalPort && e.internalClient === member.address);
		if (!found && !complete) continue;
		if (member.isFromTable && !found) registry.remove(member.id);
		else registry.confirm(member, found);
	}
	const unheard: { entry: TableEntry; path: Path }[] = [];
	for (const entry of entries) {
		const path = paths.find((p) => sameNetwork(p.address, entry.internalClient, p.prefix));
		if (path === undefined || isSelf(entry) || isKnown(registry, entry)) continue;
		if (heardOnly) unheard.push({ entry, path });
		else addFromTable(now, registry, entry, path, externalHost);
	}
	return unheard;
}

function isKnown(registry: MemberRegistry, entry: TableEntry): boolean {
	for (const member of registry.values()) {
		const isHere = member.address === entry.internalClient && member.externalPort === entry.externalPort;
		if (isHere && !member.isFromTable) return true;
	}
	return false;
}

function addFromTable(
	now: Millis,
	registry: MemberRegistry,
	entry: TableEntry,
	path: Path,
	externalHost: string,
): void {
	const message: FleetMessage = {
		type: "announce",
		fleet: 0,
		sender: tableMemberId(entry.id),
		boot: 0,
		sequence: 0,
		term: 0,
		answer: false,
		representative: false,
		holds: false,
		name: entry.name,
		services: [{ kind: "http", port: entry.internalPort, externalPort: entry.externalPort, path: "/", secure: false }],
		externalHost,
	};
	const known = registry.get(message.sender);
	if (known === undefined) registry.announced(now, message, path, entry.internalClient, FLEET_PORT);
	else if (known.isFromTable && known.update(now, message, path, entry.internalClient, FLEET_PORT)) registry.version++;
}
