import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";
import { gunzipSync } from "node:zlib";
import ts from "typescript";
import { GZIPPED } from "../../../src/app/static-text";
import { loginPage } from "../../../src/web/login-page";
import { SCRIPT } from "../../../src/web/page-script";
import { STYLESHEET } from "../../../src/web/page-style";
import { bundle, modulesOf } from "../../../tools/device-modules";

/** Features of other appliances and hosts, which take no flash. */
const NOT_ON_ESP32: readonly string[] = [
	"src/app/doctor/doctor",
	"src/app/devices/devices-part",
	"src/app/discovery/dynamic-dns",
	"src/app/onvif/onvif-part",
	"src/web/dynamic-dns-messages",
	"src/app/system/open-api-part",
	"src/app/inventory/inventory-part",
	"src/app/system/schemas/common-schemas",
	"src/media/jpeg-splitter",
	"src/ports/errno",
	"src/settings/cli/commands",
];

/** What the stream server of a board does without. */
const NOT_IN_SMALL_STREAMS: readonly string[] = [
	"src/stream/address/address-table",
	"src/stream/distribution/unit-hub",
	"src/stream/packets/h264-packetizer",
	"src/stream/routes/address-table-rows",
	"src/stream/stored/stored-streams",
	"src/stream/units/processing-units",
];

/** What all programs have of peer to peer: where visitors come from. */
const KNOWN: readonly string[] = ["src/peer/peer-address"];

describe("tools/device-modules", () => {
	const { text, modules } = bundle("hosts/esp32/main");
	const login = loginPage("", true).body.parts.join("");
	const loginScript = login.slice(login.indexOf("<script>") + 8, login.indexOf("</script>"));

	it("joins the ESP32's program into one module without unused code", () => {
		assert.ok(modules.includes("hosts/esp32/main") && modules.includes("src/fleet/fleet"));
		for (const name of NOT_ON_ESP32) assert.ok(!modules.includes(name), name);
		assert.ok(!modules.some((name) => name.startsWith("src/stream/control/")), "no room for RTSP on every board");
	});

	it("gives boards with PSRAM and enough flash a small stream server", () => {
		const names = modulesOf("hosts/esp32/main-with-streams");
		assert.ok(names.includes("src/stream/control/rtsp-server"));
		for (const name of NOT_ON_ESP32.concat(NOT_IN_SMALL_STREAMS)) assert.ok(!names.includes(name), name);
		const boards = join(__dirname, "../../../hosts/esp32/boards");
		for (const board of readdirSync(boards)) {
			const read = (name: string) => readFileSync(join(boards, board, name), "utf8");
			const [, program] = /\nota_0, .*(0x[0-9a-f]+)\n/.exec(read("partitions.csv")) ?? [];
			const hasRoom = Number(program) >= 0x3f0000 && /^CONFIG_SPIRAM=y$/m.test(read("sdkconfig.defaults"));
			const { streams = false, peer = false } = JSON.parse(read("manifest.json")).config.porthole;
			assert.deepEqual([streams, peer], [hasRoom, hasRoom], board);
		}
	});

	it("gives the same boards peer to peer, and no other program any of it (P2P-13)", () => {
		const names = modulesOf("hosts/esp32/main-with-peer");
		for (const name of ["src/app/peer/peer-endpoint", "src/peer/checks/path-finder", "hosts/esp32/ciphers"])
			assert.ok(names.includes(name), name);
		for (const name of NOT_ON_ESP32.concat(NOT_IN_SMALL_STREAMS)) assert.ok(!names.includes(name), name);
		for (const main of ["hosts/esp32/main", "hosts/esp32/main-with-streams"])
			for (const name of modulesOf(main)) assert.ok(!name.startsWith("src/peer/") || KNOWN.includes(name), name);
	});

	it("declares constants by const, as variables take RAM on a board", () => {
		const { statements } = ts.createSourceFile("main.js", text, ts.ScriptTarget.ES2022);
		const lists = statements.filter(ts.isVariableStatement).map(({ declarationList }) => declarationList);
		const variable = lists.filter(({ flags }) => (flags & ts.NodeFlags.Const) === 0);
		assert.ok(variable.length < lists.length / 20, `${variable.length} of ${lists.length}`);
	});

	const constants = ts
		.createSourceFile("main.js", text, ts.ScriptTarget.ES2022)
		.statements.filter(ts.isVariableStatement)
		.map(({ declarationList: { declarations } }) => declarations[0].initializer)
		.filter((value) => value !== undefined && ts.isStringLiteralLike(value))
		.map((value) => value.text);
	const compressed = constants
		.filter((value) => value.startsWith(GZIPPED))
		.map((value) => gunzipSync(Buffer.from(value, "base64")).toString());

	it("compresses the style and the script that all pages load", () => {
		assert.equal(compressed.length, 2);
		assert.ok(compressed.includes(STYLESHEET));
		assert.ok(compressed.some((value) => value.startsWith('"use strict"')));
	});

	it("shortens the scripts of pages, which stay valid and strict", () => {
		const scripts = [...constants, ...compressed].filter((value) => value.startsWith('"use strict"'));
		assert.equal(scripts.length, 2, "of all pages, and of the login page");
		const [short, long] = [scripts.join(""), SCRIPT + loginScript];
		assert.ok(short.length < 0.75 * long.length, `${short.length} of ${long.length} characters`);
		for (const script of scripts) new Script(script);
		for (const path of ["/api/v1/cameras", "/api/v1/status", "/login", "noscript"])
			assert.equal(short.includes(path), long.includes(path), path);
	});

	it("imports only modules of the SDK", () => {
		const imports = [...text.matchAll(/(?:from|import)\s*"([^"]+)"/g)].map(([, name]) => name);
		assert.ok(imports.length > 5);
		for (const name of imports) assert.doesNotMatch(name, /^[./]|node:/);
	});

	it("keeps the simulator's modules apart", () => {
		const names = modulesOf("hosts/simulator/main");
		assert.ok(names.includes("src/app/camera/camera") && names.includes("hosts/simulator/main"));
	});
});
