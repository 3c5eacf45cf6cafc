import { PEER_SCHEMA } from "../../settings/peer-schema";
import type { Appliance, ApplianceSettings } from "../appliance";
import type { ExtraPart } from "../camera/camera";
import type { NasExtra } from "../nas/nas-services";
import type { Part } from "../part";
import { PeerPart } from "./peer-part";
import type { PeerExtra, PeerSupply } from "./peer-part-services";

/** Makes what peer to peer needs of a host whose parts are known only with the device. */
export type SupplyOf = (node: Appliance<ApplianceSettings>) => PeerSupply;

/** Peer to peer of a camera. @param more parts that build on it, which start after it and leave after it */
export function peerToPeer(supply: PeerSupply | SupplyOf, more: readonly PeerExtra[] = []): ExtraPart {
	return { settings: PEER_SCHEMA, make: (camera) => makeParts(camera as unknown as Appliance, supply, more) };
}

/** Peer to peer of a NAS. @see peerToPeer */
export function peerToPeerOfNas(supply: PeerSupply | SupplyOf, more: readonly PeerExtra[] = []): NasExtra {
	return { settings: PEER_SCHEMA, make: ({ node }) => makeParts(node as unknown as Appliance, supply, more) };
}

function makeParts(
	node: Appliance<ApplianceSettings>,
	supply: PeerSupply | SupplyOf,
	more: readonly PeerExtra[],
): Part {
	const part = new PeerPart(node, typeof supply === "function" ? supply(node) : supply);
	if (more.length === 0) return part;
	node.parts.push(part);
	const [last, ...others] = [...more].reverse();
	for (const make of others.reverse()) node.parts.push(make(part));
	return last(part);
}
