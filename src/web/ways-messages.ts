/** What people read about the ways to each device (ONE-10); the ways themselves are in the doctor's messages. */
export const WAYS_MESSAGES = Object.freeze({
	title: "How each device is reached",
	about:
		"How viewers can reach each device, and why the other ways do not work. For video players it says which row of the device's address table applies: by which address video leaves, and how. Devices of a fleet with a key ask each other; what a device does not tell is not known.",
	nat: "NAT in front of it",
	unknownNat: "not known without a rendezvous server",
	from: Object.freeze({ lan: "Video players at home", internet: "Video players on the Internet" }),
	names: Object.freeze({
		lan: "Home network",
		mapped: "Port on the router",
		punched: "Peer to peer",
		relayed: "Relay",
	}),
	verdicts: Object.freeze({ works: "Works", no: "No", unknown: "Not known" }),
	/** Why a device says nothing of itself: the ends of sentences. */
	unseen: Object.freeze({
		open: "this fleet has no key, so devices do not ask each other",
		silent: "it did not answer just now",
	}),
	silent: "it has not been heard for a while",
	busy: "Too many programs wait for this. Try again in some seconds.",
});
