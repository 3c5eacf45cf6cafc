import { schema } from "../schema";
import { choice, integer, onOff, text } from "../setting";

/** Defines how many frames a second are captured; a setting of each host's video source. */
export const FPS = integer({
	min: 1,
	max: 120,
	default: 15,
	help: "frames per second; a slower device or stream keeps its own rate",
});

/** Defines the names of network interfaces. */
export const INTERFACE = text({
	placeholder: "NAME,…",
	expected: "names of network interfaces, separated by commas",
	help: "use these network interfaces only; empty: all",
});

/** Defines the settings file. */
export const CONFIG = text({
	placeholder: "FILE",
	expected: "the path of a file",
	help: 'a JSON file with settings, such as { "http-port": 8000 }; flags and variables override it',
});

/** Defines the least important log lines that are written. */
export function logLevel(level: "error" | "warn" | "info" | "debug") {
	return choice({
		of: ["error", "warn", "info", "debug"],
		default: level,
		help: "least important log lines to write to standard error",
	});
}

/** Defines a file that holds a secret, which a command line would show to other users of the machine. */
function secretFile(what: string, setting: string) {
	return text({
		placeholder: "FILE",
		expected: "the path of a file",
		help: `a file that holds ${what}, and nothing else; in place of --${setting}, which other users of this machine can see`,
	});
}

/** The file of the owner's password. */
export const PASSWORD_FILE = secretFile('the password of the user "owner"', "password");

/** The folder of an appliance and the files of its passwords. */
const FILES = {
	data: text({
		placeholder: "FOLDER",
		expected: "the path of a folder",
		help: "folder for identity, passwords and changed settings, one for each camera, NAS, control host, relay or rendezvous server; empty: ~/.local/state/porthole, and for all but cameras a folder in it",
	}),
	passwordFile: PASSWORD_FILE,
	viewerPasswordFile: secretFile('the password of the user "viewer"', "viewer-password"),
} as const;

/** Defines what an appliance does that cannot begin. */
const RETRY = onOff({
	default: false,
	help: "if a port is in use, or a network interface or a video device is missing, wait for it instead of ending with an error; for services",
});

/** The file of the fleet's key. */
export const FLEET_KEY_FILE = secretFile("the fleet's key", "fleet-key");

/** Settings of every host that has a command line. */
export const HOST_SCHEMA = schema("Program", {
	config: CONFIG,
	...FILES,
	fleetKeyFile: FLEET_KEY_FILE,
	interface: INTERFACE,
	retry: RETRY,
	logLevel: logLevel("info"),
});

/** The same settings for a relay, which is in no fleet. */
export const RELAY_HOST_SCHEMA = schema("Program", {
	config: CONFIG,
	...FILES,
	interface: INTERFACE,
	retry: RETRY,
	logLevel: logLevel("info"),
});

/** The same settings for a rendezvous server, with the files of its secrets. */
export const RENDEZVOUS_HOST_SCHEMA = schema("Program", {
	config: CONFIG,
	...FILES,
	rendezvousKeyFile: secretFile("this server's private key", "rendezvous-key"),
	turnSecretFile: secretFile("the secret shared with the TURN server", "turn-secret"),
	interface: INTERFACE,
	retry: RETRY,
	logLevel: logLevel("info"),
});

/** Splits the value of {@link INTERFACE}. */
export function interfaceNames(value: string): string[] {
	return value.split(",").filter((name) => name !== "");
}
