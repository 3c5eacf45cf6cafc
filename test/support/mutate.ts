import type { Prng } from "../../src/base/prng";

/**
 * Changes text in one to four places: characters are removed, added or repeated, or the end is cut off. Never
 * returns the text itself.
 * @param letters the characters to add; now and then any other is added
 */
export function mutate(random: Prng, text: string, letters: string): string {
	let changed = text;
	for (let n = random.below(4); n >= 0 || changed === text; n--) {
		const at = random.below(changed.length + 1);
		const end = Math.min(changed.length, at + random.below(4));
		const kind = random.below(8);
		if (kind === 0) changed = changed.slice(0, at);
		else if (kind === 1) changed = changed.slice(0, end) + changed.slice(at);
		else if (kind === 2) changed = changed.slice(0, at) + changed.slice(end);
		else changed = changed.slice(0, at) + letter(random, letters) + changed.slice(kind === 3 ? at : end);
	}
	return changed;
}

/** Joins the beginning of one text to the end of another of its kind, mostly at the same place. May return one of the two. */
export function splice(random: Prng, one: string, other: string): string {
	const cut = random.below(other.length);
	return one.slice(0, random.chance(0.7) ? cut : random.below(one.length)) + other.slice(cut);
}

function letter(random: Prng, letters: string): string {
	return random.chance(0.05) ? String.fromCharCode(random.below(65536)) : letters[random.below(letters.length)];
}

/**
 * Changes octets in one to four places: some are changed, removed, added or repeated, or the end is cut off. Values that formats
 * use as marks and limits are more frequent than others.
 */
export function mutateOctets(random: Prng, octets: Uint8Array): Uint8Array {
	let changed = Array.from(octets);
	for (let n = random.below(4); n >= 0; n--) {
		const at = random.below(changed.length + 1);
		const end = Math.min(changed.length, at + random.below(5));
		const kind = random.below(8);
		if (kind === 0) changed = changed.slice(0, at);
		else if (kind === 1) changed.splice(at, 0, ...changed.slice(at, end));
		else if (kind === 2) changed.splice(at, end - at);
		else if (kind === 3) changed.splice(at, 0, octet(random));
		else if (at < changed.length) changed[at] = kind === 4 ? changed[at] ^ (1 << random.below(8)) : octet(random);
	}
	return new Uint8Array(changed);
}

const MARKS = [0x00, 0x01, 0x03, 0x7f, 0x80, 0xc0, 0xda, 0xff];

function octet(random: Prng): number {
	return random.chance(0.5) ? MARKS[random.below(MARKS.length)] : random.below(256);
}
