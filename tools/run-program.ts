import { parseArgs } from "node:util";

/**
 * Runs a tool as this process: what `main` returns is the exit code; an error is said in one line, and the code is 1.
 * @param name what the line begins with
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
 * Reads the options of a tool that takes numbers only, as in `--minutes 10`.
 * @param help is printed where `--help` is among them
 * @returns `undefined` after `--help`
 * @throws for any other option, and for what is no number
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
		if (!(read[name] >= 0)) throw new Error(`--${name} ${given[name]}: a number, please`);
	}
	return read;
}
