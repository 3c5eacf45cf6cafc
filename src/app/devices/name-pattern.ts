import { isName } from "../../wire/fleet-message";

/** The longest pattern, in characters. */
const PATTERN_MAX = 96;
/** The most digits of a number. */
const DIGITS_MAX = 4;

/** A device that gets a name by a pattern. */
export interface NamedDevice {
	readonly id: string;
	readonly name: string;
	/** Empty: none. */
	readonly group: string;
}

/** What a name by a pattern is made of: text, or what is put in. */
type Piece = string | { readonly put: "name" | "group" } | { readonly digits: number };

/** Why a pattern gives no names. */
export type PatternFault =
	/** It has something in braces that is not known, or a brace alone. */
	| { readonly kind: "braces" }
	/** It gives a device a name that can't be one: empty, or too long. */
	| { readonly kind: "name"; readonly device: string }
	/** It gives several devices the same name. */
	| { readonly kind: "same"; readonly name: string };

/**
 * Makes the names of devices from a pattern: `{name}` is the present name, `{group}` the group, `{n}` a number that counts from 1 in
 * the order of the devices, `{nn}` the same with two digits, and so on.
 * @returns the names in the order of the devices; or why there are none: names that are invalid, or not distinct, are all refused
 */
export function namesByPattern(pattern: string, devices: readonly NamedDevice[]): readonly string[] | PatternFault {
	const pieces = pattern.length > PATTERN_MAX ? undefined : piecesOf(pattern);
	if (pieces === undefined) return { kind: "braces" };
	const names: string[] = [];
	const taken = new Set<string>();
	for (const [index, device] of devices.entries()) {
		const name = pieces
			.map((piece) =>
				typeof piece === "string"
					? piece
					: "put" in piece
						? device[piece.put]
						: `${index + 1}`.padStart(piece.digits, "0"),
			)
			.join("")
			.trim();
		if (!isName(name)) return { kind: "name", device: device.name };
		if (taken.has(name)) return { kind: "same", name };
		taken.add(name);
		names.push(name);
	}
	return names;
}

/** @returns `undefined`: it is malformed */
function piecesOf(pattern: string): Piece[] | undefined {
	const pieces: Piece[] = [];
	for (const [i, part] of pattern.split("{").entries()) {
		const parts = part.split("}");
		// Before the first brace there is text only, and after each one a word, its closing brace, and text.
		if (parts.length !== (i === 0 ? 1 : 2)) return undefined;
		const piece = i === 0 ? undefined : pieceOf(parts[0]);
		if (i > 0 && piece === undefined) return undefined;
		if (piece !== undefined) pieces.push(piece);
		pieces.push(parts[parts.length - 1]);
	}
	return pieces;
}

function pieceOf(word: string): Piece | undefined {
	if (word === "name" || word === "group") return { put: word };
	return /^n+$/.test(word) && word.length <= DIGITS_MAX ? { digits: word.length } : undefined;
}
