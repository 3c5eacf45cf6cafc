import type { Millis } from "../core/time";
import type { GatewayOutbox } from "./gateway-events";
import type { Igd } from "./igd";
import { holderOf, type Neighbours } from "./mapping-holder";

/**
 * Deletes a mapping if it is this camera's own, after a look: since it was made, it may have become another's.
 * @param held true: it was ours, and a gateway that can't be asked is believed to have it still
 * @param done called in any case; `sure`: it does not lead here any more
 */
export function releaseMapping(
	igd: Igd,
	port: number,
	held: boolean,
	neighbours: Neighbours,
	done: (now: Millis, out: GatewayOutbox, sure: boolean) => void,
	out: GatewayOutbox,
): void {
	igd.read(
		port,
		(now, answer, next) => {
			const holder = answer && holderOf(answer, port, igd.path.address, neighbours);
			if (holder === "mine" || (holder === "unreadable" && held))
				igd.delete(port, (later, gone, last) => done(later, last, gone !== undefined), next);
			else done(now, next, holder !== undefined);
		},
		out,
	);
}

/**
 * Does {@link releaseMapping} for one port after the other.
 * @param freed told of each that does not lead here any more
 */
export function releaseMappings(
	igd: Igd,
	ports: readonly number[],
	held: number,
	neighbours: Neighbours,
	freed: (port: number) => void,
	done: (now: Millis, out: GatewayOutbox) => void,
	out: GatewayOutbox,
): void {
	const [port, ...others] = ports;
	const go = (now: Millis, next: GatewayOutbox, sure: boolean): void => {
		if (sure) freed(port);
		if (others.length === 0) done(now, next);
		else releaseMappings(igd, others, held, neighbours, freed, done, next);
	};
	releaseMapping(igd, port, port === held, neighbours, go, out);
}
