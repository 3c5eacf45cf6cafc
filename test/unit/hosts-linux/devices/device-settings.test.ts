import assert from "node:assert/strict";
import { cameraOf, DEVICE_SCHEMA, parseSize } from "../../../../hosts/linux/devices/device-settings";
import { findSetting, settingsOf } from "../../../../src/settings/schema";
import { expectedOf, formatValue, parseValue } from "../../../../src/settings/setting";

describe("hosts-linux/devices/device-settings", () => {
	it("accepts its own defaults, and describes the values of each setting", () => {
		for (const setting of settingsOf(DEVICE_SCHEMA)) {
			assert.notEqual(parseValue(setting, formatValue(setting, setting.default)), undefined, setting.name);
			assert.notEqual(expectedOf(setting), "");
		}
	});

	it("accepts well-formed values and refuses others", () => {
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
			const setting = findSetting(DEVICE_SCHEMA, name);
			assert.ok(setting);
			assert.equal(parseValue(setting, text) !== undefined, fine, `${name}=${text}`);
		}
		assert.deepEqual(parseSize("1920x1080"), { width: 1920, height: 1080 });
	});

	it("distinguishes cameras from other sources: any, by name, by path (IMG-17)", () => {
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
