import { schema } from "./schema";
import { integer } from "./setting";

/** Title of the settings of live video. */
const TITLE = "Live video";

/** Settings of live video. @param editable whether the owner may change them on pages, where that takes effect at once */
function liveSettings(editable: boolean) {
	return {
		viewers: integer({
			editable,
			min: 1,
			max: 10000,
			default: 32,
			help: "maximum number of viewers of the live picture at a time",
		}),
		uplink: integer({
			editable,
			min: 0,
			max: 1000000,
			default: 1500,
			unit: "kB/s",
			placeholder: "KB",
			help: "bandwidth of live video for all viewers on the Internet together, in equal shares; 0: no limit",
		}),
	} as const;
}

/** Settings of live video of a camera. */
export const LIVE_SCHEMA = schema(TITLE, liveSettings(true));

/** Settings of live video of a NAS, which has no live viewers of its own. */
export const NAS_LIVE_SCHEMA = schema(TITLE, liveSettings(false));
