import { schema } from "./schema";
import { choice, integer, onOff, ports } from "./setting";

/** Defines the external ports of the representative. */
export const REPRESENTATIVE_PORTS = ports({
	most: 8,
	default: [8080, 18080, 28080],
	editable: true,
	restart: true,
	help: "external ports of the representative, in order of preference; must be the same on all devices of the fleet",
});

/** Settings of port mappings on the Internet gateway. */
export const GATEWAY_SCHEMA = schema("Internet gateway", {
	mapping: onOff({
		default: true,
		help: "request a port from the Internet gateway; off: this camera can be reached on the home network only, and takes no part in the fleet: it neither lists other devices nor is listed or recorded",
	}),
	portLayout: choice({
		of: ["fixed", "same"],
		default: "fixed",
		editable: true,
		restart: true,
		help: "fixed: --http-port on the home network, only external ports differ; same: the internal port equals the external port",
	}),
	representativePorts: REPRESENTATIVE_PORTS,
	representativeLease: integer({
		min: 10,
		max: 86400,
		default: 60,
		unit: "seconds",
		help: "lease of the representative's port; renewed after a third of it",
	}),
	ownLease: integer({
		min: 10,
		max: 604800,
		default: 600,
		unit: "seconds",
		help: "lease of any other device's port; renewed after a third of it",
	}),
	addressPoll: integer({
		min: 1,
		max: 3600,
		default: 60,
		unit: "seconds",
		help: "how often the gateway is asked for its external address",
	}),
	tablePeriod: integer({
		min: 1,
		max: 3600,
		default: 60,
		unit: "seconds",
		help: "how often the representative reads the gateway's port table (with --gather table or list)",
	}),
});
