import type { Millis } from "../../core/time";
import type { RtspExchange } from "./rtsp-exchange";

/** How long the same line is left out, and how long strangers get no further line. */
const PAUSE: Millis = 60_000;
/** The most characters of a content's name in a line. */
const NAME_MAX = 100;

/**
 * Makes log lines of refused requests, so that the owner sees why a player shows nothing (STR-22).
 *
 * Players try again every few seconds, so the same line comes once a minute; and strangers get one line a minute together.
 */
export class RefusalLines {
	private last = "";
	private lastAt: Millis = -Infinity;
	private strangerAt: Millis = -Infinity;

	/**
	 * @param detail what the client was told; empty: nothing, and the answer is an ordinary one, as 401 before a login
	 * @returns `undefined`: no line
	 */
	lineOf(
		now: Millis,
		{ carrier, admission, content }: RtspExchange,
		status: number,
		detail: string,
	): string | undefined {
		if (detail === "") return undefined;
		const { remoteAddress } = carrier;
		if (admission === undefined) {
			if (now - this.strangerAt < PAUSE) return undefined;
			this.strangerAt = now;
			return `${remoteAddress} was refused: ${detail} (${status})`;
		}
		const name = content === "" ? "request" : content.slice(0, NAME_MAX);
		const line = `${remoteAddress} was refused ${name}: ${detail} (${status})`;
		if (line === this.last && now - this.lastAt < PAUSE) return undefined;
		this.last = line;
		this.lastAt = now;
		return line;
	}
}
