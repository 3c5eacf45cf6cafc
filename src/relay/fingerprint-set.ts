/** Slots of a new set. */
const SLOTS = 256;

/**
 * Remembers texts by fingerprints of 64 bits, in 16 octets of memory for each: for a million identifiers, on hosts without much memory.
 *
 * Two texts out of a million have the same fingerprint by a chance of less than one in ten million. Texts are never removed.
 */
export class FingerprintSet {
	/** How many texts are in it. */
	size = 0;
	/** Two numbers a slot; 0, 0: it is free. */
	private slots = new Uint32Array(2 * SLOTS);

	/** Tells whether a text is in it. */
	has(text: string): boolean {
		const high = highOf(text);
		const low = lowOf(text);
		const at = this.find(high, low);
		return this.slots[at] === high && this.slots[at + 1] === low;
	}

	/** Adds a text. @returns false if it was there already */
	add(text: string): boolean {
		if (4 * this.size >= this.slots.length) this.grow();
		const high = highOf(text);
		const low = lowOf(text);
		const at = this.find(high, low);
		if (this.slots[at] === high && this.slots[at + 1] === low) return false;
		this.slots[at] = high;
		this.slots[at + 1] = low;
		this.size++;
		return true;
	}

	/**
	 * Returns the place of a fingerprint, or the free one where it belongs. The steps depend on the other half of it, as a relay may draw
	 * identifiers that all belong to the same place: one after another they would take quadratic time.
	 */
	private find(high: number, low: number): number {
		const { slots } = this;
		// Odd in slots, of which there are a power of two: all of them are visited.
		const step = 4 * (high % (slots.length >> 2)) + 2;
		let at = (2 * low) % slots.length;
		while ((slots[at] !== 0 || slots[at + 1] !== 0) && (slots[at] !== high || slots[at + 1] !== low))
			at = (at + step) % slots.length;
		return at;
	}

	private grow(): void {
		const before = this.slots;
		this.slots = new Uint32Array(2 * before.length);
		for (let i = 0; i < before.length; i += 2) {
			const high = before[i];
			const low = before[i + 1];
			if (high === 0 && low === 0) continue;
			const at = this.find(high, low);
			this.slots[at] = high;
			this.slots[at + 1] = low;
		}
	}
}

/** FNV-1a of 32 bits, never 0. @see draft-eastlake-fnv */
function highOf(text: string): number {
	let sum = 0x811c9dc5;
	for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
	return sum >>> 0 || 1;
}

/** Another sum of 32 bits, mixed so that all of its bits depend on all characters. @see MurmurHash3 (fmix32) */
function lowOf(text: string): number {
	let sum = 0x9747b28c;
	for (let i = 0; i < text.length; i++) {
		sum = Math.imul(sum ^ text.charCodeAt(i), 0x5bd1e995);
		sum ^= sum >>> 15;
	}
	sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
	sum = Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35);
	return (sum ^ (sum >>> 16)) >>> 0;
}
