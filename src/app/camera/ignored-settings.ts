import type { Log } from "../../ports/log";
import type { CameraSettings } from "../../settings/camera-schema";

/** Warns of given settings that have no effect on hosts that can neither move an address nor fetch from the Internet. */
export function warnOfIgnoredSettings(
	{ floatingAddress, dynamicDnsUrl }: Pick<CameraSettings, "floatingAddress" | "dynamicDnsUrl">,
	log: Log,
): void {
	if (floatingAddress !== "") warn("floating-address", log);
	if (dynamicDnsUrl !== "") warn("dynamic-dns-url", log);
}

function warn(name: string, log: Log): void {
	log.write("warn", "settings", `${name} is ignored: this program does not support it`);
}
