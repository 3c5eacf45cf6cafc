import { isName } from "../wire/fleet-message";
import { schema } from "./schema";
import { text } from "./setting";

/** Settings of a device's identity. */
export const IDENTITY_SCHEMA = schema("Identity", {
	name: text({
		check: (value) => value === "" || isName(value),
		expected: "a name of 1 to 48 characters (accented ones count double) without control characters",
		help: "name of this camera until it is renamed on a page; empty: the next free number (Camera 1, Camera 2, …)",
	}),
});
