import assert from "node:assert/strict";
import { type CommandOutcome, NodeCommandRunner } from "../../../hosts/node/command-runner";
import { pause, until } from "../../support/until";

const runner = new NodeCommandRunner();

function run(script: string, limit = 60_000): Promise<CommandOutcome> {
	return new Promise((ended) => runner.run([process.execPath, "-e", script], limit, ended));
}

describe("hosts-node/command-runner", () => {
	it("reports the exit code and both outputs", async () => {
		const script = "console.log('out'); console.error('err'); process.exitCode = 3";
		assert.deepEqual(await run(script), { code: 3, stdout: "out\n", stderr: "err\n" });
	});

	it("kills a command at its time limit, and keeps a bounded part of its output", async () => {
		assert.equal((await run("setInterval(() => {}, 1000)", 50)).code, -1);
		assert.equal((await run("console.log('x'.repeat(1e6))")).stdout.length, 64_000);
	});

	it("reports when a program is not installed, and when it may not be run", async () => {
		const start = (program: string) => new Promise<CommandOutcome>((ended) => runner.run([program], 1000, ended));
		assert.equal((await start("no-such-program-anywhere")).trouble, "missing");
		assert.equal((await start(__filename)).trouble, "forbidden");
	});

	it("does not report a command that was killed", async () => {
		let heard = 0;
		runner.run([process.execPath, "-e", "0"], 5000, () => heard++).kill();
		await pause(100);
		assert.equal(heard, 0);
	});

	it("lets a guard read its input, wait, and end by itself or when killed", async () => {
		let ended = 0;
		const reads = "process.stdin.once('data', (bytes) => process.exit(bytes == 'words' ? 0 : 1))";
		runner.guard([process.execPath, "-e", reads], "words", () => ended++);
		await until("it has read", 5000, () => ended === 1);
		const guard = runner.guard([process.execPath, "-e", "process.stdin.resume()"], "words", () => ended++);
		await pause(100);
		guard.kill();
		await pause(50);
		assert.equal(ended, 1);
		runner.guard(["no-such-program-anywhere"], "words", () => ended++);
		await until("its failure is heard", 5000, () => ended === 2);
	});
});
