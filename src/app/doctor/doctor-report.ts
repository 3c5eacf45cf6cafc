import type { Millis } from "../../core/time";
import type { GatewayStatus } from "../../gateway/gateway-events";
import type { NatKind } from "../../peer/stun/nat-behaviour";

/** A way by which viewers may reach a camera. */
export type WayName = "lan" | "mapped" | "punched" | "relayed";

/** One way to a camera (ONE-10). */
export interface Way {
	readonly way: WayName;
	/** Whether viewers can come by it; `undefined`: that can't be seen from here. */
	readonly works: boolean | undefined;
	/** The address, or why it does not work, or why it is not known: one sentence without a full stop. */
	readonly text: string;
}

/** How video players (RTSP) are served from somewhere, by the address management table. */
export interface PlayerRow {
	readonly from: "lan" | "internet";
	readonly works: boolean;
	/** Which row holds, and why the others do not: one sentence without a full stop (STR-18, STR-22, STR-24). */
	readonly text: string;
}

/** What was found about one camera of the fleet. */
export interface CameraReport {
	/** 16 hexadecimal digits; empty: only the gateway's table has it. */
	readonly id: string;
	readonly name: string;
	readonly address: string;
	readonly port: number;
	/** The kind of NAT that it has found in front of itself. */
	readonly natKind: NatKind;
	/** The same for people; empty: not known. */
	readonly nat: string;
	readonly ways: readonly Way[];
	readonly players: readonly PlayerRow[];
}

/** What a finding is about, for programs. */
export type DoctorStepName =
	| "machine"
	| "router"
	| "port"
	| "address"
	| "ipv6"
	| "nat"
	| "fleet"
	| "camera"
	| "problem"
	| "verdict";

/** One finding, at the moment at which it was made. */
export interface DoctorStep {
	/** Since the start. */
	readonly at: Millis;
	readonly step: DoctorStepName;
	/** For people; may have several lines. */
	readonly text: string;
}

/** A problem at the gateway. */
export interface DoctorProblem {
	readonly problem: string;
	readonly serious: boolean;
	readonly message: string;
	readonly remedy: string;
}

/** What the doctor found. */
export interface DoctorReport {
	/** True: a camera here can be reached from the Internet, as far as can be seen from inside. */
	readonly reachable: boolean;
	readonly steps: readonly DoctorStep[];
	readonly gateway: GatewayStatus;
	readonly problems: readonly DoctorProblem[];
	/** The kind of NAT; `unknown` also where it was not examined. */
	readonly natKind: NatKind;
	/** The same for people; empty: not examined, or not known. */
	readonly nat: string;
	readonly cameras: readonly CameraReport[];
}
