import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { SETTINGS_DOCUMENT, settingsDocument } from "../../../tools/settings-doc";

describe("tools/settings-doc", () => {
	it("finds docs/settings.md equal to the schemas", () => {
		const stored = readFileSync(SETTINGS_DOCUMENT, "utf8");
		assert.equal(stored, settingsDocument(), "run node -r ./tools/typescript tools/settings-doc.ts");
	});
});
