import type { Millis, Octets } from "../../core/time";
import { ClusterIndex, CUES_MAX } from "../../media/matroska/cluster-index";
import { LONE_HEAD, writeLoneHead } from "../../media/matroska/matroska-cluster";
import { matroskaHead, SEGMENT_CONTENT } from "../../media/matroska/matroska-head";
import type { ExportLayout } from "./export-layout";
import type { PictureTable } from "./picture-table";

const CUE_INTERVAL: Millis = 1000;

/** Matroska. Each picture is a cluster of its own, so that all of them have the same octets in front. */
export class MkvLayout implements ExportLayout {
	readonly type = "video/x-matroska";
	readonly head: Uint8Array;
	readonly tail: Uint8Array;

	constructor(
		private readonly table: PictureTable,
		camera: string,
		title: string,
	) {
		const { count, encoding, width, height, utc, end } = table;
		const parameterSets = table.files[0].parameterSets;
		const head = { encoding, width, height, utc, parameterSets, camera, title };
		const index = new ClusterIndex();
		const interval = Math.max(CUE_INTERVAL, end / (CUES_MAX / 2));
		let length = matroskaHead(head).length;
		let cued = -interval;
		for (let i = 0; i < count; i++) {
			if (table.isKey(i) && table.time(i) - cued >= interval) {
				cued = table.time(i);
				index.add(cued, length);
			}
			length += LONE_HEAD + table.octets(i);
		}
		this.tail = index.encode(SEGMENT_CONTENT);
		const whole = length + this.tail.length;
		this.head = matroskaHead(head, { duration: end, pictures: count, gap: "", cues: length, length: whole });
	}

	before(): Octets {
		return LONE_HEAD;
	}

	writeBefore(picture: number, bytes: Uint8Array): void {
		const { table } = this;
		writeLoneHead(bytes, table.time(picture), table.octets(picture), table.isKey(picture));
	}

	after(): Octets {
		return 0;
	}
}
