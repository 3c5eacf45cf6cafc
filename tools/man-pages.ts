import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMMANDS, type CommandName, EXIT_CODES } from "../src/settings/cli/commands";
import { variableOf } from "../src/settings/cli/gather-settings";
import { examplesOf, wordOf } from "../src/settings/cli/help";
import type { Program } from "../src/settings/cli/program";
import type { Schema } from "../src/settings/schema";
import { expectedOf, formatValue, placeholderOf, type Setting } from "../src/settings/setting";
import { LINUX_PROGRAM_SCHEMAS, NODE_PROGRAM_SCHEMAS } from "./program-schemas";

/**
 * Writes the manual pages of a program, in the language of man(7): one for itself, and one for each command.
 * @returns texts by file names: `porthole-camera.1`
 */
export function manPages(program: Program): ReadonlyMap<string, string> {
	const { name, runners } = program;
	const pages = new Map<string, string>([[`${name}.1`, programPage(program)]]);
	for (const command of commandsOf(program)) {
		const schema = runners[command]?.schema as Schema;
		pages.set(`${name}-${command}.1`, commandPage(program, command, schema));
	}
	return pages;
}

function commandsOf({ runners }: Program): CommandName[] {
	return (Object.keys(COMMANDS) as CommandName[]).filter((command) => runners[command] !== undefined);
}

function programPage(program: Program): string {
	const { name, defaultCommand } = program;
	const commands = commandsOf(program);
	const list = commands.map((command) => `.TP\n.B ${roff(command)}\n${line(sentence(COMMANDS[command].summary))}`);
	const without = defaultCommand === undefined ? [] : [line(`Without a command it runs ${defaultCommand}.`)];
	return page(program, name, [
		section("NAME", `${roff(name)} \\- cameras behind one router, reachable from the whole Internet`),
		section(
			"SYNOPSIS",
			`.B ${roff(name)}\n${defaultCommand === undefined ? "COMMAND" : "[COMMAND]"} [OPTIONS]\n.br\n.B ${roff(name)}\n[\\-\\-help | \\-\\-version]`,
		),
		section(
			"DESCRIPTION",
			[
				line(
					"Cameras behind one home router map their own ports, elect a representative, and show each other to the Internet. A NAS records them, a relay multiplies their streams, and a rendezvous server helps where no port can be mapped.",
				),
				...without,
			].join("\n.PP\n"),
		),
		section("COMMANDS", list.join("\n")),
		section(
			"OPTIONS",
			[
				["\\-h, \\-\\-help", "Show the commands, or the options of a command."],
				["\\-v, \\-V, \\-\\-version", "Show the version."],
			]
				.map(([flag, does]) => `.TP\n.B ${flag}\n${line(does)}`)
				.join("\n"),
		),
		section("EXAMPLES", commands.map((command) => examples(program, command, 1)).join("\n")),
		environment(name),
		exitStatus(),
		section("SEE ALSO", commands.map((command) => `.BR ${roff(`${name}-${command}`)} (1)`).join(",\n")),
	]);
}

function commandPage(program: Program, command: CommandName, schema: Schema): string {
	const { summary } = COMMANDS[command];
	const { name } = program;
	const groups = schema.groups.map(({ title, settings }) => `.SS ${roff(title)}\n${settings.map(option).join("\n")}`);
	return page(program, `${name}-${command}`, [
		section("NAME", `${roff(`${name}-${command}`)} \\- ${roff(summary)}`),
		section("SYNOPSIS", `.B ${roff(`${name} ${command}`)}\n${roff(wordOf(command))}[OPTIONS]`),
		section(
			"OPTIONS",
			`${line("A switch without a value is on. Lists are separated by commas. Each option is also an environment variable, and a key of the settings file.")}\n${groups.join("\n")}`,
		),
		section("EXAMPLES", examples(program, command, Infinity)),
		environment(name),
		exitStatus(),
		section("SEE ALSO", `.BR ${roff(name)} (1)`),
	]);
}

function page({ version }: Program, name: string, sections: readonly string[]): string {
	const head = `.\\" Written by tools/man-pages.ts from the schemas of settings.`;
	return `${head}\n.TH "${roff(name.toUpperCase())}" 1 "" "Porthole ${version}" "User Commands"\n.nh\n.ad l\n${sections.join("\n")}\n`;
}

function section(title: string, text: string): string {
	return `.SH ${title}\n${text}`;
}

function option(setting: Setting): string {
	const value = formatValue(setting, setting.default);
	const unit = setting.unit === undefined ? "" : ` ${setting.unit}`;
	const shown = value === "" ? "" : ` Default: ${value}${unit}.`;
	const head = `.TP\n.BI ${roff(`--${setting.name}`)} " ${roff(placeholderOf(setting))}"`;
	return `${head}\n${line(`${sentence(setting.help)} It is ${expectedOf(setting)}.${shown} Variable: ${variableOf(setting.name)}.`)}`;
}

function examples(program: Program, command: CommandName, most: number): string {
	return examplesOf(program.name, command)
		.slice(0, most)
		.map(([words, does]) => `.TP\n.B ${roff(words)}\n${line(sentence(does))}`)
		.join("\n");
}

function environment(name: string): string {
	const text = [
		`An option such as --log-level can also be given by a variable: PORTHOLE_LOG_LEVEL. Flags override variables, and variables override the settings file. Variables that ${name} does not know cause a warning.`,
		"NO_COLOR: if it is set and not empty, no colours are sent to the terminal.",
	];
	return section("ENVIRONMENT", text.map(line).join("\n.PP\n"));
}

function exitStatus(): string {
	const { done, failed, usage } = EXIT_CODES;
	const rows = [
		[done, "Done."],
		[failed, "It failed, or what was to be examined is not in order. The reason is on the standard error."],
		[usage, "The command line, a variable or the settings file is wrong. All problems are on the standard error."],
	] as const;
	return section("EXIT STATUS", rows.map(([code, text]) => `.TP\n.B ${code}\n${line(text)}`).join("\n"));
}

function sentence(text: string): string {
	return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

/** A line of text, which must not begin like a request. */
function line(text: string): string {
	const escaped = roff(text);
	return escaped.startsWith(".") || escaped.startsWith("'") ? `\\&${escaped}` : escaped;
}

/** Longer words may be broken after a separator: the narrowest terminals have no room for them. */
const LONG_WORD = 30;

/** Writes a text so that every character is printed as it is, with hyphens that can be copied. */
function roff(text: string): string {
	const written = text
		.split("\\")
		.join("\\e")
		.split("-")
		.join("\\-")
		.split('"')
		.join("\\(dq")
		.split("~")
		.join("\\(ti")
		.split("^")
		.join("\\(ha")
		.split("…")
		.join("...");
	const words = written.split(" ");
	return words.map((word) => (word.length > LONG_WORD ? word.replace(/[/|,@](?=.)/g, "$&\\:") : word)).join(" ");
}

if (require.main === module) {
	const [folder = "dist/man"] = process.argv.slice(2);
	mkdirSync(folder, { recursive: true });
	for (const program of [NODE_PROGRAM_SCHEMAS, LINUX_PROGRAM_SCHEMAS])
		for (const [file, text] of manPages(program)) writeFileSync(join(folder, file), text);
}
