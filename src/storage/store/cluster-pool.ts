import type { Octets } from "../../core/time";
import { MatroskaCluster } from "../../media/matroska/matroska-cluster";

/** How many unused clusters are kept. */
const KEPT_MAX = 16;
/** Larger unused clusters are not kept. */
const OCTETS_MAX: Octets = 2_097_152;
const SMALL: Octets = 131_072;

/** Clusters that all cameras use in turn, so that seconds of video do not become garbage. */
export class ClusterPool {
	private readonly unused: MatroskaCluster[] = [];

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
		return best < 0 ? new MatroskaCluster() : unused.splice(best, 1)[0];
	}

	/** Takes a cluster back. */
	put(cluster: MatroskaCluster): void {
		if (this.unused.length >= KEPT_MAX) this.unused.shift();
		if (cluster.bytes.length <= OCTETS_MAX) this.unused.push(cluster.begin());
	}
}
