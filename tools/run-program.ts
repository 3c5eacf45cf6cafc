import { parseArgs } from "node:util";

/**
 * Runs a tool as this process. The exit code is what `main` returns; after an exception it is 1, and the message is
 * printed in one line.
 * @param name the beginning of that line
 */
export function runProgram(name: string, main: () => Promise<number>): void {
	main().then(
		(code) => {
			process.exitCode = code;
		},
		(error: unknown) => {
			console.error(`${name}: ${error instanceof Error ? error.message : error}`);
			process.exitCode = 1;
		},
	);
}

/**
 * Parses the options of a tool whose options are all numbers, such as `--minutes 10`.
 * @param help the text for `--help`
 * @returns `undefined` after `--help`
 * @throws for an unknown option and for a value that is not a number
 */
export function readNumbers<Name extends string>(
	help: string,
	defaults: Readonly<Record<Name, number>>,
): Readonly<Record<Name, number>> | undefined {
	const names = Object.keys(defaults) as Name[];
	const numbers = Object.fromEntries(names.map((name) => [name, { type: "string" }] as const));
	const { values } = parseArgs({ options: { ...numbers, help: { type: "boolean", short: "h" } } });
	const given: Readonly<Record<string, unknown>> = values;
	if (given["help"] === true) {
		console.log(help);
		return undefined;
	}
	const read: Record<Name, number> = { ...defaults };
	for (const name of names) {
		if (given[name] !== undefined) read[name] = Number(given[name]);
		if (!(read[name] >= 0)) throw new Error(`--${name} ${given[name]}: not a number`);
	}
	return read;
}
