/**
 * Generates the same pseudo-random numbers for the same seed (xoshiro128**), so that every simulation can be run
 * again from the seed that it printed. Not for secrets.
 * @see Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators", 2021
 */
export class Prng {
	private a: number;
	private b: number;
	private c: number;
	private d: number;

	/** @param seed any integer; the four words of state are drawn from it with splitmix32 */
	constructor(seed: number) {
		let z = seed | 0;
		const word = (): number => {
			z = (z + 0x9e3779b9) | 0;
			let t = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
			t = Math.imul(t ^ (t >>> 15), 0x735a2d97);
			return t ^ (t >>> 15);
		};
		this.a = word();
		this.b = word();
		this.c = word();
		this.d = word();
	}

	/** Returns an unsigned 32-bit integer. */
	u32(): number {
		const s = Math.imul(this.b, 5);
		const result = Math.imul((s << 7) | (s >>> 25), 9) >>> 0;
		const t = this.b << 9;
		this.c ^= this.a;
		this.d ^= this.b;
		this.b ^= this.c;
		this.a ^= this.d;
		this.c ^= t;
		this.d = (this.d << 11) | (this.d >>> 21);
		return result;
	}

	/** Returns a number in [0, 1). */
	unit(): number {
		return this.u32() / 0x100000000;
	}

	/** Returns an integer in [0, limit). */
	below(limit: number): number {
		return Math.floor(this.unit() * limit);
	}

	/** Returns true with the given probability. */
	chance(probability: number): boolean {
		return this.unit() < probability;
	}
}
