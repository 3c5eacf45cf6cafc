import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { orderOf } from "../../../tools/run-tests/order";
import { describeFailures } from "../../../tools/run-tests/summary";
import { TYPESCRIPT } from "../../../tools/typescript-options";

const TOP = resolve(__dirname, "../../..");

/** Runs the test runner over files of test/fixtures/run-tests. */
function run(names: readonly string[], env: NodeJS.ProcessEnv = {}, limit = 60): { code: number | null; out: string } {
	const files = names.map((name) => join(TOP, `test/fixtures/run-tests/${name}.case.ts`));
	const args = [...TYPESCRIPT, "tools/run-tests.ts", "--jobs", "2"];
	const { status, stdout, stderr } = spawnSync(process.execPath, [...args, "--test-limit", `${limit}`, ...files], {
		cwd: TOP,
		encoding: "utf8",
		env: { ...process.env, PORTHOLE_TEST_REQUIRE_ALL: "", ...env },
	});
	return { code: status, out: stdout + stderr };
}

function lastLine(out: string): string | undefined {
	return out.trimEnd().split("\n").at(-1);
}

describe("tools/run-tests", () => {
	it("counts tests, shows their output, and prints the counts on the last line", () => {
		const { code, out } = run(["pass"]);
		assert.equal(code, 0, out);
		assert.equal(lastLine(out), "2 passed, 0 failed, 0 skipped");
		assert.match(out, /\| printed by a test\n/);
		assert.match(out, /Slowest tests:\n.*test\/fixtures\/run-tests\/pass\.case\.ts: a file passes/);
	});

	it("prints in one line how many tests were skipped, and for each missing thing how many need it", () => {
		const { code, out } = run(["skip"]);
		assert.equal(code, 0, out);
		assert.match(out, /^3 tests skipped: gizmo not installed \(3\), gadget not installed \(2\)$/m);
		assert.equal(lastLine(out), "1 passed, 0 failed, 3 skipped");
	});

	it("fails for a skipped test where all is required", () => {
		const { code, out } = run(["skip"], { PORTHOLE_TEST_REQUIRE_ALL: "1" });
		assert.equal(code, 1, out);
		assert.match(out, /Error: gadget not installed, gizmo not installed/);
	});

	for (const [name, why, passed] of [
		["fail", /✗ a file fails\n\s+AssertionError/, 1],
		["only", /\.only/, 0],
		["empty", /has no tests/, 0],
		["broken", /cannot be loaded/, 0],
		["crash", /the worker process ended \(SIGKILL\), while it ran "kills its process"/, 0],
		// Mocha counts it as passed, too.
		["rejection", /nobody listens/, 1],
		["late", /too late/, 1],
		["endless", /"never returns" took longer than 5 s, and was ended/, 0],
		["open", /did not end after .*open\.case\.ts: its tests leave something open/, 1],
	] as const) {
		it(`fails for a file of the kind "${name}", prints the reason, and runs the others`, () => {
			const { code, out } = run([name, "pass"], {}, 5);
			assert.equal(code, 1, out);
			assert.match(out, why);
			assert.equal(lastLine(out), `${passed + 2} passed, 1 failed, 0 skipped`, out);
		});
	}

	it("repeats at the end what failed and why, for a log of which only the end is left", () => {
		const { out } = run(["fail", "broken", "pass"]);
		const end = out.slice(out.indexOf("Slowest tests:"));
		assert.match(end, /^Files with failures:$/m);
		assert.match(end, /^ {2}✗ test\/fixtures\/run-tests\/fail\.case\.ts: a file fails\n {4}AssertionError/m);
		assert.match(end, /^ {2}✗ test\/fixtures\/run-tests\/broken\.case\.ts\n {4}.*cannot be loaded/m);
		assert.doesNotMatch(end, /✗ .*pass\.case\.ts/);
	});

	it("repeats only the first lines of an error, and a skip that counts as a failure", () => {
		const error = Array.from({ length: 40 }, (_, i) => `line ${i + 1}`).join("\n");
		const tests = [
			{ title: "is long", state: "failed", duration: 1, error },
			{ title: "is left out", state: "skipped", duration: 1 },
		] as const;
		const file = { file: "a.test.ts", duration: 1, tests, errors: [], output: "printed" };
		const text = describeFailures([file], true) ?? "";
		assert.match(text, /✗ a\.test\.ts: is long\n {4}line 1\n(.*\n)* {4}line 30\n {4}… 10 more lines above\n/);
		assert.match(text, /✗ a\.test\.ts: is left out\n {4}skipped without a reason$/);
		assert.equal(describeFailures([{ ...file, tests: tests.slice(1) }], false), undefined);
	});

	it("begins with the tests on XS, which take longest, where little or nothing was measured", () => {
		const [xs, lab, unit, other] = [
			"test/xs/xs.test.ts",
			"test/lab/lab.test.ts",
			"test/unit/tools/run-tests.test.ts",
			"test/unit/core/time.test.ts",
		];
		const files = [other, unit, lab, xs];
		assert.deepEqual(orderOf(files, {}), [xs, lab, unit, other]);
		assert.deepEqual(orderOf(files, { [other]: 1000 }), [xs, lab, unit, other]);
		// New files come early, but do not delay it.
		assert.deepEqual(orderOf(files, { [xs]: 400_000, [other]: 1000, [unit]: 30_000 }), [xs, lab, unit, other]);
	});

	it("lists the running tests when it is ended", async () => {
		const files = ["pass", "hang"].map((name) => `test/fixtures/run-tests/${name}.case.ts`);
		const args = [...TYPESCRIPT, "tools/run-tests.ts", "--jobs", "2", ...files];
		const runner = spawn(process.execPath, args, { cwd: TOP, stdio: ["ignore", "pipe", "inherit"] });
		let out = "";
		runner.stdout.setEncoding("utf8").on("data", (text: string) => {
			out += text;
			if (!runner.killed && out.includes("pass.case.ts: 2 passed")) runner.kill("SIGTERM");
		});
		const [code] = await once(runner, "close");
		assert.equal(code, 1);
		assert.match(out, /SIGTERM while these ran:\n(.*\n)*\s+test\/fixtures\/run-tests\/hang\.case\.ts: /);
	});

	it("refuses a name without a test file", () => {
		const { code, out } = run(["nothing"]);
		assert.equal(code, 1);
		assert.match(out, /nothing\.case\.ts: no test file/);
	});
});
