import assert from "node:assert/strict";
import { PRESETS_MAX } from "../../../src/camera/preset-list";
import { CAMERA_MESSAGES } from "../../../src/web/camera-messages";
import { DIAGNOSIS_MESSAGES } from "../../../src/web/diagnosis-messages";
import { DYNAMIC_DNS_MESSAGES } from "../../../src/web/dynamic-dns-messages";

describe("web/messages", () => {
	const troubles = { ...DIAGNOSIS_MESSAGES, ...DYNAMIC_DNS_MESSAGES.refusals };
	for (const [name, { message, remedy }] of Object.entries(troubles)) {
		it(`has a message and a remedy for ${name}`, () => {
			assert.match(message, /^[A-Z].*\.$/s);
			assert.match(remedy, /^[A-Z].*\.$/s);
		});
	}

	it("states the right limit of presets", () => {
		assert.ok(CAMERA_MESSAGES.moves["presets-full"].includes(` ${PRESETS_MAX} `));
	});
});
