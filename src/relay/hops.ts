import { isHex, toHex } from "../base/hex";
import type { Random } from "../ports/random";
import type { RelayRefusal } from "./relayed-content";

/**
 * The header field of requests upstream and of answers to them, over HTTP and RTSP: the relays between the viewer and the sender of the
 * request, or between the origin and the sender of the answer, as identities with commas between them (REP-9, REP-11).
 */
export const HOPS_FIELD = "Porthole-Hops";

/** The most relays in a chain. */
export const HOPS_MAX = 8;

/** Identities of relays on the way, in the order in which the message passed them. */
export type Hops = readonly string[];

/** A viewer's own request, or an origin's own answer. */
export const NO_HOPS: Hops = [];

/** Hexadecimal digits of an identity. */
const DIGITS = 16;

/** The status of a loop over HTTP and RTSP. @see RFC 5842 §7.2 */
export const LOOP_DETECTED = 508;

/** What viewers are told when a relay further up answers with {@link LOOP_DETECTED}. */
export const LOOP_ABOVE: RelayRefusal = Object.freeze({
	status: LOOP_DETECTED,
	message:
		"loop detected: a relay on the way to the origin has seen this request before, or there are too many of them",
});

/** Draws the identity of a relay, once for each start. Names could be the same at two relays of a chain. */
export function drawHop(random: Random): string {
	const bytes = new Uint8Array(DIGITS / 2);
	random.fill(bytes);
	return toHex(bytes);
}

/** Reads the field. @returns {@link NO_HOPS} without a field; `undefined`: malformed, or more than {@link HOPS_MAX} relays */
export function parseHops(value: string | undefined): Hops | undefined {
	if (value === undefined) return NO_HOPS;
	if (value.length > HOPS_MAX * (DIGITS + 2)) return undefined;
	const hops = value.split(",");
	for (let i = 0; i < hops.length; i++) {
		const hop = hops[i].trim();
		if (!isHex(hop, DIGITS)) return undefined;
		hops[i] = hop;
	}
	return hops.length <= HOPS_MAX ? hops : undefined;
}

/** The field's value in a message that a relay passes on: its own identity comes last. */
export function writeHops(hops: Hops, own: string): string {
	return [...hops, own].join(", ");
}

/**
 * Judges a request by its hops, before anything is asked upstream.
 * @param hops as {@link parseHops} read them
 * @param own the identity of this relay
 * @returns `undefined`: it may be served
 */
export function refusalOfHops(hops: Hops | undefined, own: string): RelayRefusal | undefined {
	if (hops === undefined) return { status: 400, message: `the field ${HOPS_FIELD} is malformed or too long` };
	if (hops.includes(own))
		return {
			status: LOOP_DETECTED,
			message: "loop detected: the request has passed this relay before; correct the relays' tables",
		};
	// The next one would have to refuse it.
	if (hops.length >= HOPS_MAX)
		return { status: LOOP_DETECTED, message: `more than ${HOPS_MAX} relays between viewer and origin` };
	return undefined;
}
