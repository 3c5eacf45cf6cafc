import { password } from "../access-schema";
import { CAMERA_SCHEMA } from "../camera-schema";
import { isFleetKey } from "../fleet-schema";
import { REPRESENTATIVE_PORTS } from "../gateway-schema";
import { NAS_SCHEMA } from "../nas-schema";
import { RELAY_SCHEMA } from "../relay-schema";
import { mergeSchemas, type Schema, schema } from "../schema";
import { choice, integer, onOff, text } from "../setting";
import { STREAM_CONTROL_SCHEMA } from "../stream-link-schema";
import { CONFIG, FLEET_KEY_FILE, HOST_SCHEMA, INTERFACE, logLevel, RELAY_HOST_SCHEMA } from "./host-schema";

/** What a time is. */
const TIME = "a day such as 2026-11-27, or a time such as 2026-11-27T17:40Z";

/** Settings of `porthole camera` on every host. */
export const CAMERA_COMMAND_SCHEMA = mergeSchemas(HOST_SCHEMA, CAMERA_SCHEMA);

/** The setting that says where a NAS stores everything. */
const STORAGE_FOLDER_SCHEMA = schema("Storage folder", {
	storage: text({
		placeholder: "FOLDER",
		expected: "the path of a folder",
		help: "folder for recordings and files, to which no other program should write; it has no default",
	}),
});

/** Settings of `porthole nas` on every host. */
export const NAS_COMMAND_SCHEMA = mergeSchemas(STORAGE_FOLDER_SCHEMA, HOST_SCHEMA, NAS_SCHEMA);

/** Settings of `porthole stream-control` on every host. */
export const STREAM_CONTROL_COMMAND_SCHEMA = mergeSchemas(HOST_SCHEMA, STREAM_CONTROL_SCHEMA);

/** The setting that says where a relay keeps reports until they are delivered. */
const OUTBOX_FOLDER_SCHEMA = schema("Outbox", {
	outbox: text({
		placeholder: "FOLDER",
		expected: "the path of a folder",
		help: "folder for metering records until origins have them; empty: a folder in that of --data",
	}),
});

/** Settings of `porthole relay` on every host. */
export const RELAY_COMMAND_SCHEMA = mergeSchemas(RELAY_SCHEMA, OUTBOX_FOLDER_SCHEMA, RELAY_HOST_SCHEMA);

/** Settings of `porthole demo`. */
export const DEMO_SCHEMA = schema("Demo", {
	config: CONFIG,
	cameras: integer({ min: 1, max: 12, default: 3, help: "number of virtual cameras" }),
	port: integer({
		min: 1,
		max: 65000,
		default: 8080,
		placeholder: "PORT",
		help: "the representative's port on this machine; the other cameras get the ports after it",
	}),
	rtspPort: integer({
		min: 0,
		max: 65000,
		default: 8554,
		placeholder: "PORT",
		help: "one camera's port for video players (RTSP) on this machine; the other cameras get the ports after it; 0: none",
	}),
	password: password('password of the user "owner"; empty: a random one, which is printed'),
	listen: text({
		placeholder: "ADDRESS",
		default: "127.0.0.1",
		expected: "an IPv4 address of this machine",
		help: "address of this machine on which the demo's ports are opened",
	}),
	logLevel: logLevel("warn"),
});

/** Settings of `porthole doctor`. */
export const DOCTOR_SCHEMA = schema("Doctor", {
	config: CONFIG,
	interface: INTERFACE,
	// There is no page on which these could be changed.
	representativePorts: { ...REPRESENTATIVE_PORTS, editable: false },
	logLevel: logLevel("error"),
});

/** Settings of `porthole routes`. */
export const ROUTES_SCHEMA = schema("Routes", {
	config: CONFIG,
	table: text({
		placeholder: "FILE",
		expected: "the path of a file",
		help: "the address management table, as docs/stream-server.md describes it",
	}),
	check: onOff({ default: false, help: "only say what in the table cannot work and why; exit code 1 if anything" }),
	firewall: onOff({ default: false, help: "print the firewall's rule set alone, for nft -f -" }),
	router: onOff({ default: false, help: "print the router's rule set alone, for nft -f -" }),
	relay: onOff({ default: false, help: "print the rule set of a transparent relay, for nft -f -; it needs no table" }),
	access: text({
		placeholder: "NAMES",
		expected: "names of network interfaces, separated by commas",
		help: "with --relay: the interfaces to the access network, where the viewers are",
	}),
	originPorts: text({
		placeholder: "PORTS",
		expected: "TCP ports, separated by commas",
		default: "80,554,8080,8554",
		help: "with --relay: the ports of origins whose connections are taken",
	}),
	origins: text({
		placeholder: "NETWORKS",
		expected: "networks such as 192.0.2.0/24, separated by commas",
		help: "with --relay: the networks of these origins; empty: any. Rules of the chain forward do not hold for what is taken",
	}),
	transparentPort: integer({
		min: 1,
		max: 65_535,
		default: 8599,
		placeholder: "PORT",
		help: "with --relay: the port at which the relay takes them, as its --transparent-port says",
	}),
});

/** Settings of `porthole ledger`. */
export const LEDGER_COMMAND_SCHEMA = schema("Ledger", {
	config: CONFIG,
	folder: text({
		placeholder: "FOLDER",
		expected: "the path of a folder",
		help: "the storage folder of a NAS, or the data folder of a camera, whose ledger is read",
	}),
	by: choice({ of: ["viewer", "content", "relay", "day"], default: "viewer", help: "what sums are grouped by" }),
	from: text({ placeholder: "DAY", expected: TIME, help: "only records that ended on this day (UTC) or later" }),
	to: text({ placeholder: "DAY", expected: TIME, help: "only records that ended on this day (UTC) or earlier" }),
	viewer: text({ placeholder: "NAME", expected: "a name", help: "only records of this viewer" }),
	content: text({ placeholder: "NAME", expected: "a name", help: "only records of this content" }),
	relay: text({ placeholder: "NAME", expected: "a name", help: "only records of this relay" }),
	limit: integer({ min: 1, max: 1000, default: 50, help: "how many records are listed" }),
	format: choice({ of: ["csv", "json"], default: "csv", help: "the form of an export" }),
});

/** Settings of `porthole relay-key`. */
export const RELAY_KEY_SCHEMA = schema("Relay key", {
	config: CONFIG,
	fleetKey: text({
		placeholder: "KEY",
		secret: true,
		check: (value) => value === "" || value.split(",").every(isFleetKey),
		expected: "a key of 16 to 128 visible ASCII characters, or two separated by a comma",
		help: "the fleet's key, as its cameras have it; of two the first one counts",
	}),
	fleetKeyFile: FLEET_KEY_FILE,
});

/** One command of the programs. */
export interface Command {
	/** What it does, for help texts. */
	readonly summary: string;
	/** Its settings on every host; a host may add its own. */
	readonly schema: Schema;
	/** What may stand before its options, for help texts: `list|sum`. @default nothing */
	readonly word?: string;
}

/** The commands of `porthole` and `porthole-linux`. A host runs those that it has registered. */
export const COMMANDS = Object.freeze({
	camera: Object.freeze({
		summary: "run one camera on this machine",
		schema: CAMERA_COMMAND_SCHEMA,
	}),
	nas: Object.freeze({
		summary: "record the cameras of this home, play and keep what they saw, and serve files",
		schema: NAS_COMMAND_SCHEMA,
	}),
	"stream-control": Object.freeze({
		summary:
			"take the requests of video players (RTSP) on this machine, for a NAS in the same network that sends the streams",
		schema: STREAM_CONTROL_COMMAND_SCHEMA,
	}),
	relay: Object.freeze({
		summary: "get live streams once from their origins, copy them to all viewers, and account for every byte",
		schema: RELAY_COMMAND_SCHEMA,
	}),
	ledger: Object.freeze({
		summary: "list, sum up or export what relays reported to this NAS or camera, or the used tickets without a report",
		schema: LEDGER_COMMAND_SCHEMA,
		word: "list|sum|export|unrecorded",
	}),
	"relay-key": Object.freeze({
		summary: "print the key that a relay shares with the cameras of a fleet, for the relay's table",
		schema: RELAY_KEY_SCHEMA,
		word: "NAME",
	}),
	demo: Object.freeze({
		summary: "run a virtual home with a router and three cameras on this machine, to try Porthole out (npm start)",
		schema: DEMO_SCHEMA,
	}),
	doctor: Object.freeze({
		summary: "examine this network's Internet gateway and report whether a camera can be reached through it",
		schema: DOCTOR_SCHEMA,
	}),
	routes: Object.freeze({
		summary:
			"print nftables rule sets: for a firewall and a router around the stream server, from its address management table, or for a transparent relay",
		schema: ROUTES_SCHEMA,
	}),
}) satisfies Readonly<Record<string, Command>>;

/** Names of the commands. */
export type CommandName = keyof typeof COMMANDS;

/** Exit codes of all commands. */
export const EXIT_CODES = Object.freeze({ done: 0, failed: 1, usage: 2 });
