import type { Log, LogLevel } from "../../src/ports/log";

/** Where lines go: `process.stderr`, or a list in a test. */
export interface LineWriter {
	write(text: string): unknown;
}

const LEVELS: readonly LogLevel[] = Object.freeze(["error", "warn", "info", "debug"]);

/** Control characters, and those that turn or break a line on a terminal (bidirectional marks, separators). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Writes one line for each entry to standard error: time in UTC, level, area, text. */
export class ConsoleLog implements Log {
	private readonly most: number;

	/** @param level the least important level that is still written */
	constructor(
		level: LogLevel,
		private readonly to: LineWriter = process.stderr,
	) {
		this.most = LEVELS.indexOf(level);
	}

	write(level: LogLevel, area: string, text: string): void {
		if (LEVELS.indexOf(level) > this.most) return;
		this.to.write(`${new Date().toISOString()} ${level.padEnd(5)} ${area}: ${escapeControls(text)}\n`);
	}
}

/** Writes control characters as `\xNN` or `\uNNNN`, so that no foreign text can draw on the operator's terminal. */
export function escapeControls(text: string): string {
	return text.replace(UNPRINTABLE, (character) => {
		const code = character.charCodeAt(0);
		return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`;
	});
}
