import assert from "node:assert/strict";
import { VirtualStore } from "../../../../hosts/virtual/virtual-store";
import { SettingsEditor } from "../../../../src/app/maintenance/settings-editor";
import { CAMERA_SCHEMA } from "../../../../src/settings/camera-schema";
import { editableSettings } from "../../../../src/settings/changed-settings";
import { parseSettings } from "../../../../src/settings/schema";

function scene(given: Readonly<Record<string, string>> = {}, kept?: string): [SettingsEditor, VirtualStore] {
	const store = new VirtualStore();
	if (kept !== undefined) store.values.set("settings", kept);
	const { values, faults } = parseSettings(CAMERA_SCHEMA, new Map(Object.entries(given)));
	assert.deepEqual(faults, []);
	return [new SettingsEditor(store, CAMERA_SCHEMA, values), store];
}

const form = (fields: Readonly<Record<string, string>>) => new Map(Object.entries(fields));

describe("app/maintenance/settings-editor", () => {
	it("shows the values in use, as text that it accepts (IMG-7)", () => {
		const given = {
			"http-port": "8123",
			"port-layout": "same",
			"representative-ports": "8080,18080",
			"host-name": "cams.example.org",
			priority: "0",
			succession: "probing",
			heartbeat: "500",
			"lan-without-password": "on",
			group: "Yard",
			viewers: "4",
			uplink: "0",
		};
		const [full] = scene(given);
		assert.deepEqual(full.view, { now: given, changed: {}, pending: [] });
		const [defaults, store] = scene();
		const { now } = defaults.view;
		assert.deepEqual(
			Object.keys(now),
			editableSettings(CAMERA_SCHEMA).map(({ name }) => name),
		);
		assert.deepEqual([now["http-port"], now["representative-ports"]], ["8000", "8080,18080,28080"]);
		assert.deepEqual([now["host-name"], now["lan-without-password"]], ["", "off"]);
		assert.equal(defaults.change(form(now)), undefined);
		assert.equal(store.read("settings")?.includes("http-port 8000"), true);
	});

	it("shows no secret", () => {
		const [editor] = scene({
			password: "an-owner's-password",
			"fleet-key": "only-these-three-cameras",
			"dynamic-dns-url": "https://u:p@dyn.example/?a={address}",
		});
		assert.doesNotMatch(JSON.stringify(editor.view), /an-owner's|only-these|dyn\.example/);
	});

	it("refuses what contradicts a setting that the page does not have", () => {
		const store = new VirtualStore();
		store.values.set("settings", "host-name cams.example.org\npriority 7");
		const given = { "dynamic-dns-url": "https://dyn.example/?host={name}", "host-name": "cams.example.org" };
		const { values } = parseSettings(CAMERA_SCHEMA, new Map(Object.entries(given)));
		const editor = new SettingsEditor(store, CAMERA_SCHEMA, values);
		assert.deepEqual(editor.change(form({ "host-name": "" })), {
			fault: "dynamic-dns-url contains {name}, so host-name must be given too.",
		});
		assert.equal(store.read("settings"), "host-name cams.example.org\npriority 7");
		assert.equal(editor.change(form({ "host-name": "other.example.org" })), undefined);
	});

	it("stores changes for the next start, and changes nothing now", () => {
		const [editor, store] = scene({ priority: "9" });
		assert.equal(editor.change(form({ "http-port": "8123", priority: "7" })), undefined);
		assert.equal(editor.change(form({ heartbeat: "500" })), undefined);
		const { now, changed } = editor.view;
		assert.deepEqual([now["http-port"], now["priority"], now["heartbeat"]], ["8000", "9", "250"]);
		assert.deepEqual(changed, { "http-port": "8123", priority: "7", heartbeat: "500" });
		assert.deepEqual([...store.values.keys()], ["settings"]);
	});

	it("uses a setting at once that needs no restart, and takes it back; for others a restart is needed", () => {
		const store = new VirtualStore();
		const { values } = parseSettings(CAMERA_SCHEMA, new Map([["group", "Upstairs"]]));
		const used: string[] = [];
		const editor = new SettingsEditor(store, CAMERA_SCHEMA, values, (name, value) => {
			used.push(`${name} ${value}`);
			return name === "group";
		});
		assert.equal(editor.change(form({ group: "Yard", "lan-without-password": "off" })), undefined);
		assert.deepEqual(used, ["group Yard"], "what stays as it is is not used again");
		assert.deepEqual([editor.view.now["group"], editor.view.changed["group"]], ["Yard", "Yard"]);
		assert.deepEqual(editor.pending, []);
		assert.equal(editor.change(form({ priority: "7" })), undefined);
		assert.deepEqual(editor.pending, ["priority"]);
		assert.equal(editor.change(form({ priority: "" })), undefined);
		assert.deepEqual(editor.pending, []);
		assert.equal(editor.change(form({ group: "x".repeat(40) }))?.field, "group");
		assert.equal(editor.change(form({ group: "" })), undefined);
		assert.deepEqual(used, ["group Yard", "group Upstairs"]);
		assert.equal(editor.view.now["group"], "Upstairs");
		assert.equal(editor.change(form({ "lan-without-password": "on" })), undefined);
		assert.deepEqual(editor.pending, ["lan-without-password"], "no part has used it");
	});

	it("needs a restart where a change from before the start is taken back: what it replaces is not known", () => {
		const [editor] = scene({ group: "Yard" }, "group Yard");
		assert.deepEqual(editor.pending, []);
		assert.equal(editor.change(form({ group: "" })), undefined);
		assert.deepEqual(editor.view.pending, ["group"]);
	});

	it("needs no restart because of how a value was typed", () => {
		const store = new VirtualStore();
		const { values } = parseSettings(CAMERA_SCHEMA, new Map());
		const used: string[] = [];
		const editor = new SettingsEditor(store, CAMERA_SCHEMA, values, (name, value) => used.push(`${name} ${value}`) > 0);
		assert.equal(editor.change(form({ "lan-without-password": "true", "http-port": "08000" })), undefined);
		assert.equal(editor.change(form({ "representative-ports": "8080, 18080,28080" })), undefined);
		assert.deepEqual([used, editor.pending], [["lan-without-password on"], []]);
		const [later] = scene({ "lan-without-password": "on" }, "lan-without-password true\nhttp-port 08000");
		assert.deepEqual(later.pending, [], "nor after the start");
	});

	it("removes a change when its value is empty, and stores no empty text", () => {
		const [editor, store] = scene({}, "http-port 8123\npriority 7");
		assert.equal(editor.change(form({ priority: "" })), undefined);
		assert.deepEqual(editor.view.changed, { "http-port": "8123" });
		assert.equal(editor.change(form({ "http-port": " " })), undefined);
		assert.deepEqual([...store.values], []);
		assert.equal(editor.change(form({ "http-port": "" })), undefined);
	});

	for (const [title, fields] of [
		["a wrong value", { priority: "7", "http-port": "0" }],
		["an unknown setting", { priority: "7", nonsense: "1" }],
		["a setting with its own form", { priority: "7", password: "abcdefgh" }],
	] as const) {
		it(`reports ${title}, and stores nothing of the form`, () => {
			const [editor, store] = scene({}, "heartbeat 500");
			assert.match(editor.change(form(fields))?.fault ?? "", /http-port|nonsense|password/);
			assert.deepEqual([...store.values], [["settings", "heartbeat 500"]]);
			assert.equal(store.writes, 0);
		});
	}

	it("skips damaged lines in the store", () => {
		const [editor] = scene({}, "http-port x\n\u0000\npriority 7");
		assert.deepEqual(editor.view.changed, { priority: "7" });
	});

	it("distinguishes the fields that the user changed from the others of the form", () => {
		const [editor] = scene({ "http-port": "8010" }, "priority 7");
		const { now } = editor.view;
		assert.deepEqual(
			[...editor.touched(form({ ...now, priority: "7", "host-name": "cams.example.org", strange: "1" }))],
			[
				["host-name", "cams.example.org"],
				["strange", "1"],
			],
		);
		assert.deepEqual([...editor.touched(form({ priority: "" }))], [["priority", ""]]);
	});
});
