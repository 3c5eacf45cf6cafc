import { LineLog } from "../../src/ports/line-log";
import type { LogLevel } from "../../src/ports/log";

/** Where lines go: `process.stderr`, or a list in a test. */
export interface LineWriter {
	write(text: string): unknown;
}

/** Writes one line per entry to standard error. */
export class ConsoleLog extends LineLog {
	/** @param level the least important level that is written */
	constructor(level: LogLevel, to: LineWriter = process.stderr) {
		super(level, (text) => to.write(text));
	}
}
