import assert from "node:assert/strict";
import { cameraOf, DEVICE_SETTINGS, parseSize } from "../../../../hosts/linux/devices/device-settings";
import { expectedOf, parseSetting } from "../../../../src/settings/setting";

describe("hosts-linux/devices/device-settings", () => {
	it("every default is taken by its own setting, and says what it expects", () => {
		for (const setting of DEVICE_SETTINGS) {
			assert.notEqual(parseSetting(setting, setting.standard), undefined, setting.name);
			assert.notEqual(expectedOf(setting), "");
		}
	});

	it("takes what is well formed, refuses the rest", () => {
		const cases: readonly [string, string, boolean][] = [
			["size", "640x480", true],
			["size", "640", false],
			["size", "640x480x3", false],
			["size", "1x1", false],
			["size", "99999x10", false],
			["size", "-64x48", false],
			["switch-pin", "gpiochip0/17,low,pull-up", true],
			["switch-pin", "17", false],
			["pan-servo", "0/1,1000-2000,90", true],
			["tilt-servo", "0/1,1-9999", false],
			["quality", "0", false],
		];
		for (const [name, text, fine] of cases) {
			const setting = DEVICE_SETTINGS.find((s) => s.name === name);
			assert.ok(setting);
			assert.equal(parseSetting(setting, text) !== undefined, fine, `${name}=${text}`);
		}
		assert.deepEqual(parseSize("1920x1080"), { width: 1920, height: 1080 });
	});

	it("tells cameras from other sources: any, by name, by path (IMG-17)", () => {
		assert.deepEqual(["camera", "camera:C920", "/dev/video0", "picture.jpg", "cameras", ""].map(cameraOf), [
			"",
			"C920",
			"/dev/video0",
			undefined,
			undefined,
			undefined,
		]);
	});
});
