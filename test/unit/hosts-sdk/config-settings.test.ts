import assert from "node:assert/strict";
import { settingsOfConfig, tellReplaced } from "../../../hosts/sdk/config-settings";
import { CAMERA_SCHEMA } from "../../../src/settings/camera-schema";

describe("hosts-xs-sdk/config-settings", () => {
	const said: string[] = [];
	const log = { write: (_level: string, _area: string, words: string) => void said.push(words) };

	function settings(config: Record<string, unknown>, kept?: string) {
		said.length = 0;
		const store = { read: (key: string) => (key === "settings" ? kept : undefined), write() {}, delete() {} };
		return settingsOfConfig(config, { connections: "12" }, log, store, CAMERA_SCHEMA);
	}

	it("lets the owner's changes override the manifest, and the manifest the host's defaults", () => {
		const { connections, httpPort, hostName } = settings({ "http-port": 8100, other: {} });
		assert.deepEqual([connections, httpPort, hostName], [12, 8100, ""]);
		const changed = settings({ "http-port": 8100 }, "http-port 8200\nhost-name cams.example.org");
		assert.deepEqual([changed.httpPort, changed.hostName], [8200, "cams.example.org"]);
		assert.deepEqual(said, []);
	});

	it("lets a change on the page complete a manifest that contradicts itself", () => {
		const config = { "dynamic-dns-url": "https://dyn.example/?n={name}" };
		const { hostName, dynamicDnsUrl } = settings(config, "host-name a.example");
		assert.deepEqual([hostName, dynamicDnsUrl], ["a.example", config["dynamic-dns-url"]]);
		assert.deepEqual(said, ["dynamic-dns-url is ignored: this program does not support it"]);
		assert.equal(settings(config).dynamicDnsUrl, "");
		assert.match(said[0], /^dynamic-dns-url contains \{name\}, so host-name must be given too; using the default$/);
	});

	it("tells which settings that the user has just given are replaced by changes", () => {
		said.length = 0;
		const store = { read: () => "http-port 8000\npriority 7", write() {}, delete() {} };
		tellReplaced({ "http-port": "8010", other: {} }, log, store, CAMERA_SCHEMA);
		assert.deepEqual(said, ["http-port is 8000, as changed on the settings page, in place of 8010 (as given)."]);
	});

	it("logs a wrong setting of the manifest and uses its default", () => {
		assert.equal(settings({ "http-port": "many", "host-name": "a.example" }).httpPort, 8000);
		assert.equal(said.length, 1);
		assert.match(said[0], /^http-port must be a number .*, got "many"; using the default$/);
		assert.equal(settings({ "http-port": "many", "host-name": "a.example" }).hostName, "a.example");
	});
});
