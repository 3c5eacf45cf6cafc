import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { TYPESCRIPT } from "../../../tools/typescript-options";

describe("hosts-node/udp-socket", () => {
	it("renumbers no octets that Node.js still has to send (STR-21)", async () => {
		// Node.js's own test option: no datagram is sent in the call, as if the kernel's buffer were always full.
		const argv = ["--test-udp-no-try-send", ...TYPESCRIPT];
		const program = resolve(__dirname, "queued-fan-out.ts");
		const { stdout } = await promisify(execFile)(process.execPath, [...argv, program], { timeout: 60_000 });
		assert.deepEqual(JSON.parse(stdout), { queued: true, right: 60, wrong: 0 });
	});
});
