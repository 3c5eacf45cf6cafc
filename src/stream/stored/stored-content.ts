import type { AccessUnit } from "../../media/access-unit";
import type { Frame } from "../../media/frame";
import { TICKS_PER_MS } from "../../media/video-clock";
import type { ContentDescription } from "../content";
import type { RtspRefusal } from "../rtsp-refusal";

/** A time in a stored content: 1/90,000 s from its first picture, a whole number. */
export type Ticks = number;
/** How many there are in a second. */
export const TICKS_PER_SECOND = 1000 * TICKS_PER_MS;

/** Which picture {@link StoredReader.read} finds: the first one at or after a time, or the last one at or before it. */
export type StoredSearch = "from" | "until";

/** Takes the answer of {@link StoredReader.read}; exactly one of its methods is called, once, never during the call. */
export interface StoredSink {
	/**
	 * The picture of this time. The sink takes over its reference.
	 * @param gap how long nothing was recorded between the picture that was read before and this one; not waited for. @default 0
	 * @param sets of H.264, where they may differ from those of the description
	 */
	found(at: Ticks, picture: Frame | AccessUnit, gap?: Ticks, sets?: readonly Uint8Array[]): void;
	/** There is no such picture. */
	none(): void;
	/** The picture could not be read; `detail` is for the log. */
	failed(detail: string): void;
}

/** Reads the pictures of a stored content for one stream. Files and recordings have readers of their own. */
export interface StoredReader {
	/**
	 * Finds a picture by its time and reads it. One read at a time.
	 * @param keysOnly finds only pictures with which decoding can start; of JPEG all are
	 */
	read(at: Ticks, search: StoredSearch, keysOnly: boolean, sink: StoredSink): void;
	/** Another read is wanted: one that waits for pictures that will be recorded answers soon that there is none. */
	hurry?(): void;
	/** Ends the use; a read that has not ended yet calls nothing any more. Harmless when repeated. */
	close(): void;
}

/** A content that is not live (STR-11): a file, or a recording. */
export interface StoredContent {
	/** With its range. */
	readonly description: ContentDescription;
	/** Opens a reader for one stream, or says why it can't: 503, too many files are open. Never answers during the call. */
	open(done: (answer: StoredReader | RtspRefusal) => void): void;
}

/** Contents by name. */
export interface StoredCatalog {
	/** The names of the contents, sorted; not all of them where there are very many. */
	list(done: (names: readonly string[]) => void): void;
	/**
	 * Finds a content. The first time this takes as long as reading it once, as its pictures have to be found.
	 * @param name as a client wrote it; anything else than a name is refused like a content that does not exist
	 * @param done gets the content or 404, 415 for what can't be played, 503 where too much is going on
	 */
	find(name: string, done: (answer: StoredContent | RtspRefusal) => void): void;
}
