import type { Millis, Seconds } from "../core/time";
import type { SoapAnswer } from "../wire/soap";
import { parseMappingDescription } from "./mapping-description";

/** Who was the representative and is gone: its mapping may be deleted. */
export interface GoneCamera {
	/** 16 hexadecimal digits. */
	readonly id: string;
	/** Its address in the LAN. */
	readonly address: string;
}

/** What a camera knows of the others when it meets a mapping that is not its own. */
export interface Neighbours {
	/** This camera: 16 hexadecimal digits. */
	readonly id: string;
	/** The port that its mappings lead to; 0: the same as outside. */
	readonly internalPort: number;
	/** External ports that cameras say they hold: a guide where descriptions are garbled. */
	readonly ports: readonly number[];
	/** Addresses of cameras that live. */
	readonly addresses: readonly string[];
	/** Who is gone from the representative's place. */
	readonly gone: readonly GoneCamera[];
}

/**
 * Whose a mapping is: `mine`; `absent`: nobody's; `gone`: of a camera that is known to be gone; `live`: of one that
 * lives; `camera`: of one of ours that nobody knows; `stranger`: of another product; `unreadable`.
 */
export type Holder = "mine" | "absent" | "gone" | "live" | "camera" | "stranger" | "unreadable";

const NO_SUCH_ENTRY = 714;

/** Tells whose the mapping is that a gateway's answer to GetSpecificPortMappingEntry describes. */
export function holderOf(answer: SoapAnswer, port: number, self: string, neighbours: Neighbours): Holder {
	if (answer.error === NO_SUCH_ENTRY) return "absent";
	if (answer.error !== 0) return "unreadable";
	const client = answer.values.get("NewInternalClient") ?? "";
	const ours = parseMappingDescription(answer.values.get("NewPortMappingDescription") ?? "");
	const own = ours !== undefined && neighbours.id.startsWith(ours.id);
	// Several cameras may run on one machine; where the description was garbled, the port inside tells them apart.
	const inside = answer.values.get("NewInternalPort") === `${neighbours.internalPort || port}`;
	if (client === self && (own || (ours === undefined && inside))) return "mine";
	if (neighbours.addresses.includes(client)) return "live";
	// This camera itself, when it had another address.
	if (own) return "gone";
	const gone = neighbours.gone.some(
		({ id, address }) => address === client && (ours === undefined || id.startsWith(ours.id)),
	);
	if (gone) return "gone";
	return ours !== undefined || neighbours.ports.includes(port) ? "camera" : "stranger";
}

/** A camera that lives lets go of the port in a moment, as it is not the representative any more. */
const LIVE_WAIT: Millis = 300;
/** Near the end of a lease, whose rest a gateway tells in whole seconds, the port is asked for this often. */
const END_WAIT: Millis = 250;
/** Nothing left of a lease may mean for ever, or that it is just over: another look after this time tells. */
const EVER_WAIT: Millis = 2000;

/**
 * Computes when the representative's port can be asked for again.
 * @param lease what is left of the lease as the gateway tells it; 0: for ever, or nothing but a fraction of a second
 * @param before what was left when it was asked last; -1 for never
 */
export function nextAsk(holder: Holder, lease: Seconds, before: Seconds): Millis {
	if (holder === "live") return LIVE_WAIT;
	if (lease === 0) return before > 0 && before <= 2 ? END_WAIT : EVER_WAIT;
	return Math.max(END_WAIT, (lease - 1) * 1000);
}
