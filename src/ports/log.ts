/** The severity of a line. */
export type LogLevel = "error" | "warn" | "info" | "debug";

/** Takes lines for the operator. Callers never pass secrets; the host escapes control characters. */
export interface Log {
	/** @param area the folder that the line comes from: `gateway`, `fleet`, `web` */
	write(level: LogLevel, area: string, text: string): void;
}
