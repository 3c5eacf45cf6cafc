import { formatEndpoint } from "../../core/ip-address";
import type { Millis } from "../../core/time";
import type { ShownConnection, ShownStep } from "../../web/view-page";
import type { TakenStep, ViewedDevice } from "./viewed-device";

/** The time, for {@link shownConnection}. */
export interface ShownTime {
	readonly monotonic: Millis;
	/** `undefined`: the date is not known. */
	readonly utc: Millis | undefined;
	/** When the program began; monotonic. */
	readonly began: Millis;
}

/**
 * Describes a device and its connection for the page and for programs.
 * @param isKept whether it shows the home
 * @param pages where its pages are on this machine
 * @param players where its video is; empty: nowhere
 */
export function shownConnection(
	{ found, state, reason, hasRefused, steps, changedAt, connection }: ViewedDevice,
	isKept: boolean,
	{ monotonic, utc, began }: ShownTime,
	pages: string,
	players: string,
): ShownConnection {
	const { path, traffic, roundTrip } = connection;
	return {
		id: found.peer,
		name: found.name,
		state,
		isKept,
		reason,
		isRevoked: hasRefused,
		steps: shownSteps(steps, began),
		path: path?.kind ?? "",
		address: path === undefined || path.address === "" ? "" : formatEndpoint(path.address, path.port),
		roundTrip: Math.round(roundTrip),
		sent: traffic.sent,
		received: traffic.received,
		since: utc === undefined ? "" : new Date(utc - (monotonic - changedAt)).toISOString(),
		pages,
		players,
	};
}

/** Describes the steps on the way to a device. @param began when the program began */
export function shownSteps(steps: readonly TakenStep[], began: Millis): readonly ShownStep[] {
	return steps.map(({ at, step, detail }) => ({ seconds: (at - began) / 1000, step, detail }));
}
