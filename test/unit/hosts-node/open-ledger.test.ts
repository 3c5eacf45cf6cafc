import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NodeFiles } from "../../../hosts/node/files";
import { hasLedger, openLedger } from "../../../hosts/node/open-ledger";
import { SqliteLedger } from "../../../hosts/node/sqlite-ledger";
import { FileLedger } from "../../../src/relay/file-ledger";
import { recordOf } from "../../support/ledger-suite";

describe("hosts-node/open-ledger", () => {
	it("begins a ledger in SQLite, and goes on with files where another host has begun them (REP-8)", async () => {
		const parent = mkdtempSync(join(tmpdir(), "porthole-ledger-"));
		assert.ok(!hasLedger(parent));
		assert.ok(openLedger(parent) instanceof SqliteLedger);
		const files = new FileLedger(new NodeFiles(parent), setImmediate);
		const fault = await new Promise((done) => files.store([recordOf(1)], done));
		assert.equal(fault, undefined);
		await new Promise<void>((done) => files.close(done));
		assert.ok(hasLedger(parent));
		const ledger = openLedger(parent);
		assert.ok(ledger instanceof FileLedger);
		const records = await new Promise((done) => ledger.list({}, 10, "", done));
		assert.deepEqual(records, [recordOf(1)]);
		rmSync(parent, { recursive: true });
	});
});
