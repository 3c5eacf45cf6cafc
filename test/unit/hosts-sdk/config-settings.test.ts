import assert from "node:assert/strict";
import { settingsOfConfig } from "../../../hosts/sdk/config-settings";

describe("hosts-xs-sdk/config-settings", () => {
	const said: string[] = [];
	const log = { write: (_level: string, _area: string, words: string) => void said.push(words) };

	function settings(config: Record<string, unknown>, kept?: string) {
		said.length = 0;
		const store = { read: (key: string) => (key === "settings" ? kept : undefined), write() {}, delete() {} };
		return settingsOfConfig(config, { connections: "12" }, log, store);
	}

	it("takes the host's defaults, over them the manifest, over that what was changed on the page", () => {
		const { connections, httpPort, hostName } = settings({ "http-port": 8100, other: {} });
		assert.deepEqual([connections, httpPort, hostName], [12, 8100, ""]);
		const changed = settings({ "http-port": 8100 }, "http-port 8200\nhost-name cams.example.org");
		assert.deepEqual([changed.httpPort, changed.hostName], [8200, "cams.example.org"]);
		assert.deepEqual(said, []);
	});

	it("says what is wrong in the manifest, and goes on with the default", () => {
		assert.equal(settings({ "http-port": "many", "host-name": "a.example" }).httpPort, 8000);
		assert.equal(said.length, 1);
		assert.match(said[0], /^http-port: "many" is not a whole number .*; it is left at its default$/);
		assert.equal(settings({ "http-port": "many", "host-name": "a.example" }).hostName, "a.example");
	});
});
