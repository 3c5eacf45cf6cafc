import type { Millis } from "../../core/time";
import type { Metric, MetricLabels } from "../part";
import type { InventoryEntry } from "./inventory";

/**
 * Metrics of a whole fleet, as one of its members knows it from announcements; the names of the cameras are labels.
 *
 * Values of one name follow each other, as the text format wants it.
 */
export function fleetMetrics(entries: readonly InventoryEntry[]): Metric[] {
	const metrics: Metric[] = [];
	const each = (name: string, help: string, value: (entry: InventoryEntry) => number | undefined): void => {
		for (const entry of entries) {
			const number = value(entry);
			if (number !== undefined) metrics.push([name, "gauge", help, number, labelsOf(entry)]);
		}
	};
	for (const entry of entries) {
		const { kind, model, address, group } = entry;
		const more: MetricLabels = [
			["kind", kind],
			["model", model],
			["address", address],
			["group", group],
		];
		const labels = labelsOf(entry).concat(more);
		metrics.push(["fleet_device_info", "gauge", "1: what is known of a device of the fleet", 1, labels]);
	}
	each("fleet_device_up", "1: the device is heard; 0: it is silent", ({ health }) => (health === "silent" ? 0 : 1));
	each("fleet_device_trouble", "1: the camera has no pictures", ({ health }) => (health === "no-pictures" ? 1 : 0));
	each("fleet_device_reachable", "1: a port of the router leads to the device", ({ internetUrl }) =>
		internetUrl === "" ? 0 : 1,
	);
	each("fleet_device_representative", "1: the device serves the portal", ({ representative }) =>
		representative ? 1 : 0,
	);
	each("fleet_device_last_seen_timestamp_seconds", "When the device was heard last", ({ lastSeen }) =>
		lastSeen === null ? undefined : secondsOfUtc(lastSeen),
	);
	return metrics;
}

function labelsOf({ id, name }: InventoryEntry): (readonly [string, string])[] {
	return [
		["id", id],
		["name", name],
	];
}

function secondsOfUtc(utc: Millis): number {
	return Math.round(utc) / 1000;
}
