import type { SoapAnswer } from "../wire/soap";
import { parseMappingDescription } from "./mapping-description";

/** A former representative that is gone: its mapping may be deleted. */
export interface GoneCamera {
	/** 16 hexadecimal digits. */
	readonly id: string;
	/** Its address in the LAN. */
	readonly address: string;
}

/** A camera that is alive, as it announces itself. */
export interface Peer {
	/** 16 hexadecimal digits. */
	readonly id: string;
	/** Its address in the LAN, which other cameras on the same machine share. */
	readonly address: string;
	/** The port of its pages in the LAN. */
	readonly httpPort: number;
	/** Its external port: a hint where descriptions are garbled. */
	readonly externalPort: number;
}

/** What a camera knows about the others when it finds a mapping that is not its own. */
export interface Neighbours {
	/** The identity of this camera: 16 hexadecimal digits. */
	readonly id: string;
	/** The cameras that are alive. */
	readonly peers: readonly Peer[];
	/** Former representatives that are gone. */
	readonly gone: readonly GoneCamera[];
	/** The address that this camera has as the representative, beside its own; empty for none. */
	readonly floating: string;
}

/**
 * The owner of a mapping. `mine`: this camera; `absent`: there is no such mapping; `gone`: a camera that is known
 * to be gone; `live`: a camera that is alive; `camera`: an unknown camera of ours; `stranger`: another product;
 * `unreadable`: the gateway cannot say.
 */
export type Holder = "mine" | "absent" | "gone" | "live" | "camera" | "stranger" | "unreadable";

/** UPnP error NoSuchEntryInArray. @see WANIPConnection:1 §2.4.15 */
const NO_SUCH_ENTRY = 714;

/**
 * Determines the owner of the mapping that an answer to GetSpecificPortMappingEntry describes.
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
	const isPeers = neighbours.peers.some((peer) => peer.externalPort === port && peer.address === client);
	// The representative inherits what leads to the address that floats.
	const inherited = ours === undefined ? !isPeers : self === neighbours.floating;
	if (client === self && (own || (inside && inherited))) return "mine";
	const leadsTo = ({ id, address, httpPort, externalPort }: Peer): boolean => {
		if (address !== client) return false;
		if (ours !== undefined) return id.startsWith(ours.id);
		return client !== self || externalPort === port || answer.values.get("NewInternalPort") === `${httpPort}`;
	};
	if (neighbours.peers.some(leadsTo)) return "live";
	// This camera itself, when it had another address (quirk 9).
	if (own) return "gone";
	const gone = neighbours.gone.some(
		({ id, address }) => address === client && (ours === undefined || id.startsWith(ours.id)),
	);
	if (gone) return "gone";
	return ours !== undefined || neighbours.peers.some(({ externalPort }) => externalPort === port)
		? "camera"
		: "stranger";
}
