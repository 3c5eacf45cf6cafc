import assert from "node:assert/strict";
import { CAMERA_SCHEMA } from "../../../src/settings/camera-schema";
import { settingInputs } from "../../../src/settings/changed-settings";
import { cameraPage } from "../../../src/web/camera-page";
import { filesPage } from "../../../src/web/files-page";
import { fleetPage } from "../../../src/web/fleet-page";
import { linkPage } from "../../../src/web/link-page";
import { MESSAGES } from "../../../src/web/messages";
import { nasPage } from "../../../src/web/nas-page";
import { otherCameraPage } from "../../../src/web/other-camera-page";
import type { Page } from "../../../src/web/page";
import { SCRIPT } from "../../../src/web/page-script";
import { STYLESHEET } from "../../../src/web/page-style";
import { pairingPage } from "../../../src/web/pairing-page";
import { portalPage } from "../../../src/web/portal-page";
import { recentEventsPage } from "../../../src/web/recent-events-page";
import { errorPage } from "../../../src/web/refusal";
import { relaysPage } from "../../../src/web/relays-page";
import { restartPage } from "../../../src/web/restart-page";
import { settingsPage } from "../../../src/web/settings-page";
import { viewPage, waitingPage } from "../../../src/web/view-page";
import {
	CAMERA,
	camera,
	HOSTILE,
	ID,
	NAS,
	OWNER,
	portal,
	RECORDED,
	SETTINGS,
	SHOWN_HOME,
	text,
} from "../../support/shown-pages";

/** Every page, made of the same hostile text wherever text goes. */
function hostilePages(): readonly (readonly [string, Page])[] {
	const notices = [
		{ message: HOSTILE, remedy: HOSTILE, serious: true },
		{ message: HOSTILE, remedy: HOSTILE },
	];
	const cameras = [
		camera({ self: true, name: HOSTILE }),
		camera({ name: HOSTILE, lanUrl: HOSTILE, internetUrl: HOSTILE }),
	];
	return [
		["portal", portalPage(portal({ notices, cameras }), "internet")],
		[
			"camera",
			cameraPage({
				...CAMERA,
				name: HOSTILE,
				drive: { presets: [HOSTILE], patrol: true },
				notices,
				facts: [[HOSTILE, HOSTILE]],
			}),
		],
		[
			"settings",
			settingsPage({
				...SETTINGS,
				name: HOSTILE,
				version: HOSTILE,
				kind: HOSTILE,
				inputs: settingInputs(CAMERA_SCHEMA, { "host-name": HOSTILE, "http-port": HOSTILE }),
			}),
		],
		["recent events", recentEventsPage(OWNER, HOSTILE, [{ id: 1, from: 0, label: HOSTILE }])],
		[
			"restart",
			restartPage({ visitor: OWNER, id: ID, boot: 7, proof: HOSTILE, urls: [`http://192.168.0.11:8000/${HOSTILE}`] }),
		],
		[
			"other camera",
			otherCameraPage(
				new Map([[HOSTILE, HOSTILE]]),
				{ name: HOSTILE, url: `http://a/${HOSTILE}`, ticket: "" },
				HOSTILE,
			),
		],
		["other camera that is not known", otherCameraPage(new Map([[HOSTILE, HOSTILE]]), undefined, HOSTILE)],
		["fleet", fleetPage({ sealed: false, code: HOSTILE, outcome: HOSTILE, outside: [HOSTILE] }, OWNER, ID)],
		[
			"link",
			linkPage(
				{
					url: HOSTILE,
					internetUrl: `${HOSTILE} outside`,
					place: "lan",
					hours: 24,
					name: HOSTILE,
					addresses: [{ kind: "mjpeg", lan: HOSTILE, internet: HOSTILE, takesLink: true }],
					recipes: [{ title: HOSTILE, about: HOSTILE, texts: [{ label: HOSTILE, text: HOSTILE }] }],
				},
				OWNER,
			),
		],
		[
			"nas",
			nasPage({
				...NAS,
				notices,
				cameras: [{ ...RECORDED, title: HOSTILE, trouble: HOSTILE }],
				facts: [[HOSTILE, HOSTILE]],
			}),
		],
		[
			"files",
			filesPage({
				visitor: OWNER,
				path: HOSTILE,
				url: HOSTILE,
				files: [{ name: HOSTILE, isFolder: false, octets: 1, modified: 0, note: HOSTILE }],
			}),
		],
		[
			"connections of a viewer",
			viewPage({
				...SHOWN_HOME,
				home: HOSTILE,
				portal: HOSTILE,
				devices: [
					{ ...SHOWN_HOME.devices[0], name: HOSTILE, address: HOSTILE, pages: HOSTILE, players: HOSTILE },
					{
						...SHOWN_HOME.devices[0],
						id: "1",
						state: "failed",
						reason: HOSTILE,
						steps: [{ seconds: 1, step: "found", detail: HOSTILE }],
					},
				],
			}),
		],
		["in place of a device", waitingPage(HOSTILE, HOSTILE, [{ seconds: 1, step: "found", detail: HOSTILE }], HOSTILE)],
		["error", errorPage(503, HOSTILE, [[`/${HOSTILE}`, HOSTILE]], OWNER)],
		["error of a stranger", errorPage(421, HOSTILE, [[HOSTILE, HOSTILE]], undefined)],
	];
}

/** How many scripts a page loads, where it is not one. */
const SCRIPTS: Readonly<Record<string, number>> = {
	"error of a stranger": 0,
	"in place of a device": 0,
	"connections of a viewer": 2,
};

/** Tags of a page by a small reader of our own: names, and attributes as they stand. */
function tags(html: string): { name: string; attributes: string }[] {
	return [...html.matchAll(/<([a-zA-Z][^\s/>]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/g)].map(([, name, attributes]) => ({
		name: name.toLowerCase(),
		attributes,
	}));
}

describe("web/pages", () => {
	it("offers fields for settings as their schema has them", () => {
		const html = text(settingsPage(SETTINGS));
		for (const field of [
			'name="http-port" value="8000" type="number" min="1" max="65535" required',
			'name="representative-ports" value="8080,18080" maxlength="64" required inputmode="numeric"',
			'name="port-layout"><option value="fixed" selected>Always',
			'name="lan-without-password"><option value="off" selected>Password required</option><option value="on">Anyone',
			'name="host-name" value="" maxlength="253"',
		])
			assert.ok(html.includes(field), field);
	});

	it("say which settings need a restart: each in a mixed group, or all of a group at once", () => {
		const html = text(settingsPage(SETTINGS));
		const after = "Takes effect after a restart.";
		const between = (from: string, to: string) => html.slice(html.indexOf(from), html.indexOf(to, html.indexOf(from)));
		assert.ok(between('name="http-port"', 'name="port-layout"').includes(after));
		assert.ok(!between('name="host-name"', "</form>").includes(after));
		assert.ok(!between('name="lan-without-password"', "</form>").includes(after));
		assert.ok(!between('name="viewers"', "</form>").includes(after));
		assert.equal(between('name="succession"', "</form>").split(after).length, 2, "once");
		assert.ok(html.includes("Restart the camera to apply your changes: HTTP port, Priority."));
		assert.ok(!text(settingsPage({ ...SETTINGS, pending: [] })).includes("to apply your changes"));
		assert.match(
			text(settingsPage({ ...SETTINGS, canRestart: false })),
			/start it again to apply your changes: HTTP port/,
		);
	});

	it("with live pictures are never loaded again by themselves, also without script: people read and fill them in (IMG-14)", () => {
		for (const page of [portalPage(portal({}), "internet"), cameraPage(CAMERA)])
			assert.ok(!text(page).includes("http-equiv"));
	});

	it("escape all foreign text (IMG-14, IMG-15)", () => {
		for (const [name, page] of hostilePages()) {
			const html = text(page);
			assert.ok(html.includes("&lt;script&gt;"), `${name} shows the text`);
			const found = tags(html);
			const scripts = found.filter((tag) => tag.name === "script").length;
			const ours = SCRIPTS[name] ?? 1;
			assert.equal(scripts, ours, `${name}: the scripts are ours`);
			assert.ok(!html.includes("<img src=x"), name);
			for (const { attributes } of found)
				assert.doesNotMatch(attributes.replace(/"[^"]*"/g, '""'), /\son\w+\s*=/i, name);
		}
	});

	it("have forms that name the device they are meant for, which another one refuses", () => {
		const pages: readonly (readonly [string, string])[] = [
			...hostilePages().map(([name, page]) => [name, text(page)] as const),
			["NAS", text(nasPage({ ...NAS, cameras: [RECORDED, { ...RECORDED, mode: "demand", why: undefined }] }))],
			["pairing", text(pairingPage({ visitor: OWNER, id: ID, fault: "", isAlone: true }))],
			[
				"relays",
				text(
					relaysPage({
						visitor: OWNER,
						id: ID,
						isSealed: true,
						relays: [{ name: "east", host: "198.20.5.5", room: 9 }],
						cameras: [{ id: ID, name: "Garden" }],
						hoursMax: 9,
					}),
				),
			],
			["sealed fleet", text(fleetPage({ sealed: true, code: "", outcome: "" }, OWNER, ID))],
		];
		let count = 0;
		for (const [name, html] of pages) {
			for (const form of html.split('<form method="post" action="').slice(1)) {
				const action = form.slice(0, form.indexOf('"'));
				const content = form.slice(form.indexOf(">") + 1);
				// Sessions are of no device, and the path of these names the camera.
				if (action === "/logout" || /^\/api\/v1\/cameras\/[0-9a-f]{16}\//.test(action)) continue;
				count++;
				assert.match(content, /^<input type="hidden" name="camera" value="[0-9a-f]{16}">/, `${name}: ${action}`);
			}
		}
		assert.ok(count > 30, `${count} forms`);
	});

	it("load nothing from other sites, and have no inline script or style", () => {
		for (const [name, page] of [...hostilePages(), ["a portal", portalPage(portal(), "lan")] as const]) {
			for (const { name: tag, attributes } of tags(text(page))) {
				assert.doesNotMatch(attributes.replace(/"[^"]*"/g, '""'), /\sstyle=|\son\w+=/i, `${name}: ${tag}`);
				if (tag === "link" || tag === "script")
					assert.match(attributes, /(href|src)="(\/[a-z.]+|data:,)"/, `${name}: ${tag}`);
			}
		}
		assert.doesNotMatch(SCRIPT + STYLESHEET, /https?:|url\(|@import|eval\(/);
	});

	it("declare their language, and have one h1, one main, and a label for each field", () => {
		for (const [name, page] of hostilePages()) {
			const html = text(page);
			assert.ok(html.includes(`<html lang="${MESSAGES.lang}">`), name);
			const found = tags(html);
			for (const one of ["h1", "main", "title"])
				assert.equal(found.filter((tag) => tag.name === one).length, 1, `${name}: ${one}`);
			const fields = found.filter(
				({ name: tag, attributes }) => /^(input|select)$/.test(tag) && !/"hidden"|aria-label=/.test(attributes),
			);
			assert.equal(html.match(/<label>[^<]*<(input|select)/g)?.length ?? 0, fields.length, `${name}: labels`);
		}
	});
});
