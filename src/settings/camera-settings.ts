import { isHost, isName } from "../wire/fleet-message";
import { expectedOf, parseSetting, type Setting, type SettingValue } from "./setting";

/** All that a camera can be told, each value checked. */
export interface CameraSettings {
	readonly name: string;
	readonly mapping: boolean;
	readonly httpPort: number;
	readonly portLayout: "fixed" | "same";
	readonly representativePorts: readonly number[];
	readonly hostName: string;
	readonly representativeLease: number;
	readonly ownLease: number;
	readonly addressPoll: number;
	readonly delivery: readonly string[];
	readonly gather: readonly string[];
	readonly inquiry: readonly number[];
	readonly fleet: number;
	readonly presence: boolean;
	readonly connections: number;
	readonly connectionsPerAddress: number;
}

/** The settings of a camera, in the order of the help text. */
export const CAMERA_SETTINGS: readonly Setting[] = Object.freeze([
	{
		name: "name",
		value: "TEXT",
		kind: "text",
		standard: "",
		check: (text: string) => text === "" || isName(text),
		expected: "1 to 48 octets without control characters or spaces at the ends",
		help: "name of this camera, until it is renamed on a page; empty: one is given (server 1, server 2, …)",
	},
	{
		name: "mapping",
		value: "on|off",
		kind: "switch",
		standard: "on",
		help: "ask the Internet gateway for a port; off: the camera is for the LAN only",
	},
	{
		name: "http-port",
		value: "PORT",
		kind: "integer",
		min: 1,
		max: 65535,
		standard: "8000",
		help: "port on which this camera serves inside the LAN (layout fixed)",
	},
	{
		name: "port-layout",
		value: "WORD",
		kind: "choice",
		of: ["fixed", "same"],
		standard: "fixed",
		help: "fixed: --http-port inside, only external ports differ; same: internal port equals external port",
	},
	{
		name: "representative-ports",
		value: "PORT,…",
		kind: "ports",
		most: 8,
		standard: "8080,18080,28080",
		help: "ports at which the representative is found, in order of choice; the same in all cameras",
	},
	{
		name: "host-name",
		value: "NAME",
		kind: "text",
		standard: "",
		check: (text: string) => text === "" || isHost(text),
		expected: "a host name or an IPv4 address",
		help: "domain name that leads to the gateway (dynamic DNS); used in links in place of its address",
	},
	{
		name: "representative-lease",
		value: "SECONDS",
		kind: "integer",
		min: 10,
		max: 86400,
		standard: "60",
		help: "lease of the representative's port; renewed at a third of it",
	},
	{
		name: "own-lease",
		value: "SECONDS",
		kind: "integer",
		min: 10,
		max: 604800,
		standard: "600",
		help: "lease of any other camera's port; renewed at a third of it",
	},
	{
		name: "address-poll",
		value: "SECONDS",
		kind: "integer",
		min: 1,
		max: 3600,
		standard: "60",
		help: "how often the gateway is asked for its external address",
	},
	{
		name: "delivery",
		value: "WORD,…",
		kind: "set",
		of: ["multicast", "broadcast", "unicast"],
		standard: "multicast,unicast",
		help: "how cameras speak to each other",
	},
	{
		name: "gather",
		value: "WORD,…",
		kind: "set",
		of: ["announcements", "table", "list"],
		standard: "announcements,table",
		help: "where other cameras are learnt from: announcements, the gateway's table entry by entry, or in one list",
	},
	{
		name: "inquiry",
		value: "SECONDS[-SECONDS]",
		kind: "range",
		min: 1,
		max: 3600,
		standard: "5-10",
		help: "how often the representative inquires of the others; a time is drawn from the range",
	},
	{
		name: "fleet",
		value: "N",
		kind: "integer",
		min: 0,
		max: 4294967295,
		standard: "0",
		help: "cameras with another number are strangers",
	},
	{
		name: "presence",
		value: "on|off",
		kind: "switch",
		standard: "on",
		help: "be seen by UPnP tools in the LAN (SSDP)",
	},
	{
		name: "connections",
		value: "N",
		kind: "integer",
		min: 2,
		max: 10000,
		standard: "1000",
		help: "most HTTP connections at a time",
	},
	{
		name: "connections-per-address",
		value: "N",
		kind: "integer",
		min: 1,
		max: 10000,
		standard: "1000",
		help: "most HTTP connections at a time from one address",
	},
]);

/** One value that was not taken: which setting, and in words why. */
export interface SettingFault {
	readonly name: string;
	readonly words: string;
}

/**
 * Checks the settings given as text; those not given get their defaults.
 * @param given values by setting name; later sources override earlier ones before this is called
 * @returns the settings, and what was wrong with them; use them only if nothing was
 */
export function parseCameraSettings(given: ReadonlyMap<string, string>): {
	settings: CameraSettings;
	faults: SettingFault[];
} {
	const faults: SettingFault[] = [];
	const values: Record<string, SettingValue> = {};
	for (const setting of CAMERA_SETTINGS) {
		const text = given.get(setting.name) ?? setting.standard;
		const value = parseSetting(setting, text);
		if (value === undefined) {
			faults.push({ name: setting.name, words: `${JSON.stringify(text.slice(0, 60))} is not ${expectedOf(setting)}` });
		} else {
			values[fieldOf(setting.name)] = value;
		}
	}
	const settings = values as unknown as CameraSettings;
	if (faults.length === 0 && settings.gather.includes("table") && settings.gather.includes("list")) {
		faults.push({ name: "gather", words: "table and list are two ways to read the same; choose one" });
	}
	for (const name of given.keys()) {
		if (!CAMERA_SETTINGS.some((setting) => setting.name === name))
			faults.push({ name, words: "there is no such setting" });
	}
	return { settings, faults };
}

function fieldOf(name: string): string {
	return name
		.split("-")
		.map((word, i) => (i === 0 ? word : word[0].toUpperCase() + word.slice(1)))
		.join("");
}
