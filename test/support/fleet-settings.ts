import { FLEET_DEFAULTS, type FleetSettings } from "../../src/fleet/fleet-settings";
import { SUCCESSION_DEFAULTS, type SuccessionSettings } from "../../src/fleet/succession-settings";

/** Settings of succession for tests. */
export const SUCCESSION_SETTINGS: SuccessionSettings = Object.freeze({
	...SUCCESSION_DEFAULTS,
	mode: "heirs",
	priority: 100,
	heartbeat: 250,
	missed: 3,
	redraw: "all",
	delay: "random",
	probe: Object.freeze([1000, 2000]),
});

/** Settings of a fleet for tests; identity is the caller's. */
export const FLEET_SETTINGS: Omit<FleetSettings, "id" | "model" | "boot"> = Object.freeze({
	...FLEET_DEFAULTS,
	fleet: 0,
	delivery: Object.freeze({ multicast: true, broadcast: false, unicast: true }),
	announcements: true,
	table: true,
	inquiryMin: 5000,
	inquiryMax: 10000,
	keys: Object.freeze([]),
	succession: SUCCESSION_SETTINGS,
	firstPort: 8080,
});
