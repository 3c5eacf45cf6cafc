import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { runRoutes } from "../../../hosts/node/routes-command";
import { ROUTES_SCHEMA } from "../../../src/settings/cli/commands";
import { runner, runProgram } from "../../../src/settings/cli/program";
import { parseAddressTable } from "../../../src/stream/address/address-table-file";
import { checkRoutes } from "../../../src/stream/routes/route-check";
import { ONE_INTERFACE, SECOND_FORM } from "../../support/stream-tables";

/** Runs `porthole routes` with a table file that has this text. */
function routes(text: string | undefined, ...args: readonly string[]) {
	const out: string[] = [];
	const err: string[] = [];
	const host = {
		variable: () => undefined,
		variables: () => [],
		readFile: (path: string) => (path === "/table" ? text : undefined),
		print: (line: string) => void out.push(line),
		error: (line: string) => void err.push(line),
	};
	const program = {
		name: "porthole",
		version: "1",
		runners: { routes: runner(ROUTES_SCHEMA, (settings) => runRoutes(settings, host)) },
	};
	const code = runProgram(program, ["routes", ...args], host);
	return { code, out: out.join("\n"), err: err.join("\n") };
}

const TABLE = ["--table", "/table"];

describe("hosts-node/routes-command", () => {
	it("prints a summary and both rule sets (STR-15)", () => {
		const { code, out } = routes(SECOND_FORM, ...TABLE);
		assert.equal(code, 0);
		assert.match(
			out,
			/The firewall passes from outside: .*\n[\s\S]*table inet porthole_firewall \{[\s\S]*table inet porthole_router \{/,
		);
	});

	it("prints one rule set alone, which nft can read (STR-15)", () => {
		const { code, out, err } = routes(SECOND_FORM, ...TABLE, "--firewall");
		assert.equal(code, 0);
		assert.match(out, /^# [^\n]*\ntable inet porthole_firewall\n/);
		assert.ok(!out.includes("porthole_router"));
		assert.match(err, /^\/table:16: note: Port 500/);
		assert.match(routes(SECOND_FORM, ...TABLE, "--router").out, /^# [^\n]*\ntable inet porthole_router\n/);
	});

	it("prints the rule set of a router that is the firewall too", () => {
		const { code, out, err } = routes(ONE_INTERFACE, ...TABLE, "--firewall");
		assert.deepEqual([code, out], [0, ""]);
		assert.match(err, /load its rule set only/);
	});

	it("says with --check what cannot work, with exit code 1 (STR-24)", () => {
		const { code, out } = routes(SECOND_FORM.replace("receive  10.1.0.20", "receive  10.3.0.20"), ...TABLE, "--check");
		assert.equal(code, 1);
		assert.match(out, /^\/table:16: Reports cannot come to 10\.3\.0\.20: /m);
		assert.ok(!out.includes("table inet"));
	});

	it("ends a check without faults with exit code 0, and shows the notes", () => {
		const { code, out } = routes(SECOND_FORM, ...TABLE, "--check");
		assert.equal(code, 0);
		assert.match(out, /note: Port 500 [\s\S]*nothing was found that cannot work\.$/);
	});

	it("prints no rule set of a table that cannot work", () => {
		const { code, out, err } = routes(SECOND_FORM.replace("as 198.20.0.110", "as 10.7.0.1"), ...TABLE, "--router");
		assert.deepEqual([code, out], [1, ""]);
		assert.match(err, /10\.7\.0\.1 cannot be reached from the Internet/);
	});

	it("prints no rule set of a table without interfaces", () => {
		const table = SECOND_FORM.split("\n")
			.filter((line) => !/^(router|firewall)/.test(line))
			.join("\n");
		assert.equal(routes(table, ...TABLE, "--router").code, 1);
		assert.deepEqual([routes(table, ...TABLE).code, routes(table, ...TABLE).out.includes("table inet")], [0, false]);
	});

	for (const [title, text, args, message] of [
		["without a table", SECOND_FORM, [], /^porthole: --table FILE says/],
		["for a table that does not exist", undefined, TABLE, /^porthole: --table: \/table: file not found/],
		[
			"for a table that is malformed, with lines",
			"network x\nhello",
			TABLE,
			/^porthole: \/table:1: [^\n]*\nporthole: \/table:2: /,
		],
	] as const)
		it(`ends with exit code 2 ${title}`, () => {
			const { code, err } = routes(text, ...args);
			assert.equal(code, 2);
			assert.match(err, message);
		});

	it("accepts the tables of the documentation, both figures and the home with one interface", () => {
		const document = readFileSync(resolve(__dirname, "../../../docs/stream-server.md"), "utf8");
		const tables = document
			.split("```")
			.filter((_, i) => i % 2 === 1)
			.filter((block) => /^network /m.test(block))
			.map((block) => block.slice(block.indexOf("\n")));
		assert.equal(tables.length, 3);
		for (const text of tables) {
			const file = parseAddressTable(text);
			assert.ok("rows" in file, JSON.stringify(file));
			assert.deepEqual(
				checkRoutes(file).filter(({ isFault }) => isFault),
				[],
			);
		}
	});

	it("prints the rule set of a transparent relay without a table, with the commands that it needs (REP-1)", () => {
		const { code, out, err } = routes(undefined, "--relay", "--access", "acc0,acc1", "--origin-ports", "554, 8554");
		assert.deepEqual([code, err], [0, ""]);
		assert.match(out, /^# Rule set of a transparent relay/);
		assert.match(out, /^# {3}ip rule add fwmark 28783 lookup 28783$/m);
		assert.match(out, /iifname \{ "acc0", "acc1" \} .* tcp dport \{ 554, 8554 \} .* to :8599 /);
		assert.match(routes(undefined, "--relay", "--access", "a", "--transparent-port", "9000").out, /to :9000 /);
	});

	it("says what a transparent relay's rule set needs", () => {
		for (const args of [
			[],
			["--access", 'a"; drop'],
			["--access", "a", "--origin-ports", "0"],
			["--access", "a", "--origin-ports", "x"],
			["--access", "a", "--origins", "192.0.2.0"],
		]) {
			const { code, out } = routes(undefined, "--relay", ...args);
			assert.deepEqual([code, out], [2, ""], args.join(" "));
		}
	});
});
