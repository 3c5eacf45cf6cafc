import type { Schema } from "../schema";
import { formatValue, placeholderOf, type Setting } from "../setting";
import { COMMANDS, type Command, type CommandGroup, type CommandName, EXIT_CODES } from "./commands";

/** How help texts are laid out: as the reader's terminal can show them. */
export interface HelpLayout {
	/** Where lines are broken, in characters. @default they are not */
	readonly columns?: number;
	/** True: headings and options are bold. @default false */
	readonly bold?: boolean;
}

/** What the help text of a program tells of it. */
export interface HelpedProgram {
	readonly name: string;
	readonly version: string;
	/** Those that it has are not `undefined`. */
	readonly runners: Readonly<Partial<Record<CommandName, object>>>;
	readonly defaultCommand?: CommandName;
}

const GROUPS: readonly CommandGroup[] = Object.freeze(["Devices at home", "Servers on the Internet", "Tools"]);
/** Narrower terminals get lines that are longer than they are wide. */
const NARROWEST = 40;
/** Lines longer than this are hard to read, however wide the terminal. */
const WIDEST = 100;

const SOURCES =
	"Each option can also be set by an environment variable: --log-level by PORTHOLE_LOG_LEVEL. Flags override variables, and variables override the settings file.";

/** Writes the help text of a program: its commands by groups. */
export function programHelp(program: HelpedProgram, layout: HelpLayout = {}): string {
	const { name, version, runners, defaultCommand } = program;
	const names = (Object.keys(COMMANDS) as CommandName[]).filter((command) => runners[command] !== undefined);
	const width = Math.max(...names.map((command) => command.length));
	const sections = GROUPS.map((group) => {
		const rows = names
			.filter((command) => COMMANDS[command].group === group)
			.map((command) => wrap(`  ${name} ${command.padEnd(width)}  `, COMMANDS[command].summary, layout));
		return rows.length === 0 ? "" : `${heading(group, layout)}\n${rows.join("\n")}\n\n`;
	});
	const without = defaultCommand === undefined ? "" : `Without a command, ${name} runs "${defaultCommand}".\n\n`;
	return `Porthole ${version}: cameras behind one router, reachable from the whole Internet.

${sections.join("")}${without}  ${name} COMMAND --help  show the options of a command, with examples
  ${name} --version       show the version (also -v, -V)

Exit codes: ${EXIT_CODES.done} done, ${EXIT_CODES.failed} failed, ${EXIT_CODES.usage} usage error.`;
}

/** Writes the help text of a command: what it does, examples, and its options by groups. @param schema its settings on this host */
export function commandHelp(program: string, command: CommandName, schema: Schema, layout: HelpLayout = {}): string {
	const { summary } = COMMANDS[command];
	const usage = `${program} ${command} ${wordOf(command)}[OPTIONS]: `;
	const examples = examplesOf(program, command).map(([line, does]) => `  ${line}\n${wrap("        ", does, layout)}`);
	return `${wrap(usage, summary, layout, 4)}

${heading("Examples", layout)}
${examples.join("\n")}

Options, with defaults in brackets

${settingsHelp(schema, layout)}

${wrap("", SOURCES, layout)}`;
}

/** Names what may stand between a command and its options: `[list|sum] `; empty: nothing. */
export function wordOf(command: CommandName): string {
	const { words, word = words?.join("|") }: Command = COMMANDS[command];
	return word === undefined ? "" : `[${word}] `;
}

/** The examples of a command as they are typed, each with what it does. */
export function examplesOf(program: string, command: CommandName): readonly (readonly [line: string, does: string])[] {
	const { examples }: Command = COMMANDS[command];
	return examples.map(([words, does]) => [`${program} ${command} ${words.split("{}").join(program)}`.trim(), does]);
}

/** Lists settings for a help text, by parts. */
function settingsHelp(schema: Schema, layout: HelpLayout = {}): string {
	return schema.groups
		.map(
			({ title, settings }) =>
				`${heading(title, layout)}\n${settings.map((setting) => entry(setting, layout)).join("\n")}`,
		)
		.join("\n\n");
}

/** Formats one setting: its flag, its help and its default. */
function entry(setting: Setting, layout: HelpLayout): string {
	const value = formatValue(setting, setting.default);
	const unit = setting.unit === undefined ? "" : ` ${setting.unit}`;
	const shown = value === "" ? "" : ` [${value}${unit}]`;
	const flag = strong(`--${setting.name}`, layout);
	return `  ${flag} ${placeholderOf(setting)}\n${wrap("        ", `${setting.help}${shown}`, layout)}`;
}

function heading(title: string, layout: HelpLayout): string {
	return strong(`${title}:`, layout);
}

function strong(text: string, { bold = false }: HelpLayout): string {
	return bold ? `\x1b[1m${text}\x1b[22m` : text;
}

/** Breaks a text after `lead` into lines. @param indent of the following lines; absent: as wide as the lead */
function wrap(lead: string, text: string, { columns = 0 }: HelpLayout, indent = lead.length): string {
	if (columns < NARROWEST) return lead + text;
	const most = Math.min(columns, WIDEST);
	const lines: string[] = [];
	let line = lead;
	let isEmpty = true;
	for (const word of text.split(" ")) {
		if (!isEmpty && line.length + 1 + word.length > most) {
			lines.push(line);
			line = " ".repeat(indent);
			isEmpty = true;
		}
		line += isEmpty ? word : ` ${word}`;
		isEmpty = false;
	}
	lines.push(line);
	return lines.join("\n");
}
