/** Each way in which the Internet can fail to reach a camera, or comes near to it. */
export type Diagnosis =
	| "no-network"
	| "no-gateway"
	| "not-connected"
	| "no-address"
	| "double-nat"
	| "carrier-nat"
	| "permission"
	| "permanent-leases"
	| "port-stuck"
	| "port-used-by-router"
	| "table-full"
	| "gateway-lies"
	| "refused"
	| "no-port"
	| "port-control-only"
	| "gateway-silent";

/** What is the matter, and what a person can do. */
export interface DiagnosisWords {
	readonly words: string;
	readonly remedy: string;
	/** True: it keeps the Internet from reaching the camera; false: it is only good to know. */
	readonly serious: boolean;
}

/** The words for each diagnosis; the one place to translate. */
export const DIAGNOSIS_WORDS: Readonly<Record<Diagnosis, DiagnosisWords>> = Object.freeze({
	"no-network": {
		words: "This camera has no network address.",
		remedy: "Check the cable or the Wi-Fi; it goes on by itself as soon as it has an address.",
		serious: true,
	},
	"no-gateway": {
		words: "No router answers that lets cameras ask for a port.",
		remedy:
			"Switch on UPnP (also called IGD or automatic port forwarding), or PCP or NAT-PMP, in the router's settings, or forward a port to this camera by hand.",
		serious: true,
	},
	"not-connected": {
		words: "The router is not connected to the Internet.",
		remedy: "Check the router's Internet connection; the camera tries again by itself.",
		serious: true,
	},
	"no-address": {
		words: "The router does not tell its Internet address.",
		remedy: "Wait until it is connected, or set a host name (dynamic DNS) for the links.",
		serious: true,
	},
	"double-nat": {
		words: "The router has no public address: there is another router before it (double NAT).",
		remedy: "Put one of the two routers into bridge mode, or forward the ports on the outer router too.",
		serious: true,
	},
	"carrier-nat": {
		words: "The Internet provider shares one address among many customers (carrier-grade NAT).",
		remedy: "Ask the provider for a public IPv4 address; no setting in the router can help.",
		serious: true,
	},
	permission: {
		words: "The router does not allow this device to open ports.",
		remedy:
			"On a FRITZ!Box: Internet, Permit Access, this device, tick \u201cPermit independent port sharing\u201d. On others: allow UPnP for this device.",
		serious: true,
	},
	"permanent-leases": {
		words: "The router keeps port mappings for ever.",
		remedy:
			"Nothing need be done. Should a camera be taken away without leaving in order, delete its mapping in the router's settings.",
		serious: false,
	},
	"port-stuck": {
		words: "The representative's port is held by a camera that is gone, or by another device.",
		remedy: "Restart the router or delete the mapping in its settings; until then the next port of the list is used.",
		serious: false,
	},
	"port-used-by-router": {
		words: "The router uses the representative's port itself.",
		remedy:
			"Another port of the list is used. To get the usual one back, move the router's remote administration to another port.",
		serious: false,
	},
	"table-full": {
		words: "The router's table of port mappings is full.",
		remedy: "Delete mappings that are no longer needed in the router's settings, or restart it.",
		serious: true,
	},
	"gateway-lies": {
		words: "The router says that it opened the port, but it did not.",
		remedy: "Look for a forwarding made by hand of the same port and delete it, or restart the router.",
		serious: true,
	},
	refused: {
		words: "The router refuses to open a port.",
		remedy: "Look at the log for its reason; some routers open only ports from 1024 on.",
		serious: true,
	},
	"no-port": {
		words: "All the ports that this camera may ask for are taken.",
		remedy: "Delete mappings that are no longer needed in the router's settings.",
		serious: true,
	},
	"port-control-only": {
		words: "The router speaks PCP or NAT-PMP only, so no camera can be sure to get the representative's port.",
		remedy:
			"Switch on UPnP in the router's settings if it has it; each camera can be reached at a port of its own meanwhile.",
		serious: false,
	},
	"gateway-silent": {
		words: "The router has stopped answering.",
		remedy: "It may be restarting; the camera goes on by itself when it is back.",
		serious: true,
	},
});
