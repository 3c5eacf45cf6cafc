import type { Log, LogLevel } from "./log";

const LEVELS: readonly LogLevel[] = Object.freeze(["error", "warn", "info", "debug"]);

/** Writes an entry as a line without its end. @param text without control characters */
export type LineForm = (level: LogLevel, area: string, text: string) => string;

/** Writes one line per entry to the host: time in UTC, level, area, text; or in another form. */
export class LineLog implements Log {
	private readonly most: number;

	/**
	 * @param level the least important level that is written
	 * @param line takes each line, with its end
	 */
	constructor(
		level: LogLevel,
		private readonly line: (text: string) => void,
		private readonly form: LineForm = fileLine,
	) {
		this.most = LEVELS.indexOf(level);
	}

	write(level: LogLevel, area: string, text: string): void {
		if (LEVELS.indexOf(level) > this.most) return;
		this.line(`${this.form(level, area, escapeControls(text))}\n`);
	}
}

function fileLine(level: LogLevel, area: string, text: string): string {
	return `${new Date().toISOString()} ${level.padEnd(5)} ${area}: ${text}`;
}

/** Writes control characters as `\xNN` or `\uNNNN`, so that text from the network cannot control the operator's terminal. */
export function escapeControls(text: string): string {
	const pieces: string[] = [];
	let from = 0;
	for (let i = 0; i < text.length; i++) {
		const code = text.codePointAt(i) as number;
		if (isPrintable(code)) {
			// A pair of surrogates; XS counts code points, so there it is one character already.
			if (code > 0xffff && text.charCodeAt(i) < 0xe000) i++;
			continue;
		}
		pieces.push(text.slice(from, i));
		const digits = code.toString(16);
		pieces.push(code < 0x100 ? `\\x${digits.padStart(2, "0")}` : `\\u${digits}`);
		from = i + 1;
	}
	if (from === 0) return text;
	pieces.push(text.slice(from));
	return pieces.join("");
}

/** Returns false for control characters, and for those that turn or break a line on a terminal (bidirectional marks, separators). */
function isPrintable(code: number): boolean {
	if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return false;
	if (code === 0x200e || code === 0x200f) return false;
	return !(
		(code >= 0x2028 && code <= 0x202e) ||
		(code >= 0x2066 && code <= 0x2069) ||
		(code >= 0xd800 && code <= 0xdfff)
	);
}
