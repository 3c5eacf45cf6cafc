import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { ESP32_LIST, SIMULATOR_LIST } from "../../../tools/device-modules";
import { boards, checkBoard, findSdk, SdkError } from "../../../tools/moddable-sdk";
import { TYPESCRIPT } from "../../../tools/typescript-options";

const TOP = resolve(__dirname, "../../..");

function refusal(body: () => unknown): string {
	try {
		body();
	} catch (error) {
		assert.ok(error instanceof SdkError, String(error));
		return error.message;
	}
	throw new assert.AssertionError({ message: "nothing was refused" });
}

function run(tool: string, args: readonly string[], env: Record<string, string>) {
	const { MODDABLE: _moddable, IDF_PATH: _idf, DISPLAY: _display, ...rest } = process.env;
	return spawnSync(process.execPath, [...TYPESCRIPT, `tools/${tool}.ts`, ...args], {
		cwd: TOP,
		encoding: "utf8",
		env: { ...rest, ...env },
		timeout: 280_000,
	});
}

describe("tools/moddable-sdk", () => {
	let folder = "";
	before(() => {
		folder = mkdtempSync(join(tmpdir(), "sdk-"));
	});
	after(() => rmSync(folder, { recursive: true, force: true }));

	it("reports that MODDABLE is not set, and explains it", () => {
		assert.match(
			refusal(() => findSdk({})),
			/MODDABLE is not set\. .*Moddable SDK 8\.2/,
		);
	});

	it("reports that MODDABLE names no folder", () => {
		assert.match(
			refusal(() => findSdk({ MODDABLE: folder })),
			/the Moddable SDK is not there/,
		);
	});

	it("explains how to build the SDK's tools, and finds them once built", () => {
		mkdirSync(join(folder, "examples"));
		writeFileSync(join(folder, "examples/manifest_base.json"), "{}");
		assert.match(
			refusal(() => findSdk({ MODDABLE: folder })),
			/has no tools yet.*make -C/,
		);
		const bin = join(folder, "build/bin/lin/release");
		mkdirSync(bin, { recursive: true });
		writeFileSync(join(bin, "mcconfig"), "");
		assert.deepEqual(findSdk({ MODDABLE: folder }), { folder, bin });
	});

	it("lists the known boards for an unknown one", () => {
		assert.ok(boards().length >= 3);
		for (const name of [undefined, "toaster", "../boards"]) {
			const words = refusal(() => checkBoard(name));
			for (const board of boards()) assert.ok(words.includes(board), words);
		}
		assert.equal(checkBoard("esp32-s3-cam"), "esp32-s3-cam");
	});
});

describe("tools/build-esp32, tools/start-simulator", function () {
	this.timeout(300_000);

	const cases: [string, string[], Record<string, string>, RegExp][] = [
		["build-esp32", [], {}, /Say which board\. Boards: ai-thinker-esp32-cam/],
		["build-esp32", ["toaster"], {}, /There is no board "toaster"\. Boards: /],
		["build-esp32", ["esp32-s3-cam"], {}, /MODDABLE is not set/],
		["build-esp32", ["esp32-s3-cam", "--frobnicate"], {}, /--frobnicate is not an option or a board/],
		["start-simulator", [], {}, /MODDABLE is not set/],
		["start-simulator", ["frobnicate"], {}, /frobnicate is not a setting/],
	];
	for (const [tool, args, env, words] of cases) {
		it(`${tool} ${args.join(" ")}: exits with code 2 and reports what is missing`, () => {
			const { status, stderr } = run(tool, args, env);
			assert.match(stderr, words);
			assert.equal(status, 2);
		});
	}

	it("device-modules writes both lists, so that the SDK's own commands can be used", () => {
		rmSync(SIMULATOR_LIST, { force: true });
		const { status, stderr } = run("device-modules", [], {});
		assert.equal(status, 0, stderr);
		assert.match(readFileSync(SIMULATOR_LIST, "utf8"), /"hosts\/simulator\/main"/);
		assert.match(readFileSync(ESP32_LIST, "utf8"), /"hosts\/esp32\/main"/);
	});

	it("start-simulator refuses a port that is taken, before it builds anything, and names it", async () => {
		const folder = mkdtempSync(join(tmpdir(), "sdk-"));
		const bin = join(folder, "build/bin/lin/release");
		for (const path of ["examples", "build/bin/lin/release"]) mkdirSync(join(folder, path), { recursive: true });
		writeFileSync(join(folder, "examples/manifest_base.json"), "{}");
		for (const tool of ["mcconfig", "mcsim"]) writeFileSync(join(bin, tool), "");
		const server = createServer().listen(0, "127.0.0.1");
		await once(server, "listening");
		const { port } = server.address() as AddressInfo;
		for (const value of [`${port}`, "many", "70000"]) {
			const { status, stderr } = run("start-simulator", [`http-port=${value}`], { MODDABLE: folder });
			assert.match(stderr, new RegExp(`^Port ${value} is in use, or is not a port\\. .*pass http-port=`));
			assert.equal(status, 2);
		}
		server.close();
		rmSync(folder, { recursive: true });
	});
});

describe("manifest.json", () => {
	const manifest = JSON.parse(readFileSync(join(TOP, "manifest.json"), "utf8"));

	it("includes the list of modules that each platform's command writes", () => {
		const of = (path: string): string => `./${relative(TOP, path)}`;
		assert.ok(manifest.platforms["esp32/*"].include.includes(of(ESP32_LIST)));
		assert.ok(manifest.platforms.lin.include.includes(of(SIMULATOR_LIST)));
	});

	it("gives each board two program partitions that fit its flash", () => {
		for (const board of boards()) {
			const folder = join(TOP, "hosts/esp32/boards", board);
			const megabytes = /FLASHSIZE_(\d+)MB=y/.exec(readFileSync(join(folder, "sdkconfig.defaults"), "utf8"))?.[1];
			let end = 0x9000;
			const programs: string[] = [];
			for (const line of readFileSync(join(folder, "partitions.csv"), "utf8").split("\n")) {
				if (line === "" || line.startsWith("#")) continue;
				const [name, type, , offset, size] = line.split(",").map((word) => word.trim());
				assert.equal(Number(offset), end, `${board}: ${name} starts where the one before ends`);
				end += Number(size);
				if (type === "app") programs.push(`${name} ${size}`);
			}
			assert.ok(end <= Number(megabytes) << 20, `${board}: ${end}`);
			assert.deepEqual(
				programs.map((program) => program.split(" ")[0]),
				["ota_0", "ota_1"],
			);
		}
	});

	it("has the pins of each revision of the T-Camera Plus S3", () => {
		for (const [board, revision, powerdown, reset, vsync] of [
			["lilygo-t-camera-plus-s3", /V1\.0, V1\.1$/, -1, 3, 4],
			["lilygo-t-camera-plus-s3-v1-2", /V1\.2$/, 4, -1, 3],
		] as const) {
			const file = join(TOP, "hosts/esp32/boards", board, "manifest.json");
			const { config, defines } = JSON.parse(readFileSync(file, "utf8"));
			assert.match(config.porthole.model, revision);
			const { camera } = defines;
			assert.deepEqual([camera.powerdown, camera.reset, camera.vsync], [powerdown, reset, vsync]);
		}
	});

	it("uses no pin of a board twice", () => {
		for (const board of boards()) {
			const { config, defines } = JSON.parse(
				readFileSync(join(TOP, "hosts/esp32/boards", board, "manifest.json"), "utf8"),
			);
			const { i2c_port: _port, xclk_freq_hz: _clock, ...camera } = defines.camera;
			const { switchPin, servos } = config.porthole;
			const pins = [...Object.values<number>(camera), switchPin, servos?.panPin, servos?.tiltPin];
			const used = pins.filter((pin) => pin !== undefined && pin >= 0);
			assert.equal(new Set(used).size, used.length, `${board}: ${used}`);
			assert.ok(used.length >= 14, board);
		}
	});
});
