import type { Lab } from "../../test/lab/lab";
import type { Prober } from "./succession-prober";

/** The ways in which a representative can disappear. */
export type Outage = "leave" | "crash" | "cable" | "double";

/** The outages, for people. */
export const OUTAGES: Readonly<Record<Outage, string>> = {
	leave: "leaves (SIGTERM)",
	crash: "crashes (SIGKILL)",
	cable: "cable pulled",
	double: "crashes with its first heir",
};

/**
 * Some cameras in a lab, one of which answers at the representative's port, by whatever mechanism.
 * Cameras are numbered from 1, and camera `n` says that its name is `camera n`.
 */
export interface Stage {
	readonly lab: Lab;
	readonly prober: Prober;
	/** Resolves when one camera answers and all agree. @throws when that takes too long */
	settle(): Promise<void>;
	/** The camera that would take over from the present one. */
	heir(representative: number): Promise<number>;
	/** The rest of the representative's lease, if others have to wait for it; in milliseconds. */
	leaseLeft(): Promise<number | undefined>;
	/** Asks a camera to leave, without waiting. */
	leave(n: number): void;
	/** Kills a camera, without waiting. */
	crash(n: number): void;
	/** After a camera has left or crashed: starts it again, without waiting. */
	restart(n: number): Promise<void>;
	/** The hand-over among the cameras alone since `since` (milliseconds of `Date.now()`), if they log it. */
	handOver(since: number): number | undefined;
	/** Log lines of the cameras since `since` (milliseconds of `Date.now()`), in order of time where lines tell it. */
	log(since: number): string;
	/** Removes everything. */
	close(): Promise<void>;
}

/** One measured system. */
export interface Contender {
	/** One word, for `--only`. */
	readonly id: string;
	readonly title: string;
	readonly outages: readonly Outage[];
	/** Why it can't be measured here; absent when it can. */
	readonly absent?: string;
	/** Time limit for an answer, in milliseconds. */
	readonly patience: number;
	/** The longest period of the system, within which the outage comes at a random time; in milliseconds. */
	readonly rhythm: number;
	/** The longest permitted gap; absent where there is no goal. */
	goal(outage: Outage): Goal | undefined;
	/** Builds a lab with cameras and a prober. */
	open(): Promise<Stage>;
}

/** The goal of a gap. */
export interface Goal {
	/** Milliseconds. */
	readonly most: number;
	/** True: {@link most} counts from the end of the lease that was left. */
	readonly afterLease?: boolean;
}

/** The number of a camera, from its name. @throws for any other name */
export function numberOf(name: string): number {
	const n = Number(/^camera (\d)$/.exec(name)?.[1]);
	if (!Number.isInteger(n)) throw new Error(`${JSON.stringify(name)} is not a camera of this bench`);
	return n;
}

/** Pulls a camera's cable out of the switch, or puts it back; the camera sees no carrier. */
export async function setCable(lab: Lab, n: number, plugged: boolean): Promise<void> {
	const { code, stderr } = await lab.exec("rtr", ["ip", "link", "set", `cam${n}`, plugged ? "up" : "down"]);
	if (code !== 0) throw new Error(`cable of camera ${n}: ${stderr}`);
}
