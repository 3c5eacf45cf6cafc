/** Random numbers as a host gives them; unpredictable, but for the virtual host's. */
export interface Random {
	/** Fills the whole array. */
	fill(bytes: Uint8Array): void;
	/** Returns a number in [0, 1). */
	unit(): number;
}
