import { fstatSync } from "node:fs";
import { isColourful, type LogReader, lineFormFor } from "../../src/ports/line-form";
import { LineLog } from "../../src/ports/line-log";
import type { LogLevel } from "../../src/ports/log";

/** Where lines go: `process.stderr`, or a list in a test. */
export interface LineWriter {
	/** How much waits in memory for a reader, in octets. @default 0 */
	readonly writableLength?: number;
	write(text: string): unknown;
}

/** How much may wait for a reader, in octets. */
const BACKLOG_MAX = 262_144;

/** Writes one line per entry to standard error. Lines are lost, and counted, while nothing reads them. */
export class ConsoleLog extends LineLog {
	/** @param level the least important level that is written */
	constructor(level: LogLevel, to: LineWriter = process.stderr) {
		const reader = to === process.stderr ? readerOf(process.stderr) : "other";
		let lost = 0;
		super(
			level,
			(text) => {
				if ((to.writableLength ?? 0) > BACKLOG_MAX) {
					lost++;
					return;
				}
				if (lost > 0) to.write(`${lost} log lines were lost: nothing read them\n`);
				lost = 0;
				to.write(text);
			},
			lineFormFor(
				reader,
				isColourful((name) => process.env[name]),
			),
		);
	}
}

/** What reads the standard error. @see systemd.exec(5), `$JOURNAL_STREAM` */
function readerOf({ isTTY, fd }: { readonly isTTY: boolean; readonly fd: number }): LogReader {
	if (isTTY) return "terminal";
	const journal = process.env["JOURNAL_STREAM"];
	if (journal === undefined) return "other";
	try {
		const { dev, ino } = fstatSync(fd);
		return journal === `${dev}:${ino}` ? "journal" : "other";
	} catch {
		return "other";
	}
}
