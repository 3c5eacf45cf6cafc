import type { Octets } from "../core/time";
import type { OpenFile } from "../ports/files";
import { LineScan } from "../ports/line-scan";
import { LEDGER_LINE_MAX, type LedgerLine, parseLedgerLine } from "./ledger-line";

/**
 * Reads one file of a ledger, line by line, and closes it. Lines that are torn or not valid are skipped.
 * @param end only what is before this offset is read
 * @param take gets each line, and the offset of its end
 * @param done gets what the medium complains of, if it does, and how many lines were skipped
 */
export function scanLedger(
	file: OpenFile,
	end: Octets,
	take: (line: LedgerLine, at: Octets) => void,
	done: (fault: string | undefined, skipped: number) => void,
): void {
	const read = (bytes: Uint8Array, from: Octets, to: Octets, at: Octets): boolean => {
		const line = parseLedgerLine(bytes, from, to);
		if (line !== undefined) take(line, at);
		return line !== undefined;
	};
	new LineScan(file, end, LEDGER_LINE_MAX, read, done);
}
