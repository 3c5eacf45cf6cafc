import type { AbsentCamera } from "../../fleet/absent-cameras";
import type { Fleet } from "../../fleet/fleet";
import type { Member } from "../../fleet/member";
import type { DeviceAddresses } from "../device-addresses";
import type { Metric } from "../part";
import { urlOf } from "../url-of";

/** The state of a device in its fleet, for the status of the API. */
export function fleetStatus(
	fleet: Fleet,
	addresses: DeviceAddresses,
	absent: readonly AbsentCamera[],
): Record<string, unknown> {
	const { self, receiver, succession, registry } = fleet;
	return {
		name: self.name,
		representative: self.representative,
		externalUrl: urlOf(addresses.externalHost, self.externalPort, self.secure),
		lanUrl: urlOf(addresses.lanAddress(), self.httpPort, self.secure),
		fleet: {
			sealed: fleet.sealed,
			strangeDatagrams: receiver.strange,
			refusedDatagrams: receiver.refused,
			term: succession.term,
			heirs: succession.heirs,
			cameras: registry.sorted().map(memberStatus),
			absent,
		},
	};
}

/** The metrics of a device in its fleet. @param absent how many devices are absent */
export function fleetMetrics({ registry, self, succession, receiver }: Fleet, absent: number): readonly Metric[] {
	return [
		[
			"fleet_cameras",
			"gauge",
			"Devices of the fleet (cameras, NAS, control hosts), this one included",
			registry.size + 1,
		],
		["fleet_representative", "gauge", "1: this camera is the representative", self.representative ? 1 : 0],
		["fleet_absent_cameras", "gauge", "Devices that fell silent and were not forgotten", absent],
		["fleet_term", "gauge", "Successions so far", succession.term],
		["fleet_refused_datagrams_total", "counter", "Messages whose seal was wrong", receiver.refused],
		["external_port", "gauge", "Port on the Internet gateway; 0: none", self.externalPort],
	];
}

function memberStatus(member: Member): unknown {
	const { id, name, address, httpPort, externalPort, externalHost, representative, inTable } = member;
	return { id, name, address, httpPort, externalPort, externalHost, representative, inTable: inTable ?? null };
}
