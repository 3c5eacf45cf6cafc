import type { SoapAnswer } from "../wire/soap";
import { parseMappingDescription } from "./mapping-description";

/** A former representative that is gone: its mapping may be deleted. */
export interface GoneCamera {
	/** 16 hexadecimal digits. */
	readonly id: string;
	/** Its address in the LAN. */
	readonly address: string;
}

/** What a camera knows about the others when it finds a mapping that is not its own. */
export interface Neighbours {
	/** The identity of this camera: 16 hexadecimal digits. */
	readonly id: string;
	/** External TCP ports that other cameras announce: a hint where descriptions are garbled. */
	readonly ports: readonly number[];
	/** Addresses of the cameras that are alive. */
	readonly addresses: readonly string[];
	/** Former representatives that are gone. */
	readonly gone: readonly GoneCamera[];
}

/**
 * To whom a mapping belongs. `mine`: this camera; `absent`: there is no such mapping; `gone`: a camera that is known
 * to be gone; `live`: a camera that is alive; `camera`: an unknown camera of ours; `stranger`: another product;
 * `unreadable`: the gateway cannot say.
 */
export type Holder = "mine" | "absent" | "gone" | "live" | "camera" | "stranger" | "unreadable";

/** UPnP error NoSuchEntryInArray. @see WANIPConnection:1 §2.4.15 */
const NO_SUCH_ENTRY = 714;

/**
 * Determines to whom the mapping belongs that an answer to GetSpecificPortMappingEntry describes.
 * @param port the external port
 * @param internalPort where our own mapping of this port leads
 * @param self the address that our own mapping leads to
 */
export function holderOf(
	answer: SoapAnswer,
	port: number,
	internalPort: number,
	self: string,
	neighbours: Neighbours,
): Holder {
	if (answer.error === NO_SUCH_ENTRY) return "absent";
	if (answer.error !== 0) return "unreadable";
	const client = answer.values.get("NewInternalClient") ?? "";
	const ours = parseMappingDescription(answer.values.get("NewPortMappingDescription") ?? "");
	const own = ours !== undefined && neighbours.id.startsWith(ours.id);
	// Several cameras may run on one machine. Where the description is garbled, the internal port tells them apart.
	const inside = answer.values.get("NewInternalPort") === `${internalPort}`;
	if (client === self && (own || (ours === undefined && inside))) return "mine";
	if (neighbours.addresses.includes(client)) return "live";
	// This camera itself, when it had another address (quirk 9).
	if (own) return "gone";
	const gone = neighbours.gone.some(
		({ id, address }) => address === client && (ours === undefined || id.startsWith(ours.id)),
	);
	if (gone) return "gone";
	return ours !== undefined || neighbours.ports.includes(port) ? "camera" : "stranger";
}
