import type { Log, LogLevel } from "../../src/ports/log";
import type { World } from "./world";

/** One line of a {@link VirtualLog}; `at` is the world's time. */
export interface LogLine {
	readonly at: number;
	readonly level: LogLevel;
	readonly area: string;
	readonly text: string;
}

/** Lines kept; the oldest go first. */
const LINES_MAX = 2000;

/** Keeps a machine's last lines, across its crashes, for tests and for the demo. */
export class VirtualLog implements Log {
	readonly lines: LogLine[] = [];
	/** Hears of each line as it is written. */
	watch: ((line: LogLine) => void) | undefined;

	constructor(private readonly world: World) {}

	write(level: LogLevel, area: string, text: string): void {
		const line: LogLine = { at: this.world.now, level, area, text };
		if (this.lines.length >= LINES_MAX) this.lines.shift();
		this.lines.push(line);
		this.watch?.(line);
	}

	/** Returns the lines as text, for the message of a failed test. */
	text(): string {
		return this.lines.map((line) => `${line.at.toFixed(1)} ${line.level} ${line.area}: ${line.text}`).join("\n");
	}
}
