import type { Millis, Octets } from "../../core/time";
import type { MatroskaEnding, MatroskaHead } from "./matroska-head";

/** What the head of a Matroska file says, of ours and of others. */
export interface MatroskaFacts extends MatroskaHead {
	/** What its end has patched in; `undefined` in a file of ours that has not ended, and in files of others. */
	readonly ending: MatroskaEnding | undefined;
	/** As far as the file says it; 0: it does not. */
	readonly duration: Millis;
	/** Where the segment's content starts: positions in `SeekHead` and `Cues` count from there. */
	readonly segment: Octets;
	/** Where the first cluster is. */
	readonly clusters: Octets;
	/** Where the `Cues` element is; 0: the head does not say it. */
	readonly cues: Octets;
	/** The number of the track that is played, its first video track. */
	readonly track: number;
	/** Milliseconds of a unit of time in the file; 1 in files of ours. */
	readonly scale: number;
}

/** Learns what a {@link MatroskaWalker} finds, in the order of the file. */
export interface MatroskaSink {
	/** The head is complete; called once, before anything else. Its sets and texts are copies. */
	head(facts: MatroskaFacts): void;
	/** A cluster begins at `at` of the file. @param end where it ends; `Infinity` when the file does not say it */
	cluster(at: Octets, end: Octets): void;
	/**
	 * A picture of the track is at `[start, end)` of the file. Of H.264 it has lengths of four octets instead of start codes.
	 * @param time since time 0; of files of others it may be fractional, negative, or not rise
	 * @returns false to stop {@link MatroskaWalker.take} after this picture; another call goes on behind it
	 */
	picture(start: Octets, end: Octets, time: Millis, isKey: boolean): boolean;
}

/**
 * How far a walk is.
 * `walking`: it wants octets. `ended`: everything was walked over, up to the end of the file. `cut`: the file ends inside of
 * an element. `malformed`: there is no element at {@link MatroskaWalker.whole}, or one that can't be there. `unsupported`: the file
 * is sound but nothing that we can play; {@link MatroskaWalker.detail} says why.
 */
export type WalkState = "walking" | "ended" | "cut" | "malformed" | "unsupported";

/** The walker never wants more octets at once. A buffer of this length serves any walk. */
export const WALK_MAX: Octets = 65_536;

/**
 * Walks over a Matroska file: finds its head, its clusters, and its pictures with times and octet ranges, without their content.
 *
 * It does not read. The caller reads `[at, at + need)` or more of the file, and passes that to {@link take}, until {@link state} is no
 * longer `walking`:
 *
 *     walker.open(file.size);
 *     while (walker.state === "walking") walker.take(buffer, 0, read(walker.at, buffer));
 *
 * Large reads find several pictures at once where they are small; reads of {@link need} octets skip the pictures. It allocates
 * nothing while it walks over clusters. Files may be hostile: everything is bounded before it is looked at.
 * @see RFC 9559, RFC 8794
 */
export class MatroskaWalker {
	state: WalkState = "walking";
	/** Where in the file the octets have to come from that {@link take} gets next. */
	at: Octets = 0;
	/** How many octets it wants at least, unless the file ends before; at most {@link WALK_MAX}. */
	need: Octets = 0;
	/** Up to here the file consists of whole elements: of whole clusters, once there was one. */
	whole: Octets = 0;
	/** In a cluster that is not whole: where its last whole picture ends. Otherwise the same as {@link whole}. */
	wholePicture: Octets = 0;
	/** Where the current cluster starts; 0: none has begun. */
	clusterAt: Octets = 0;
	/** Why it is `malformed` or `unsupported`; for the log. */
	detail = "";
	/** What the head says; `undefined` until it is complete. */
	facts: MatroskaFacts | undefined;

	/**
	 * @param checks true: also looks at the first and the last octets of each picture (for repair): one that can't be whole ends
	 * the walk as `malformed`
	 */
	constructor(
		readonly sink: MatroskaSink,
		readonly checks = false,
	) {}

	/** Begins a walk at the start of a file of this length. */
	open(_size: Octets): this {
		throw new Error("not yet");
	}

	/**
	 * Goes to a cluster, whose place {@link ClusterIndex} or an earlier walk knows. The head must be known.
	 * @param size the length of the file; of a running recording it has grown meanwhile
	 */
	seek(_cluster: Octets, _size: Octets, _facts = this.facts): this {
		throw new Error("not yet");
	}

	/** Takes octets of the file from {@link at} on: at least {@link need} of them, or up to the end of the file. */
	take(_bytes: Uint8Array, _start: Octets, _end: Octets): void {
		throw new Error("not yet");
	}
}
