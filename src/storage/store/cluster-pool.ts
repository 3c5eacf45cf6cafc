import type { Octets } from "../../core/time";
import { MatroskaCluster } from "../../media/matroska/matroska-cluster";

/** How many unused clusters are kept, and octets in all: the seconds of cameras often end at the same time. */
const KEPT_MAX = 128;
const KEPT_OCTETS_MAX: Octets = 16_777_216;
/** Larger unused clusters are not kept. */
const OCTETS_MAX: Octets = 2_097_152;
const SMALL: Octets = 131_072;

/** Clusters that all cameras use in turn, so that seconds of video do not become garbage. */
export class ClusterPool {
	private readonly unused: MatroskaCluster[] = [];
	/** Of the unused ones. */
	private octets: Octets = 0;

	/**
	 * Returns an empty cluster.
	 * @param octets how much is expected to go into it: a camera with small pictures does not get the large ones of another
	 */
	take(octets: Octets): MatroskaCluster {
		const { unused } = this;
		let best = -1;
		for (let i = 0; i < unused.length; i++) {
			const { length } = unused[i].bytes;
			if (length < octets || length > 4 * octets + SMALL) continue;
			if (best < 0 || length < unused[best].bytes.length) best = i;
		}
		if (best < 0) return new MatroskaCluster(octets);
		const [cluster] = unused.splice(best, 1);
		this.octets -= cluster.bytes.length;
		return cluster;
	}

	/** Takes a cluster back. */
	put(cluster: MatroskaCluster): void {
		const { length } = cluster.bytes;
		if (length > OCTETS_MAX) return;
		const { unused } = this;
		while (unused.length > 0 && (unused.length >= KEPT_MAX || this.octets + length > KEPT_OCTETS_MAX))
			this.octets -= unused.shift()?.bytes.length ?? 0;
		unused.push(cluster.begin());
		this.octets += length;
	}
}
