/** What people read about peer to peer. */
export const PEER_MESSAGES = Object.freeze({
	nav: "Away from home",
	title: "Away from home",
	about:
		"Paired viewers reach this device over the Internet even where the router can't be asked for a port: a rendezvous server tells both sides each other's addresses, then they connect directly and encrypted. The server sees neither pictures nor keys.",
	off: "No rendezvous server is set. Set --rendezvous, or use the settings page, to reach this device behind any router.",
	headings: Object.freeze({ state: "Registration", ids: "Identifiers", nat: "Router", links: "Connections" }),
	terms: Object.freeze({
		server: "Rendezvous server",
		state: "State",
		device: "This device",
		homeId: "Home",
		deviceId: "This device",
		publicAddress: "Public address",
		nat: "Kind of NAT",
		local: "Local addresses",
		mapped: "Port on the router",
		keepAlive: "Keep-alive every",
	}),
	states: Object.freeze({
		off: "off",
		trying: "no server has answered yet",
		refused: "refused",
		registered: "registered",
		leaving: "signing off",
	}),
	unknown: "not known yet",
	none: "none",
	seconds: (count: number) => `${count} s`,
	portal: "This device has the portal.",
	noLinks: "Nobody is connected this way now.",
	viewer: "Viewer without a name",
	id: (id: string) => `ID ${id}`,
	connecting: "connecting",
	link: (way: string, address: string, roundTrip: number) => `${way}, ${address}, ${roundTrip} ms`,
	fact: "Away from home",
	reachable: (nat: string) => `registered at the rendezvous server${nat === "" ? "" : `; NAT: ${nat}`}`,
	unreachable: "not registered at the rendezvous server",
	notRegistered: (why: string) => `not registered: ${why}`,
	registeredAt: (server: string) => `registered at the rendezvous server ${server}: paired viewers reach this device`,
	notices: Object.freeze({
		pairedOnly: Object.freeze({
			message: "From the Internet, only paired viewers can reach this device.",
			remedy: "They connect through the rendezvous server; everybody else needs a port on the router.",
		}),
		unreachable: Object.freeze({
			message: "No rendezvous server answers, so paired viewers can't find this device.",
			remedy: "Check the Internet connection and the setting of the rendezvous servers.",
		}),
		refused: Object.freeze({ message: "The rendezvous server refuses this device." }),
		symmetric: Object.freeze({
			message: "The router uses another port for each destination (symmetric NAT).",
			remedy:
				"Viewers behind a router of the same kind can't connect directly. Let the router map a port (UPnP, PCP or NAT-PMP), or let the rendezvous server use a TURN server.",
		}),
	}),
	/** Ways to a peer. @see PathKind */
	paths: Object.freeze({
		lan: "within the local network",
		ipv6: "by IPv6",
		mapped: "by a port on the router",
		punched: "directly, through the routers in between",
		relayed: "through a TURN server",
	}),
	/** Why two peers are not connected. @see PeerFailure */
	failures: Object.freeze({
		"no-server": "No rendezvous server answers.",
		refused: "The rendezvous server refuses.",
		"not-found": "The device is not registered.",
		"no-answer": "The device was told, but nothing arrived from it.",
		symmetric:
			"Both routers use another port for each destination, so that no direct path is possible. A TURN server is needed.",
		lost: "The connection was lost, and no other way was found.",
		busy: "The device has as many connections as it can have.",
		closed: "The connection was closed.",
	}),
	server: (address: string) => `the rendezvous server at ${address} answers`,
	found: (name: string) => `found ${name}`,
	introduced: (addresses: number) =>
		`both sides know each other's addresses: ${addresses} ${addresses === 1 ? "address" : "addresses"} to try`,
	checking: (pairs: number) => `testing ${pairs} ${pairs === 1 ? "way" : "ways"}`,
	connected: (way: string, address: string, roundTrip: number) => `connected ${way} (${address}), ${roundTrip} ms`,
	noServers: "No rendezvous server is set.",
	tooManyLinks: "This program has as many connections as it can have.",
	refused: Object.freeze({
		401: "The rendezvous server does not accept the credentials. The viewer has to be paired again.",
		403: "The rendezvous server is closed to this home, or the pairing has ended.",
		404: "No such device is registered at the rendezvous server.",
		486: "The rendezvous server has too many requests or registrations now.",
	} as Readonly<Record<number, string>>),
	/** What it means for a device. */
	refusedDevice: Object.freeze({
		401: "The key in --rendezvous is not that of the server. Copy the whole setting from the server's page or log again.",
		403: "The server is open to certain homes only. Its operator can add this home to the file of --homes: the page Away from home shows its identifier.",
		486: "The server has too many registrations or requests now. The device goes on trying.",
	} as Readonly<Record<number, string>>),
	refusedOther: (code: number) => `The rendezvous server refuses with error ${code}.`,
});

/** Returns what an error code of a rendezvous server means for a device that registers; 0: no server answers. */
export function deviceRefusalText(code: number): string {
	return PEER_MESSAGES.refusedDevice[code] ?? refusalText(code);
}

/** Returns what an error code of a rendezvous server means; 0: no server answers. */
export function refusalText(code: number): string {
	if (code === 0) return PEER_MESSAGES.failures["no-server"];
	return PEER_MESSAGES.refused[code] ?? PEER_MESSAGES.refusedOther(code);
}
