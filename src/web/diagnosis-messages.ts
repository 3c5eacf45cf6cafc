/*
 * All text about remote access that fails, in English: translate it as messages.ts says.
 */

/** Each way in which remote access can fail, and what to do about it. The keys are those of `Diagnosis`. */
export const DIAGNOSIS_MESSAGES = Object.freeze({
	"no-network": {
		message: "This device has no network address.",
		remedy: "Check the cable or the Wi-Fi. It reconnects automatically.",
	},
	"no-gateway": {
		message: "No router was found that opens ports automatically.",
		remedy:
			"Turn on UPnP (also called IGD or automatic port forwarding), PCP or NAT-PMP in the router's settings, or forward a port by hand.",
	},
	"not-connected": {
		message: "The router is not connected to the Internet.",
		remedy: "Check its Internet connection. It tries again automatically.",
	},
	"status-doubtful": {
		message: "The router says that it is not connected to the Internet, but has an address there.",
		remedy: "You don't need to do anything if it can be reached from the Internet. If not, restart the router.",
	},
	"no-address": {
		message: "The router doesn't report its Internet address.",
		remedy: "Wait until it is online, or set a host name (dynamic DNS).",
	},
	"double-nat": {
		message: "The router has no public address: it is behind another router (double NAT).",
		remedy: "Put one of the two routers into bridge mode, or forward the ports on the outer router too.",
	},
	"carrier-nat": {
		message: "The Internet provider shares one address among many customers (carrier-grade NAT).",
		remedy: "Ask the provider for a public IPv4 address. No router setting can help.",
	},
	permission: {
		message: "The router doesn't allow this device to open ports.",
		remedy:
			"On a FRITZ!Box: Internet, Permit Access, this device, tick \u201cPermit independent port sharing\u201d. On others: allow UPnP for this device.",
	},
	"permanent-leases": {
		message: "The router keeps port mappings permanently.",
		remedy:
			"You don't need to do anything. If you remove a camera without shutting it down, delete its mapping in the router's settings.",
	},
	unconfirmed: {
		message: "The router says that it opened the port, but can't show its port mapping.",
		remedy: "You don't need to do anything if it can be reached from the Internet. If not, restart the router.",
	},
	"port-stuck": {
		message: "The representative's port is held by a camera that is gone, or by another device.",
		remedy: "Restart the router or delete the mapping in its settings. Until then the next port in the list is used.",
	},
	"port-used-by-router": {
		message: "The router itself uses the representative's port.",
		remedy:
			"Another port in the list is used. To get the usual one back, move the router's remote administration to another port.",
	},
	"table-full": {
		message: "The router's port mapping table is full.",
		remedy: "Delete unused mappings in the router's settings, or restart it.",
	},
	"gateway-lies": {
		message: "The router reports an open port that it did not open.",
		remedy: "If the same port is forwarded by hand, delete that entry; otherwise restart the router.",
	},
	refused: {
		message: "The router refuses to open a port.",
		remedy: "Some routers only open ports from 1024 up. Restart the router, or forward a port by hand.",
	},
	"no-port": {
		message: "All ports that this device may ask for are taken.",
		remedy: "Delete unused mappings in the router's settings.",
	},
	"port-control-only": {
		message: "The router only supports PCP or NAT-PMP, which can't reserve the representative's port.",
		remedy: "Turn on UPnP in the router's settings if it has it. Until then each camera has its own port.",
	},
	"gateway-silent": {
		message: "The router has stopped answering.",
		remedy: "It may be restarting. This device reconnects automatically.",
	},
});
