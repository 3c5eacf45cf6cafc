import type { Millis } from "../../src/core/time";
import type { SessionTimes } from "./nat-sessions";

/**
 * On what something depends: on nothing of the far end (`EI`), on its address (`AD`), or on its address and port (`APD`).
 * @see RFC 4787 §4.1, §5
 */
export type Dependence = "EI" | "AD" | "APD";

/** Well-known kinds of NAT, as names for some members of {@link NatSettings}; see {@link NAT_KINDS}. */
export type NatKind = "cone" | "port-restricted" | "symmetric" | "random";

/** Settings of a {@link Nat}. */
export interface NatSettings extends SessionTimes {
	/** Which packets from one inside address and port have the same outside port. @default "EI" */
	mapping: Dependence;
	/** Which packets from outside are let in to an outside port. @default "APD" */
	filtering: Dependence;
	/**
	 * Outside ports: that of the inside where it is free, or else counting up (`preserving`); counting up (`counting`); drawn
	 * (`random`). @default "preserving"
	 */
	ports: "preserving" | "counting" | "random";
	/** True: packets from inside to an outside port of the NAT are sent back in. @default false */
	hairpin: boolean;
	/**
	 * False: a router that does not drop UDP which it did not expect, but takes it for itself, as Linux does without a rule: the remote
	 * address and port are then engaged for {@link LOCAL_TIME}, and a session with them gets another outside port. @default true
	 */
	drops: boolean;
	/** Additional outside addresses. @default none */
	pool: readonly string[];
	/** An inside address keeps its outside address (`paired`), or each mapping takes the next one (`arbitrary`). @default "paired" */
	pooling: "paired" | "arbitrary";
}

/** How long a router that does not drop unexpected packets remembers one. @see nf_conntrack_udp_timeout of Linux */
export const LOCAL_TIME: Millis = 30_000;

/** The behaviour of Linux with `masquerade` and a rule that drops what is not expected. */
export const NAT_DEFAULTS: Readonly<NatSettings> = Object.freeze({
	mapping: "EI",
	filtering: "APD",
	ports: "preserving",
	hairpin: false,
	drops: true,
	pool: [],
	pooling: "paired",
	udpTimeout: 60_000,
	tcpTimeout: 7_200_000,
});

/**
 * `cone`: one outside port for each inside port, and any host may send to it. `port-restricted`: the same, but only hosts and
 * ports that the inside has sent to may send to it. `symmetric`: a new outside port for each peer, counting up. `random`: a
 * new outside port for each peer, drawn at random.
 */
export const NAT_KINDS: Readonly<Record<NatKind, Partial<NatSettings>>> = Object.freeze({
	cone: { mapping: "EI", filtering: "EI" },
	"port-restricted": { mapping: "EI", filtering: "APD" },
	symmetric: { mapping: "APD", filtering: "APD", ports: "counting" },
	random: { mapping: "APD", filtering: "APD", ports: "random" },
} as const);
