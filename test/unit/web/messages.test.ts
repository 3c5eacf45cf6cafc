import assert from "node:assert/strict";
import { PRESETS_MAX } from "../../../src/camera/preset-list";
import { DIAGNOSIS_MESSAGES, MESSAGES } from "../../../src/web/messages";

describe("web/messages", () => {
	const troubles = { ...DIAGNOSIS_MESSAGES, ...MESSAGES.dynamicDns.refusals };
	for (const [name, { message, remedy }] of Object.entries(troubles)) {
		it(`has a message and a remedy for ${name}`, () => {
			assert.match(message, /^[A-Z].*\.$/s);
			assert.match(remedy, /^[A-Z].*\.$/s);
		});
	}

	it("states the right limit of presets", () => {
		assert.ok(MESSAGES.motion["presets-full"].includes(` ${PRESETS_MAX} `));
	});
});
