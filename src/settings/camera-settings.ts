import { addressKind, parseIpv4 } from "../core/ipv4";
import { wantsName } from "../wire/dyndns2";
import { isName } from "../wire/fleet-message";
import { readJoinCode } from "../wire/join-code";
import { ACCESS_SETTINGS } from "./access-settings";
import { DISCOVERY_SETTINGS } from "./discovery-settings";
import { MOTION_SETTINGS, type MotionSettings } from "./motion-settings";
import { expectedOf, parseSetting, type Setting, type SettingValue } from "./setting";
import { TLS_SETTINGS } from "./tls-settings";

/** All that a camera can be told, each value checked. */
export interface CameraSettings extends MotionSettings {
	readonly name: string;
	readonly mapping: boolean;
	readonly password: string;
	readonly viewerPassword: string;
	readonly digestMd5: boolean;
	readonly lanWithoutPassword: boolean;
	readonly tlsCertificate: string;
	readonly tlsKey: string;
	readonly httpPort: number;
	readonly portLayout: "fixed" | "same";
	readonly representativePorts: readonly number[];
	readonly hostName: string;
	readonly dynamicDnsUrl: string;
	readonly serviceDiscovery: boolean;
	readonly presence: boolean;
	readonly representativeLease: number;
	readonly ownLease: number;
	readonly addressPoll: number;
	readonly delivery: readonly string[];
	readonly gather: readonly string[];
	readonly inquiry: readonly number[];
	readonly fleet: number;
	readonly fleetKey: string;
	readonly joinCode: string;
	readonly succession: "heirs" | "contention" | "port-order" | "probing";
	readonly priority: number;
	readonly heartbeat: number;
	readonly missedHeartbeats: number;
	readonly contention: "all" | "claimants";
	readonly claimDelay: "random" | "identity";
	readonly probeInterval: readonly number[];
	readonly floatingAddress: string;
	readonly connections: number;
	readonly connectionsPerAddress: number;
	readonly viewers: number;
	readonly uplink: number;
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
	...ACCESS_SETTINGS,
	...TLS_SETTINGS,
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
	...DISCOVERY_SETTINGS,
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
		name: "fleet-key",
		value: "KEY",
		kind: "text",
		standard: "",
		secret: true,
		check: (text: string) => text === "" || text.split(",").every(isFleetKey),
		expected: "a key of 16 to 128 visible ASCII characters, or two with a comma while the second is being replaced",
		help: "secret that all cameras of the fleet share; empty: the one they were joined with, or none (an open fleet)",
	},
	{
		name: "join-code",
		value: "CODE",
		kind: "text",
		standard: "",
		secret: true,
		check: (text: string) => text === "" || readJoinCode(text) !== undefined,
		expected: "a join code: 16 letters and digits, as the fleet page of a camera shows it",
		help: "get the fleet's key from the camera that shows this code, at the first start; kept from then on",
	},
	{
		name: "succession",
		value: "WORD",
		kind: "choice",
		of: ["heirs", "contention", "port-order", "probing"],
		standard: "heirs",
		help: "how a new representative is found: heirs that the old one named, a contest of random delays, the order of ports, or by probes; the same in all cameras",
	},
	{
		name: "priority",
		value: "N",
		kind: "integer",
		min: 0,
		max: 255,
		standard: "100",
		help: "how fit this camera is to be the representative; cameras on a cable and on mains deserve more",
	},
	{
		name: "heartbeat",
		value: "MS",
		kind: "integer",
		min: 50,
		max: 60000,
		standard: "250",
		help: "how often the representative shows that it is there, in milliseconds; the same in all cameras",
	},
	{
		name: "missed-heartbeats",
		value: "N",
		kind: "integer",
		min: 2,
		max: 20,
		standard: "3",
		help: "how many of them (or of its answers to probes) are missed in a row before it counts as absent",
	},
	{
		name: "contention",
		value: "WORD",
		kind: "choice",
		of: ["all", "claimants"],
		standard: "all",
		help: "succession contention: who draws again when two have claimed",
	},
	{
		name: "claim-delay",
		value: "WORD",
		kind: "choice",
		of: ["random", "identity"],
		standard: "random",
		help: "succession contention: the delay before a claim is drawn, or computed from the camera's identity",
	},
	{
		name: "probe-interval",
		value: "SECONDS[-SECONDS]",
		kind: "range",
		min: 1,
		max: 3600,
		standard: "1-2",
		help: "succession probing: how often each camera asks the representative; a time is drawn from the range",
	},
	{
		name: "floating-address",
		value: "ADDRESS",
		kind: "text",
		standard: "",
		check: (text: string) => text === "" || (parseIpv4(text) !== undefined && addressKind(text) === "private"),
		expected: "a private IPv4 address that no other machine has",
		help: "an extra address of the LAN that the representative owns, so that the router needs no new mapping; Linux with the privilege only; the same in all cameras",
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
	{
		name: "viewers",
		value: "N",
		kind: "integer",
		min: 1,
		max: 10000,
		standard: "32",
		help: "most people who watch the live picture at a time",
	},
	{
		name: "uplink",
		value: "KBYTES",
		kind: "integer",
		min: 0,
		max: 1000000,
		standard: "1500",
		help: "kB/s of live pictures for all visitors from the Internet together, in equal shares; 0: no limit",
	},
	...MOTION_SETTINGS,
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
			const shown = setting.secret ? "what was given" : JSON.stringify(text.slice(0, 60));
			faults.push({ name: setting.name, words: `${shown} is not ${expectedOf(setting)}` });
		} else {
			values[fieldOf(setting.name)] = value;
		}
	}
	const settings = values as unknown as CameraSettings;
	if (faults.length === 0 && settings.gather.includes("table") && settings.gather.includes("list")) {
		faults.push({ name: "gather", words: "table and list are two ways to read the same; choose one" });
	}
	if (faults.length === 0 && settings.hostName === "" && wantsName(settings.dynamicDnsUrl)) {
		faults.push({ name: "dynamic-dns-url", words: "it has {name} in it, so host-name has to be given" });
	}
	if (faults.length === 0 && (settings.tlsCertificate === "") !== (settings.tlsKey === "")) {
		const name = settings.tlsKey === "" ? "tls-key" : "tls-certificate";
		faults.push({ name, words: "a certificate and its key belong together; give both or none" });
	}
	for (const name of given.keys()) {
		if (!CAMERA_SETTINGS.some((setting) => setting.name === name))
			faults.push({ name, words: "there is no such setting" });
	}
	return { settings, faults };
}

/** Tells whether text is fit to be a fleet's key: drawn by a machine, and the same wherever it is typed. */
export function isFleetKey(text: string): boolean {
	if (text.length < 16 || text.length > 128) return false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code <= 32 || code > 126 || text[i] === ",") return false;
	}
	return true;
}

/** The field of {@link CameraSettings} that a setting fills: `http-port` → `httpPort`. */
export function fieldOf(name: string): string {
	return name
		.split("-")
		.map((word, i) => (i === 0 ? word : word[0].toUpperCase() + word.slice(1)))
		.join("");
}
