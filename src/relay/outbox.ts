import type { Pump } from "../core/pump";
import type { Millis, Octets } from "../core/time";
import type { Files } from "../ports/files";
import type { Log } from "../ports/log";
import type { MeteringRecord } from "./metering-record";
import { type OutboxFault, OutboxFile, pieceOf } from "./outbox-file";
import { checkpointOf, interrupted, type OpenSession, OutboxHistory } from "./outbox-history";
import { buildDeliveredLine, buildRecordLine, DELIVERED_MAX } from "./outbox-line";
import { recordJson } from "./record-json";
import { REPORT_OCTETS_MAX, REPORT_RECORDS_MAX } from "./report";

/** What an outbox needs of its host. */
export interface OutboxHost {
	readonly pump: Pump;
	readonly storage: Files;
	readonly log: Log;
}

/** A record that waits for delivery. */
export interface OutboxEntry {
	/** @see RelayOrigin.name */
	readonly origin: string;
	readonly json: Uint8Array;
	/** Its number in the file; 0: it has none yet. */
	number: number;
	/** True: it is on the medium. */
	isSafe: boolean;
}

/** The most octets of waiting records; later ones are lost. */
const WAITING_MAX: Octets = 8 * 1024 * 1024;
/** Until a medium that failed is tried again. */
const RETRY: Millis = 10_000;
/** A file that is longer than this, and mostly no longer needed, is replaced. */
const FILE_MIN: Octets = 1024 * 1024;

/**
 * Keeps metering records until they are delivered, through the end of the program and power cuts (REP-6).
 *
 * A record is on the medium once it is {@link OutboxEntry.isSafe}. Sessions that last have checkpoints: if the program ends without
 * notice, {@link open} makes their last record of the last checkpoint. While the medium fails, records wait in memory, are delivered
 * from there, and are written when it works again. Beyond 8 MiB they are lost, counted and logged.
 */
export class RecordOutbox {
	/** Octets of the records that wait. */
	octets: Octets = 0;
	/** Records that wait. */
	waiting = 0;
	/** Records that were lost because too many waited. */
	lost = 0;
	/** Lines of the file that could not be read. */
	unreadable = 0;
	/** What the medium complains of; empty: nothing. */
	fault = "";
	private readonly queues = new Map<string, OutboxEntry[]>();
	private readonly sessions = new Map<string, OpenSession>();
	private readonly file: OutboxFile;
	/** Lines for the medium, and the entries that are safe once those are written. */
	private lines: Uint8Array[] = [];
	private unsafe: OutboxEntry[] = [];
	private last = 0;
	private isLoaded = false;
	private isBusy = false;
	/** True: the next thing to do is to write a new file, with everything. Lines for the old one are not needed. */
	private needsFile = true;
	private isClosed = false;
	private drained: (() => void) | undefined;

	/** @param changed is called when records are on the medium, or can't be put there: they may be delivered now */
	constructor(
		private readonly host: OutboxHost,
		private readonly changed: () => void,
	) {
		this.file = new OutboxFile(host.storage);
	}

	/** Reads what an earlier run has left; called once. */
	open(): void {
		this.run();
	}

	/** True: more than half of the room is taken, so only last records should come. */
	get isStrained(): boolean {
		return this.octets > WAITING_MAX / 2;
	}

	/** The origins for which records wait. */
	get origins(): Iterable<string> {
		return this.queues.keys();
	}

	/** Adds a record; it ends or continues its session. */
	add(origin: string, record: MeteringRecord): void {
		const json = recordJson(record);
		if (record.isLast) this.sessions.delete(record.session);
		else this.sessions.set(record.session, { origin, record, isCheckpoint: false });
		if (this.octets + json.length > WAITING_MAX) {
			this.lost++;
			this.host.log.write(
				"error",
				"metering",
				`the outbox is full: a record of ${record.viewer || "a viewer"} is lost`,
			);
			return;
		}
		this.enqueue({ origin, json, number: 0, isSafe: false });
		this.run();
	}

	/** Notes the state of a session that lasts: the record that would follow if it ended now. */
	checkpoint(origin: string, record: MeteringRecord): void {
		this.sessions.set(record.session, { origin, record, isCheckpoint: true });
		if (this.needsFile) return;
		this.lines.push(buildRecordLine(0, origin, recordJson(record)));
		this.run();
	}

	/** Returns the oldest records for an origin that may be delivered: as many as fit into one report. */
	next(origin: string): readonly OutboxEntry[] {
		const batch: OutboxEntry[] = [];
		let octets = 2;
		for (const entry of this.queues.get(origin) ?? []) {
			octets += entry.json.length + 1;
			const isReady = entry.isSafe || this.fault !== "";
			if (!isReady || octets > REPORT_OCTETS_MAX || batch.length === REPORT_RECORDS_MAX) break;
			batch.push(entry);
		}
		return batch;
	}

	/** Whether all that was added is on the medium. */
	get isSafe(): boolean {
		return this.isLoaded && !this.isBusy && this.isIdle;
	}

	/** How many records for an origin wait. */
	waitingFor(origin: string): number {
		return this.queues.get(origin)?.length ?? 0;
	}

	/** Whether records for an origin wait. */
	waitsFor(origin: string): boolean {
		return this.queues.has(origin);
	}

	/** The first records of an origin, as {@link next} has returned them, were delivered. */
	delivered(entries: readonly OutboxEntry[]): void {
		const numbers: number[] = [];
		for (const entry of entries) {
			const queue = this.queues.get(entry.origin);
			const at = queue?.indexOf(entry) ?? -1;
			if (queue === undefined || at < 0) continue;
			queue.splice(at, 1);
			if (queue.length === 0) this.queues.delete(entry.origin);
			this.octets -= entry.json.length;
			this.waiting--;
			if (entry.number > 0) numbers.push(entry.number);
		}
		for (let i = 0; i < numbers.length && !this.needsFile; i += DELIVERED_MAX)
			this.lines.push(buildDeliveredLine(numbers.slice(i, i + DELIVERED_MAX)));
		this.run();
	}

	/** Calls `done` once, when everything is on the medium, or it fails. Called once, at the end. */
	close(done: () => void): void {
		this.drained = () => {
			this.isClosed = true;
			this.file.close();
			done();
		};
		// Not after the pause that follows a failure.
		if (this.fault !== "") this.drained();
		else this.run();
	}

	private enqueue(entry: OutboxEntry): void {
		const queue = this.queues.get(entry.origin);
		if (queue === undefined) this.queues.set(entry.origin, [entry]);
		else queue.push(entry);
		this.octets += entry.json.length;
		this.waiting++;
		if (this.needsFile) return;
		entry.number = ++this.last;
		this.unsafe.push(entry);
		this.lines.push(buildRecordLine(entry.number, entry.origin, entry.json));
	}

	/** Does the next thing that the medium is needed for. */
	private run(): void {
		if (this.isBusy || this.isClosed) return;
		if (this.drained !== undefined && (this.fault !== "" || (this.isLoaded && this.isIdle))) return this.drained();
		if (!this.isLoaded) this.load();
		else if (this.needsFile) this.renew();
		else if (this.lines.length > 0) this.append();
	}

	private get isIdle(): boolean {
		return this.lines.length === 0 && !this.needsFile;
	}

	private load(): void {
		this.isBusy = true;
		const history = new OutboxHistory();
		this.file.load(
			(bytes, start, end) => history.take(bytes, start, end),
			(fault) => {
				this.isBusy = false;
				if (fault !== undefined) return this.failed(fault);
				this.loaded(history);
				for (const { origin, record } of history.spans) this.enqueue(entryOf(origin, record));
				for (const session of history.sessions.values())
					if (!this.sessions.has(session.record.session)) this.enqueue(entryOf(session.origin, interrupted(session)));
				this.worked();
			},
		);
	}

	/** Puts what the file had in front of what has come meanwhile. */
	private loaded({ waiting, last }: OutboxHistory): void {
		const { unreadable } = this.file;
		const young: OutboxEntry[] = [];
		for (const queue of this.queues.values()) for (const entry of queue) young.push(entry);
		this.queues.clear();
		this.octets = 0;
		this.waiting = 0;
		this.last = last;
		this.unreadable = unreadable;
		for (const record of waiting.values()) this.enqueue({ ...record, isSafe: true });
		this.isLoaded = true;
		this.needsFile = true;
		for (const entry of young) this.enqueue(entry);
		const { log } = this.host;
		if (unreadable > 0)
			log.write(
				"error",
				"metering",
				`${unreadable} lines of the outbox can't be read; they are in the file outbox.damaged`,
			);
		if (waiting.size > 0)
			log.write("info", "metering", `${waiting.size} metering records of an earlier run wait for delivery`);
	}

	/** Writes all that is needed to a new file. */
	private renew(): void {
		this.isBusy = true;
		this.forgetLines();
		const lines: Uint8Array[] = [];
		const entries: OutboxEntry[] = [];
		for (const queue of this.queues.values()) {
			for (const entry of queue) {
				if (entry.number === 0) entry.number = ++this.last;
				entries.push(entry);
				lines.push(buildRecordLine(entry.number, entry.origin, entry.json));
			}
		}
		for (const session of this.sessions.values())
			lines.push(buildRecordLine(0, session.origin, recordJson(checkpointOf(session))));
		this.needsFile = false;
		this.file.replace(lines, (fault) => {
			this.isBusy = false;
			if (fault !== undefined) {
				this.needsFile = true;
				return this.failed(fault);
			}
			for (const entry of entries) entry.isSafe = true;
			this.worked();
		});
	}

	/** A new file has everything. */
	private forgetLines(): void {
		this.needsFile = true;
		this.lines = [];
		this.unsafe = [];
	}

	private append(): void {
		this.isBusy = true;
		const { bytes, next } = pieceOf(this.lines, 0);
		const { unsafe } = this;
		const isAll = next === this.lines.length;
		this.lines.splice(0, next);
		if (isAll) this.unsafe = [];
		this.file.append(bytes, (fault) => {
			this.isBusy = false;
			if (fault !== undefined) {
				// The end of the file is not known.
				this.forgetLines();
				return this.failed(fault);
			}
			if (isAll) for (const entry of unsafe) entry.isSafe = true;
			const { length } = this.file;
			if (length > FILE_MIN && length > 4 * (this.octets + this.sessions.size * 512)) this.needsFile = true;
			this.worked();
		});
	}

	private worked(): void {
		if (this.fault !== "") this.host.log.write("info", "metering", "the outbox works again");
		this.fault = "";
		this.run();
		this.changed();
	}

	private failed({ why, detail }: OutboxFault): void {
		const fault = why === "full" ? "the medium is full" : detail || why;
		if (this.fault !== fault)
			this.host.log.write("error", "metering", `the outbox can't be written, records wait in memory: ${fault}`);
		this.fault = fault;
		if (this.drained !== undefined) return this.run();
		this.isBusy = true;
		this.host.pump.after(RETRY, () => {
			this.isBusy = false;
			this.run();
		});
		this.changed();
	}
}

function entryOf(origin: string, record: MeteringRecord): OutboxEntry {
	return { origin, json: recordJson(record), number: 0, isSafe: false };
}
