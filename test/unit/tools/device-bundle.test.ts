import assert from "node:assert/strict";
import { bundle, modulesOf } from "../../../tools/device-bundle";
import main from "./bundle/main";

const MAIN = "test/unit/tools/bundle/main";

/** Features of other appliances and hosts, which take no flash. */
const NOT_ON_ESP32: readonly string[] = ["src/app/doctor", "src/media/jpeg-splitter", "src/ports/errno"];

describe("tools/device-bundle", function () {
	// TypeScript checks all types first.
	this.timeout(120_000);

	it("gives a program that does what the modules do", async () => {
		const { text } = bundle(MAIN);
		const module = await importText(text);
		assert.deepEqual((module as { default: typeof main }).default(), main());
	});

	it("leaves out what nothing refers to, writes constants where they are used, and shortens private names", () => {
		const { text, modules } = bundle(MAIN);
		assert.deepEqual(modules, ["test/unit/tools/bundle/shapes", MAIN]);
		for (const word of ["unused", "never", "const SIDE = 3", "twice", "layers;", "import"])
			assert.ok(!text.includes(word), `${word} is in:\n${text}`);
	});

	it("brings the ESP32's program without what it does not run", () => {
		const modules = modulesOf("hosts/esp32/main", ["hosts/sdk/typings/embedded.d.ts", "hosts/esp32/typings/sdk.d.ts"]);
		assert.ok(modules.includes("hosts/esp32/main") && modules.includes("src/fleet/fleet"));
		for (const name of NOT_ON_ESP32) assert.ok(!modules.includes(name), name);
	});
});

/** Imports JavaScript; hidden from the compiler, which would make `require` of it. */
function importText(text: string): Promise<unknown> {
	const url = `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`;
	return new Function("url", "return import(url)")(url);
}
