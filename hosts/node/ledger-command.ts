import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { exportProgress } from "../../src/app/origin/export-progress";
import { type LedgerOutput, runLedgerCommand } from "../../src/app/origin/ledger-command";
import type { LEDGER_COMMAND_SCHEMA } from "../../src/settings/cli/commands";
import type { Gathered } from "../../src/settings/cli/gather-settings";
import type { ValuesOf } from "../../src/settings/schema";
import { UsageError } from "../../src/settings/usage-error";
import { hasLedger, openLedger } from "./open-ledger";

/** Runs `porthole ledger`; the program whose ledger it is may be running. @returns the exit code */
export function runLedger(
	word: string,
	{ values }: Gathered<ValuesOf<typeof LEDGER_COMMAND_SCHEMA>>,
	host: Pick<LedgerOutput, "error">,
): Promise<number> {
	const open = (folder: string) => {
		if (!existsSync(folder)) throw new UsageError(`--folder: ${folder} does not exist.`);
		if (!hasLedger(resolve(folder))) throw new UsageError(`${folder} has no ledger: no relay has reported yet.`);
		return openLedger(resolve(folder));
	};
	let isBroken = false;
	// The reader has ended, such as head.
	process.stdout.on("error", () => {
		isBroken = true;
	});
	const write: LedgerOutput["write"] = (bytes, done) => {
		process.stdout.write(bytes, (error) => done(!isBroken && (error ?? undefined) === undefined));
	};
	const { stderr, stdout } = process;
	const isWatched = stderr.isTTY && !stdout.isTTY;
	const output: LedgerOutput = {
		write,
		error: (line) => host.error(`porthole: ${line}`),
		...(isWatched && { progress: exportProgress((text) => stderr.write(text), Date.now) }),
	};
	return new Promise((done) => runLedgerCommand(word, values, open, output, Date.now(), done));
}
