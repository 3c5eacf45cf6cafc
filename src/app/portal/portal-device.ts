import type { AbsentCamera } from "../../fleet/absent-cameras";
import type { Member } from "../../fleet/member";
import type { Health, PortalCamera } from "../../web/portal-view";
import type { FleetService } from "../../wire/fleet-service";
import { CONTROL_KIND, NAS_KIND, type NasState, readNasPath } from "../../wire/nas-service";
import { healthOf } from "../fleet/device-health";
import { rtspUrlOf } from "../url-of";

/** The members of {@link PortalCamera} that follow from the services that a device announces. */
type AnnouncedServices = Pick<PortalCamera, "storage" | "lanRtsp" | "internetRtsp">;

/**
 * Reads from the announced services of a device what the portal shows of it.
 * @param lanHost its address in the LAN; empty: not known
 * @param internetHost its address from the Internet; empty: not known
 */
export function servicesOf(
	services: readonly FleetService[],
	lanHost: string,
	internetHost: string,
): AnnouncedServices {
	return { storage: storageOf(services), ...rtspOf(services, lanHost, internetHost) };
}

/** Makes the card of a camera that has not answered for a while. */
export function absentDevice({ id, name, lastSeen }: AbsentCamera): PortalCamera {
	return {
		id,
		boot: 0,
		name,
		lanUrl: "",
		internetUrl: "",
		representative: false,
		self: false,
		page: "",
		ticket: "",
		pass: "",
		health: "silent",
		lastSeen,
	};
}

/**
 * Tells the health of a member as the portal shows it.
 * @param isReached whether this device is reached without a mapped port; the others of the LAN are too then
 */
export function shownHealth(member: Member, isReached: boolean | undefined): Health {
	const health = healthOf(member);
	const isOpen = isReached === true || (member.externalPort !== 0 && member.inTable !== false);
	return health === "ok" && !isOpen ? "unreachable" : health;
}

/** The storage of a NAS, nothing for a control host; `undefined` for cameras. */
function storageOf(services: readonly FleetService[]): NasState | undefined {
	for (const { kind, path } of services) {
		if (kind === NAS_KIND) return readNasPath(path);
		if (kind === CONTROL_KIND) return NOTHING;
	}
	return undefined;
}

/** Where video players find a device that serves RTSP. */
function rtspOf(services: readonly FleetService[], lanHost: string, internetHost: string): AnnouncedServices {
	for (const { kind, port, externalPort, path, secure } of services) {
		if (kind !== "rtsp") continue;
		const internetRtsp = rtspUrlOf(internetHost, externalPort, path, secure);
		return { lanRtsp: rtspUrlOf(lanHost, port, path), internetRtsp };
	}
	return {};
}

const NOTHING: NasState = Object.freeze([]);
