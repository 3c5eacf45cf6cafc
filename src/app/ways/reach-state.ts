import { parseDigits } from "../../base/digits";
import { readNatKind } from "../../peer/stun/nat-behaviour";
import { parseJsonMembers } from "../../wire/json-members";
import type { DeviceTraits } from "../device-facts";
import type { CameraState } from "../doctor/found-camera";

/** The longest text of another device that is shown. */
const TEXT_MAX = 200;
/** The most digits of a number. */
const DIGITS_MAX = 4;

/** Gathers by which ways from the Internet a device may be reached, as it knows itself. @param mapping whether it asks for a port */
export function reachStateOf(parts: readonly { traits?(): DeviceTraits }[], mapping: boolean): CameraState {
	let peer: DeviceTraits["peer"];
	let relays = 0;
	for (const part of parts) {
		const traits = part.traits?.() ?? {};
		peer ??= traits.peer;
		relays += traits.relays ?? 0;
	}
	const { registration = "", natKind = "unknown", nat = "", symmetric = false } = peer ?? {};
	return { mapping, rendezvous: peer !== undefined, registration, natKind, nat, symmetric, relays };
}

/** What a device answers to `GET /api/v1/ways/own`: flat, as others of the fleet read it. */
export function writeReachState(state: CameraState): Record<string, string | number | boolean> {
	const { mapping, rendezvous, registration, natKind, nat, symmetric, relays } = state;
	return { mapping, rendezvous, registration, natKind, nat, symmetric, relays };
}

/**
 * Reads what {@link writeReachState} writes, from another device: nothing in it is trusted.
 * @returns `undefined`: it can't be read
 */
export function readReachState(bytes: Uint8Array): CameraState | undefined {
	const members = parseJsonMembers(bytes);
	const mapping = members?.get("mapping");
	if (members === undefined || mapping === undefined) return undefined;
	const isOn = (name: string): boolean => members.get(name) === "on";
	const short = (name: string): string => (members.get(name) ?? "").slice(0, TEXT_MAX);
	return {
		mapping: mapping === "on",
		rendezvous: isOn("rendezvous"),
		registration: short("registration"),
		natKind: readNatKind(members.get("natKind")),
		nat: short("nat"),
		symmetric: isOn("symmetric"),
		relays: parseDigits(members.get("relays") ?? "", DIGITS_MAX) ?? 0,
	};
}
