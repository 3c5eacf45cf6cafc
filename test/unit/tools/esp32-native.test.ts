import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { needs } from "../../support/needs";

const TOP = resolve(__dirname, "../../..");
const SOURCES = join(TOP, "hosts/esp32/native");
const STUBS = join(TOP, "test/unit/hosts-esp32/stubs");
/** lwIP 2.1 of Debian's liblwip-dev: the same raw interface that ESP-IDF has. */
const LWIP = "/usr/include/lwip";

describe("hosts-esp32/native", () => {
	for (const name of readdirSync(SOURCES).filter((file) => file.endsWith(".c"))) {
		it(`${name} compiles without a warning against lwIP's own headers`, function () {
			this.timeout(120_000);
			needs(this, "gcc", "liblwip-dev");
			const flags = ["-fsyntax-only", "-std=gnu11", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror"];
			const { status, stderr } = spawnSync("gcc", [...flags, `-I${STUBS}`, `-I${LWIP}`, join(SOURCES, name)], {
				encoding: "utf8",
			});
			assert.equal(status, 0, stderr);
		});
	}
});
