import type { Millis, Octets } from "../core/time";
import type { Files } from "../ports/files";
import {
	keyOfRecord,
	type Ledger,
	type LedgerGroup,
	type LedgerQuery,
	type LedgerSum,
	type RedeemedTicket,
} from "./ledger";
import { LedgerAppender } from "./ledger-appender";
import { LedgerIndex } from "./ledger-index";
import { buildRecordLine, buildTicketLine } from "./ledger-line";
import { LedgerReader } from "./ledger-reader";
import type { MeteringRecord } from "./metering-record";

/** Octets that are appended at once: what is stored meanwhile waits and goes together. */
const APPEND_MAX: Octets = 256 * 1024;
/** How many calls of `store` may wait. */
const STORES_MAX = 1024;
/** How many used tickets may wait for the medium; the oldest are given up. */
const TICKETS_MAX = 1024;

const CLOSED = "the ledger is closed";

/** Records that are to be stored. */
interface Job {
	readonly records: readonly MeteringRecord[];
	readonly done: (fault: string | undefined, added: number) => void;
}

/** What is being appended for a {@link Job}. */
interface Fresh {
	readonly job: Job;
	readonly records: readonly MeteringRecord[];
}

/**
 * A ledger in append-only files, for hosts without a database (REP-8).
 *
 * What is stored at the same time goes to the medium together. The identifiers of all records are in memory, as fingerprints; sums
 * and lists are read from the files. A record survives a power cut once its `store` was answered.
 */
export class FileLedger implements Ledger {
	/** Tickets whose use could not be stored. */
	lost = 0;
	private index = new LedgerIndex();
	private readonly reader: LedgerReader;
	private appender: LedgerAppender | undefined;
	private state: "new" | "loading" | "ready" = "new";
	private isClosed = false;
	/** What waits until all files were read. */
	private readonly waiting: ((fault: string | undefined) => void)[] = [];
	private readonly jobs: Job[] = [];
	private tickets: RedeemedTicket[] = [];
	private isWriting = false;
	private closed: (() => void) | undefined;

	/**
	 * @param files where the ledger's folder is
	 * @param later calls a function soon, never during the call
	 * @param folder a name in the root of `files`; made when something is stored first
	 */
	constructor(
		private readonly files: Files,
		private readonly later: (run: () => void) => void,
		private readonly folder = "ledger",
	) {
		this.reader = new LedgerReader(files);
	}

	store(records: readonly MeteringRecord[], done: Job["done"]): void {
		if (this.isClosed || this.jobs.length >= STORES_MAX) {
			const fault = this.isClosed ? CLOSED : "too many reports wait for the medium";
			return this.later(() => done(fault, 0));
		}
		this.jobs.push({ records, done });
		this.later(() => this.write());
	}

	redeemed(ticket: RedeemedTicket): void {
		if (this.isClosed || this.index.hasTicket(ticket)) return;
		if (this.tickets.length >= TICKETS_MAX) {
			this.tickets.shift();
			this.lost++;
		}
		this.tickets.push(ticket);
		this.later(() => this.write());
	}

	list(
		query: LedgerQuery,
		limit: number,
		before: string,
		answered: (records: readonly MeteringRecord[] | undefined) => void,
	): void {
		this.query((fault) => {
			if (fault !== undefined) answered(undefined);
			else this.reader.list(this.index.segments, query, limit, before, answered);
		});
	}

	sum(query: LedgerQuery, by: LedgerGroup, answered: (sums: readonly LedgerSum[] | undefined) => void): void {
		this.query((fault) => {
			if (fault !== undefined) answered(undefined);
			else this.reader.sum(this.index.segments, query, by, answered);
		});
	}

	unrecorded(until: Millis, answered: (tickets: readonly RedeemedTicket[] | undefined) => void): void {
		this.query((fault) => {
			if (fault !== undefined) return answered(undefined);
			const tickets = [...this.index.unrecorded()].filter(({ at }) => at < until);
			answered(tickets.sort((one, other) => one.at - other.at || (one.ticket < other.ticket ? -1 : 1)));
		});
	}

	close(done: () => void): void {
		this.isClosed = true;
		this.closed = done;
		this.later(() => this.write());
	}

	private query(run: (fault: string | undefined) => void): void {
		if (this.isClosed) this.later(() => run(CLOSED));
		else this.whenReady(run);
	}

	/** Calls `run` later, when all files were read, or with what the medium complains of. */
	private whenReady(run: (fault: string | undefined) => void): void {
		if (this.state === "ready") return this.later(() => run(undefined));
		this.waiting.push(run);
		if (this.state === "loading") return;
		this.state = "loading";
		const index = new LedgerIndex();
		index.load(this.files, this.folder, (fault) => {
			if (fault === undefined) {
				this.index = index;
				this.appender = new LedgerAppender(this.files, this.folder, index);
			}
			this.state = fault === undefined ? "ready" : "new";
			// NO_FILES answers during the call.
			this.later(() => {
				for (const each of this.waiting.splice(0)) each(fault);
			});
		});
	}

	/** Writes what waits; harmless when it is already being written. */
	private write(): void {
		if (this.isWriting) return;
		if (this.jobs.length + this.tickets.length === 0) {
			if (this.closed === undefined) return;
			this.appender?.close();
			this.closed();
			this.closed = undefined;
			return;
		}
		this.isWriting = true;
		const { appender } = this;
		if (appender !== undefined) return this.prepare(appender);
		this.whenReady((fault) => {
			if (this.appender === undefined) this.answer(this.jobs.splice(0), fault ?? CLOSED);
			else this.prepare(this.appender);
		});
	}

	private prepare(appender: LedgerAppender): void {
		appender.prepare((fault) => {
			if (fault === undefined) this.append(appender);
			else this.answer(this.jobs.splice(0), fault);
		});
	}

	/** Appends what is not there yet of the jobs at the head of the queue. */
	private append(appender: LedgerAppender): void {
		const { index, jobs } = this;
		const lines: Uint8Array[] = [];
		const taken: Fresh[] = [];
		const keys = new Set<string>();
		let octets = 0;
		while (jobs.length > 0 && octets < APPEND_MAX) {
			const job = jobs.shift() as Job;
			const records = job.records.filter((record) => {
				const key = keyOfRecord(record);
				return !index.has(record) && !keys.has(key) && keys.add(key);
			});
			taken.push({ job, records });
			for (const record of records) {
				const line = buildRecordLine(record);
				octets += line.length;
				lines.push(line);
			}
		}
		const { tickets } = this;
		this.tickets = [];
		for (const ticket of tickets) {
			const line = index.hasTicket(ticket) ? undefined : buildTicketLine(ticket);
			if (line !== undefined) lines.push(line);
		}
		if (lines.length === 0) return this.stored(taken);
		appender.append(lines, (answer) => {
			if (typeof answer === "string") {
				this.tickets = tickets.concat(this.tickets).slice(-TICKETS_MAX);
				return this.answer(
					taken.map(({ job }) => job),
					answer,
				);
			}
			for (const { records } of taken) {
				for (const record of records) {
					index.add(record);
					answer.add(record);
				}
			}
			for (const ticket of tickets) index.addTicket(ticket);
			this.stored(taken);
		});
	}

	private stored(taken: readonly Fresh[]): void {
		this.isWriting = false;
		for (const { job, records } of taken) job.done(undefined, records.length);
		if (this.jobs.length + this.tickets.length > 0 || this.closed !== undefined) this.later(() => this.write());
	}

	/** Nothing could be stored. Tickets wait for the next call. */
	private answer(jobs: readonly Job[], fault: string): void {
		this.isWriting = false;
		for (const { done } of jobs) done(fault, 0);
		if (this.closed !== undefined) {
			this.lost += this.tickets.length;
			this.tickets = [];
		}
		if (this.jobs.length > 0 || this.closed !== undefined) this.later(() => this.write());
	}
}
