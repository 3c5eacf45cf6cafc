import type { Millis, Octets } from "../../core/time";
import type { Coverage } from "../content-store";
import type { CameraKey, RecordedCamera, Segment, Utc } from "../recording";
import { parseSegmentPath } from "./segment-name";
import { SegmentTable } from "./segment-table";

/** Finds the segments of all cameras by time. It is a cache in memory of what the names of the segments say. */
export class StoreIndex {
	private readonly tables = new Map<CameraKey, SegmentTable>();
	private readonly titles = new Map<CameraKey, string>();
	/** All cameras, sorted; another array after each change. */
	keys: readonly CameraKey[] = [];

	/** Octets of all segments. */
	get octets(): Octets {
		let octets = 0;
		for (const table of this.tables.values()) octets += table.octets;
		return octets;
	}

	/** Octets of the locked ones. */
	get lockedOctets(): Octets {
		let octets = 0;
		for (const table of this.tables.values()) octets += table.lockedOctets;
		return octets;
	}

	/** Start of the oldest segment; 0: there is none. */
	get from(): Utc {
		let from = Infinity;
		for (const table of this.tables.values()) if (table.count > 0) from = Math.min(from, table.start(0));
		return from === Infinity ? 0 : from;
	}

	/** The segments of a camera; `undefined`: the camera is not known. */
	find(camera: CameraKey): SegmentTable | undefined {
		return this.tables.get(camera);
	}

	/** The segments of a camera, which is added if it is not known. */
	table(camera: CameraKey): SegmentTable {
		let table = this.tables.get(camera);
		if (table === undefined) {
			table = new SegmentTable(camera);
			this.tables.set(camera, table);
			this.keys = [...this.tables.keys()].sort();
		}
		return table;
	}

	/** Says what a camera is called. */
	name(camera: CameraKey, title: string): void {
		this.titles.set(camera, title);
	}

	title(camera: CameraKey): string {
		return this.titles.get(camera) ?? camera;
	}

	/** Forgets a camera without segments. */
	forget(camera: CameraKey): void {
		this.tables.delete(camera);
		this.titles.delete(camera);
		this.keys = [...this.tables.keys()].sort();
	}

	/** @see ContentStore.cameras */
	cameras(): readonly RecordedCamera[] {
		const cameras: RecordedCamera[] = [];
		for (const key of this.keys) {
			const table = this.table(key);
			const from = table.count > 0 ? table.start(0) : 0;
			const to = table.count > 0 ? table.end(table.count - 1) : 0;
			cameras.push({ key, title: this.title(key), from, to, octets: table.octets });
		}
		return cameras;
	}

	/** @see ContentStore.segments */
	segments(camera: CameraKey, from: Utc, to: Utc, max: number): readonly Segment[] {
		const table = this.tables.get(camera);
		const segments: Segment[] = [];
		if (table === undefined) return segments;
		for (let row = table.firstOverlapping(from); row < table.count && table.start(row) < to; row++) {
			if (segments.length >= max) break;
			if (table.end(row) > from || table.start(row) >= from) segments.push(table.segment(row));
		}
		return segments;
	}

	/** @see ContentStore.segmentAt */
	segmentAt(path: string): Segment | undefined {
		const place = parseSegmentPath(path);
		const table = place === undefined ? undefined : this.tables.get(place.camera);
		const row = place === undefined || table === undefined ? -1 : table.rowAt(place.start);
		return table === undefined || row < 0 || table.path(row) !== path ? undefined : table.segment(row);
	}

	/** @see ContentStore.coverage */
	coverage(camera: CameraKey, from: Utc, to: Utc, resolution: Millis, max = Infinity): readonly Coverage[] {
		const table = this.tables.get(camera);
		const stretches: Coverage[] = [];
		if (table === undefined) return stretches;
		let row = table.firstOverlapping(from);
		while (row < table.count && table.start(row) < to && stretches.length < max) {
			const first = row;
			let end = table.end(row);
			let last = row;
			for (row++; row < table.count && table.start(row) < to; row++) {
				const gap = table.start(row) - end;
				if (gap > 0 && gap >= resolution) break;
				if (table.encoding(row) !== table.encoding(first) || table.isLocked(row) !== table.isLocked(first)) break;
				if (table.end(row) < end) continue;
				end = table.end(row);
				last = row;
			}
			const start = Math.max(from, table.start(first));
			const to_ = Math.min(to, end);
			if (to_ <= start && end <= from) continue;
			stretches.push({
				from: start,
				to: to_,
				encoding: table.encoding(first),
				gap: end > to ? undefined : table.gap(last),
				isLocked: table.isLocked(first),
			});
		}
		return stretches;
	}

	/** The camera with the oldest segment that may be deleted; `undefined`: there is none. */
	oldest(): Segment | undefined {
		let found: SegmentTable | undefined;
		let foundRow = 0;
		for (const table of this.tables.values()) {
			const row = table.firstDeletable();
			if (row < 0 || (found !== undefined && found.start(foundRow) <= table.start(row))) continue;
			found = table;
			foundRow = row;
		}
		return found?.segment(foundRow);
	}
}
