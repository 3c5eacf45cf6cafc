import { parentPort, workerData } from "node:worker_threads";
import { LedgerDatabase } from "./ledger-database";
import type { LedgerOrder, LedgerReport } from "./ledger-protocol";

/** The worker thread of a {@link SqliteLedger}: the database is opened with the first order, and again after it could not be. */
export class LedgerWorker {
	private database: LedgerDatabase | undefined;

	constructor(private readonly path: string) {}

	answer(order: LedgerOrder): LedgerReport {
		const { number } = order;
		try {
			if (order.type === "close") {
				this.database?.close();
				this.database = undefined;
				return { number };
			}
			this.database ??= new LedgerDatabase(this.path);
			return { number, ...this.run(this.database, order) };
		} catch (error) {
			return { number, fault: error instanceof Error ? error.message : `${error}` };
		}
	}

	private run(database: LedgerDatabase, order: LedgerOrder): Omit<LedgerReport, "number"> {
		switch (order.type) {
			case "store":
				return { added: database.store(order.records) };
			case "redeemed":
				database.redeemed(order.ticket);
				return {};
			case "list":
				return { records: database.list(order.query, order.limit, order.before) };
			case "sum": {
				const sums = database.sum(order.query, order.by);
				return sums === undefined ? { fault: "too many sums" } : { sums };
			}
			case "unrecorded":
				return { tickets: database.unrecorded(order.until) };
			default:
				return {};
		}
	}
}

if (parentPort !== null) {
	const port = parentPort;
	const worker = new LedgerWorker((workerData as { readonly path: string }).path);
	port.on("message", (order: LedgerOrder) => port.postMessage(worker.answer(order)));
}
