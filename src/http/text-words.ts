import { utf8Encode } from "../base/text";
import type { TextCoding } from "./text-source";

/** The first of the characters that stand for words, and those among the controls that texts have themselves: TAB, LF, VT, FF, CR. */
const FIRST = 1;
const TAB = 9;
const CONTROLS = 5;
/** The most words: as many as there are other control characters. */
const WORDS_MAX = 26;

/**
 * Long texts that generated texts contain often. In memory one control character stands for each of them, so that a page of many
 * similar cards takes a third: the words themselves are constants, which lie in flash on a board.
 */
export class TextWords implements TextCoding {
	private readonly codes: readonly string[];

	/** @param words at most 26, without control characters other than line ends; of two that overlap the first is taken */
	constructor(private readonly words: readonly string[]) {
		if (words.length > WORDS_MAX) throw new RangeError("too many words");
		const codeOf = (i: number): number => (i + FIRST < TAB ? i + FIRST : i + FIRST + CONTROLS);
		this.codes = Object.freeze(words.map((_, i) => String.fromCharCode(codeOf(i))));
	}

	/** Puts characters in place of the words. Such characters in the text itself are removed: HTML may not contain any. */
	pack(text: string): string {
		let packed = text;
		for (const code of this.codes) if (packed.includes(code)) packed = packed.replaceAll(code, "");
		for (let i = 0; i < this.words.length; i++)
			if (packed.includes(this.words[i])) packed = packed.replaceAll(this.words[i], this.codes[i]);
		return packed;
	}

	/** @see TextCoding */
	encode(piece: string): Uint8Array {
		return utf8Encode(this.unpack(piece));
	}

	/** Puts the words in their places. @param packed any part of what {@link pack} returned */
	unpack(packed: string): string {
		let text = packed;
		for (let i = 0; i < this.words.length; i++)
			if (text.includes(this.codes[i])) text = text.replaceAll(this.codes[i], () => this.words[i]);
		return text;
	}
}
