import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { LedgerOrder, LedgerReport } from "../../../hosts/node/ledger-protocol";
import { LedgerWorker } from "../../../hosts/node/ledger-worker";
import { type LedgerThread, SqliteLedger } from "../../../hosts/node/sqlite-ledger";
import { TYPESCRIPT } from "../../../tools/typescript-options";
import { type LedgerRig, ledgerSuite, listed, recordOf, stored } from "../../support/ledger-suite";

const THREAD = join(__dirname, "../../../hosts/node/ledger-worker.ts");

function beginThread(path: string): Worker {
	return new Worker(THREAD, { workerData: { path }, execArgv: [...TYPESCRIPT] });
}

/** Does the work of the thread in this one, as the start of one with a compiler takes long. */
class NoThread implements LedgerThread {
	private readonly worker: LedgerWorker;
	private hear: ((report: LedgerReport) => void) | undefined;

	constructor(path: string) {
		this.worker = new LedgerWorker(path);
	}

	postMessage(order: LedgerOrder): void {
		setImmediate(() => this.hear?.(this.worker.answer(structuredClone(order))));
	}

	on(event: string, listener: unknown): void {
		if (event === "message") this.hear = listener as typeof this.hear;
	}

	terminate(): void {
		this.hear = undefined;
		this.worker.answer({ type: "close", number: 0 });
	}

	ref(): void {}
	unref(): void {}
}

class SqliteRig implements LedgerRig {
	worker: LedgerThread | undefined;
	readonly folder = mkdtempSync(join(tmpdir(), "porthole-ledger-"));
	ledger: SqliteLedger;

	constructor(private readonly begin: (path: string) => LedgerThread = (path) => new NoThread(path)) {
		this.ledger = this.open();
	}

	open(file = "ledger.sqlite"): SqliteLedger {
		return new SqliteLedger(join(this.folder, file), (path) => {
			this.worker = this.begin(path);
			return this.worker;
		});
	}

	wait<Value>(start: (done: (value: Value) => void) => void): Promise<Value> {
		return new Promise((resolve) => {
			let returned = false;
			start((value) => {
				assert.ok(returned, "never during the call");
				resolve(value);
			});
			returned = true;
		});
	}

	async restart(): Promise<void> {
		await this.worker?.terminate();
		this.ledger = this.open();
	}

	async end(): Promise<void> {
		await this.worker?.terminate();
		rmSync(this.folder, { recursive: true });
	}
}

describe("hosts-node/sqlite-ledger", function () {
	this.timeout(30_000);
	ledgerSuite(async () => new SqliteRig());

	it("answers what its thread had when it dies, and starts another one", async () => {
		const rig = new SqliteRig(beginThread);
		await stored(rig, [recordOf(1)]);
		const { worker } = rig;
		assert.ok(worker !== undefined);
		// It dies before it sees the order.
		worker.postMessage = () => {};
		const fault = rig.wait<string | undefined>((done) => rig.ledger.store([recordOf(2)], done));
		await worker.terminate();
		assert.equal(await fault, "the thread of the ledger has ended");
		await stored(rig, [recordOf(3), recordOf(2)]);
		assert.equal((await listed(rig)).length, 3);
		await rig.end();
	});

	it("says what is wrong with a file that is not a ledger, and works once that is mended", async () => {
		const rig = new SqliteRig();
		rig.ledger = rig.open("other.sqlite");
		writeFileSync(join(rig.folder, "other.sqlite"), "x".repeat(8192));
		const fault = await rig.wait<string | undefined>((done) => rig.ledger.store([recordOf(1)], done));
		assert.match(fault ?? "", /not a database/);
		rmSync(join(rig.folder, "other.sqlite"));
		assert.equal(await stored(rig, [recordOf(1)]), 1);
		await rig.end();
	});
});
