import { isHex } from "../base/hex";
import { ipFamily } from "../core/ip-address";
import { ACCESS_SCHEMA } from "./access-schema";
import { HTTP_SCHEMA } from "./http-schema";
import { IDENTITY_SCHEMA } from "./identity-schema";
import { mergeSchemas, schema, type ValuesOf } from "./schema";
import { choice, integer, port, type SettingValue, text } from "./setting";
import { TLS_SCHEMA } from "./tls-schema";
import { withDefaults, withHelp } from "./with-defaults";

/** Tells whether text is empty or two addresses of the same family with a comma between. */
function isAddressPair(value: string): boolean {
	const [one, two, ...more] = value.split(",");
	const family = ipFamily(one);
	return value === "" || (more.length === 0 && family !== undefined && one !== two && ipFamily(two ?? "") === family);
}

/** Settings of a rendezvous server. */
const SERVING_SCHEMA = schema(
	"Rendezvous server",
	{
		udpPort: port({ default: 3478, help: "UDP port of this server, for devices, viewers and any STUN client" }),
		only: choice({
			of: ["all", "address", "matching", "keepalive"],
			default: "all",
			help: "what this server does: it tells clients their public address (address), registers devices and introduces viewers to them (matching), takes keep-alives (keepalive), or all of it",
		}),
		keepalive: choice({
			of: ["answering", "silent", "none"],
			default: "answering",
			help: "what it tells devices to do between registrations so that their router keeps the way to them open: send messages that it answers, send some that it does not answer, or only register again",
		}),
		hostName: text({
			placeholder: "NAME",
			expected: "a domain name",
			help: "domain name or address by which devices and viewers reach this server, for the setting that it shows; empty: its first address",
		}),
		rendezvousKey: text({
			placeholder: "KEY",
			secret: true,
			check: (value) => value === "" || isHex(value, 64),
			expected: "64 hexadecimal digits",
			help: "this server's private key; empty: one is made at the first start. Servers that share a store need the same one",
		}),
		homes: text({
			placeholder: "FILE",
			expected: "the path of a file",
			help: "the homes that may use this server, one identifier of 32 digits a line, as the page Away from home of their devices shows it; empty: any home",
		}),
		registrations: integer({
			min: 1,
			max: 4_000_000,
			default: 1_000_000,
			help: "maximum number of registered devices; each takes about 250 octets of memory",
		}),
		registrationTime: integer({
			min: 30,
			max: 3600,
			default: 120,
			unit: "seconds",
			help: "how long a device stays registered unless it registers again, which it does after half of that",
		}),
		turn: text({
			placeholder: "HOST[:PORT]",
			expected: "a host, or host and port",
			help: "TURN server for pairs of devices that have no direct path, such as coturn with use-auth-secret; empty: none",
		}),
		turnSecret: text({
			placeholder: "TEXT",
			secret: true,
			expected: "text",
			help: "the secret that it shares with the TURN server (static-auth-secret), from which short-lived passwords are made",
		}),
		discoveryAddresses: text({
			placeholder: "ADDRESS,ADDRESS",
			check: isAddressPair,
			expected: "two addresses of this machine, separated by a comma",
			help: "two public addresses of this machine, so that clients can find out how their router filters (RFC 5780); empty: they can't",
		}),
		discoveryPort: port({ default: 3479, help: "with --discovery-addresses: the second UDP port" }),
	},
	({ turn, turnSecret, udpPort, discoveryAddresses, discoveryPort }) => {
		if (turn !== "" && turnSecret === "")
			return { field: "turnSecret", problem: "must be given together with %", other: "turn" };
		if (turn === "" && turnSecret !== "")
			return { field: "turn", problem: "must be given together with %", other: "turnSecret" };
		if (discoveryAddresses !== "" && discoveryPort === udpPort) {
			return { field: "discoveryPort", problem: "must be another port than %", other: "udpPort" };
		}
		return undefined;
	},
);

/** Defaults of a rendezvous server that differ from a camera's. */
const DEFAULTS: ReadonlyMap<string, SettingValue> = new Map<string, SettingValue>([
	["name", "Rendezvous"],
	["http-port", 8080],
	["connections", 10_000],
]);

/** Help texts that would speak of a camera. */
const HELP: ReadonlyMap<string, string> = new Map([
	["name", "name of this server on its pages"],
	["http-port", "TCP port of its pages, and of devices and viewers whose network lets no UDP through"],
	[
		"tls-certificate",
		"certificate in PEM format, with its chain: the server then also takes HTTPS and WSS; read again when the file changes",
	],
]);

/** The settings of a rendezvous server on every host. */
export const RENDEZVOUS_SCHEMA = mergeSchemas(
	SERVING_SCHEMA,
	withHelp(withDefaults(mergeSchemas(IDENTITY_SCHEMA, ACCESS_SCHEMA, TLS_SCHEMA, HTTP_SCHEMA), DEFAULTS), HELP),
);

/** The values of {@link RENDEZVOUS_SCHEMA}. */
export type RendezvousSettings = ValuesOf<typeof RENDEZVOUS_SCHEMA>;
