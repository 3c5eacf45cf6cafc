import type { Schema } from "../schema";
import { UsageError } from "../usage-error";
import { COMMANDS, type Command, type CommandName, EXIT_CODES } from "./commands";
import { type Gathered, gatherSettings, type SettingSources, suggestion, unknownVariables } from "./gather-settings";
import { settingsHelp } from "./help";

/** The exit code of a command, now or later; `undefined`: the program goes on and ends itself. */
export type Outcome = number | Promise<number> | undefined;

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
		return EXIT_CODES.usage;
	};
	try {
		const outcome = dispatch(program, args, host);
		return typeof outcome === "object" ? outcome.catch(fail) : outcome;
	} catch (error) {
		return fail(error);
	}
}

/** Writes the help text of a program, with that of its default command. */
function programHelp(program: Program): string {
	const { name, version, runners, defaultCommand } = program;
	const names = commandNames().filter((command) => runners[command] !== undefined);
	const width = Math.max(...names.map((command) => command.length));
	const list = names.map((command) => `  ${name} ${command.padEnd(width)}  ${COMMANDS[command].summary}`);
	const without = defaultCommand === undefined ? "" : `\nWithout a command, ${name} runs "${defaultCommand}".\n`;
	const defaultHelp = defaultCommand === undefined ? "" : `\n\n${helpOf(program, defaultCommand)}`;
	return `Porthole ${version}: cameras behind one router, reachable from the whole Internet.

${list.join("\n")}
${without}
  ${name} COMMAND --help  show the options of a command
  ${name} --version       show the version

Exit codes: ${EXIT_CODES.done} done, ${EXIT_CODES.failed} failed, ${EXIT_CODES.usage} usage error.${defaultHelp}`;
}

/** Writes the help text of a command. @throws {UsageError} when the program does not have it */
function helpOf(program: Program, command: string): string {
	const { schema } = findRunner(program, command);
	const { summary, word }: Command = COMMANDS[command as CommandName];
	return `${program.name} ${command} ${word === undefined ? "" : `[${word}] `}[OPTIONS]: ${summary}

Options, with defaults in brackets

${settingsHelp(schema)}

Each option can also be set by an environment variable: --http-port by PORTHOLE_HTTP_PORT.
Flags override variables, and variables override the settings file.`;
}

function dispatch(program: Program, args: readonly string[], host: ProgramHost): Outcome {
	const [word, ...rest] = args;
	if (word === "--version" || word === "-V") {
		host.print(program.version);
		return EXIT_CODES.done;
	}
	if (word === "--help" || word === "-h" || word === "help") {
		const command = rest.find((candidate) => !candidate.startsWith("-"));
		const text = command === undefined ? programHelp(program) : helpOf(program, command);
		host.print(text);
		return EXIT_CODES.done;
	}
	const isCommand = word !== undefined && !word.startsWith("-");
	const command = isCommand ? word : program.defaultCommand;
	if (command === undefined) throw new UsageError(`No command given.\n\n${programHelp(program)}`);
	const options = isCommand ? rest : args;
	if (options.includes("--help") || options.includes("-h") || options[0] === "help") {
		host.print(helpOf(program, command));
		return EXIT_CODES.done;
	}
	const found = findRunner(program, command);
	const schemas = commandNames().map((name) => program.runners[name]?.schema ?? COMMANDS[name].schema);
	for (const warning of unknownVariables(host.variables(), schemas)) host.error(`${program.name}: ${warning}`);
	return found.run(options, host);
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
