/**
 * An error in how a program was called or set up: a command line, a variable, a settings file, missing hardware.
 * The program prints its problems and ends with exit code 2.
 */
export class UsageError extends Error {
	readonly problems: readonly string[];

	/**
	 * @param problems what is wrong and what to do, as sentences: one, or several
	 * @param needsHelp whether the help text is what the user needs: the problems do not say what to do
	 */
	constructor(
		problems: string | readonly string[],
		readonly needsHelp = false,
	) {
		const list = typeof problems === "string" ? [problems] : problems;
		super(list.join("\n"));
		this.problems = list;
	}
}
