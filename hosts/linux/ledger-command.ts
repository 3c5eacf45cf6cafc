import files from "porthole:files";
import process from "porthole:process";
import { exportProgress } from "../../src/app/origin/export-progress";
import { type LedgerOutput, runLedgerCommand } from "../../src/app/origin/ledger-command";
import { utf8Decode } from "../../src/base/text";
import { FileLedger } from "../../src/relay/file-ledger";
import type { LEDGER_COMMAND_SCHEMA } from "../../src/settings/cli/commands";
import type { Gathered } from "../../src/settings/cli/gather-settings";
import type { ValuesOf } from "../../src/settings/schema";
import { UsageError } from "../../src/settings/usage-error";
import { LinuxClock } from "./adapters/clock";
import { LinuxFiles } from "./adapters/files";
import { later } from "./adapters/later";

/** Runs `porthole-linux ledger`; the program whose ledger it is may be running. */
export function runLedger(
	word: string,
	{ values }: Gathered<ValuesOf<typeof LEDGER_COMMAND_SCHEMA>>,
	host: Pick<LedgerOutput, "error">,
): undefined {
	const open = (folder: string): FileLedger => {
		if (files.kind(folder) === undefined) throw new UsageError(`--folder: ${folder} does not exist.`);
		if (files.kind(`${folder}/ledger`) === undefined)
			throw new UsageError(`${folder} has no ledger: no relay has reported yet.`);
		if (files.kind(`${folder}/ledger/ledger.sqlite`) !== undefined)
			throw new UsageError(`The ledger in ${folder} is in SQLite: use porthole ledger of Node.js.`);
		return new FileLedger(new LinuxFiles(folder), later);
	};
	const write: LedgerOutput["write"] = (bytes, done) => {
		const isTaken = process.print(utf8Decode(bytes));
		later(() => done(isTaken));
	};
	const clock = new LinuxClock();
	const isWatched = process.errorReader === "terminal" && !process.isTerminal;
	const output: LedgerOutput = {
		write,
		error: (line) => host.error(`porthole-linux: ${line}`),
		...(isWatched && { progress: exportProgress(process.error, () => clock.now()) }),
	};
	runLedgerCommand(word, values, open, output, clock.utc() ?? 0, process.exit);
	return undefined;
}
