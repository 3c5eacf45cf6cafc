import type { Millis } from "../core/time";
import type { TransportProtocol } from "../wire/pcp";
import type { GatewayOutbox } from "./gateway-events";
import type { Igd } from "./igd";
import { holderOf, type Neighbours } from "./mapping-holder";

/** A mapping that may be ours. */
export interface OwnMapping {
	/** The gateway, addressed from the address that the mapping leads to. */
	readonly igd: Igd;
	readonly protocol: TransportProtocol;
	readonly externalPort: number;
	readonly internalPort: number;
	/** True when it was ours: a gateway that cannot read it back is assumed to have it still. */
	readonly held: boolean;
	/** True when the gateway is known not to read entries back (quirk 27). */
	readonly blind: boolean;
}

/**
 * Deletes a mapping if it is this camera's own. It is read first, because it may have become another's since.
 * @param done called in any case; `sure` when the mapping does not lead here any more
 */
function releaseMapping(
	mapping: OwnMapping,
	neighbours: Neighbours,
	done: (now: Millis, out: GatewayOutbox, sure: boolean) => void,
	out: GatewayOutbox,
): void {
	const { igd, protocol, externalPort, internalPort, held, blind } = mapping;
	igd.read(
		protocol,
		externalPort,
		(now, answer, next) => {
			const holder = answer && holderOf(answer, externalPort, internalPort, igd.path.address, neighbours);
			if (holder === "mine" || (held && (holder === "unreadable" || (blind && holder === undefined)))) {
				igd.delete(protocol, externalPort, (later, gone, last) => done(later, last, gone !== undefined), next);
			} else {
				done(now, next, holder !== undefined);
			}
		},
		out,
	);
}

/**
 * Releases one mapping after the other.
 * @param freed called for each that does not lead here any more
 * @param done called at the end in any case
 */
export function releaseMappings(
	mappings: readonly OwnMapping[],
	neighbours: Neighbours,
	freed: (mapping: OwnMapping) => void,
	done: (now: Millis, out: GatewayOutbox) => void,
	now: Millis,
	out: GatewayOutbox,
): void {
	const mapping = mappings[0];
	if (mapping === undefined) return done(now, out);
	releaseMapping(
		mapping,
		neighbours,
		(later, next, sure) => {
			if (sure) freed(mapping);
			releaseMappings(mappings.slice(1), neighbours, freed, done, later, next);
		},
		out,
	);
}
