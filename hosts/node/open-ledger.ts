import { closeSync, existsSync, fsyncSync, openSync } from "node:fs";
import { join } from "node:path";
import { FileLedger } from "../../src/relay/file-ledger";
import type { Ledger } from "../../src/relay/ledger";
import { NodeFiles } from "./files";
import { makeFolder } from "./make-folder";
import { SqliteLedger } from "./sqlite-ledger";

/** The folder of the ledger, in a camera's data folder or a NAS's storage. */
const FOLDER = "ledger";
/** The database in it. */
const DATABASE = "ledger.sqlite";
/** The first of the append-only files in it. */
const FIRST_FILE = "00000001.log";

/**
 * Opens the ledger in a folder: that in SQLite if there is one, else that on append-only files if there is one, which another host
 * has begun. A new one is in SQLite, or on files where this machine has no SQLite.
 * @param parent where the folder of the ledger is
 */
export function openLedger(parent: string): Ledger {
	const folder = join(parent, FOLDER);
	const path = join(folder, DATABASE);
	if (!existsSync(path) && (existsSync(join(folder, FIRST_FILE)) || !hasSqlite()))
		return new FileLedger(new NodeFiles(parent), setImmediate, FOLDER);
	makeFolder(folder);
	// SQLite puts the names in its folder on the medium, but not that of the folder.
	syncFolder(parent);
	return new SqliteLedger(path);
}

/** Tells whether a folder has a ledger. */
export function hasLedger(parent: string): boolean {
	return existsSync(join(parent, FOLDER, DATABASE)) || existsSync(join(parent, FOLDER, FIRST_FILE));
}

function syncFolder(folder: string): void {
	const descriptor = openSync(folder, "r");
	try {
		fsyncSync(descriptor);
	} finally {
		closeSync(descriptor);
	}
}

/** The package has binaries for many machines, but not for all. */
function hasSqlite(): boolean {
	try {
		require("libsql");
		return true;
	} catch {
		return false;
	}
}
