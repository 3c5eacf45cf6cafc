import { utf8Encode } from "../base/text";
import { type StreamOutbox, type StreamSource, writeWhatFits } from "../core/stream";
import type { Millis } from "../core/time";

/** Characters that are encoded at a time: the memory that sending a page takes, whatever its length. */
const PIECE = 256;
const NOTHING = new Uint8Array(0);

/** How a text is stored that is not sent as it is. */
export interface TextCoding {
	/** Makes the octets of a piece, of 256 characters or less. */
	encode(piece: string): Uint8Array;
	/** Makes the text of a part. @default the part */
	unpack?(part: string): string;
}

/** Text to be sent, in parts that may lie in flash. Length and tag are computed once. */
export class TextBody {
	/** Length in UTF-8. */
	readonly octets: number;
	/** FNV-1a of the octets, so equal texts have equal tags. */
	readonly etag: string;

	/**
	 * @param stored are sent one after the other
	 * @param coding absent: the parts are sent as they are
	 */
	constructor(
		readonly stored: readonly string[],
		readonly coding?: TextCoding,
	) {
		let octets = 0;
		let hash = 0x811c9dc5;
		const pieces = new Pieces(this);
		for (let piece = pieces.next(); piece !== undefined; piece = pieces.next()) {
			octets += piece.length;
			for (let i = 0; i < piece.length; i++) hash = Math.imul(hash ^ piece[i], 0x01000193);
		}
		this.octets = octets;
		this.etag = `"${octets.toString(36)}-${(hash >>> 0).toString(36)}"`;
	}

	/** The parts as they are sent. */
	get parts(): readonly string[] {
		const { stored, coding } = this;
		return coding === undefined ? stored : stored.map((part) => coding.unpack?.(part) ?? part);
	}
}

/** Sends text in UTF-8, encoded piece by piece, so the encoded text is never in memory as a whole. */
export class TextSource implements StreamSource {
	private readonly pieces: Pieces;
	private piece: Uint8Array | undefined = NOTHING;
	private sent = 0;

	constructor(body: TextBody) {
		this.pieces = new Pieces(body);
	}

	fill(_now: Millis, out: StreamOutbox): boolean {
		while (this.piece !== undefined) {
			this.sent = writeWhatFits(out, this.piece, this.sent, this.piece.length);
			if (this.sent < this.piece.length) return false;
			this.piece = this.pieces.next();
			this.sent = 0;
		}
		return true;
	}

	release(): void {
		this.piece = undefined;
	}
}

/** Encodes text piece by piece. XS finds a character by counting from the start, so only short texts are indexed. */
class Pieces {
	private part = 0;
	private at = 0;

	constructor(private readonly body: TextBody) {}

	/** @returns `undefined` at the end */
	next(): Uint8Array | undefined {
		const { stored, coding } = this.body;
		if (this.part === stored.length) return undefined;
		const text = stored[this.part];
		let piece = text.slice(this.at, this.at + PIECE);
		// The two halves of a surrogate pair stay together.
		if (piece.length === PIECE && (piece.charCodeAt(PIECE - 1) & 0xfc00) === 0xd800) piece = piece.slice(0, -1);
		this.at += piece.length;
		if (piece.length < PIECE - 1 || this.at === text.length) {
			this.part++;
			this.at = 0;
		}
		return coding === undefined ? utf8Encode(piece) : coding.encode(piece);
	}
}
