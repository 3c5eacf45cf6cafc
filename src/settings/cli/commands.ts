import { password } from "../access-schema";
import { CAMERA_SCHEMA } from "../camera-schema";
import { isFleetKey } from "../fleet-schema";
import { NAS_SCHEMA } from "../nas-schema";
import { RELAY_SCHEMA } from "../relay-schema";
import { RENDEZVOUS_SCHEMA } from "../rendezvous-schema";
import { mergeSchemas, type Schema, schema } from "../schema";
import { choice, integer, onOff, text } from "../setting";
import { STREAM_CONTROL_SCHEMA } from "../stream-link-schema";
import { DOCTOR_SCHEMA } from "./doctor-schema";
import {
	CONFIG,
	FLEET_KEY_FILE,
	HOST_SCHEMA,
	logLevel,
	RELAY_HOST_SCHEMA,
	RENDEZVOUS_HOST_SCHEMA,
} from "./host-schema";
import { VIEW_SCHEMA } from "./view-schema";

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

/** Settings of `porthole rendezvous` on every host. */
export const RENDEZVOUS_COMMAND_SCHEMA = mergeSchemas(RENDEZVOUS_SCHEMA, RENDEZVOUS_HOST_SCHEMA);

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
	networkPort: integer({
		min: 1,
		max: 65000,
		default: 8070,
		placeholder: "PORT",
		help: "port on this machine of the page that draws the network and cuts things off; the laptop behind another router and the relay have the two ports after it",
	}),
	password: password('password of the user "owner"; empty: a random one, which is printed'),
	listen: text({
		placeholder: "ADDRESS",
		default: "127.0.0.1",
		expected: "an IPv4 address of this machine",
		help: "address of this machine on which the demo's ports are opened",
	}),
	onlyCameras: onOff({
		default: false,
		help: "on: the cameras and their router, and nothing else; off: also a NAS that records them, a laptop behind another router, a relay, and the page that draws all of it",
	}),
	logLevel: logLevel("warn"),
});

/** Settings of `porthole routes`. */
export const ROUTES_SCHEMA = schema("Routes", {
	config: CONFIG,
	table: text({
		placeholder: "FILE",
		expected: "the path of a file",
		help: "the address management table, as docs/stream-server.md describes it",
	}),
	check: onOff({
		default: false,
		help: "only say what in the table cannot work, and why; exit code 1 if there is anything",
	}),
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
		help: "with --relay: the networks of these origins; empty: any. The rules of your own forward chain do not apply to connections that are taken",
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

/** Settings of `completion`. */
export const COMPLETION_SCHEMA = schema("Completion", { config: CONFIG });

/** One line of a help text that a user can type: the words after the command, and what they do. */
export type Example = readonly [words: string, does: string];

/** Headings of the list of commands. */
export type CommandGroup = "Devices at home" | "Servers on the Internet" | "Tools";

/** One command of the programs. */
export interface Command {
	/** What it does, for help texts. */
	readonly summary: string;
	/** Its settings on every host; a host may add its own. */
	readonly schema: Schema;
	/** Under which heading it is listed. */
	readonly group: CommandGroup;
	/** Good for every program that has the command. */
	readonly examples: readonly Example[];
	/** The words of which one may stand before its options. @default none */
	readonly words?: readonly string[];
	/** A word of the user's own that may stand before its options, as help texts name it: `NAME`. @default none */
	readonly word?: string;
}

function command<const Fields extends Command>(fields: Fields): Fields {
	return Object.freeze(fields);
}

/** The commands of `porthole` and `porthole-linux`. A host runs those that it has registered. */
export const COMMANDS = Object.freeze({
	camera: command({
		summary: "run one camera on this machine",
		schema: CAMERA_COMMAND_SCHEMA,
		group: "Devices at home",
		examples: [
			["", "with the default source of pictures"],
			["--source /dev/video0 --name Garage", "a camera that is plugged in"],
			["--source rtsp://viewer:secret@192.168.1.30/stream1", "a network camera of another maker"],
			[
				"--source /dev/video2 --http-port 8001 --rtsp-port 8555 --data garden",
				"a second camera on the same machine: ports and a folder of its own",
			],
		],
	}),
	nas: command({
		summary: "record the cameras of this home, play and keep what they saw, and serve files",
		schema: NAS_COMMAND_SCHEMA,
		group: "Devices at home",
		examples: [
			["--storage /srv/porthole", "record all cameras of this home"],
			["--storage /srv/porthole --record event --keep-days 14", "only what moves, for two weeks"],
		],
	}),
	"stream-control": command({
		summary:
			"take the requests of video players (RTSP) on this machine, for a NAS in the same network that sends the streams",
		schema: STREAM_CONTROL_COMMAND_SCHEMA,
		group: "Devices at home",
		examples: [["--nas 10.1.0.20", "for the NAS at this address, which runs with --link-port 8556"]],
	}),
	relay: command({
		summary: "get live streams once from their origins, copy them to all viewers, and account for every byte",
		schema: RELAY_COMMAND_SCHEMA,
		group: "Servers on the Internet",
		examples: [
			["--relay-table relay.table", "with the origins and contents of this file"],
			["--relay-name west --host-name relay.example.org", "a relay with which cameras register"],
		],
	}),
	view: command({
		summary:
			"watch a camera or a whole home from anywhere on the Internet, behind any NAT, in browsers and players on this machine",
		schema: VIEW_SCHEMA,
		group: "Tools",
		word: "CAMERA|HOME|CAMERA.HOME|CODE",
		examples: [
			["--pair http://192.168.1.20:8000 --password correct-horse", "pair with a home once, inside its network"],
			[
				"",
				"open the home, from anywhere, by the addresses that it prints (with ?link=…); the first one says how each device is connected",
			],
			["garage.cabin --rtsp-port 0", "one camera of one home, in browsers only"],
		],
	}),
	ledger: command({
		summary:
			"list, sum up or export what relays have reported to this NAS or camera, or list used tickets without a report",
		schema: LEDGER_COMMAND_SCHEMA,
		group: "Tools",
		words: Object.freeze(["list", "sum", "export", "unrecorded"]),
		examples: [
			["sum --folder /srv/porthole --by day", "how much was sent on each day"],
			["export --folder /srv/porthole --from 2026-11-01 --format json", "all records since a day"],
		],
	}),
	"relay-key": command({
		summary: "print the key that a relay shares with the cameras of a fleet, for the relay's table",
		schema: RELAY_KEY_SCHEMA,
		group: "Tools",
		word: "NAME",
		examples: [["west --fleet-key-file fleet.key", "the key of the relay west"]],
	}),
	rendezvous: command({
		summary: "help devices and viewers behind routers to find and reach each other; it carries no media",
		schema: RENDEZVOUS_COMMAND_SCHEMA,
		group: "Servers on the Internet",
		examples: [["--host-name rendezvous.example.org", "prints the setting for devices, KEY@HOST"]],
	}),
	demo: command({
		summary: "run a virtual home with cameras and a NAS, and a network around it, on this machine, to try Porthole out",
		schema: DEMO_SCHEMA,
		group: "Tools",
		examples: [
			["", "the portal at http://localhost:8080/, the drawing of the network at http://localhost:8070/"],
			["--cameras 6 --port 9000", "more of them, at another port"],
		],
	}),
	doctor: command({
		summary:
			"examine this network and report which ways lead to each camera from the Internet, and why the others do not",
		schema: DOCTOR_SCHEMA,
		group: "Tools",
		examples: [
			["", "the router, its ports, and the cameras that can be seen without a password"],
			[
				"--fleet-key-file fleet.key --password-file owner.password",
				"also what the cameras of a fleet with a key know of themselves",
			],
			["--stun-servers stun.example.org", "also the kind of NAT"],
			["--json", "for programs"],
		],
	}),
	routes: command({
		summary:
			"print nftables rule sets: for a firewall and a router around the stream server, from its address management table, or for a transparent relay",
		schema: ROUTES_SCHEMA,
		group: "Tools",
		examples: [
			["--table addresses.table --check", "what in the table cannot work"],
			["--relay --access eth1", "rules of a transparent relay"],
		],
	}),
	completion: command({
		summary: "print the shell's completion of commands, options and values",
		schema: COMPLETION_SCHEMA,
		group: "Tools",
		words: Object.freeze(["bash", "zsh", "fish"]),
		examples: [
			["bash > ~/.local/share/bash-completion/completions/{}", "for bash"],
			["zsh > ~/.zfunc/_{}", "for zsh, with ~/.zfunc in fpath"],
			["fish > ~/.config/fish/completions/{}.fish", "for fish"],
		],
	}),
}) satisfies Readonly<Record<string, Command>>;

/** Names of the commands. */
export type CommandName = keyof typeof COMMANDS;

/** Exit codes of all commands. */
export const EXIT_CODES = Object.freeze({ done: 0, failed: 1, usage: 2 });
