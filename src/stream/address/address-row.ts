/** What a row is about. */
export type RowProtocol = "RTP" | "RTCP";
export type RowDirection = "send" | "receive";

/**
 * The processing units of STR-4; `none`: RTCP is neither sent nor received, and the advertised port is one that nobody uses (STR-6).
 */
export type UnitKind = "RTP sender" | "RTCP sender and receiver" | "RTCP sender" | "RTCP receiver" | "none";

/** The port that a unit is bound to: any free one, one of a range, or always the same. */
export type BoundPort =
	| { readonly kind: "dynamic" }
	| { readonly kind: "range"; readonly first: number; readonly last: number }
	| { readonly kind: "static"; readonly port: number };

/**
 * The port that the client is told. `pair`: that of the stream's port pair, even for RTP and the next odd one for RTCP; an RTCP
 * receiver with a static port advertises the port of the RTCP sender so (STR-7). `dummy`: the RTCP port of the pair, which
 * nobody uses (STR-20). A number: always this one.
 */
export type AdvertisedPort = "pair" | "dummy" | number;

/** One row of the address management table (STR-4). */
export interface AddressRow {
	/** The client network: an address and its prefix. `0.0.0.0` with 0 is all of IPv4, `::` with 0 all of IPv6. */
	readonly network: string;
	readonly prefix: number;
	readonly protocol: RowProtocol;
	/** RTP is only sent. */
	readonly direction: RowDirection;
	readonly unit: UnitKind;
	/** The address that the client is told; empty: that of its control connection. */
	readonly advertised: string;
	/** The address of this machine that the unit is bound to; empty: that of the control connection. Without a meaning for `none`. */
	readonly bound: string;
	readonly boundPort: BoundPort;
	readonly advertisedPort: AdvertisedPort;
	/** False: the rule of STR-18 made it, because the administrator's table says nothing. */
	readonly configured: boolean;
}
