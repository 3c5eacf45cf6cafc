import { schema } from "./schema";
import { text } from "./setting";

/** Where messages go, as the settings name it. */
export interface MqttServer {
	readonly secure: boolean;
	/** The URL of the server as the library takes it, without user and password. */
	readonly url: string;
	readonly user: string;
	readonly password: string;
}

/** Settings of messages about events by MQTT (STR-26). */
export const MQTT_SCHEMA = schema("MQTT", {
	mqtt: text({
		placeholder: "URL",
		secret: true,
		check: (value) => value === "" || parseMqttUrl(value) !== undefined,
		expected: "a URL such as mqtt://user:password@192.168.0.5:1883 or mqtts://broker.example",
		help: "the MQTT broker that is told of events; Home Assistant then finds motion, pictures and switches of each camera by itself",
	}),
	mqttTopic: text({
		placeholder: "PREFIX",
		default: "porthole",
		check: isTopic,
		expected: "a topic without wildcards, such as porthole or home/cameras",
		help: "the first part of all topics",
	}),
	mqttDiscovery: text({
		placeholder: "PREFIX",
		default: "homeassistant",
		check: (value) => value === "" || isTopic(value),
		expected: "a topic without wildcards; or empty",
		help: "the topic under which Home Assistant looks for devices; empty: none are announced to it",
	}),
	mqttCa: text({
		placeholder: "FILE",
		expected: "the path of a file",
		help: "certificate authority of the broker (PEM), for mqtts; empty: those of the system",
	}),
});

/** Whether text can be the beginning of a topic. @see MQTT 3.1.1 §4.7 */
function isTopic(text: string): boolean {
	if (text === "" || text.length > 128 || text.startsWith("/") || text.endsWith("/") || text.startsWith("$"))
		return false;
	for (const character of text) if (character === "+" || character === "#" || character < " ") return false;
	return true;
}

/** Reads the URL of a broker; `undefined` for anything else. */
export function parseMqttUrl(text: string): MqttServer | undefined {
	if (text.length > 1024) return undefined;
	const secure = text.startsWith("mqtts://");
	if (!secure && !text.startsWith("mqtt://")) return undefined;
	const rest = text.slice(text.indexOf("//") + 2);
	const at = rest.lastIndexOf("@");
	const place = rest.slice(at + 1);
	const login = rest.slice(0, Math.max(0, at));
	const colon = login.indexOf(":");
	const end = place.endsWith("/") ? place.length - 1 : place.length;
	const host = place.slice(0, end);
	if (host === "" || host.includes("/") || host.includes("?") || host.includes("#") || host.includes(" "))
		return undefined;
	try {
		const user = decodeURIComponent(colon < 0 ? login : login.slice(0, colon));
		const password = decodeURIComponent(colon < 0 ? "" : login.slice(colon + 1));
		return { secure, url: `${secure ? "mqtts" : "mqtt"}://${host}`, user, password };
	} catch {
		return undefined;
	}
}
