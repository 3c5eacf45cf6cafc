import { ByteWriter } from "../../base/byte-writer";
import type { Millis, Octets } from "../../core/time";
import * as E from "./ebml";
import { EbmlReader } from "./ebml-reader";

/** Octets of a cue. */
const CUE: Octets = 27;
const CUES_HEAD: Octets = 8;
/** More cues are not kept; a file of ten minutes has 600. */
export const CUES_MAX = 65_536;
/** The longest `Cues` element that is read. */
export const CUES_OCTETS_MAX: Octets = 4 * 1024 * 1024;

/**
 * Where the clusters of a file are with which decoding can start, in the order of their times: what the `Cues` element says.
 *
 * The writer adds each cluster that it has written, and the walker of an unfinished file those that it finds.
 */
export class ClusterIndex {
	/** How many clusters it has. */
	count = 0;
	private times: Float64Array = new Float64Array(64);
	private places: Float64Array = new Float64Array(64);

	/** Adds a cluster. @param time of its first picture, not before the one added last; otherwise it is ignored @param at its place in the file */
	add(time: Millis, at: Octets): void {
		const { count } = this;
		if (count >= CUES_MAX || (count > 0 && time < this.times[count - 1])) return;
		if (count === this.times.length) {
			this.times = larger(this.times);
			this.places = larger(this.places);
		}
		this.times[count] = time;
		this.places[count] = at;
		this.count++;
	}

	/** The number of the last cluster whose first picture is at or before a time; 0 when all are later; -1 when there are none. */
	find(time: Millis): number {
		let low = 0;
		let high = this.count - 1;
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if (this.times[middle] <= time) low = middle;
			else high = middle - 1;
		}
		return high < 0 ? -1 : low;
	}

	/** The time of a cluster. */
	time(index: number): Millis {
		return this.times[index];
	}

	/** The place of a cluster in the file. */
	place(index: number): Octets {
		return this.places[index];
	}

	/** Forgets all clusters. */
	clear(): void {
		this.count = 0;
	}

	/**
	 * Makes the `Cues` element.
	 * @param segment where the segment's content starts: `SEGMENT_CONTENT` in files of ours
	 */
	encode(segment: Octets): Uint8Array {
		const out = new ByteWriter(CUES_HEAD + this.count * CUE);
		const cues = E.beginElement(out, E.CUES);
		for (let i = 0; i < this.count; i++) {
			E.writeShort(out, E.CUE_POINT, CUE - 2);
			E.writeLarge(out, E.CUE_TIME, this.times[i]);
			E.writeShort(out, E.CUE_TRACK_POSITIONS, CUE - 14);
			E.writeShort(out, E.CUE_TRACK, 1).u8(1);
			E.writeLarge(out, E.CUE_CLUSTER_POSITION, this.places[i] - segment);
		}
		E.endElement(out, cues);
		return out.copy();
	}

	/**
	 * Reads a whole `Cues` element, `bytes[start, end)`, into this index.
	 * @param segment where the segment's content starts
	 * @param scale milliseconds of a unit of time in the file
	 * @param track cues of other tracks are passed over
	 * @returns false when it is malformed: walk the file instead
	 */
	decode(bytes: Uint8Array, start: Octets, end: Octets, segment: Octets, scale = 1, track = 1): boolean {
		this.clear();
		const top = new EbmlReader().open(bytes, start, end);
		if (!top.next() || top.id !== E.CUES || top.end > end) return false;
		const points = new EbmlReader().open(bytes, top.start, top.end);
		const point = new EbmlReader();
		const positions = new EbmlReader();
		while (points.next()) {
			if (points.id !== E.CUE_POINT) continue;
			let time = -1;
			let place = -1;
			point.open(bytes, points.start, points.end);
			while (point.next()) {
				if (point.id === E.CUE_TIME) time = point.unsigned();
				if (point.id !== E.CUE_TRACK_POSITIONS) continue;
				let ofTrack = 0;
				let at = -1;
				positions.open(bytes, point.start, point.end);
				while (positions.next()) {
					if (positions.id === E.CUE_TRACK) ofTrack = positions.unsigned();
					if (positions.id === E.CUE_CLUSTER_POSITION) at = positions.unsigned();
				}
				if (ofTrack === track) place = at;
			}
			if (time >= 0 && place >= 0) this.add(time * scale, segment + place);
		}
		return !points.isMalformed && this.count > 0;
	}
}

function larger(from: Float64Array): Float64Array {
	const to = new Float64Array(from.length * 2);
	to.set(from);
	return to;
}
