import { isRelayName } from "../base/relay-name";
import { ACCESS_SCHEMA } from "./access-schema";
import { HTTP_SCHEMA } from "./http-schema";
import { IDENTITY_SCHEMA } from "./identity-schema";
import { RTSP_SERVER_SETTINGS, RTSP_TITLE } from "./rtsp-server-schema";
import { RTSP_SOURCE_SCHEMA } from "./rtsp-source-schema";
import { mergeSchemas, schema, type ValuesOf } from "./schema";
import { integer, type SettingValue, text } from "./setting";
import { TLS_SCHEMA } from "./tls-schema";
import { withDefaults, withHelp } from "./with-defaults";

/** Settings of a relay: its name, what it relays, and for how many viewers. */
const RELAYING_SCHEMA = schema("Relay", {
	relayName: text({
		check: isRelayName,
		expected: "1 to 32 letters, digits, dots, hyphens and underscores",
		default: "relay",
		help: "name of this relay in keys, tickets and metering records; origins tell their relays apart by it",
	}),
	relayTable: text({
		placeholder: "FILE",
		expected: "the path of a file",
		help: "the table of origins and contents, as docs/relay.md describes it",
	}),
	hostName: text({
		placeholder: "NAME",
		expected: "a domain name",
		help: "domain name by which viewers reach this relay; empty: they use its address",
	}),
	viewers: integer({
		min: 1,
		max: 100_000,
		default: 1000,
		help: "maximum number of viewers at a time, by all protocols together",
	}),
	upstreams: integer({
		min: 1,
		max: 10_000,
		default: 64,
		help: "maximum number of sessions with origins at a time, one for each content that is watched; at most three quarters of them for contents that viewers name by URL",
	}),
	grace: integer({
		min: 0,
		max: 3600,
		default: 5,
		unit: "seconds",
		help: "how long the session with the origin is kept after the last viewer has left",
	}),
	reportInterval: integer({
		min: 10,
		max: 86_400,
		default: 300,
		unit: "seconds",
		help: "how often a running session is reported to its origin; its end is reported at once",
	}),
	transparentPort: integer({
		min: 0,
		max: 65_535,
		default: 0,
		placeholder: "PORT",
		help: "port to which the kernel leads connections of viewers to origins, by the rules of porthole routes --relay; 0: no transparent mode",
	}),
	transparentConnections: integer({
		min: 1,
		max: 100_000,
		default: 1000,
		help: "maximum number of connections of the transparent mode at a time, with those that pass through unchanged",
	}),
	transparentConnectionsPerAddress: integer({
		min: 1,
		max: 100_000,
		default: 100,
		help: "how many of them may come from one address",
	}),
	breakLimit: integer({
		min: 1,
		max: 86_400,
		default: 60,
		unit: "seconds",
		help: "how long viewers keep their sessions while the origin can't be reached; then the relay ends them",
	}),
});

const { rtspPort, rtspConnections, rtspConnectionsPerAddress } = RTSP_SERVER_SETTINGS;

/** Defaults of a relay that differ from a camera's. */
const DEFAULTS: ReadonlyMap<string, SettingValue> = new Map<string, SettingValue>([
	["name", "Relay"],
	["http-port", 8080],
	["rtsp-connections", 1000],
	// Many viewers may be behind one router.
	["rtsp-connections-per-address", 100],
]);

/** Help texts that would speak of a camera. */
const HELP: ReadonlyMap<string, string> = new Map([
	["name", "name of this relay on its pages"],
	["http-port", "port on which this relay serves its pages and Motion JPEG"],
	[
		"tls-certificate",
		"certificate in PEM format, with its chain: the relay then serves HTTPS and RTSPS; read again when the file changes",
	],
	["rtsp-port", "port on which video players get the streams by RTSP, and by RTSPS with a certificate; 0: none"],
]);

/** The settings of a relay on every host: those of its parts. */
export const RELAY_SCHEMA = mergeSchemas(
	RELAYING_SCHEMA,
	withHelp(
		withDefaults(
			mergeSchemas(
				IDENTITY_SCHEMA,
				ACCESS_SCHEMA,
				TLS_SCHEMA,
				HTTP_SCHEMA,
				RTSP_SOURCE_SCHEMA,
				schema(RTSP_TITLE, { rtspPort, rtspConnections, rtspConnectionsPerAddress }),
			),
			DEFAULTS,
		),
		HELP,
	),
);

/** The values of {@link RELAY_SCHEMA}. */
export type RelaySettings = ValuesOf<typeof RELAY_SCHEMA>;
