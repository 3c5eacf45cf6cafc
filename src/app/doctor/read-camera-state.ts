import { readNatKind } from "../../peer/stun/nat-behaviour";
import type { CameraState } from "./found-camera";

/** Longer texts of a camera are not shown. */
const TEXT_MAX = 60;

/** Reads what the doctor needs of the answer to `GET /api/v1/status`. @returns `undefined`: it is not one */
export function readCameraState(text: string): CameraState | undefined {
	let status: unknown;
	try {
		status = JSON.parse(text);
	} catch {
		return undefined;
	}
	if (!isObject(status)) return undefined;
	const { mapping, peer, relays } = status;
	const { registered } = isObject(relays) ? relays : {};
	const { rendezvous, state, natKind, nat, symmetric } = isObject(peer) ? peer : {};
	return {
		mapping: mapping !== false,
		rendezvous: rendezvous === true,
		registration: shortText(state),
		natKind: readNatKind(natKind),
		nat: shortText(nat),
		symmetric: symmetric === true,
		relays: Array.isArray(registered) ? registered.length : 0,
	};
}

function isObject(value: unknown): value is Partial<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shortText(value: unknown): string {
	return typeof value === "string" ? value.slice(0, TEXT_MAX) : "";
}
