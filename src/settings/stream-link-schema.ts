import { canonicalIp } from "../core/ip-address";
import { isFleetKey } from "./fleet-schema";
import { RTSP_SERVER_SETTINGS, RTSP_TITLE } from "./rtsp-server-schema";
import { mergeSchemas, schema, type ValuesOf } from "./schema";
import { integer, type SettingValue, text } from "./setting";
import { SHARED_SCHEMA } from "./shared-schema";
import { withDefaults, withDevice, withHelp } from "./with-defaults";

/** The port of a NAS to which control hosts connect, unless another one is named. */
export const LINK_PORT = 8556;

const LINK_KEY = text({
	placeholder: "KEY",
	secret: true,
	check: (value) => value === "" || isFleetKey(value),
	expected: "a key of 16 to 128 visible ASCII characters without a comma",
	help: "secret that the control host and the NAS share; empty: the key of their fleet",
});

/** Settings of a NAS that serves the clients of a control host (STR-12). */
export const STREAM_LINK_SCHEMA = schema("Control host", {
	linkPort: integer({
		min: 0,
		max: 65535,
		default: 0,
		placeholder: "PORT",
		help: `port on which a control host (porthole stream-control) reaches this NAS, ${LINK_PORT} unless it is told another one; 0: none`,
	}),
	linkKey: LINK_KEY,
});

/** An address and a port. */
export interface NasEndpoint {
	/** In canonical form. */
	readonly address: string;
	readonly port: number;
}

/** Reads `ADDRESS`, `ADDRESS:PORT` or `[IPV6]:PORT`. @returns `undefined` for anything else */
export function parseNasEndpoint(text: string): NasEndpoint | undefined {
	const whole = canonicalIp(text);
	if (whole !== undefined) return { address: whole, port: LINK_PORT };
	const at = text.lastIndexOf(":");
	if (at < 0) return undefined;
	const head = text.slice(0, at);
	const isBracketed = head.charAt(0) === "[" && head.charAt(head.length - 1) === "]";
	const address = canonicalIp(isBracketed ? head.slice(1, -1) : head);
	const port = Number(text.slice(at + 1));
	if (address === undefined || isBracketed !== address.includes(":")) return undefined;
	return Number.isInteger(port) && port > 0 && port <= 65535 ? { address, port } : undefined;
}

/** Settings of the link of a control host. */
export const NAS_LINK_SCHEMA = schema("NAS", {
	nas: text({
		placeholder: "ADDRESS[:PORT]",
		check: (value) => value === "" || parseNasEndpoint(value) !== undefined,
		expected: `an IP address, with a port unless it is ${LINK_PORT}`,
		help: "where the NAS is that sends the streams, in this network (its --link-port); it has no default",
	}),
	linkKey: LINK_KEY,
});

/** Defaults of a control host that differ from a camera's. */
const DEFAULTS: ReadonlyMap<string, SettingValue> = new Map<string, SettingValue>([
	["name", "Stream control"],
	["priority", 20],
]);

/** Help texts that would speak of a camera. */
const HELP: ReadonlyMap<string, string> = new Map([
	["name", "name of this control host until it is renamed on a page"],
]);

/** The settings of a control host on every host (STR-12). */
export const STREAM_CONTROL_SCHEMA = mergeSchemas(
	NAS_LINK_SCHEMA,
	withHelp(withDevice(withDefaults(SHARED_SCHEMA, DEFAULTS), "control host"), HELP),
	schema(RTSP_TITLE, RTSP_SERVER_SETTINGS),
);

/** The values of {@link STREAM_CONTROL_SCHEMA}. */
export type StreamControlSettings = ValuesOf<typeof STREAM_CONTROL_SCHEMA>;
