import assert from "node:assert/strict";
import { runRelayKey } from "../../../../src/app/origin/relay-key-command";
import { relayKeyOf, relayKeyText } from "../../../../src/relay/relay-key";
import { RELAY_KEY_SCHEMA } from "../../../../src/settings/cli/commands";
import { runProgram, wordRunner } from "../../../../src/settings/cli/program";

const KEY = "a-key-of-the-whole-home";

/** Runs `porthole relay-key`; the file `/key` holds the fleet's key. */
function relayKey(...args: readonly string[]) {
	const out: string[] = [];
	const err: string[] = [];
	const host = {
		variable: () => undefined,
		variables: () => [],
		readFile: (path: string) => (path === "/key" ? `${KEY}\n` : undefined),
		print: (line: string) => void out.push(line),
		error: (line: string) => void err.push(line),
	};
	const run = wordRunner(RELAY_KEY_SCHEMA, (word, { values }) => runRelayKey(word, values, host.print));
	const code = runProgram(
		{ name: "porthole", version: "1", runners: { "relay-key": run } },
		["relay-key", ...args],
		host,
	);
	return { code, out: out.join("\n"), err: err.join("\n") };
}

describe("app/origin/relay-key-command", () => {
	it("prints the key that the relay's table needs (REP-12)", () => {
		const { code, out } = relayKey("east", "--fleet-key-file", "/key");
		assert.deepEqual([code, out], [0, relayKeyText(relayKeyOf(KEY, "east"))]);
		assert.equal(relayKey("east", "--fleet-key", `${KEY},another-key-that-ends`).out, out, "the first of two");
	});

	it("says what is missing", () => {
		for (const [args, problem] of [
			[["--fleet-key-file", "/key"], /needs the name/],
			[["east"], /needs the fleet's key: .* the file fleet-key\.value in/],
			[["a b", "--fleet-key-file", "/key"], /1 to 32 letters/],
			[["east", "--fleet-key", "short"], /fleet-key/],
		] as const) {
			const { code, out, err } = relayKey(...args);
			assert.deepEqual([code, out], [2, ""], `${args}`);
			assert.match(err, problem);
		}
	});
});
