/**
 * Where a peer might be reached. `host`: an address of its own. `mapped`: a port that a gateway mapped to it. `reflexive`: the
 * address that a server saw. `relayed`: an address of a TURN server that passes everything on to it.
 */
export type CandidateKind = "host" | "mapped" | "reflexive" | "relayed";

/** An address at which a peer might be reached. @see RFC 8445 §5.1 */
export interface Candidate {
	readonly kind: CandidateKind;
	/** IPv4 or IPv6 in canonical form; never with a zone. */
	readonly address: string;
	readonly port: number;
}

/** How many candidates of one peer are kept; more are ignored. */
export const CANDIDATES_MAX = 8;

/** A TURN server that may be used for one introduction, with credentials that expire. @see RFC 8656 */
export interface TurnServer {
	readonly address: string;
	readonly port: number;
	readonly username: string;
	readonly password: string;
}
