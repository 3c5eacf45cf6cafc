import { PanTilt } from "../camera/pan-tilt";
import { FleetKey } from "../fleet/fleet-key";
import { FLEET_DEFAULTS, type FleetSettings } from "../fleet/fleet-settings";
import { SUCCESSION_DEFAULTS, type SuccessionSettings } from "../fleet/succession-settings";
import { GATEWAY_DEFAULTS, type GatewaySettings } from "../gateway/gateway-settings";
import type { CameraSettings } from "../settings/camera-schema";
import type { CameraHost } from "./camera-host";
import type { Identity } from "./identity";
import { MotionMemory } from "./motion-memory";

/** What the gateway client has to know, out of a camera's settings. */
export function gatewaySettings(settings: CameraSettings, identity: Identity, model: string): GatewaySettings {
	return {
		...GATEWAY_DEFAULTS,
		id: identity.id,
		model,
		representativePorts: settings.representativePorts,
		internalPort: settings.portLayout === "fixed" ? settings.httpPort : 0,
		representativeLease: settings.representativeLease,
		ownLease: settings.ownLease,
		addressPoll: settings.addressPoll * 1000,
		table: settings.gather.includes("list") ? "list" : settings.gather.includes("table") ? "walk" : "none",
	};
}

/** What the fleet has to know, out of a camera's settings. @param key the fleet's key; empty: the fleet is open */
export function fleetSettings(settings: CameraSettings, identity: Identity, model: string, key: string): FleetSettings {
	const succession: Omit<SuccessionSettings, "id"> = {
		...SUCCESSION_DEFAULTS,
		mode: settings.succession,
		priority: settings.priority,
		heartbeat: settings.heartbeat,
		missed: settings.missedHeartbeats,
		redraw: settings.contention,
		delay: settings.claimDelay,
		probe: settings.probeInterval.map((seconds) => seconds * 1000),
	};
	return {
		...FLEET_DEFAULTS,
		id: identity.id,
		boot: identity.boot,
		model,
		fleet: settings.fleet,
		delivery: {
			multicast: settings.delivery.includes("multicast"),
			broadcast: settings.delivery.includes("broadcast"),
			unicast: settings.delivery.includes("unicast"),
		},
		announcements: settings.gather.includes("announcements"),
		table: settings.gather.includes("table") || settings.gather.includes("list"),
		inquiryMin: settings.inquiry[0] * 1000,
		inquiryMax: settings.inquiry[1] * 1000,
		firstPort: settings.representativePorts[0],
		keys: key === "" ? [] : key.split(",").map((text) => new FleetKey(text)),
		succession,
	};
}

/** What turns the camera, as its settings allow, with the presets that it has stored. */
export function panTiltOf({ motion, store, log }: CameraHost, settings: CameraSettings): PanTilt {
	const { panLimit, tiltLimit, motionSpeed, patrolDwell } = settings;
	const options = { panLimit, tiltLimit, speed: motionSpeed, dwell: patrolDwell };
	return new PanTilt(motion, options, new MotionMemory(store, log));
}
