import type { EventKind, RecordedEvent } from "../recorded-event";
import type { CameraKey, Utc } from "../recording";

/** What a new row of an {@link EventTable} says. */
export type NewEvent = Pick<RecordedEvent, "id" | "camera" | "kind" | "from" | "label">;

const KINDS: readonly EventKind[] = Object.freeze(["motion", "switch", "call"]);
const ROWS_MIN = 256;
/** How many different cameras, and how many labels, are told apart; there are far fewer. */
const WORDS_MAX = 4096;

/**
 * The events of all cameras in memory: one row each in columns of numbers, about 40 octets.
 *
 * Rows are in the order in which they were added, and the oldest is forgotten when the table is full. A query looks at all
 * rows, which takes about a millisecond for 250,000.
 */
export class EventTable {
	/** The first row that is in use, and how many are. Rows form a ring. */
	private first = 0;
	private count = 0;
	private rows = 0;
	private ids = new Float64Array(0);
	private froms = new Float64Array(0);
	/** `Infinity`: the event lasts. */
	private tos = new Float64Array(0);
	private stills = new Float64Array(0);
	private scores = new Uint8Array(0);
	private kinds = new Uint8Array(0);
	private cameras = new Uint16Array(0);
	private labels = new Uint16Array(0);
	private readonly cameraNames = new WordList();
	private readonly labelTexts = new WordList();

	/** @param most how many events are kept in memory */
	constructor(private readonly most: number) {}

	get length(): number {
		return this.count;
	}

	/** The largest number of an event; 0: there is none. */
	get lastId(): number {
		let last = 0;
		for (let i = 0; i < this.count; i++) last = Math.max(last, this.ids[this.rowOf(i)]);
		return last;
	}

	/** Adds an event that lasts. */
	add(event: NewEvent): void {
		if (this.count === this.most) this.drop();
		if (this.count === this.rows) this.grow();
		const row = this.rowOf(this.count++);
		this.ids[row] = event.id;
		this.froms[row] = event.from;
		this.tos[row] = Infinity;
		this.stills[row] = event.from;
		this.scores[row] = 0;
		this.kinds[row] = KINDS.indexOf(event.kind);
		this.cameras[row] = this.cameraNames.numberOf(event.camera);
		this.labels[row] = this.labelTexts.numberOf(event.label);
	}

	/** Adds all events of another table. */
	addAll(other: EventTable): void {
		for (let i = 0; i < other.count; i++) {
			const row = other.rowOf(i);
			const event = other.at(row);
			this.add(event);
			const own = this.rowOf(this.count - 1);
			this.update(own, event.still, event.score);
			this.tos[own] = other.tos[row];
		}
	}

	/** Returns the row of an event; -1: it is not there. */
	find(id: number): number {
		for (let i = this.count - 1; i >= 0; i--) {
			const row = this.rowOf(i);
			if (this.ids[row] === id) return row;
		}
		return -1;
	}

	/** Whether the event of a row lasts. */
	lasts(row: number): boolean {
		return this.tos[row] === Infinity;
	}

	/** Sets what became of the event of a row. */
	update(row: number, still: Utc, score: number): void {
		this.stills[row] = still;
		this.scores[row] = Math.max(0, Math.min(100, Math.round(score)));
	}

	/** Ends the event of a row, not before it began. */
	end(row: number, to: Utc): void {
		this.tos[row] = Math.max(to, this.froms[row]);
	}

	at(row: number): RecordedEvent {
		const to = this.tos[row];
		return {
			id: this.ids[row],
			camera: this.cameraNames.at(this.cameras[row]),
			kind: KINDS[this.kinds[row]],
			from: this.froms[row],
			to: to === Infinity ? undefined : to,
			still: this.stills[row],
			score: this.scores[row],
			label: this.labelTexts.at(this.labels[row]),
		};
	}

	/** Returns the events that overlap `[from, to)`, in the order of their starts, at most `max`. */
	between(camera: CameraKey | undefined, from: Utc, to: Utc, max: number): RecordedEvent[] {
		const number = camera === undefined ? -1 : this.cameraNames.find(camera);
		if (number === undefined) return [];
		const { froms, tos, cameras } = this;
		const rows: number[] = [];
		let isSorted = true;
		for (let i = 0; i < this.count; i++) {
			const row = this.rowOf(i);
			// An event without length counts as one moment.
			if (froms[row] >= to || (tos[row] <= from && froms[row] < from)) continue;
			if (number >= 0 && cameras[row] !== number) continue;
			if (rows.length > 0 && froms[row] < froms[rows[rows.length - 1]]) isSorted = false;
			rows.push(row);
		}
		// The clock may have been set, and several cameras' logs are read one after another.
		if (!isSorted) rows.sort((a, b) => froms[a] - froms[b]);
		return rows.slice(0, max).map((row) => this.at(row));
	}

	/** Forgets the events that ended before a time. @param until by camera; -Infinity: all stay */
	forget(until: (camera: CameraKey) => Utc): void {
		let kept = 0;
		for (let i = 0; i < this.count; i++) {
			const row = this.rowOf(i);
			if (!this.lasts(row) && this.tos[row] < until(this.cameraNames.at(this.cameras[row]))) continue;
			if (kept !== i) this.copy(row, this.rowOf(kept));
			kept++;
		}
		this.count = kept;
	}

	private rowOf(index: number): number {
		const row = this.first + index;
		return row < this.rows ? row : row - this.rows;
	}

	private drop(): void {
		this.first = this.rowOf(1);
		this.count--;
	}

	private copy(from: number, to: number): void {
		this.ids[to] = this.ids[from];
		this.froms[to] = this.froms[from];
		this.tos[to] = this.tos[from];
		this.stills[to] = this.stills[from];
		this.scores[to] = this.scores[from];
		this.kinds[to] = this.kinds[from];
		this.cameras[to] = this.cameras[from];
		this.labels[to] = this.labels[from];
	}

	/** Makes room. The ring starts at 0 as long as it can grow, because only a full table drops rows. */
	private grow(): void {
		const rows = Math.min(this.most, Math.max(ROWS_MIN, 2 * this.rows));
		const { ids, froms, tos, stills, scores, kinds, cameras, labels } = this;
		this.ids = new Float64Array(rows);
		this.froms = new Float64Array(rows);
		this.tos = new Float64Array(rows);
		this.stills = new Float64Array(rows);
		this.scores = new Uint8Array(rows);
		this.kinds = new Uint8Array(rows);
		this.cameras = new Uint16Array(rows);
		this.labels = new Uint16Array(rows);
		this.ids.set(ids);
		this.froms.set(froms);
		this.tos.set(tos);
		this.stills.set(stills);
		this.scores.set(scores);
		this.kinds.set(kinds);
		this.cameras.set(cameras);
		this.labels.set(labels);
		this.rows = rows;
	}
}

/** Words and the numbers that stand for them. Number 0 is the empty word, which also stands for all words that no longer fit. */
class WordList {
	private readonly words: string[] = [""];
	private readonly numbers = new Map<string, number>([["", 0]]);

	at(number: number): string {
		return this.words[number];
	}

	find(word: string): number | undefined {
		return this.numbers.get(word);
	}

	numberOf(word: string): number {
		const known = this.numbers.get(word);
		if (known !== undefined) return known;
		if (this.words.length >= WORDS_MAX) return 0;
		this.numbers.set(word, this.words.length);
		this.words.push(word);
		return this.words.length - 1;
	}
}
