import type { Pump } from "../../core/pump";
import { DAY, type Millis } from "../../core/time";
import type { Files } from "../../ports/files";
import { deleteTree } from "../files/delete-tree";
import type { EventKind, EventListener, EventLog, RecordedEvent } from "../recorded-event";
import type { CameraKey, Utc } from "../recording";
import { EventAppender } from "./event-appender";
import { eventLabel } from "./event-label";
import { type EventLogFile, listEventLogs, scanEventLog } from "./event-loader";
import { eventPath, stillFolder } from "./event-path";
import { buildEventRecord, type EventRecord } from "./event-record";
import { EventTable } from "./event-table";

/** How many events are kept in memory on a computer: 10 MB. */
const EVENTS_MAX = 250_000;

/** How long to wait before looking again whether all is on the medium, and how often when it fails. */
const FLUSH_STEP: Millis = 20;
const FLUSH_TRIES = 2;

/** How many events of one camera and day may last at a time; more were not written by this program. */
const LASTING_MAX = 1024;
/** Numbers of new events stay below what a line has room for, whatever the largest one on the medium is. */
const ID_MAX = 900_000_000_000_000;

/**
 * The log of events on files: one append-only file of lines for each camera and day, and all events in memory (STR-26).
 *
 * An event is written when it begins and when it ends, and both are synced. After a power cut every line that was synced is
 * there; torn lines are recognised by their checksums and skipped; an event whose end is missing ended when it began.
 * Events can be added while the log is still being read, and while the medium fails: they are written when it works again.
 */
export class FileEventLog implements EventLog {
	/** `failed`: older events could not be read; new ones are kept all the same. */
	state: "opening" | "ready" | "failed" = "opening";
	/** Lines that were not valid when the log was read. */
	skipped = 0;
	private table: EventTable;
	private lastId = 0;
	private readonly appender: EventAppender;
	private readonly listeners = new Set<EventListener>();
	private readonly news: { readonly event: RecordedEvent; readonly isNew: boolean }[] = [];

	/**
	 * @param files the folder of the store
	 * @param pump calls the listeners
	 * @param most how many events are kept in memory; boards have room for fewer. @default EVENTS_MAX
	 */
	constructor(
		private readonly files: Files,
		private readonly pump: Pick<Pump, "after">,
		private readonly most = EVENTS_MAX,
	) {
		this.table = new EventTable(most);
		this.appender = new EventAppender(files);
	}

	/** How many events are in memory. */
	get length(): number {
		return this.table.length;
	}

	/** Events that are not on the medium because it fails or does not keep up. */
	get lost(): number {
		return this.appender.lost;
	}

	/** What the medium complains of, for the log; `undefined`: nothing. */
	get trouble(): string | undefined {
		return this.appender.trouble;
	}

	/** Reads the log. Called once. @param done called when {@link state} is no longer `opening` */
	start(done: () => void = () => {}): void {
		const loaded = new EventTable(this.most);
		listEventLogs(this.files, (answer) => {
			if (typeof answer === "string") return this.loaded(loaded, false, done);
			this.load(answer, 0, loaded, true, done);
		});
	}

	/** @see EventLog */
	events(camera: CameraKey | undefined, from: Utc, to: Utc, max: number): readonly RecordedEvent[] {
		return this.table.between(camera, from, to, max);
	}

	/** @see EventLog */
	event(id: number): RecordedEvent | undefined {
		const row = this.table.find(id);
		return row < 0 ? undefined : this.table.at(row);
	}

	/** @see EventLog */
	begin(camera: CameraKey, kind: EventKind, from: Utc, label: string): RecordedEvent {
		const utc = Math.max(0, Math.round(from));
		// Its time makes a number that no earlier event has, before the log has been read, too.
		const id = Math.max(this.lastId + 1, utc);
		this.lastId = id;
		this.table.add({ id, camera, kind, from: utc, label: eventLabel(label) });
		const event = this.table.at(this.table.find(id));
		this.write(event, { type: "begin", id, utc, kind, label: event.label });
		this.tell(event, true);
		return event;
	}

	/** @see EventLog */
	update(id: number, still: Utc, score: number): void {
		const row = this.table.find(id);
		if (row >= 0 && this.table.lasts(row)) this.table.update(row, Math.round(still), score);
	}

	/** @see EventLog */
	end(id: number, to: Utc): RecordedEvent | undefined {
		const { table } = this;
		const row = table.find(id);
		if (row < 0 || !table.lasts(row)) return undefined;
		table.end(row, Math.round(to));
		const event = table.at(row);
		const { still, score } = event;
		this.write(event, { type: "end", id, utc: event.to ?? still, still: Math.max(0, still), score });
		this.tell(event, false);
		return event;
	}

	/** @see EventLog */
	watch(listener: EventListener): () => void {
		this.listeners.add(listener);
		return () => void this.listeners.delete(listener);
	}

	/**
	 * Forgets the events that ended before a time, deletes logs of days that passed before it, and writes what could not be written.
	 * To be called now and then.
	 * @param until by camera; -Infinity: all of the camera's events stay
	 */
	maintain(until: (camera: CameraKey) => Utc): void {
		this.appender.run();
		if (this.state === "opening") return;
		this.table.forget(until);
		listEventLogs(this.files, (answer) => {
			if (typeof answer === "string") return;
			const old = answer.filter(({ camera, day }) => day + 2 * DAY < until(camera));
			this.delete(old, 0);
		});
	}

	/** Waits until all events are on the medium, or can't be put there. */
	flush(done: () => void, tries = FLUSH_TRIES): void {
		this.appender.run();
		if (this.appender.isIdle || tries === 0) return done();
		this.pump.after(FLUSH_STEP, () => this.flush(done, this.appender.trouble === undefined ? tries : tries - 1));
	}

	/** Reads logs one after another. One that can't be read does not keep the others from being read. */
	private load(logs: readonly EventLogFile[], at: number, into: EventTable, isFine: boolean, done: () => void): void {
		if (at === logs.length) return this.loaded(into, isFine, done);
		const { camera, path } = logs[at];
		this.files.open(path, "read", (answer) => {
			if (answer.failure !== undefined) return this.load(logs, at + 1, into, false, done);
			const lasting = new Map<number, Utc>();
			const seen = new Set<number>();
			scanEventLog(
				answer.value,
				(record) => this.take(camera, record, into, seen, lasting),
				(fault, skipped) => {
					this.skipped += skipped;
					// The program was killed, or the power failed, before these ended.
					for (const [id, last] of lasting) {
						const row = into.find(id);
						if (row >= 0) into.end(row, last);
					}
					this.load(logs, at + 1, into, isFine && fault === undefined, done);
				},
			);
		});
	}

	private take(
		camera: CameraKey,
		record: EventRecord,
		into: EventTable,
		seen: Set<number>,
		lasting: Map<number, Utc>,
	): void {
		const { id, utc } = record;
		if (record.type === "begin") {
			// What the medium failed to confirm was written again, and events of this run are in the other table.
			if (seen.has(id) || lasting.size >= LASTING_MAX || this.table.find(id) >= 0) return;
			seen.add(id);
			into.add({ id, camera, kind: record.kind, from: utc, label: record.label });
			lasting.set(id, utc);
			return;
		}
		const row = lasting.delete(id) ? into.find(id) : -1;
		if (row < 0) return;
		into.update(row, record.still, record.score);
		into.end(row, utc);
	}

	private loaded(into: EventTable, isFine: boolean, done: () => void): void {
		into.addAll(this.table);
		this.table = into;
		this.lastId = Math.max(this.lastId, Math.min(into.lastId, ID_MAX));
		this.state = isFine ? "ready" : "failed";
		done();
	}

	/** Deletes logs one after another, each after the stills of its day. */
	private delete(logs: readonly EventLogFile[], at: number): void {
		if (at === logs.length) return;
		const { camera, day, path } = logs[at];
		deleteTree(this.files, stillFolder(camera, day), () => this.files.delete(path, () => this.delete(logs, at + 1)));
	}

	private write({ camera, from }: RecordedEvent, record: EventRecord): void {
		this.appender.append(camera, eventPath(camera, from), buildEventRecord(record));
	}

	/** Tells the listeners, soon. */
	private tell(event: RecordedEvent, isNew: boolean): void {
		if (this.listeners.size === 0) return;
		this.news.push({ event, isNew });
		if (this.news.length === 1) this.pump.after(0, () => this.deliver());
	}

	private deliver(): void {
		for (const { event, isNew } of this.news.splice(0)) {
			for (const listener of [...this.listeners]) {
				if (isNew) listener.eventBegan?.(event);
				else listener.eventEnded?.(event);
			}
		}
	}
}
