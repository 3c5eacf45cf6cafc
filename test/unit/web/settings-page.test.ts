import assert from "node:assert/strict";
import { settingInputs } from "../../../src/settings/changed-settings";
import { NAS_SCHEMA } from "../../../src/settings/nas-schema";
import { escapeHtml } from "../../../src/web/escape-html";
import { MESSAGES } from "../../../src/web/messages";
import { SETTINGS_MESSAGES } from "../../../src/web/settings-messages";
import { settingsPage } from "../../../src/web/settings-page";
import { SETTINGS, text } from "../../support/shown-pages";

describe("web/settings-page", () => {
	it("has a form for each setting (IMG-7, IMG-15)", () => {
		const actions = text(settingsPage(SETTINGS)).match(/action="[^"]*"/g) ?? [];
		assert.deepEqual(
			[...new Set(actions)].sort(),
			[
				'action="/api/v1/cameras/0123456789abcdef/name"',
				'action="/api/v1/links"',
				'action="/api/v1/links/01234567/revoke"',
				'action="/api/v1/logout-all"',
				'action="/api/v1/mapping"',
				'action="/api/v1/password"',
				'action="/api/v1/restart"',
				'action="/api/v1/settings"',
				'action="/api/v1/time"',
				'action="/logout"',
			].sort(),
		);
	});

	it("has a field with help for each other setting that the owner may change, in folded groups", () => {
		const html = text(settingsPage({ ...SETTINGS, inputs: settingInputs(NAS_SCHEMA, {}) }));
		for (const { name, help = "" } of settingInputs(NAS_SCHEMA, {})) {
			assert.equal(html.split(`name="${name}"`).length, 2, name);
			if (["record-rate", "priority", "keep-days"].includes(name))
				assert.ok(
					html.includes(`<p class="hint">${escapeHtml(`${help[0].toUpperCase()}${help.slice(1)}.`)}</p>`),
					name,
				);
		}
		assert.match(html, /<details><summary>Recorder<\/summary><form/);
		assert.match(
			html,
			/>Pre roll \(seconds\) <input name="pre-roll" value="5" type="number" min="0" max="60" required>/,
		);
	});

	it("calls a NAS a NAS, and asks before a restart, the end of all sessions and of remote access", () => {
		const nas = text(settingsPage({ ...SETTINGS, device: "NAS" }));
		for (const words of ["NAS name", "Restart the NAS to apply your changes: HTTP port, Priority.", "Restart NAS"])
			assert.ok(nas.includes(words), words);
		assert.doesNotMatch(nas.slice(nas.indexOf("<main"), nas.indexOf('id="more"')), /[Tt]h(e|is) camera/);
		const asked = [...nas.matchAll(/action="([^"]*)"[^>]* data-ask="/g)].map(([, action]) => action);
		assert.deepEqual(asked, [
			"/api/v1/restart",
			"/api/v1/logout-all",
			"/api/v1/links/01234567/revoke",
			"/api/v1/mapping",
		]);
	});

	it("explains that a password set at startup cannot be changed here", () => {
		const html = text(settingsPage({ ...SETTINGS, pinned: true }));
		assert.ok(!html.includes("/api/v1/password"));
		assert.ok(html.includes(MESSAGES.wrong.passwordsPinned));
	});

	it("offers to set the clock only if the camera does not know the time", () => {
		const html = text(settingsPage({ ...SETTINGS, utc: Date.UTC(2026, 10, 21, 12) }));
		assert.ok(html.includes('<time datetime="2026-11-21T12:00:00.000Z">Sat, 21 Nov 2026 12:00:00 GMT</time>'));
		assert.ok(!html.includes("/api/v1/time"));
	});

	for (const [kind, words] of Object.entries(SETTINGS_MESSAGES.updates)) {
		it(`says how ${kind} is updated`, () =>
			assert.ok(text(settingsPage({ ...SETTINGS, kind })).includes(words.replace("'", "&#39;"))));
	}
});
