/** How much a line matters. */
export type LogLevel = "error" | "warn" | "info" | "debug";

/** Takes lines for the operator. Never a secret, never a foreign text unescaped (the host escapes controls). */
export interface Log {
	/** @param area the folder that speaks: `gateway`, `fleet`, `web` */
	write(level: LogLevel, area: string, text: string): void;
}
