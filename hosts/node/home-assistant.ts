import { VERSION } from "../../src/base/version";

/** What Home Assistant is told of a camera. */
export interface DiscoveredCamera {
	/** The identity of the NAS. */
	readonly nas: string;
	readonly key: string;
	readonly title: string;
	/** The first part of the camera's topics. */
	readonly topic: string;
	/** Where `online` or `offline` is. */
	readonly availability: string;
	/** The page of the camera's events; may be empty. */
	readonly url: string;
}

/**
 * Describes a camera of a NAS to Home Assistant as one device with its entities: motion, switch, event, picture of the last event,
 * and what happened last.
 * @see https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload
 */
export function discoveryMessage({ nas, key, title, topic, availability, url }: DiscoveredCamera): string {
	const id = deviceId(nas, key);
	const sensor = (name: string, kind: string, deviceClass?: string) => ({
		platform: "binary_sensor",
		name,
		unique_id: `${id}_${kind}`,
		state_topic: `${topic}/${kind}`,
		...(deviceClass !== undefined && { device_class: deviceClass }),
	});
	return JSON.stringify({
		device: {
			identifiers: [id],
			name: title,
			manufacturer: "Porthole",
			model: "Camera recorded by a NAS",
			...(url !== "" && { configuration_url: url }),
		},
		origin: { name: "Porthole", sw_version: VERSION },
		availability_topic: availability,
		components: {
			motion: sensor("Motion", "motion", "motion"),
			switch: sensor("Switch", "switch"),
			call: sensor("Event", "call"),
			picture: {
				platform: "camera",
				name: "Last event",
				unique_id: `${id}_picture`,
				topic: `${topic}/picture`,
			},
			last: {
				platform: "sensor",
				name: "Last event at",
				device_class: "timestamp",
				unique_id: `${id}_last`,
				state_topic: `${topic}/event`,
				value_template: "{{ (value_json.event.from / 1000) | timestamp_custom('%Y-%m-%dT%H:%M:%S+00:00', false) }}",
			},
		},
	});
}

/** Where the description of a camera is. */
export function discoveryTopic(prefix: string, nas: string, key: string): string {
	return `${prefix}/device/${deviceId(nas, key)}/config`;
}

function deviceId(nas: string, key: string): string {
	return `porthole_${nas}_${key}`;
}
