import { type Schema, settingsOf } from "../schema";
import type { Setting } from "../setting";
import { UsageError } from "../usage-error";
import { COMMANDS, type Command, type CommandName } from "./commands";
import type { Program } from "./program";
import { suggestion } from "./suggestion";

/** The shells that are served. */
export const SHELLS = Object.freeze(["bash", "zsh", "fish"] as const);

/** One shell. */
export type Shell = (typeof SHELLS)[number];

/** What follows an option: one of these words, a file, a folder, the name of a network interface, or anything. */
type Values = readonly string[] | "file" | "folder" | "interface" | "any";

/** Where Linux lists the network interfaces. */
const INTERFACES = "/sys/class/net";

/** Reads the word after `completion`. @throws {UsageError} when it is not one of {@link SHELLS} */
export function shellOf(word: string): Shell {
	const shell = SHELLS.find((known) => known === word);
	if (shell !== undefined) return shell;
	const which =
		word === ""
			? "Name a shell, as in “completion bash”."
			: `No completion for ${JSON.stringify(word.slice(0, 40))}${suggestion(word, SHELLS, "")}`;
	throw new UsageError(`${which} There are: ${SHELLS.join(", ")}.`);
}

/** Writes the script by which a shell completes the commands, options and values of a program. */
export function completionScript(program: Program, shell: Shell): string {
	switch (shell) {
		case "bash":
			return bashScript(program);
		case "zsh":
			return zshScript(program);
		case "fish":
			return fishScript(program);
	}
}

/** What may be typed after an option. */
function valuesOf(setting: Setting): Values {
	if (setting.kind === "choice" || setting.kind === "set") return setting.of;
	if (setting.kind === "switch") return ["on", "off"];
	if (setting.name === "interface") return "interface";
	switch (setting.placeholder) {
		case "FILE":
		case "SOURCE":
			return "file";
		case "FOLDER":
			return "folder";
		default:
			return "any";
	}
}

function commandsOf({ runners }: Program): [CommandName, Schema][] {
	const list: [CommandName, Schema][] = [];
	for (const name of Object.keys(COMMANDS) as CommandName[]) {
		const found = runners[name];
		if (found !== undefined) list.push([name, found.schema]);
	}
	return list;
}

/** The words that may follow a command before its options, where they are fixed. */
function wordsOf(command: CommandName): readonly string[] {
	const { words = [] }: Command = COMMANDS[command];
	return words;
}

/** The name of a shell function. */
function functionOf(program: Program): string {
	return `_${program.name.split("-").join("_")}`;
}

function bashScript(program: Program): string {
	const { name, defaultCommand = "" } = program;
	const commands = commandsOf(program);
	const names = [...commands.map(([command]) => command), "help"].join(" ");
	const options = commands.map(([command, schema]) => {
		const flags = settingsOf(schema).map((setting) => `--${setting.name}`);
		return `\t${command}) options="${flags.join(" ")} --help --version" words="${wordsOf(command).join(" ")}" ;;`;
	});
	const self = functionOf(program);
	// Without the package bash-completion; "=" and ":" may be words of their own, by COMP_WORDBREAKS.
	return `# bash completion of ${name}, written by "${name} completion bash"

${self}_values() {
	case "$1 $2" in
${valueCases(commands, bashValues)}
	esac
}

${self}() {
	local command="${defaultCommand}" options="" words="" current="\${COMP_WORDS[COMP_CWORD]}" previous="" position=0 i
	local names="${names}"
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		case "\${COMP_WORDS[i]}" in
		-*) [ "$i" = 1 ] && break ;;
		*) [ "$i" = 1 ] && { command="\${COMP_WORDS[1]}" position=1; break; } ;;
		esac
	done
	if [ "$command" = help ]; then
		[ "$COMP_CWORD" = 2 ] && COMPREPLY=($(compgen -W "$names" -- "$current"))
		return
	fi
	case "$command" in
${options.join("\n")}
	esac
	previous="\${COMP_WORDS[COMP_CWORD - 1]}"
	if [ "$current" = "=" ]; then
		current="" previous="\${COMP_WORDS[COMP_CWORD - 1]}"
	elif [ "$previous" = "=" ] && [ "$COMP_CWORD" -ge 3 ]; then
		previous="\${COMP_WORDS[COMP_CWORD - 2]}"
	fi
	case "$previous" in
	--*) ${self}_values "$command" "$previous"; [ \${#COMPREPLY[@]} -gt 0 ] && return ;;
	esac
	if [ "$COMP_CWORD" = 1 ]; then
		case "$current" in
		-*) COMPREPLY=($(compgen -W "$options --help --version" -- "$current")) ;;
		*) COMPREPLY=($(compgen -W "$names" -- "$current")) ;;
		esac
	elif [ "$COMP_CWORD" = 2 ] && [ "$position" = 1 ] && [ -n "$words" ] && [ "\${current#-}" = "$current" ]; then
		COMPREPLY=($(compgen -W "$words" -- "$current"))
	elif [ "\${current#-}" != "$current" ] || [ -z "$current" ]; then
		COMPREPLY=($(compgen -W "$options" -- "$current"))
	fi
}

complete -F ${self} ${name}
`;
}

/** Writes a case for each option that has values to offer; those with the same ones share it. */
function valueCases(commands: readonly [CommandName, Schema][], offer: (values: Values) => string): string {
	const cases = new Map<string, string[]>();
	for (const [command, schema] of commands)
		for (const setting of settingsOf(schema)) {
			const action = offer(valuesOf(setting));
			if (action === "") continue;
			const patterns = cases.get(action) ?? [];
			patterns.push(`"${command} --${setting.name}"`);
			cases.set(action, patterns);
		}
	return [...cases].map(([action, patterns]) => `\t${patterns.join(" | ")})\n\t\t${action}\n\t\t;;`).join("\n");
}

function bashValues(values: Values): string {
	switch (values) {
		case "any":
			return "";
		case "file":
			return `compopt -o filenames; COMPREPLY=($(compgen -f -- "$current"))`;
		case "folder":
			return `compopt -o filenames; COMPREPLY=($(compgen -d -- "$current"))`;
		case "interface":
			return `COMPREPLY=($(compgen -W '$(ls ${INTERFACES} 2>/dev/null)' -- "$current"))`;
		default:
			return `COMPREPLY=($(compgen -W "${values.join(" ")}" -- "$current"))`;
	}
}

function zshScript(program: Program): string {
	const { name, defaultCommand = "" } = program;
	const self = functionOf(program);
	const commands = commandsOf(program);
	const list = commands.map(([command]) => `\t\t${zshQuote(`${command}:${COMMANDS[command].summary}`)}`);
	const cases = commands.map(([command, schema]) => {
		const words = wordsOf(command);
		const specs = settingsOf(schema).map((setting) => `\t\t\t${zshQuote(zshSpec(setting))}`);
		if (words.length > 0) specs.unshift(`\t\t\t${zshQuote(`1:word:(${words.join(" ")})`)}`);
		return `\t${command})\n\t\t_arguments \\\n${specs.map((spec) => `${spec} \\\n`).join("")}\t\t\t'--help[show the options]'\n\t\t;;`;
	});
	return `#compdef ${name}
# zsh completion of ${name}, written by "${name} completion zsh"

${self}() {
	local command="${defaultCommand}"
	local -a commands
	commands=(
${list.join("\n")}
	)
	if ((CURRENT == 2)) && [[ "$words[2]" != -* ]]; then
		_describe 'command' commands
		return
	fi
	if [[ "$words[2]" != -* ]]; then
		command="$words[2]"
		shift words
		((CURRENT--))
	fi
	case "$command" in
${cases.join("\n")}
	esac
}

if [ "$funcstack[1]" = "${self}" ]; then
	${self} "$@"
else
	compdef ${self} ${name}
fi
`;
}

function zshSpec(setting: Setting): string {
	const values = valuesOf(setting);
	const help = setting.help.split("\\").join("").split("[").join("(").split("]").join(")").split(":").join("\\:");
	return `--${setting.name}=[${help}]:value:${zshValues(values)}`;
}

function zshValues(values: Values): string {
	switch (values) {
		case "any":
			return " ";
		case "file":
			return "_files";
		case "folder":
			return "_files -/";
		case "interface":
			return "_net_interfaces";
		default:
			return `(${values.join(" ")})`;
	}
}

function zshQuote(text: string): string {
	return `'${text.split("'").join("'\\''")}'`;
}

function fishScript(program: Program): string {
	const { name, defaultCommand } = program;
	const commands = commandsOf(program);
	const lines = [
		`# fish completion of ${name}, written by "${name} completion fish"`,
		`complete -c ${name} -f`,
		`complete -c ${name} -n __fish_use_subcommand -l help -s h -d "show the commands"`,
		`complete -c ${name} -n __fish_use_subcommand -l version -s V -d "show the version"`,
	];
	for (const [command, schema] of commands) {
		const seen = `__fish_seen_subcommand_from ${command}`;
		const isHere = command === defaultCommand ? `"${seen}; or __fish_use_subcommand"` : `"${seen}"`;
		lines.push(`complete -c ${name} -n __fish_use_subcommand -a ${command} -d ${fishQuote(COMMANDS[command].summary)}`);
		const words = wordsOf(command);
		if (words.length > 0) lines.push(`complete -c ${name} -n "${seen}" -a ${fishQuote(words.join(" "))}`);
		for (const setting of settingsOf(schema)) {
			const help = fishQuote(setting.help);
			lines.push(`complete -c ${name} -n ${isHere} -l ${setting.name} ${fishValues(valuesOf(setting))} -d ${help}`);
		}
	}
	return `${lines.join("\n")}\n`;
}

function fishValues(values: Values): string {
	switch (values) {
		case "any":
			return "-x";
		case "file":
			return "-r -F";
		case "folder":
			return "-x -a '(__fish_complete_directories)'";
		case "interface":
			return `-x -a '(ls ${INTERFACES} 2>/dev/null)'`;
		default:
			return `-x -a ${fishQuote(values.join(" "))}`;
	}
}

function fishQuote(text: string): string {
	return `'${text.split("\\").join("\\\\").split("'").join("\\'")}'`;
}
