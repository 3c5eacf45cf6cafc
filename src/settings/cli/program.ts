import type { Schema } from "../schema";
import { UsageError } from "../usage-error";
import { COMMANDS, type CommandName, EXIT_CODES } from "./commands";
import { type Gathered, gatherSettings, type SettingSources, unknownVariables } from "./gather-settings";
import { commandHelp, type HelpLayout, programHelp } from "./help";
import { suggestion } from "./suggestion";

/** All of them print the version. */
const VERSION_FLAGS: readonly string[] = Object.freeze(["--version", "-V", "-v"]);

/** The exit code of a command, now or later; `undefined`: the program goes on and ends itself. */
export type Outcome = number | Promise<number | undefined> | undefined;

/** A command as a host runs it. */
export interface Runner {
	readonly schema: Schema;
	/** @throws {UsageError} now or later */
	run(args: readonly string[], sources: SettingSources): Outcome;
}

/** A program: the commands that its host can run. */
export interface Program {
	/** As typed: `porthole`. */
	readonly name: string;
	readonly version: string;
	readonly runners: Readonly<Partial<Record<CommandName, Runner>>>;
	/** The command that runs when none is given. @default none */
	readonly defaultCommand?: CommandName;
}

/** What a program needs of its host. */
export interface ProgramHost extends SettingSources {
	/** Names of all environment variables. */
	variables(): readonly string[];
	/** Writes a line to standard output. */
	print(line: string): void;
	/** Writes a line to standard error. */
	error(line: string): void;
	/** The terminal on standard output; absent: it is a file or another program. */
	readonly terminal?: HelpLayout;
}

/** Registers a command: its settings on this host, and what runs it. */
export function runner<Values>(schema: Schema<Values>, run: (settings: Gathered<Values>) => Outcome): Runner {
	return { schema, run: (args, sources) => run(gatherSettings(schema, args, sources)) };
}

/** Registers a command before whose options a word may stand. @param run gets the word; empty: there was none */
export function wordRunner<Values>(
	schema: Schema<Values>,
	run: (word: string, settings: Gathered<Values>) => Outcome,
): Runner {
	return {
		schema,
		run: ([first = "", ...rest], sources) => {
			const hasWord = first !== "" && !first.startsWith("-");
			const options = hasWord || first === "" ? rest : [first, ...rest];
			return run(hasWord ? first : "", gatherSettings(schema, options, sources));
		},
	};
}

/**
 * Runs a program by its command line: a command, help, or the version. Usage errors go to standard error, one problem a
 * line, with exit code 2.
 * @param args the command line without the program's name
 */
export function runProgram(program: Program, args: readonly string[], host: ProgramHost): Outcome {
	const fail = (error: unknown): number => {
		if (!(error instanceof UsageError)) throw error;
		for (const problem of error.problems) host.error(`${program.name}: ${problem}`);
		if (error.needsHelp)
			host.error(`${program.name}: See ${program.name} ${args[0].startsWith("-") ? "" : `${args[0]} `}--help.`);
		return EXIT_CODES.usage;
	};
	try {
		const outcome = dispatch(program, args, host);
		return typeof outcome === "object" ? outcome.catch(fail) : outcome;
	} catch (error) {
		return fail(error);
	}
}

function dispatch(program: Program, args: readonly string[], host: ProgramHost): Outcome {
	const [word, ...rest] = args;
	if (word === "--help" || word === "-h" || word === "help") {
		const command = rest.find((candidate) => !candidate.startsWith("-"));
		host.print(command === undefined ? programHelp(program, host.terminal) : helpOf(program, command, host.terminal));
		return EXIT_CODES.done;
	}
	const isCommand = word !== undefined && !word.startsWith("-");
	const command = isCommand ? word : program.defaultCommand;
	const options = isCommand ? rest : args;
	if (word === "version" || VERSION_FLAGS.includes(options[0]) || options.includes("--version")) {
		host.print(program.version);
		return EXIT_CODES.done;
	}
	if (command === undefined) throw new UsageError(noCommand(program, args));
	if (options.includes("--help") || options.includes("-h") || options[0] === "help") {
		host.print(helpOf(program, command, host.terminal));
		return EXIT_CODES.done;
	}
	const found = findRunner(program, command);
	const schemas = commandNames().map((name) => program.runners[name]?.schema ?? COMMANDS[name].schema);
	for (const warning of unknownVariables(host.variables(), schemas)) host.error(`${program.name}: ${warning}`);
	return found.run(options, host);
}

/** What a user reads who gave no command: all of them, unless there are options that belong to one. */
function noCommand(program: Program, args: readonly string[]): string {
	if (args.length === 0) return `No command given.\n\n${programHelp(program)}`;
	return `No command given: put one before the options, as in ${program.name} camera ${args[0].split("=")[0].slice(0, 40)}. See ${program.name} --help.`;
}

/** Writes the help text of a command. @throws {UsageError} when the program does not have it */
function helpOf(program: Program, command: string, layout?: HelpLayout): string {
	const { schema } = findRunner(program, command);
	return commandHelp(program.name, command as CommandName, schema, layout);
}

/** @throws {UsageError} for a command that does not exist, or that this host cannot run */
function findRunner(program: Program, command: string): Runner {
	const names = commandNames();
	const name = names.find((known) => known === command);
	if (name === undefined) {
		throw new UsageError(
			`Unknown command "${command.slice(0, 40)}"${suggestion(command, names, "")} See ${program.name} --help.`,
		);
	}
	const found = program.runners[name];
	if (found !== undefined) return found;
	const others = names.filter((known) => program.runners[known] !== undefined).join(", ");
	throw new UsageError(`The command "${name}" is not available in ${program.name}, which has: ${others}.`);
}

function commandNames(): CommandName[] {
	return Object.keys(COMMANDS) as CommandName[];
}
