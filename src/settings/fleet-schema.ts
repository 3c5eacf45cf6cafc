import { isGroup } from "../wire/fleet-message";
import { readJoinCode } from "../wire/join-code";
import { schema } from "./schema";
import { integer, range, set, text } from "./setting";

/** Settings of the fleet: how cameras of one home find each other. */
export const FLEET_SCHEMA = schema(
	"Fleet",
	{
		fleet: integer({
			min: 0,
			max: 4294967295,
			default: 0,
			help: "number of the fleet, for two fleets in one network; devices with another number are ignored",
		}),
		group: text({
			check: (value) => value === "" || isGroup(value),
			expected: "a name of 1 to 24 characters (accented ones count double) without control characters",
			editable: true,
			help: "group of this camera, such as a floor or a building: the portal can show one group at a time; empty: none",
		}),
		fleetKey: text({
			placeholder: "KEY",
			secret: true,
			check: (value) => value === "" || value.split(",").every(isFleetKey),
			expected:
				"a key of 16 to 128 visible ASCII characters, or two separated by a comma while the second is being replaced",
			help: "secret shared by all devices of the fleet; empty: the key this camera has joined with, or none (an unprotected fleet)",
		}),
		joinCode: text({
			placeholder: "CODE",
			secret: true,
			check: (value) => value === "" || readJoinCode(value) !== undefined,
			expected: "a join code: 16 letters and digits, as the Fleet page of a device shows it",
			help: "join the fleet of the device that shows this code, at the first start; the fleet's key is kept from then on",
		}),
		delivery: set({
			of: ["multicast", "broadcast", "unicast", "unicast-all"],
			default: ["multicast", "unicast"],
			help: "how cameras send messages; unicast reaches the representative and cameras that nothing else may reach, unicast-all every camera",
		}),
		gather: set({
			of: ["announcements", "table", "list"],
			default: ["announcements", "table"],
			help: "how cameras find each other: by announcements, by reading the gateway's port table entry by entry (table), or by reading it at once (list)",
		}),
		inquiry: range({
			min: 1,
			max: 3600,
			default: [5, 10],
			unit: "seconds",
			help: "how often the representative asks the other cameras to announce themselves; a random time from this range",
		}),
	},
	({ gather }) =>
		gather.includes("table") && gather.includes("list")
			? {
					field: "gather",
					problem: "must not have both table and list: both read the gateway's port table; choose one",
				}
			: undefined,
);

/** Tells whether text is acceptable as a fleet's key: visible ASCII characters without commas. */
export function isFleetKey(text: string): boolean {
	if (text.length < 16 || text.length > 128) return false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code <= 32 || code > 126 || text[i] === ",") return false;
	}
	return true;
}
