import { toHex } from "../../base/hex";
import { Fleet } from "../../fleet/fleet";
import { FleetKey } from "../../fleet/fleet-key";
import { FLEET_DEFAULTS, type FleetDelivery, type FleetSettings } from "../../fleet/fleet-settings";
import { type FLEET_SCHEMA, isFleetKey } from "../../settings/fleet-schema";
import type { GATEWAY_SCHEMA } from "../../settings/gateway-schema";
import type { ValuesOf } from "../../settings/schema";
import type { SUCCESSION_SCHEMA } from "../../settings/succession-schema";
import type { Keyring } from "../access/credential-store";
import type { Node, NodeSettings } from "../node";
import type { NodeHost } from "../node-host";

/** The settings of the fleet part. */
export type FleetPartSettings = NodeSettings &
	ValuesOf<typeof FLEET_SCHEMA> &
	ValuesOf<typeof SUCCESSION_SCHEMA> &
	Pick<ValuesOf<typeof GATEWAY_SCHEMA>, "representativePorts">;

/** Makes the machine of the fleet, which has its keys from the settings or the store. */
export function makeFleet(node: Node<FleetPartSettings>): Fleet {
	const { host, identity, settings } = node;
	const key = settings.fleetKey || storedKey(host);
	const fleet = new Fleet(fleetSettings(node, key), host.random);
	fleet.self.name = identity.name;
	fleet.self.automaticName = identity.automaticName;
	fleet.self.group = settings.group;
	fleet.self.httpPort = settings.httpPort;
	fleet.self.secure = node.isSecure;
	return fleet;
}

/**
 * The key that this device has joined with; empty when it has joined no fleet. A damaged key is not the same as none: then
 * the device trusts no other one, as with a key that nobody knows.
 */
function storedKey({ store, random, log }: NodeHost): string {
	const text = store.read("fleet-key");
	if (text === undefined || text.split(",").every(isFleetKey)) return text ?? "";
	const remedy = "Pass --fleet-key, or delete this value from the data folder and join again.";
	log.write("error", "fleet", `the stored value fleet-key is damaged, so this device trusts no other one. ${remedy}`);
	const bytes = new Uint8Array(32);
	random.fill(bytes);
	return toHex(bytes);
}

/** The keys of a fleet, which grow and change with it. */
export function keyringOf(fleet: Fleet): Keyring {
	return fleet.receiver;
}

function fleetSettings({ settings, identity, host }: Node<FleetPartSettings>, key: string): FleetSettings {
	const { delivery, detection, gather, inquiry } = settings;
	return {
		...FLEET_DEFAULTS,
		id: identity.id,
		boot: identity.boot,
		model: host.model,
		fleet: settings.fleet,
		delivery: deliveryOf(delivery),
		probes: deliveryOf(settings.probeDelivery),
		announcements: gather.includes("announcements"),
		table: gather.includes("table") || gather.includes("list"),
		inquiryMin: inquiry[0] * 1000,
		inquiryMax: inquiry[1] * 1000,
		firstPort: settings.representativePorts[0],
		keys: key === "" ? [] : key.split(",").map((text) => new FleetKey(text)),
		succession: {
			mode: settings.succession,
			detection: {
				bye: detection.includes("bye"),
				silence: detection.includes("silence"),
				probe: detection.includes("probe"),
			},
			window: settings.claimWindow,
			turn: settings.claimTurn,
			heirTurn: settings.heirTurn,
			priority: settings.priority,
			heartbeat: settings.heartbeat,
			missed: settings.missedHeartbeats,
			redraw: settings.contention,
			delay: settings.claimDelay,
			probe: settings.probeInterval.map((seconds) => seconds * 1000),
		},
	};
}

function deliveryOf(ways: readonly string[]): FleetDelivery {
	const all = ways.includes("unicast-all");
	return {
		multicast: ways.includes("multicast"),
		broadcast: ways.includes("broadcast"),
		unicast: all || ways.includes("unicast"),
		all,
	};
}
