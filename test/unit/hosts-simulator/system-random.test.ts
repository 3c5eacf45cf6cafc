import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { bundle } from "../../../tools/device-modules";
import { needs } from "../../support/needs";

const TOP = resolve(__dirname, "../../..");

describe("hosts-simulator/system-random", function () {
	this.timeout(300_000);

	it("draws other octets at each start", function () {
		needs(this, "gcc");
		const folder = mkdtempSync(join(tmpdir(), "porthole-random-"));
		const program = join(folder, "random");
		const sources = ["hosts/simulator/native/random.c", "test/unit/hosts-simulator/random-harness.c"];
		const flags = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-Itest/unit/hosts-esp32/stubs", "-o", program];
		execFileSync("gcc", [...flags, ...sources], { cwd: TOP, stdio: ["ignore", "ignore", "inherit"] });
		const starts = [1, 2, 3].map(() => execFileSync(program, { encoding: "utf8" }));
		rmSync(folder, { recursive: true });
		assert.equal(new Set(starts).size, 3, starts.join("\n"));
		for (const octets of starts) assert.match(octets, /^(?=.*[1-9a-f]$|.*[1-9a-f])[0-9a-f]{128}$/);
	});

	it("is what the simulator draws its secrets from, not the engine's own numbers", () => {
		const { modules, text } = bundle("hosts/simulator/main");
		assert.ok(modules.includes("hosts/simulator/system-random"));
		assert.ok(!modules.includes("hosts/sdk/engine-random"));
		assert.doesNotMatch(text, /Math\.random/);
	});
});
