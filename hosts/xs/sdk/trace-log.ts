import type { Log, LogLevel } from "../../../src/ports/log";

const LEVELS: readonly LogLevel[] = Object.freeze(["error", "warn", "info", "debug"]);

/** Writes one line for each entry where the host's lines go (`trace` in the simulator, the serial port on a board). */
export class TraceLog implements Log {
	private readonly most: number;

	/**
	 * @param level the least important level that is still written
	 * @param put takes a line with its end
	 */
	constructor(
		level: LogLevel,
		private readonly put: (line: string) => void,
	) {
		this.most = LEVELS.indexOf(level);
	}

	write(level: LogLevel, area: string, text: string): void {
		if (LEVELS.indexOf(level) <= this.most) this.put(`${level.padEnd(5)} ${area}: ${escapeControls(text)}\n`);
	}
}

/** Writes control characters and those that turn a line around as `\uNNNN`: no foreign text draws on a terminal. */
export function escapeControls(text: string): string {
	let fine = true;
	for (let i = 0; i < text.length && fine; i++) fine = isPrintable(text.charCodeAt(i));
	if (fine) return text;
	const parts: string[] = [];
	for (const character of text) {
		const code = character.charCodeAt(0);
		parts.push(isPrintable(code) ? character : `\\u${code.toString(16).padStart(4, "0")}`);
	}
	return parts.join("");
}

function isPrintable(code: number): boolean {
	if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return false;
	return !(code === 0x200e || code === 0x200f || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069));
}
