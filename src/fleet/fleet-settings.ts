import type { Millis } from "../core/time";
import type { FleetKey } from "./fleet-key";
import { SUCCESSION_DEFAULTS, type SuccessionSettings } from "./succession-settings";

/** Where cameras meet: an administratively scoped group and a port, both spelling "PH". @see RFC 2365 */
export const FLEET_GROUP = "239.255.80.72";
/** @see FLEET_GROUP */
export const FLEET_PORT = 20552;

/** How messages to all cameras are sent; any combination (IMG-10, IMG-12). */
export interface FleetDelivery {
	/** @default true */
	readonly multicast: boolean;
	/** @default false */
	readonly broadcast: boolean;
	/** To every camera known by an earlier message or by the gateway's table. @default true */
	readonly unicast: boolean;
}

/** How a camera takes part in its fleet. */
export interface FleetSettings {
	/** Cameras with another number are strangers. @default 0 */
	readonly fleet: number;
	/** This camera: 16 hexadecimal digits that never change. */
	readonly id: string;
	/** Kind of device, for people: `node`, `esp32`. */
	readonly model: string;
	/** Counts this camera's starts; kept by the app. */
	readonly boot: number;
	readonly delivery: FleetDelivery;
	/** Whether announcements and inquiries are used to find cameras (IMG-10, IMG-12). @default true */
	readonly announcements: boolean;
	/** Whether the gateway's table is used: alone as in IMG-9 and IMG-11, or as a check (IMG-13). @default true */
	readonly table: boolean;
	/** The representative inquires after a random time in this range (IMG-10). @default 5000 */
	readonly inquiryMin: Millis;
	/** @default 10000 */
	readonly inquiryMax: Millis;
	/** Every camera announces itself unasked after about this time. @default 30000 */
	readonly announcePeriod: Millis;
	/** The first seals what is said, each opens what is heard; none: the fleet is open. @default [] */
	readonly keys: readonly FleetKey[];
	/** How a new representative is found. Works only with announcements. */
	readonly succession: SuccessionSettings;
	/** Lowest external port a camera may have, from which automatic names count. @default 8080 */
	readonly firstPort: number;
}

/** The settings that a camera has unless it is told otherwise; identity is the caller's. */
export const FLEET_DEFAULTS: Omit<FleetSettings, "id" | "model" | "boot"> = Object.freeze({
	fleet: 0,
	delivery: Object.freeze({ multicast: true, broadcast: false, unicast: true }),
	announcements: true,
	table: true,
	inquiryMin: 5000,
	inquiryMax: 10000,
	announcePeriod: 30000,
	keys: Object.freeze([]),
	succession: SUCCESSION_DEFAULTS,
	firstPort: 8080,
});
