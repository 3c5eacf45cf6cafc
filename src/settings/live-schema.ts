import { schema } from "./schema";
import { integer } from "./setting";

/** Settings of live video. */
export const LIVE_SCHEMA = schema("Live video", {
	viewers: integer({
		min: 1,
		max: 10000,
		default: 32,
		help: "maximum number of viewers of the live picture at a time",
	}),
	uplink: integer({
		min: 0,
		max: 1000000,
		default: 1500,
		unit: "kB/s",
		placeholder: "KB",
		help: "bandwidth of live video for all viewers on the Internet together, in equal shares; 0: no limit",
	}),
});
