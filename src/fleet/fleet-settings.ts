import type { Millis } from "../core/time";
import type { FleetKey } from "./fleet-key";
import type { SuccessionSettings } from "./succession-settings";

/** Where cameras meet: an administratively scoped group and a port, both spelling "PH". @see RFC 2365 */
export const FLEET_GROUP = "239.255.80.72";
/** @see FLEET_GROUP */
export const FLEET_PORT = 20552;

/** How messages to all cameras are sent; any combination (IMG-10, IMG-12). */
export interface FleetDelivery {
	readonly multicast: boolean;
	readonly broadcast: boolean;
	/** To every camera known by an earlier message or by the gateway's table. */
	readonly unicast: boolean;
}

/** How a camera takes part in its fleet. */
export interface FleetSettings {
	/** Cameras with another number are strangers. */
	readonly fleet: number;
	/** This camera: 16 hexadecimal digits that never change. */
	readonly id: string;
	/** Kind of device, for people: `node`, `esp32`. */
	readonly model: string;
	/** Counts this camera's starts; kept by the app. */
	readonly boot: number;
	readonly delivery: FleetDelivery;
	/** Whether announcements and inquiries are used to find cameras (IMG-10, IMG-12). */
	readonly announcements: boolean;
	/** Whether the gateway's table is used: alone as in IMG-9 and IMG-11, or as a check (IMG-13). */
	readonly table: boolean;
	/** The representative inquires after a random time in this range (IMG-10). */
	readonly inquiryMin: Millis;
	readonly inquiryMax: Millis;
	/** Every camera announces itself unasked after about this time. @default 30000 */
	readonly announcePeriod: Millis;
	/** The first seals what is said, each opens what is heard; none: the fleet is open. */
	readonly keys: readonly FleetKey[];
	/** How a new representative is found. Works only with announcements. */
	readonly succession: SuccessionSettings;
	/** Lowest external port a camera may have, from which automatic names count. */
	readonly firstPort: number;
}

/** The settings that are the same in all devices. */
export const FLEET_DEFAULTS: Pick<FleetSettings, "announcePeriod"> = Object.freeze({ announcePeriod: 30000 });
