import type { Octets } from "../../core/time";
import type { CameraKey, GapReason, Segment, Utc } from "../recording";
import {
	dayFolder,
	gapCode,
	gapOf,
	partName,
	SEGMENT_DURATION_MAX,
	type SegmentFacts,
	segmentName,
} from "./segment-name";

/** The most segments of one camera: a year of segments of half a minute. */
const SEGMENTS_MAX = 1_048_576;

const LENGTH_MAX: Octets = 0xffffffff;
const FIRST_ROWS = 64;
const H264 = 1;
const RUNNING = 2;
const LOCKED = 4;
/** It is being deleted. */
const GOING = 8;
const GAP_SHIFT = 4;
const GAP_MASK = 7 << GAP_SHIFT;

/**
 * The segments of one camera in the order of their starts, each in 26 octets: no two have the same start.
 *
 * Rows move when others are added or removed, so they are valid only during a call.
 */
export class SegmentTable {
	/** How many rows there are. */
	count = 0;
	/** Octets of all, and of the locked ones. */
	octets: Octets = 0;
	lockedOctets: Octets = 0;
	private starts = new Float64Array(FIRST_ROWS);
	private durations = new Uint32Array(FIRST_ROWS);
	private pictures = new Uint32Array(FIRST_ROWS);
	private lengths = new Uint32Array(FIRST_ROWS);
	private widths = new Uint16Array(FIRST_ROWS);
	private heights = new Uint16Array(FIRST_ROWS);
	private flags = new Uint16Array(FIRST_ROWS);

	constructor(readonly camera: CameraKey) {}

	/** Adds a segment, a running one where its facts are those of a running one. @returns its row; -1: there is one with this start */
	add(facts: SegmentFacts, octets: Octets, isRunning: boolean): number {
		const row = this.rowFrom(facts.start);
		if ((row < this.count && this.starts[row] === facts.start) || this.count >= SEGMENTS_MAX) return -1;
		if (this.count === this.flags.length) this.grow();
		this.shift(row, row + 1);
		this.count++;
		this.starts[row] = facts.start;
		this.lengths[row] = 0;
		this.flags[row] = isRunning ? RUNNING : 0;
		this.update(row, facts, octets);
		return row;
	}

	/** Changes what is known of a segment; its start, its lock and whether it runs stay. */
	update(row: number, facts: SegmentFacts, octets: Octets): void {
		this.durations[row] = facts.duration;
		this.pictures[row] = facts.pictures;
		this.widths[row] = facts.width;
		this.heights[row] = facts.height;
		const kind = facts.encoding === "H264" ? H264 : 0;
		this.flags[row] = (this.flags[row] & ~(GAP_MASK | H264)) | (gapCode(facts.gap) << GAP_SHIFT) | kind;
		const before = this.lengths[row];
		// A longer file than any segment counts for as much as there is room for.
		this.lengths[row] = Math.min(octets, LENGTH_MAX);
		this.octets += this.lengths[row] - before;
		if (this.isLocked(row)) this.lockedOctets += this.lengths[row] - before;
	}

	/** The segment is not being written any more. */
	finish(row: number): void {
		this.flags[row] &= ~RUNNING;
	}

	remove(row: number): void {
		this.setLocked(row, false);
		this.octets -= this.lengths[row];
		this.shift(row + 1, row);
		this.count--;
	}

	/** The first row that starts at or after a time; {@link count}: there is none. */
	rowFrom(utc: Utc): number {
		let low = 0;
		let high = this.count;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (this.starts[middle] < utc) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	/** The row of the segment with this start; -1: there is none. */
	rowAt(start: Utc): number {
		const row = this.rowFrom(start);
		return row < this.count && this.starts[row] === start ? row : -1;
	}

	/** The first row that may overlap `[from, …)`. */
	firstOverlapping(from: Utc): number {
		let row = this.rowFrom(from - SEGMENT_DURATION_MAX);
		while (row < this.count && this.end(row) <= from) row++;
		return row;
	}

	/** True: the segment starts so shortly before a time that it may reach it. */
	isNear(row: number, utc: Utc): boolean {
		return utc - this.starts[row] <= SEGMENT_DURATION_MAX;
	}

	start(row: number): Utc {
		return this.starts[row];
	}

	end(row: number): Utc {
		return this.starts[row] + this.durations[row];
	}

	length(row: number): Octets {
		return this.lengths[row];
	}

	encoding(row: number): Segment["encoding"] {
		return (this.flags[row] & H264) !== 0 ? "H264" : "JPEG";
	}

	isRunning(row: number): boolean {
		return (this.flags[row] & RUNNING) !== 0;
	}

	isLocked(row: number): boolean {
		return (this.flags[row] & LOCKED) !== 0;
	}

	gap(row: number): GapReason | undefined {
		return gapOf((this.flags[row] & GAP_MASK) >> GAP_SHIFT);
	}

	/** True: it is being deleted. */
	isGoing(row: number): boolean {
		return (this.flags[row] & GOING) !== 0;
	}

	setGoing(row: number, isGoing: boolean): void {
		this.flags[row] = isGoing ? this.flags[row] | GOING : this.flags[row] & ~GOING;
	}

	/** The oldest segment that may be deleted: neither running nor locked. @returns -1: there is none */
	firstDeletable(): number {
		for (let row = 0; row < this.count; row++) if ((this.flags[row] & (RUNNING | LOCKED | GOING)) === 0) return row;
		return -1;
	}

	setLocked(row: number, isLocked: boolean): void {
		if (this.isLocked(row) === isLocked) return;
		this.flags[row] ^= LOCKED;
		this.lockedOctets += isLocked ? this.lengths[row] : -this.lengths[row];
	}

	/** Where the segment is, below the root of the store. */
	path(row: number): string {
		const start = this.starts[row];
		return `${dayFolder(this.camera, start)}/${this.isRunning(row) ? partName(start) : segmentName(this.facts(row))}`;
	}

	facts(row: number): SegmentFacts {
		return {
			start: this.starts[row],
			duration: this.durations[row],
			pictures: this.pictures[row],
			width: this.widths[row],
			height: this.heights[row],
			encoding: this.encoding(row),
			gap: this.gap(row),
		};
	}

	/** Describes a segment as it is now. */
	segment(row: number): Segment {
		return Object.freeze({
			camera: this.camera,
			path: this.path(row),
			start: this.starts[row],
			end: this.end(row),
			encoding: this.encoding(row),
			width: this.widths[row],
			height: this.heights[row],
			pictures: this.pictures[row],
			octets: this.lengths[row],
			isRunning: this.isRunning(row),
			isLocked: this.isLocked(row),
			gap: this.gap(row),
		});
	}

	private shift(from: number, to: number): void {
		const { count } = this;
		this.starts.copyWithin(to, from, count);
		this.durations.copyWithin(to, from, count);
		this.pictures.copyWithin(to, from, count);
		this.lengths.copyWithin(to, from, count);
		this.widths.copyWithin(to, from, count);
		this.heights.copyWithin(to, from, count);
		this.flags.copyWithin(to, from, count);
	}

	private grow(): void {
		const rows = this.count + Math.max(FIRST_ROWS, this.count >> 1);
		const { starts, durations, pictures, lengths, widths, heights, flags } = this;
		this.starts = new Float64Array(rows);
		this.durations = new Uint32Array(rows);
		this.pictures = new Uint32Array(rows);
		this.lengths = new Uint32Array(rows);
		this.widths = new Uint16Array(rows);
		this.heights = new Uint16Array(rows);
		this.flags = new Uint16Array(rows);
		this.starts.set(starts);
		this.durations.set(durations);
		this.pictures.set(pictures);
		this.lengths.set(lengths);
		this.widths.set(widths);
		this.heights.set(heights);
		this.flags.set(flags);
	}
}
