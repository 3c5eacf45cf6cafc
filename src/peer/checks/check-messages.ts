import type { CheckFindings } from "./checks-contract";

/** Returns, for people, what was found out until no path was found, or the last one was lost (P2P-12). */
export function describeFailure({ heardPeer, symmetric, peerSymmetric, hadRelay }: CheckFindings): string {
	const relay = hadRelay
		? "The TURN server did not help."
		: "A TURN server would help: see --turn of porthole rendezvous.";
	if (symmetric && peerSymmetric) {
		return `Both routers use another port for each destination, so no direct path is possible. ${relay}`;
	}
	if (symmetric || peerSymmetric) {
		const [whose, other] = symmetric ? ["This", "the other"] : ["The other", "this"];
		return `${whose} side's router uses another port for each destination, and ${other} side's lets in only what it expects. ${relay} So would a port mapped on either router.`;
	}
	if (!heardPeer)
		return `Nothing arrived from the other side. It may have been switched off, or a firewall drops UDP. ${relay}`;
	return `The other side's messages arrived, but no answers to ours. ${relay}`;
}
