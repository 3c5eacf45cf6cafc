import type { Seconds } from "../core/time";

/** What the origin grants a viewer at one relay (REP-12). */
export interface RelayTicket {
	/** Drawn at random; 16 characters of base64url. Metering records bear it. */
	readonly id: string;
	/** Whom it was given to: an account or a link's name; at most 32 characters out of `A-Z a-z 0-9 . _ - @`. */
	readonly viewer: string;
	/** @see RelayedContent.content. Part of the signature, not of the text. */
	readonly content: string;
	/** When it ends, in seconds since 1970. A session that began before may go on for as long as the relay allows. */
	readonly until: Seconds;
}
