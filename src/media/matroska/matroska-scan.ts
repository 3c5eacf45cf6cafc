import type { Millis, Octets } from "../../core/time";
import { ClusterIndex } from "./cluster-index";
import type { MatroskaFacts } from "./matroska-head-reader";
import type { MatroskaSink } from "./matroska-walker";

/**
 * Collects from a walk over a recording what its index and its repair need: give it to a `MatroskaWalker` as its sink.
 *
 * Repair of a recording that was not ended: walk with checks; truncate the file to `walker.wholePicture`; if that is above
 * `walker.whole`, write {@link clusterLengthPatch} there; append `index.encode`, sync, write the patch of the head, sync.
 */
export class MatroskaScan implements MatroskaSink {
	facts: MatroskaFacts | undefined;
	readonly index = new ClusterIndex();
	pictures = 0;
	/** The time of the newest picture, and of the one before it. */
	last: Millis = 0;
	before: Millis = 0;
	/** Where the newest cluster ends; `Infinity` when the file does not say it. */
	clusterEnd: Octets = 0;
	private clusterAt: Octets = 0;
	private isFirst = false;

	head(facts: MatroskaFacts): void {
		this.facts = facts;
	}

	cluster(at: Octets, end: Octets): void {
		this.clusterAt = at;
		this.clusterEnd = end;
		this.isFirst = true;
	}

	picture(_start: Octets, _end: Octets, time: Millis, isKey: boolean): boolean {
		if (this.isFirst && isKey) this.index.add(time, this.clusterAt);
		this.isFirst = false;
		this.before = this.pictures === 0 ? time : this.last;
		this.last = time;
		this.pictures++;
		return true;
	}

	/** When the last picture is no longer shown: it is taken to last as long as the one before it. */
	get duration(): Millis {
		return this.last + Math.max(1, this.last - this.before);
	}
}

/** Where {@link clusterLengthPatch} is written, from the start of the cluster. */
export const CLUSTER_LENGTH_AT: Octets = 4;

/** Makes the length of a cluster of ours that ends at `end` after all, which is at {@link CLUSTER_LENGTH_AT} behind `cluster`. */
export function clusterLengthPatch(cluster: Octets, end: Octets): Uint8Array {
	const length = end - cluster - 8;
	return new Uint8Array([0x10 | (length >>> 24), length >>> 16, length >>> 8, length]);
}
