import { utf8Encode } from "../base/text";
import { type StreamOutbox, type StreamSource, writeWhatFits } from "../core/stream";
import type { Millis } from "../core/time";

/** Characters that are encoded at a time: the memory that sending a page takes, whatever its length. */
const PIECE = 256;
const NOTHING = new Uint8Array(0);

/** Text to be sent, in parts that may lie in flash. Length and tag are computed once. */
export class TextBody {
	/** Length in UTF-8. */
	readonly octets: number;
	/** FNV-1a of the octets, so equal texts have equal tags. */
	readonly etag: string;

	/** @param parts are sent one after the other */
	constructor(readonly parts: readonly string[]) {
		let octets = 0;
		let hash = 0x811c9dc5;
		const pieces = new Pieces(parts);
		for (let piece = pieces.next(); piece !== undefined; piece = pieces.next()) {
			octets += piece.length;
			for (let i = 0; i < piece.length; i++) hash = Math.imul(hash ^ piece[i], 0x01000193);
		}
		this.octets = octets;
		this.etag = `"${octets.toString(36)}-${(hash >>> 0).toString(36)}"`;
	}
}

/** Sends text in UTF-8, encoded piece by piece, so the encoded text is never in memory as a whole. */
export class TextSource implements StreamSource {
	private readonly pieces: Pieces;
	private piece: Uint8Array | undefined = NOTHING;
	private sent = 0;

	constructor(body: TextBody) {
		this.pieces = new Pieces(body.parts);
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

	constructor(private readonly parts: readonly string[]) {}

	/** @returns `undefined` at the end */
	next(): Uint8Array | undefined {
		if (this.part === this.parts.length) return undefined;
		const text = this.parts[this.part];
		let piece = text.slice(this.at, this.at + PIECE);
		// The two halves of a surrogate pair stay together.
		if (piece.length === PIECE && (piece.charCodeAt(PIECE - 1) & 0xfc00) === 0xd800) piece = piece.slice(0, -1);
		this.at += piece.length;
		if (piece.length < PIECE - 1 || this.at === text.length) {
			this.part++;
			this.at = 0;
		}
		return utf8Encode(piece);
	}
}
