import assert from "node:assert/strict";
import { warnOfIgnoredSettings } from "../../../../src/app/camera/ignored-settings";

describe("app/ignored-settings", () => {
	it("warns of each setting that was given and has no effect", () => {
		const lines: string[] = [];
		const log = { write: (level: string, area: string, text: string) => void lines.push(`${level} ${area}: ${text}`) };
		warnOfIgnoredSettings({ floatingAddress: "", dynamicDnsUrl: "" }, log);
		assert.deepEqual(lines, []);
		warnOfIgnoredSettings({ floatingAddress: "192.168.0.9", dynamicDnsUrl: "https://dyn.example.org/" }, log);
		assert.deepEqual(lines, [
			"warn settings: floating-address is ignored: this program does not support it",
			"warn settings: dynamic-dns-url is ignored: this program does not support it",
		]);
	});
});
