import type { Octets } from "../../core/time";

/** How the pictures of a {@link PictureTable} are arranged in a file: everything around them. */
export interface ExportLayout {
	/** The media type. */
	readonly type: string;
	/** The beginning of the file. */
	readonly head: Uint8Array;
	/** The end of the file. */
	readonly tail: Uint8Array;
	/** How many octets go before a picture, at most {@link BEFORE_MAX}. */
	before(picture: number): Octets;
	/** Writes them at the beginning of `bytes`. */
	writeBefore(picture: number, bytes: Uint8Array): void;
	/** How many zeros go behind a picture: 0 or 1. */
	after(picture: number): Octets;
}

/** The most octets before a picture. */
export const BEFORE_MAX: Octets = 8192;
