import type { Lab } from "../../test/lab/lab";
import type { Prober } from "./succession-prober";

/** What happens to a representative in a run. */
export type Disruption = "leave" | "crash" | "cable" | "double";

/** The disruptions as text. */
export const DISRUPTIONS: Readonly<Record<Disruption, string>> = {
	leave: "leaves (SIGTERM)",
	crash: "crashes (SIGKILL)",
	cable: "cable pulled",
	double: "crashes with its first heir",
};

/**
 * Cameras in a lab, one of which answers at the representative's port, by whatever mechanism. Cameras are numbered from
 * 1, and the name of camera `n` is `camera n`.
 */
export interface Stage {
	readonly lab: Lab;
	readonly prober: Prober;
	/** Resolves when one camera answers, and all are healthy. @throws when that takes too long */
	settle(): Promise<void>;
	/** The camera that would succeed the one that answers now. */
	heir(representative: number): Promise<number>;
	/** The rest of the lease of the representative's port in milliseconds, if others must wait for its end. */
	leaseLeft(): Promise<number | undefined>;
	/** Makes a camera leave, and does not wait. */
	leave(n: number): void;
	/** Kills a camera, and does not wait. */
	crash(n: number): void;
	/** After a camera has left or crashed: starts it again, and does not wait. */
	restart(n: number): Promise<void>;
	/** The time of the handover among the cameras since `since` (milliseconds of `Date.now()`), if their logs give it. */
	handOver(since: number): number | undefined;
	/** The log lines of the cameras since `since` (milliseconds of `Date.now()`), by time where lines have one. */
	log(since: number): string;
	/** Removes everything. */
	close(): Promise<void>;
}

/** A system that can be measured. */
export interface Contender {
	/** One word, for `--only`. */
	readonly id: string;
	readonly title: string;
	readonly disruptions: readonly Disruption[];
	/** Why it can't be measured here; absent when it can. */
	readonly absent?: string;
	/** How long to wait for an answer, in milliseconds. */
	readonly patience: number;
	/** The longest period of the system in milliseconds: the disruption comes at a random time within it. */
	readonly rhythm: number;
	/** The most that the gap may be, in milliseconds; absent where there is no goal. */
	goal(disruption: Disruption): Goal | undefined;
	/** Builds a lab with cameras and a prober. */
	open(): Promise<Stage>;
}

/** The goal for a measured gap. */
export interface Goal {
	/** Milliseconds. */
	readonly most: number;
	/** True: {@link most} counts from the end of the lease that was left. */
	readonly afterLease?: boolean;
}

/** The number of a camera from its name. @throws when it is not the name of a camera */
export function numberOf(name: string): number {
	const n = Number(/^camera (\d)$/.exec(name)?.[1]);
	if (!Number.isInteger(n)) throw new Error(`${JSON.stringify(name)} is not a camera of this bench`);
	return n;
}

/** Pulls the cable of a camera out of the switch, or puts it back: the camera sees that it has no carrier. */
export async function setCable(lab: Lab, n: number, plugged: boolean): Promise<void> {
	const { code, stderr } = await lab.exec("rtr", ["ip", "link", "set", `cam${n}`, plugged ? "up" : "down"]);
	if (code !== 0) throw new Error(`cable of camera ${n}: ${stderr}`);
}
