import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { needs } from "../../support/needs";

const TOP = resolve(__dirname, "../../..");
const HOST = join(TOP, "hosts/esp32");
const STUBS = join(TOP, "test/unit/hosts-esp32/stubs");
/** lwIP 2.1 of Debian's liblwip-dev: the same raw interface that ESP-IDF has. */
const LWIP = "/usr/include/lwip";

describe("hosts-esp32/native", () => {
	const sources = ["native", "native-peer", "sensor"].flatMap((folder) =>
		readdirSync(join(HOST, folder)).map((file) => `${folder}/${file}`),
	);
	const paths = [STUBS, join(STUBS, "common"), LWIP].map((folder) => `-I${folder}`);
	for (const name of sources.filter((file) => file.endsWith(".c"))) {
		it(`${name} compiles without a warning against lwIP's own headers`, function () {
			this.timeout(120_000);
			needs(this, "gcc", "liblwip-dev", "libmbedtls-dev");
			const flags = ["-fsyntax-only", "-std=gnu11", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror"];
			const { status, stderr } = spawnSync("gcc", [...flags, ...paths, join(HOST, name)], { encoding: "utf8" });
			assert.equal(status, 0, stderr);
		});
	}

	it("sensor/driver.c gives an empty picture where the sensor gives none, which would end the SDK's driver", function () {
		needs(this, "gcc");
		const folder = mkdtempSync(join(tmpdir(), "porthole-sensor-"));
		try {
			const program = join(folder, "probe");
			const files = [join(STUBS, "../sensor-probe.c"), join(HOST, "sensor/driver.c")];
			const flags = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-Wall", "-Wextra", "-Werror"];
			execFileSync("gcc", [...flags, "-Wno-unused-parameter", ...paths, "-o", program, ...files]);
			execFileSync(program);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});

	it("native-peer/ciphers.c is X25519 and AES-GCM, refuses keys of small order, and leaves no key behind (P2P-13)", function () {
		needs(this, "gcc", "libmbedtls-dev");
		const folder = mkdtempSync(join(tmpdir(), "porthole-ciphers-"));
		try {
			const program = join(folder, "probe");
			const files = [join(STUBS, "../ciphers-probe.c"), join(HOST, "native-peer/ciphers.c")];
			const flags = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-Wall", "-Wextra", "-Werror"];
			execFileSync("gcc", [...flags, "-Wno-clobbered", ...paths, "-o", program, ...files, "-lmbedcrypto"]);
			execFileSync(program);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});
