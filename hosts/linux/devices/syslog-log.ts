import type { Log, LogLevel } from "../../../src/ports/log";

/** The machine's log service: the native class `porthole:syslog`, or a fake in a test. */
export interface SyslogService {
	/** Sends one line, or loses it; never waits, never throws. @param severity 3 error … 7 debug (RFC 5424 §6.2.1) */
	write(severity: number, area: string, text: string): void;
}

const LEVELS: readonly LogLevel[] = Object.freeze(["error", "warn", "info", "debug"]);
const SEVERITIES: readonly number[] = Object.freeze([3, 4, 6, 7]);

/** Writes each entry to the machine's log service too, as RFC 5424 says, and passes it on. */
export class SyslogLog implements Log {
	private readonly most: number;

	/**
	 * @param level the least important level that the service gets
	 * @param next the log that gets everything
	 */
	constructor(
		level: LogLevel,
		private readonly service: SyslogService,
		private readonly next: Log,
	) {
		this.most = LEVELS.indexOf(level);
	}

	write(level: LogLevel, area: string, text: string): void {
		this.next.write(level, area, text);
		const at = LEVELS.indexOf(level);
		if (at <= this.most) this.service.write(SEVERITIES[at], area, text);
	}
}
