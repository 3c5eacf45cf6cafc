/** The random numbers of a host. They are unpredictable, except in the virtual world. */
export interface Random {
	/** Fills the whole array. */
	fill(bytes: Uint8Array): void;
	/** Returns a number in [0, 1). */
	unit(): number;
}
