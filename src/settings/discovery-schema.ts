import { schema } from "./schema";
import { onOff } from "./setting";

/** Settings of discovery on the home network by programs of others. */
export const DISCOVERY_SCHEMA = schema("Discovery on the home network", {
	serviceDiscovery: onOff({
		default: true,
		help: "advertise this camera by DNS-SD (Bonjour, Avahi); the Debian package leaves this to Avahi, with a file in /etc/avahi/services",
	}),
	presence: onOff({
		default: false,
		help: "advertise this camera to UPnP tools (SSDP) too; most programs find it by DNS-SD",
	}),
});
