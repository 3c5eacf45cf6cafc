import type { Lab } from "../../test/lab/lab";
import type { Prober } from "./succession-prober";

/** What may happen to a representative. */
export type Misfortune = "leave" | "crash" | "cable" | "double";

/** The misfortunes, in words. */
export const MISFORTUNES: Readonly<Record<Misfortune, string>> = {
	leave: "leaves (SIGTERM)",
	crash: "crashes (SIGKILL)",
	cable: "cable pulled",
	double: "crashes with its first heir",
};

/**
 * Some cameras in a lab, one of which answers at the representative's port, whatever it is that makes them do so.
 * Cameras are numbered from 1, and camera `n` says that its name is `camera n`.
 */
export interface Stage {
	readonly lab: Lab;
	readonly prober: Prober;
	/** Resolves when one camera answers, and all are well. @throws when that takes too long */
	settle(): Promise<void>;
	/** The camera that would take the place of the one that answers now. */
	heir(representative: number): Promise<number>;
	/** How long the gateway will keep the representative's port for it, if that binds the others; in milliseconds. */
	leaseLeft(): Promise<number | undefined>;
	/** Asks a camera to leave, and does not wait. */
	leave(n: number): void;
	/** Ends a camera without a word, and does not wait. */
	crash(n: number): void;
	/** After a camera has left or crashed: starts it again, and does not wait. */
	restart(n: number): Promise<void>;
	/** The hand-over among the cameras alone since `since` (milliseconds of `Date.now()`), if they tell. */
	handOver(since: number): number | undefined;
	/** What the cameras have logged since `since` (milliseconds of `Date.now()`), in order of time where lines tell it. */
	log(since: number): string;
	/** Removes everything. */
	close(): Promise<void>;
}

/** Something that may be measured. */
export interface Contender {
	/** One word, for `--only`. */
	readonly id: string;
	readonly title: string;
	readonly misfortunes: readonly Misfortune[];
	/** Why it can't be measured here; absent when it can. */
	readonly absent?: string;
	/** The longest that is waited for somebody to answer, in milliseconds. */
	readonly patience: number;
	/** What repeats itself most slowly there: the misfortune comes at any time of it. In milliseconds. */
	readonly rhythm: number;
	/** Most that the gap may be, in milliseconds; absent where there is no goal. */
	goal(misfortune: Misfortune): Goal | undefined;
	/** Builds a lab with cameras and a prober. */
	open(): Promise<Stage>;
}

/** What a measured gap is compared with. */
export interface Goal {
	/** Milliseconds. */
	readonly most: number;
	/** True: {@link most} counts from the end of the lease that was left. */
	readonly afterLease?: boolean;
}

/** The number of a camera, from its name. @throws when it is no name of a camera */
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
