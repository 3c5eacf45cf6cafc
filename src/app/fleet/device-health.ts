import { SILENT } from "../../fleet/member";
import type { ShownDevice } from "../../web/devices-page";

/** The state of a device, as its announcements tell it. */
export type DeviceHealth = ShownDevice["health"];

/**
 * Tells the state of a device of the fleet; whether it is reached from the Internet is another question.
 * @param device a member, or this device, which has missed nothing
 */
export function healthOf({
	missed = 0,
	trouble,
}: {
	readonly missed?: number;
	readonly trouble: boolean;
}): DeviceHealth {
	if (missed >= SILENT) return "silent";
	return trouble ? "no-pictures" : "ok";
}
