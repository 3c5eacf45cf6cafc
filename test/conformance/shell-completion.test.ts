import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NODE_PROGRAM, XS_PROGRAM } from "../../tools/camera-program";
import { type Need, needs } from "../support/needs";

/** A program, and how its script is got. */
const PROGRAMS: readonly (readonly [string, readonly string[], Need])[] = [
	["porthole", [process.execPath, NODE_PROGRAM], "build"],
	["porthole-linux", [XS_PROGRAM], "porthole-linux"],
];

/** What is typed, the last word up to the cursor, and some of the words that are offered; none of the others is. */
const CASES: readonly (readonly [typed: string, some: readonly string[], not: readonly string[]])[] = [
	["", ["camera", "nas", "relay", "view", "ledger"], ["--http-port"]],
	["re", ["relay", "relay-key", "rendezvous"], ["camera"]],
	["camera --log-l", ["--log-level"], ["--lan-without-password"]],
	["camera --log-level ", ["error", "warn", "info", "debug"], ["--log-level"]],
	["camera --log-level=d", ["debug"], ["info"]],
	["nas --record e", ["event"], ["continuous"]],
	["ledger su", ["sum"], ["list"]],
	["ledger sum --by d", ["day"], ["viewer"]],
	["camera --mapping ", ["on", "off"], ["info"]],
	["camera --interface l", ["lo"], []],
	["relay --viewer", ["--viewers", "--viewer-password"], ["--source"]],
];

/** Gets what a shell offers; `script` is the file with the completion of `program`. */
const SHELLS: Readonly<Record<"bash" | "zsh" | "fish", (program: string, script: string, typed: string) => string[]>> =
	{
		bash(program, script, typed) {
			// As readline does it: "=" is a word of its own.
			const words = `${program} ${typed}`.split(/(=)| /).filter((word) => word !== undefined);
			while (words.includes(""))
				if (words.indexOf("") < words.length - 1) words.splice(words.indexOf(""), 1);
				else break;
			const list = words.map((word) => `'${word}'`).join(" ");
			const code = `source '${script}'; COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; compopt() { :; }
			"$(complete -p ${program} | sed 's/.*-F \\([^ ]*\\).*/\\1/')"; printf '%s\\n' "\${COMPREPLY[@]}"`;
			return linesOf("bash", ["--norc", "-c", code]);
		},
		zsh(program, script, typed) {
			// zsh completes only at a terminal: a shell of its own types into another one.
			const code = `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1=; PROMPT=; unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -u -D; source '${script}'"
zpty -w shell "zstyle ':completion:*' list-prompt ''; zstyle ':completion:*' verbose no; LISTMAX=1000; setopt list_ambiguous no_auto_menu; COLUMNS=400; LINES=500; stty rows 500 columns 400"
zpty -w shell "zstyle ':completion:*' insert-tab false; list-and-say() { zle list-choices; zle -R; print -n SH''OWN; }; zle -N list-and-say; bindkey '^I' list-and-say; echo READY"
zpty -r shell text '*READY*READY*'
zpty -n -w shell "${program} ${typed}"$'\\t'
zpty -r shell text '*SHOWN*'
print -r -- "$text"
zpty -d shell`;
			const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, "g");
			return linesOf("zsh", ["-f", "-c", code]).flatMap((line) => line.replace(escapes, " ").split(/\s+/));
		},
		fish(program, script, typed) {
			const code = `source '${script}'; complete -C '${program} ${typed}'`;
			return linesOf("fish", ["--no-config", "-c", code]).map((line) => line.split("\t")[0].replace(/^--[a-z-]+=/, ""));
		},
	};

function linesOf(shell: string, args: readonly string[]): string[] {
	const { stdout, stderr } = spawnSync(shell, args, { encoding: "utf8", timeout: 60_000 });
	assert.equal(stderr, "", shell);
	return stdout.split("\n").map((line) => line.trim());
}

describe("conformance/shell completion", function () {
	this.timeout(300_000);
	let folder: string;
	before(() => {
		folder = mkdtempSync(join(tmpdir(), "porthole-shell-"));
	});
	after(() => rmSync(folder, { recursive: true }));

	for (const [program, command, need] of PROGRAMS) {
		for (const shell of ["bash", "zsh", "fish"] as const) {
			describe(`of ${program} in ${shell}`, () => {
				let script: string;
				before(function () {
					needs(this, need, shell);
					script = join(folder, `${program}.${shell}`);
					const { status, stdout } = spawnSync(command[0], [...command.slice(1), "completion", shell], {
						encoding: "utf8",
					});
					assert.equal(status, 0);
					writeFileSync(script, stdout);
				});

				it("is a script that the shell can read", () => {
					const { status, stderr } = spawnSync(shell, ["-n", script], { encoding: "utf8" });
					assert.deepEqual([status, stderr], [0, ""]);
				});

				it("offers commands, options and values", () => {
					for (const [typed, some, not] of CASES) {
						const offered = SHELLS[shell](program, script, typed);
						for (const word of some) assert.ok(offered.includes(word), `${typed}: ${word} of ${offered}`);
						// A terminal also shows what was typed.
						for (const word of not.filter((each) => !typed.includes(each)))
							assert.ok(!offered.includes(word), `${typed}: ${word} of ${offered}`);
					}
				});
			});
		}
	}
});
