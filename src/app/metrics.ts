import type { Camera } from "./camera/camera";

/** One value with its name, kind and meaning. */
type Metric = readonly [name: string, kind: "counter" | "gauge", about: string, value: number];

/** What a camera measures, for Prometheus. @see Prometheus text exposition format 0.0.4 */
export function metrics(camera: Camera): string {
	const { web, fleet, gateway } = camera;
	const { counters } = web.server;
	const list: readonly Metric[] = [
		["uptime_seconds", "gauge", "Time since the camera began", camera.pump.now() / 1000],
		["frames_total", "counter", "Pictures taken", web.hub.frames],
		["frames_delivered_total", "counter", "Pictures sent to viewers of the live stream", web.hub.delivered],
		["frames_missed_total", "counter", "Pictures that viewers missed because they were slow", web.hub.dropped],
		["viewers", "gauge", "Viewers of the live stream", web.hub.watching],
		["camera_trouble", "gauge", "1: the camera gives no pictures", web.trouble === undefined ? 0 : 1],
		["http_connections", "gauge", "Connections that are open", web.server.connections],
		["http_connections_total", "counter", "Connections accepted", counters.accepted],
		["http_connections_refused_total", "counter", "Connections refused by a limit", counters.refused],
		["http_strangers_displaced_total", "counter", "Strangers dropped in favour of others", counters.displaced],
		["http_requests_total", "counter", "Requests", counters.requests],
		["http_malformed_total", "counter", "Requests that could not be read", counters.malformed],
		["http_timeouts_total", "counter", "Connections dropped because the visitor was too slow", counters.timeouts],
		["http_strangers_total", "counter", "Requests without credentials", web.access.counters.strangers],
		["http_wrong_passwords_total", "counter", "Wrong passwords", web.access.counters.wrongPasswords],
		["fleet_cameras", "gauge", "Cameras of the fleet, this one included", fleet.registry.size + 1],
		["fleet_representative", "gauge", "1: this camera is the representative", fleet.self.representative ? 1 : 0],
		["fleet_term", "counter", "Successions so far", fleet.succession.term],
		["fleet_refused_datagrams_total", "counter", "Messages whose seal did not hold", fleet.receiver.refused],
		["external_port", "gauge", "Port on the Internet gateway; 0: none", fleet.self.externalPort],
		["diagnoses", "gauge", "Things that keep the Internet out", gateway.status().diagnoses.length],
	];
	let text = "";
	for (const [name, kind, about, value] of list)
		text += `# HELP porthole_${name} ${about}.\n# TYPE porthole_${name} ${kind}\nporthole_${name} ${value}\n`;
	return text;
}
