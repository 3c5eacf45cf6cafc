/** What the doctor says about the NAT. */
export const NAT_MESSAGES = Object.freeze({
	kind: (kind: string, address: string) => `Kind of NAT: ${kind}; the public address is ${address}.`,
	silent:
		"Kind of NAT: unknown, as no address server answers over UDP. Check --stun-servers, or the network blocks UDP.",
	onlyPaired: "Without a rendezvous server a camera here cannot be reached from the Internet.",
	punchable: "Paired viewers reach a camera here directly by peer to peer (--rendezvous).",
	unknown: "Paired viewers reach a camera here by peer to peer (--rendezvous), from most networks directly.",
	symmetric:
		"Paired viewers reach a camera here by peer to peer (--rendezvous), unless their router is of the same kind: then it takes a port on the router or a TURN server.",
});
