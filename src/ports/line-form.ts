import type { LineForm } from "./line-log";
import type { LogLevel } from "./log";

/** What reads a log: a person at a terminal, the journal of systemd, or something else, such as a file. */
export type LogReader = "terminal" | "journal" | "other";

/** ANSI colours (ECMA-48 §8.3.117): red and yellow for what needs attention, grey for what does not. */
const COLOURS: Readonly<Record<LogLevel, string>> = Object.freeze({
	error: "31",
	warn: "33",
	info: "",
	debug: "2",
});

/** Priorities of syslog. @see sd-daemon(3), RFC 5424 §6.2.1 */
const PRIORITIES: Readonly<Record<LogLevel, number>> = Object.freeze({ error: 3, warn: 4, info: 6, debug: 7 });

/**
 * Chooses the form of log lines. At a terminal they begin with the local time of the day, and in the journal, which has its own times,
 * with the priority, so that `journalctl -p warning` works.
 * @returns `undefined`: the form of files
 */
export function lineFormFor(reader: LogReader, colours: boolean): LineForm | undefined {
	switch (reader) {
		case "terminal":
			return (level, area, text) => terminalLine(new Date(), level, area, text, colours);
		case "journal":
			return (level, area, text) => `<${PRIORITIES[level]}>${area}: ${text}`;
		default:
			return undefined;
	}
}

/** Writes a line for a person: `17:40:12 warn  web: …`. @param time whose local time of the day is shown */
export function terminalLine(time: Date, level: LogLevel, area: string, text: string, colours: boolean): string {
	const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => `${part}`.padStart(2, "0"));
	const line = `${clock.join(":")} ${level.padEnd(5)} ${area}: ${text}`;
	const colour = colours ? COLOURS[level] : "";
	return colour === "" ? line : `\x1b[${colour}m${line}\x1b[0m`;
}

/**
 * Whether a terminal may be sent colours and bold text: not if the user has set NO_COLOR, nor on a terminal that has none.
 * @see https://no-color.org
 */
export function isColourful(variable: (name: string) => string | undefined): boolean {
	return (variable("NO_COLOR") ?? "") === "" && variable("TERM") !== "dumb";
}
