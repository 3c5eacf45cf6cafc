import type { Lab } from "../../test/lab/lab";
import type { Prober } from "./succession-prober";

/** Ways in which a representative may fail. */
export type Failure = "leave" | "crash" | "cable" | "double";

/** Descriptions of the failures. */
export const FAILURES: Readonly<Record<Failure, string>> = {
	leave: "leaves (SIGTERM)",
	crash: "crashes (SIGKILL)",
	cable: "cable pulled",
	double: "crashes with its first heir",
};

/**
 * Cameras in a lab, one of which answers at the representative's port, by whatever mechanism.
 * Cameras are numbered from 1; camera `n` is named `camera n`.
 */
export interface Stage {
	readonly lab: Lab;
	readonly prober: Prober;
	/** Resolves when one camera answers and all are settled. @throws when that takes too long */
	settle(): Promise<void>;
	/** The camera that would take over from the one that answers now. */
	heir(representative: number): Promise<number>;
	/** The rest of the lease that keeps other cameras from the port, in milliseconds; `undefined` when they need not wait. */
	leaseLeft(): Promise<number | undefined>;
	/** Asks a camera to leave, without waiting. */
	leave(n: number): void;
	/** Kills a camera, without waiting. */
	crash(n: number): void;
	/** Restarts a camera that has left or crashed, without waiting for it to settle. */
	restart(n: number): Promise<void>;
	/** The duration of the hand-over since `since` (milliseconds of `Date.now()`) according to the cameras' logs, if they have it. */
	handOver(since: number): number | undefined;
	/** The cameras' log lines since `since` (milliseconds of `Date.now()`), sorted by time where they have one. */
	log(since: number): string;
	/** Removes everything. */
	close(): Promise<void>;
}

/** One system to measure. */
export interface Setup {
	/** One word, as in `--only`. */
	readonly id: string;
	readonly title: string;
	readonly failures: readonly Failure[];
	/** Why it can't be measured here; absent when it can. */
	readonly absent?: string;
	/** How long to wait for a successor, in milliseconds. */
	readonly patience: number;
	/** The longest period of the system, in milliseconds; failures happen at a random time within it. */
	readonly rhythm: number;
	/** The goal for the gap; `undefined` where there is none. */
	goal(failure: Failure): Goal | undefined;
	/** Builds a lab with cameras and a prober. */
	open(): Promise<Stage>;
}

/** The longest acceptable gap. */
export interface Goal {
	/** Milliseconds. */
	readonly most: number;
	/** Whether {@link most} counts from the end of the remaining lease. */
	readonly afterLease?: boolean;
}

/** Finds the number of a camera by its name. @throws when the name is not a camera's */
export function numberOf(name: string): number {
	const n = Number(/^camera (\d)$/.exec(name)?.[1]);
	if (!Number.isInteger(n)) throw new Error(`${JSON.stringify(name)} is not a camera of this bench`);
	return n;
}

/** Unplugs a camera's cable from the switch, or plugs it in: the camera loses or gets its carrier. */
export async function setCable(lab: Lab, n: number, plugged: boolean): Promise<void> {
	const { code, stderr } = await lab.exec("rtr", ["ip", "link", "set", `cam${n}`, plugged ? "up" : "down"]);
	if (code !== 0) throw new Error(`cable of camera ${n}: ${stderr}`);
}
