/** What the doctor says about cameras, and the ways to them (ONE-10). Completes "LAN: works, …", "LAN: no, …". */
export const DOCTOR_MESSAGES = Object.freeze({
	begin: "Looking for the router and asking it for a port. This takes up to ten seconds …",
	fleet: (count: number) =>
		count === 0
			? "Cameras: none found in this network. Those of a fleet with a key answer only if --fleet-key-file names it."
			: `Cameras: ${count} in this network.`,
	camera: (name: string, address: string) => `Camera ${name} at ${address}:`,
	nat: (kind: string) => `  kind of NAT: ${kind}.`,
	verdicts: Object.freeze({ works: "works", no: "no", unknown: "not known" }),
	names: Object.freeze({ lan: "LAN", mapped: "mapped port", punched: "peer to peer", relayed: "relay" }),
	lan: Object.freeze({
		works: (url: string, millis: number) => `it answers in ${millis} ms at ${url}`,
		fails: (url: string, why: string) => `${url}: ${why}`,
		told: (url: string) => `it announces itself at ${url}`,
	}),
	mapped: Object.freeze({
		works: (url: string) => `it answers at ${url}`,
		told: (url: string) => `the router has opened ${url}`,
		looped: (url: string) =>
			`the router has opened ${url}, which does not answer from inside this network, as with many routers; try it from another network`,
		noPort: "the router has opened no port for it",
		off: "remote access is switched off at this device (--mapping on)",
		hidden: (address: string) =>
			`the router's address ${address} is not one of the Internet, so nothing reaches the port that it has opened`,
		noAddress: "the router's address on the Internet is not known",
		because: (text: string, message: string) => `${text}: ${message}`,
	}),
	punched: Object.freeze({
		works: "it is registered at a rendezvous server, and its router gives it the same port for all viewers",
		symmetric:
			"it is registered at a rendezvous server; its router is symmetric, so viewers behind another symmetric router need a TURN server",
		unknownNat: "it is registered at a rendezvous server; the kind of NAT is not known yet",
		off: "no rendezvous server is set at this device (--rendezvous)",
		notRegistered: (state: string) => `it is not registered at its rendezvous server (${state})`,
		unseen: (why: string) => `whether it is registered at a rendezvous server is not shown to strangers: ${why}`,
	}),
	relayed: Object.freeze({
		works: (count: number) => `${count === 1 ? "a relay is" : `${count} relays are`} registered with it`,
		none: "no relay is registered with it (porthole relay)",
		open: "relays register only with cameras of a fleet that has a key",
		unseen: (why: string) => `whether a relay is registered with it is not shown to strangers: ${why}`,
	}),
	unseen: Object.freeze({
		silent: (why: string) => why,
		table: "it did not answer here, only the router knows it; if its fleet has a key, pass --fleet-key-file",
		password: "pass --password-file with the owner's password",
		open: "its fleet has no key, so any device could take its place, and the doctor sends no password there; its page Away from home shows it, and what to set if no rendezvous server is",
		refused: "it does not accept the password",
		malformed: "its answer can't be read",
	}),
	players: Object.freeze({
		title: "video players",
		from: Object.freeze({ lan: "from the LAN", internet: "from the Internet" }),
		lanRow: (network: string, address: string) =>
			`video goes straight from ${address} to players in ${network}, over UDP or TCP, by the row for the home network`,
		noServer: "it announces no RTSP (--rtsp-port)",
		noMappedPort: "the router has opened no port for it, so no row of the address table applies",
		oneInterface: (network: string, address: string, port: number, advertised: string) =>
			`players connect to port ${port} of the router, and video leaves by ${address}${advertised === "" ? "" : `, which they are told as ${advertised}`}, by the row for everybody on the Internet, as there is only one interface (row 0.0.0.0/0); players behind a router of their own get it over TCP; the row for the home network (${network}) is for players at home only`,
		noPath: "it is in no network of this machine, so its rows are not known",
	}),
});
