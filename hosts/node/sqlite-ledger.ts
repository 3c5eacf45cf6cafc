import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Millis } from "../../src/core/time";
import type { Ledger, LedgerGroup, LedgerQuery, LedgerSum, RedeemedTicket } from "../../src/relay/ledger";
import type { MeteringRecord } from "../../src/relay/metering-record";
import type { LedgerOrder, LedgerReport, LedgerTask } from "./ledger-protocol";

/** How many calls may wait for the thread; more fail. */
const CALLS_MAX = 1024;
const HEAP_MEGABYTES = 256;

/** The part of a worker thread that a ledger uses; tests replace it. */
export interface LedgerThread {
	postMessage(order: LedgerOrder): void;
	on(event: "message", listener: (report: LedgerReport) => void): unknown;
	on(event: "error", listener: (error: Error) => void): unknown;
	on(event: "exit", listener: () => void): unknown;
	terminate(): unknown;
	ref(): void;
	unref(): void;
}

/**
 * A ledger in SQLite (REP-8): in a worker thread, as sums of a large ledger take seconds and each commit waits for the medium.
 *
 * The thread starts with the first call. When it fails, the calls that it had fail, and the next one starts another thread. Another
 * program may read the database meanwhile.
 */
export class SqliteLedger implements Ledger {
	private worker: LedgerThread | undefined;
	private readonly calls = new Map<number, (report: Omit<LedgerReport, "number">) => void>();
	private last = 0;
	private isClosed = false;

	/**
	 * @param path of the database; the folder must be there
	 * @param begin starts the thread
	 */
	constructor(
		private readonly path: string,
		private readonly begin: (path: string) => LedgerThread = beginThread,
	) {}

	store(records: readonly MeteringRecord[], done: (fault: string | undefined, added: number) => void): void {
		this.call({ type: "store", records }, ({ fault, added }) => done(fault, added ?? 0));
	}

	redeemed(ticket: RedeemedTicket): void {
		this.call({ type: "redeemed", ticket }, () => {});
	}

	list(
		query: LedgerQuery,
		limit: number,
		before: string,
		answered: (records: readonly MeteringRecord[] | undefined) => void,
	): void {
		this.call({ type: "list", query, limit, before }, ({ records }) => answered(records));
	}

	sum(query: LedgerQuery, by: LedgerGroup, answered: (sums: readonly LedgerSum[] | undefined) => void): void {
		this.call({ type: "sum", query, by }, ({ sums }) => answered(sums));
	}

	unrecorded(until: Millis, answered: (tickets: readonly RedeemedTicket[] | undefined) => void): void {
		this.call({ type: "unrecorded", until }, ({ tickets }) => answered(tickets));
	}

	close(done: () => void): void {
		if (this.worker === undefined) {
			this.isClosed = true;
			setImmediate(done);
			return;
		}
		this.call({ type: "close" }, () => {
			const { worker } = this;
			this.worker = undefined;
			worker?.terminate();
			done();
		});
		this.isClosed = true;
	}

	private call(task: LedgerTask, answered: (report: Omit<LedgerReport, "number">) => void): void {
		if (this.isClosed || this.calls.size >= CALLS_MAX) {
			const fault = this.isClosed ? "the ledger is closed" : "too many calls wait for the ledger";
			setImmediate(() => answered({ fault }));
			return;
		}
		this.worker ??= this.start();
		const number = ++this.last;
		this.calls.set(number, answered);
		// While something is to be answered the program stays.
		this.worker.ref();
		this.worker.postMessage({ ...task, number });
	}

	private start(): LedgerThread {
		const worker = this.begin(this.path);
		worker.on("message", (report) => this.report(worker, report));
		worker.on("error", (error) => this.ended(worker, error.message));
		worker.on("exit", () => this.ended(worker, "the thread of the ledger has ended"));
		return worker;
	}

	private report(worker: LedgerThread, { number, ...report }: LedgerReport): void {
		const answered = this.calls.get(number);
		this.calls.delete(number);
		if (this.calls.size === 0) worker.unref();
		answered?.(report);
	}

	private ended(worker: LedgerThread, fault: string): void {
		if (this.worker !== worker) return;
		this.worker = undefined;
		const calls = [...this.calls.values()];
		this.calls.clear();
		for (const answered of calls) answered({ fault });
	}
}

function beginThread(path: string): Worker {
	return new Worker(join(__dirname, "ledger-worker.js"), {
		workerData: { path },
		resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
	});
}
