import type { Millis } from "../core/time";
import type { FleetKey } from "./fleet-key";
import type { SuccessionSettings } from "./succession-settings";

/** The multicast group of all cameras, administratively scoped; group and port both spell "PH". @see RFC 2365 */
export const FLEET_GROUP = "239.255.80.72";
/** The UDP port of all cameras. @see FLEET_GROUP */
export const FLEET_PORT = 20552;

/** How messages to all cameras are sent; any combination (IMG-10, IMG-12). */
export interface FleetDelivery {
	readonly multicast: boolean;
	readonly broadcast: boolean;
	/** To cameras known by an earlier message or by the gateway's table: to each, where nothing else is chosen. */
	readonly unicast: boolean;
	/** True: by unicast to each also where multicast or broadcast is chosen (IMG-20). */
	readonly all?: boolean;
}

/** How a camera takes part in its fleet. */
export interface FleetSettings {
	/** The number of the fleet; cameras with another one are ignored. */
	readonly fleet: number;
	/** This camera: 16 hexadecimal digits that never change. */
	readonly id: string;
	/** The hardware, shown to people: `node`, `esp32`. */
	readonly model: string;
	/** The number of this camera's starts, which the owner stores. */
	readonly boot: number;
	readonly delivery: FleetDelivery;
	/** How the representative, and cameras that may have heard it, are probed (IMG-24). @default unicast */
	readonly probes: FleetDelivery;
	/** Whether announcements and inquiries are used to find cameras (IMG-10, IMG-12). */
	readonly announcements: boolean;
	/** Whether the gateway's table is used: alone as in IMG-9 and IMG-11, or as a check (IMG-13). */
	readonly table: boolean;
	/** The representative inquires at random intervals in this range (IMG-10). */
	readonly inquiryMin: Millis;
	readonly inquiryMax: Millis;
	/** The average time between two announcements of each camera. @default 30000 */
	readonly announcePeriod: Millis;
	/** The first one seals messages, each one is accepted; none: the fleet is open. */
	readonly keys: readonly FleetKey[];
	/** How a new representative is elected. */
	readonly succession: SuccessionSettings;
	/** The lowest external port of a camera; automatic names count from it. */
	readonly firstPort: number;
}

/** The settings that are the same in all devices. */
export const FLEET_DEFAULTS: Pick<FleetSettings, "announcePeriod" | "probes"> = Object.freeze({
	announcePeriod: 30000,
	probes: Object.freeze({ multicast: false, broadcast: false, unicast: true }),
});
