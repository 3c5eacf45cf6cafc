import { AccessUnit } from "../../src/media/access-unit";
import { Frame } from "../../src/media/frame";
import { ClusterIndex } from "../../src/media/matroska/cluster-index";
import { MatroskaCluster } from "../../src/media/matroska/matroska-cluster";
import { type MatroskaHead, matroskaHead, SEGMENT_CONTENT } from "../../src/media/matroska/matroska-head";
import { MatroskaScan } from "../../src/media/matroska/matroska-scan";
import { MatroskaWalker } from "../../src/media/matroska/matroska-walker";

/** A picture for {@link recordingOf}. */
export interface ToyPicture {
	/** A JPEG, or an access unit with start codes. */
	readonly bytes: Uint8Array;
	readonly time: number;
	/** @default true */
	readonly isKey?: boolean;
}

/** What {@link recordingOf} takes where the test does not care. */
export const TOY_HEAD: MatroskaHead = Object.freeze({
	encoding: "JPEG",
	width: 64,
	height: 48,
	utc: Date.UTC(2026, 10, 26, 17, 40, 0, 123),
	parameterSets: [],
	camera: "0123456789abcdef",
	title: "Front door",
});

/** What {@link recordingOf} makes. */
export interface ToyRecording {
	/** As it is while it runs. */
	readonly running: Uint8Array;
	/** As it is at its end. */
	readonly ended: Uint8Array;
	/** Where its clusters start. */
	readonly clusters: readonly number[];
}

/** Makes a recording in memory. @param span the time of a cluster in milliseconds */
export function recordingOf(
	head: MatroskaHead,
	pictures: readonly ToyPicture[],
	{ gap = "off", span = 1000 } = {},
): ToyRecording {
	const pieces = [matroskaHead(head)];
	const index = new ClusterIndex();
	const cluster = new MatroskaCluster().begin();
	const clusters: number[] = [];
	let length = pieces[0].length;
	const flush = () => {
		if (cluster.length === 0) return;
		if (cluster.isKey) index.add(cluster.first, length);
		clusters.push(length);
		pieces.push(cluster.bytes.slice(0, cluster.length));
		length += cluster.length;
		cluster.begin();
	};
	for (const { bytes, time, isKey = true } of pictures) {
		if (cluster.length > 0 && time - cluster.first >= span) flush();
		const picture =
			head.encoding === "JPEG"
				? cluster.frame(new Frame(bytes, 0, bytes.length, 0, 0, undefined), time)
				: cluster.unit(new AccessUnit(bytes, 0, bytes.length, isKey, 0, 0, 0), time);
		if (!picture) throw new Error("the picture does not fit into the cluster");
	}
	flush();
	const running = joined(pieces);
	const cues = index.encode(SEGMENT_CONTENT);
	const last = pictures[pictures.length - 1]?.time ?? 0;
	const before = pictures[pictures.length - 2]?.time ?? last;
	const ending = {
		duration: last + Math.max(1, last - before),
		pictures: pictures.length,
		gap,
		cues: running.length,
		length: running.length + cues.length,
	};
	const ended = joined([matroskaHead(head, ending), ...pieces.slice(1), cues]);
	return { running, ended, clusters };
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
	return new Uint8Array(Buffer.concat(pieces));
}

/** A picture that a walk has found: start, end, time, key. */
export type FoundPicture = readonly [number, number, number, boolean];

/** Collects what a walk finds. */
export class CollectingScan extends MatroskaScan {
	readonly found: FoundPicture[] = [];

	override picture(start: number, end: number, time: number, isKey: boolean): boolean {
		this.found.push([start, end, time, isKey]);
		return super.picture(start, end, time, isKey);
	}
}

/** Walks over a file in memory. @param read how many octets are read at once; at least what the walker needs */
export function walkOver(
	file: Uint8Array,
	{ checks = false, read = () => 0 }: { checks?: boolean; read?: () => number } = {},
): { walker: MatroskaWalker; scan: CollectingScan; octets: number } {
	const scan = new CollectingScan();
	const walker = new MatroskaWalker(scan, checks).open(file.length);
	let octets = 0;
	for (let turns = 0; walker.state === "walking"; turns++) {
		if (turns > file.length + 100) throw new Error(`the walk does not end (at ${walker.at}, need ${walker.need})`);
		const end = Math.min(file.length, walker.at + Math.max(walker.need, read()));
		octets += end - walker.at;
		// A buffer of its own, with a margin, shows wrong offsets.
		const chunk = new Uint8Array(end - walker.at + 7);
		chunk.set(file.subarray(walker.at, end), 3);
		walker.take(chunk, 3, chunk.length - 4);
	}
	return { walker, scan, octets };
}

/** Goes on at a cluster of a file in memory. */
export function walkOn(walker: MatroskaWalker, cluster: number, file: Uint8Array): void {
	walker.seek(cluster, file.length);
	while (walker.isWalking) walker.take(file, walker.at, file.length);
}
