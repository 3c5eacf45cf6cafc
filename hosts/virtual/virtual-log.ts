import type { Log, LogLevel } from "../../src/ports/log";
import type { World } from "./world";

/** A line of a {@link VirtualLog}; `at` is the time of the world. */
export interface LogLine {
	readonly at: number;
	readonly level: LogLevel;
	readonly area: string;
	readonly text: string;
}

/** How many lines are kept; beyond this the oldest are dropped. */
const LINES_MAX = 2000;

/** Keeps the last lines of a machine, across its crashes, for tests and for the demo. */
export class VirtualLog implements Log {
	readonly lines: LogLine[] = [];
	/** Called with each line when it is written. */
	watch: ((line: LogLine) => void) | undefined;

	constructor(private readonly world: World) {}

	write(level: LogLevel, area: string, text: string): void {
		const line: LogLine = { at: this.world.now, level, area, text };
		if (this.lines.length >= LINES_MAX) this.lines.shift();
		this.lines.push(line);
		this.watch?.(line);
	}

	/** Returns the lines as text, for the messages of failed tests. */
	text(): string {
		return this.lines.map((line) => `${line.at.toFixed(1)} ${line.level} ${line.area}: ${line.text}`).join("\n");
	}
}
