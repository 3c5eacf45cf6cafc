/** What people read about the devices of a home that are registered at a rendezvous server. */
export const HOME_DEVICES_MESSAGES = Object.freeze({
	title: "Devices of this home",
	link: "Which ways lead to each device, and which kind of NAT is in front of it",
	about:
		"The devices that are registered at the rendezvous server, with the ways by which paired viewers reach them. Viewers in the same network always connect directly.",
	columns: Object.freeze(["Device", "Kind", "NAT", "Ways", "Public addresses"]),
	none: "No device is registered.",
	off: "No rendezvous server is set.",
	portal: (name: string) => `${name} (portal)`,
	nats: Object.freeze({
		unknown: "not known: it is registered by a WebSocket, as its network lets no UDP through",
		none: "none",
		independent: "the same port for all destinations",
		symmetric: "another port for each destination (symmetric)",
	}),
	ways: Object.freeze({
		ipv6: "by IPv6, where the viewer has it",
		mapped: "by a port on the router",
		direct: "directly",
		punched: "directly, through the routers in between",
		symmetric: "directly, unless the viewer's router is a strict one; else through a TURN server",
		relayed: "through a TURN server",
	}),
});
