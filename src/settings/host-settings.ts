import type { Setting } from "./setting";

/** Settings of every host that has a command line, beside those of every camera. */
export const HOST_SETTINGS: readonly Setting[] = Object.freeze([
	{
		name: "fps",
		value: "N",
		kind: "integer",
		min: 1,
		max: 120,
		standard: "15",
		help: "pictures a second (a device or stream keeps its own pace if it is slower)",
	},
	{
		name: "interface",
		value: "NAME,…",
		kind: "text",
		standard: "",
		expected: "names of network interfaces, with commas",
		help: "use these network interfaces only; empty: all",
	},
	{
		name: "data",
		value: "FOLDER",
		kind: "text",
		standard: "",
		expected: "a folder",
		help: "where this camera keeps its identity and name; one folder a camera; empty: ~/.local/state/porthole",
	},
	{
		name: "log-level",
		value: "WORD",
		kind: "choice",
		of: ["error", "warn", "info", "debug"],
		standard: "info",
		help: "how much is logged on standard error",
	},
]);
