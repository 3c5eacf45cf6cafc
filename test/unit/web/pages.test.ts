import assert from "node:assert/strict";
import { utf8Encode } from "../../../src/base/text";
import type { HttpReply } from "../../../src/http/http-request";
import { CAMERA_SCHEMA } from "../../../src/settings/camera-schema";
import { settingInputs } from "../../../src/settings/changed-settings";
import { type CameraView, cameraPage, rateOf } from "../../../src/web/camera-page";
import { filesPage } from "../../../src/web/files-page";
import { fleetPage } from "../../../src/web/fleet-page";
import { linkPage } from "../../../src/web/link-page";
import { loginPage } from "../../../src/web/login-page";
import { MESSAGES } from "../../../src/web/messages";
import { type NasCamera, type NasView, nasPage } from "../../../src/web/nas-page";
import { type OtherCamera, otherCameraPage } from "../../../src/web/other-camera-page";
import type { Page } from "../../../src/web/page";
import { SCRIPT } from "../../../src/web/page-script";
import { STYLESHEET } from "../../../src/web/page-style";
import { type PortalCamera, type PortalView, portalJson, portalPage } from "../../../src/web/portal-page";
import { faultPage } from "../../../src/web/refusal";
import { restartPage } from "../../../src/web/restart-page";
import { type SettingsPageView, settingsPage } from "../../../src/web/settings-page";

const LINKS = [
	{ path: "/portal", url: "http://192.168.0.11:8000/?pass=v1", label: "Cameras" },
	{ path: "/camera", url: "/camera", label: "This camera" },
];
const OWNER = { owner: true, session: true, links: LINKS };
const VIEWER = { owner: false, session: true, links: LINKS };
const ID = "0123456789abcdef";
const HOSTILE = `"><script>alert('1')</script><img src=x onerror=alert(2)>&amp;`;

function text(page: Page): string {
	return page.body.parts.join("");
}

function camera(change: Partial<PortalCamera> = {}): PortalCamera {
	return {
		id: ID,
		boot: 7,
		name: "Garden",
		lanUrl: "http://192.168.0.12:8000/",
		internetUrl: "http://198.20.0.1:8081/",
		representative: false,
		self: false,
		page: "http://198.20.0.1:8081/",
		ticket: "",
		pass: "",
		health: "ok",
		...change,
	};
}

function portal(change: Partial<PortalView> = {}): PortalView {
	return { visitor: OWNER, cameras: [camera({ self: true }), camera()], notices: [], ...change };
}

const CAMERA: CameraView = {
	visitor: OWNER,
	id: "0123456789abcdef",
	name: "Garden",
	drive: { presets: ["Door", "Gate"], patrol: false },
	quality: 70,
	notices: [],
	facts: [["Router", "A router"]],
	extra: "",
};

const SETTINGS: SettingsPageView = {
	visitor: OWNER,
	id: "0123456789abcdef",
	name: "Garden",
	mapping: true,
	pinOff: false,
	inputs: settingInputs(CAMERA_SCHEMA, { "representative-ports": "8080,18080" }),
	pinned: false,
	pending: true,
	date: "",
	canSetTime: true,
	version: "1.2.3",
	kind: "node",
	canRestart: true,
};

const RECORDED: NasCamera = {
	key: "garden",
	title: "Garden",
	mode: "event",
	why: undefined,
	trouble: undefined,
	octets: 7_340_000_000,
	from: Date.UTC(2026, 10, 26, 17, 40),
};

const NAS: NasView = {
	visitor: OWNER,
	id: ID,
	name: "NAS",
	notices: [],
	isOpening: false,
	recordings: 35_300_000_000,
	locked: 1_200_000_000,
	free: 400_000_000_000,
	total: 1_000_000_000_000,
	from: Date.UTC(2026, 9, 27),
	limits: { octets: 500_000_000_000, days: 30, free: 2_000_000_000 },
	cameras: [RECORDED],
	facts: [],
};

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
				date: HOSTILE,
				version: HOSTILE,
				kind: HOSTILE,
				inputs: settingInputs(CAMERA_SCHEMA, { "host-name": HOSTILE, "http-port": HOSTILE }),
			}),
		],
		["restart", restartPage(ID, 7, HOSTILE)],
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
		["link", linkPage(HOSTILE, 24, OWNER)],
		[
			"nas",
			nasPage({
				...NAS,
				name: HOSTILE,
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
		["fault", faultPage(HOSTILE, HOSTILE)],
	];
}

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

	it("escape all foreign text (IMG-14, IMG-15)", () => {
		for (const [name, page] of hostilePages()) {
			const html = text(page);
			assert.ok(html.includes("&lt;script&gt;"), `${name} shows the text`);
			const found = tags(html);
			assert.equal(found.filter((tag) => tag.name === "script").length, 1, `${name}: the one script is ours`);
			assert.ok(!html.includes("<img src=x"), name);
			for (const { attributes } of found)
				assert.doesNotMatch(attributes.replace(/"[^"]*"/g, '""'), /\son\w+\s*=/i, name);
		}
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

	it("take less than 40 kB, all of them together with style and script", () => {
		const whole = [
			STYLESHEET,
			SCRIPT,
			text(portalPage(portal(), "lan")),
			text(cameraPage(CAMERA)),
			text(settingsPage(SETTINGS)),
			text(fleetPage({ sealed: false, code: "ABCD-EFGH-JKLM-NPQR", outcome: "" }, OWNER, ID)),
			text(loginPage("", false)),
			text(faultPage("A name has 1 to 48 letters.", "/settings")),
			text(restartPage(ID, 7, HOSTILE)),
			text(linkPage("http://198.20.0.1:8080/?link=0123456789", 24, OWNER)),
		];
		const octets = whole.reduce((sum, part) => sum + utf8Encode(part).length, 0);
		assert.ok(octets < 40_000, `${octets} octets`);
	});

	it("declare their language, and have one h1, one main, and a label for each field", () => {
		for (const [name, page] of hostilePages()) {
			const html = text(page);
			assert.ok(html.includes(`<html lang="${MESSAGES.lang}">`), name);
			const found = tags(html);
			for (const one of ["h1", "main", "title"])
				assert.equal(found.filter((tag) => tag.name === one).length, 1, `${name}: ${one}`);
			const fields = found.filter(
				({ name: tag, attributes }) => /^(input|select)$/.test(tag) && !/"hidden"/.test(attributes),
			);
			assert.equal(html.match(/<label>[^<]*<(input|select)/g)?.length ?? 0, fields.length, `${name}: labels`);
		}
	});
});

describe("web/portal-page", () => {
	it("shows stills that the script refreshes, and live video without script (IMG-14, IMG-16)", () => {
		const html = text(portalPage(portal(), "internet"));
		for (const [still, live] of [
			["/snapshot.jpg", "/stream.mjpeg?fps=5"],
			["http://198.20.0.1:8081/snapshot.jpg", "http://198.20.0.1:8081/stream.mjpeg?fps=5"],
		]) {
			assert.ok(html.includes(`<img class="still" src="${still}"`), still);
			assert.ok(html.includes(`<noscript><img src="${live}"`), live);
		}
		assert.equal(html.match(/loading="lazy"/g)?.length, 2);
	});

	it("shows passes in the addresses of pictures only; a ticket is made when a link is followed (IMG-14)", () => {
		const cameras = [camera({ page: "/to/0123456789abcdef", ticket: "o.k3.ff", pass: "p.k3.ee" })];
		const html = text(portalPage(portal({ cameras }), "internet"));
		assert.ok(html.includes('href="/to/0123456789abcdef"'));
		assert.ok(!html.includes("o.k3.ff"));
		assert.ok(html.includes('src="http://198.20.0.1:8081/snapshot.jpg?pass=p.k3.ee"'));
		assert.ok(html.includes('src="http://198.20.0.1:8081/stream.mjpeg?pass=p.k3.ee&amp;fps=5"'));
		assert.ok(html.includes(">http://198.20.0.1:8081/</a>"));
		const json = portalJson(portal({ cameras }), "internet");
		const [first] = (json as { cameras: Record<string, string>[] }).cameras;
		assert.equal(first["url"], "http://198.20.0.1:8081/");
		assert.equal(first["link"], "http://198.20.0.1:8081/?pass=o.k3.ff");
		assert.equal(first["snapshot"], "http://198.20.0.1:8081/snapshot.jpg?pass=p.k3.ee");
		assert.equal(first["live"], "http://198.20.0.1:8081/stream.mjpeg?pass=p.k3.ee");
	});

	for (const [health, words] of Object.entries(MESSAGES.health)) {
		it(`shows the state of a camera: ${health}`, () => {
			const html = text(
				portalPage(portal({ cameras: [camera({ health: health as keyof typeof MESSAGES.health })] }), "lan"),
			);
			assert.ok(html.includes(`<p class="health" data-health="${health}">${words}</p>`));
		});
	}

	it("says since when a camera has not been heard, and lets the owner remove it (C3)", () => {
		const absent = { health: "silent", lanUrl: "", internetUrl: "", page: "" } as const;
		const since = Date.UTC(2026, 10, 26, 17, 5);
		const html = text(portalPage(portal({ cameras: [camera({ ...absent, lastSeen: since })] }), "lan"));
		assert.match(html, /Offline since <time datetime="2026-11-26T17:05:00.000Z">Thu, 26 Nov 2026 17:05:00 GMT<\/time>/);
		assert.ok(html.includes('action="/api/v1/cameras/0123456789abcdef/forget"'));
		assert.doesNotMatch(html, /<img|action="[^"]*\/name"/);
		const unknown = text(portalPage(portal({ cameras: [camera({ ...absent, lastSeen: 0 })] }), "lan"));
		assert.ok(unknown.includes(`data-health="silent">${MESSAGES.portal.absent}</p>`), unknown);
		const viewer = text(
			portalPage(portal({ visitor: VIEWER, cameras: [camera({ ...absent, lastSeen: since })] }), "lan"),
		);
		assert.doesNotMatch(viewer, /forget/);
	});

	it("shows the storage of a NAS in place of a picture (STR-27)", () => {
		const nas = camera({ page: "/to/0123456789abcdef", storage: [353, 18_630, 20_418] });
		const html = text(portalPage(portal({ cameras: [nas] }), "internet"));
		assert.match(html, /<a href="\/to\/0123456789abcdef">35.3 GB used, 1863 GB free, recorded since: 2025-11-26<\/a>/);
		assert.doesNotMatch(html, /<img/);
		const failed = text(portalPage(portal({ cameras: [{ ...nas, health: "no-pictures" }] }), "internet"));
		assert.match(failed, />Recording failed<\/p>/);
		const own = text(portalPage(portal({ cameras: [{ ...nas, self: true, page: "/timeline" }] }), "internet"));
		assert.match(own, /<a href="\/timeline">/);
	});

	it("lists a NAS apart from the cameras, for programs that show pictures (STR-27)", () => {
		const cameras = [camera({ self: true }), camera({ storage: [353, 18_630, 20_418] }), camera({ storage: [] })];
		const json = portalJson(portal({ cameras }), "internet") as Record<string, Record<string, unknown>[]>;
		assert.equal(json["cameras"].length, 1);
		assert.deepEqual(
			json["nas"].map(({ storage }) => storage),
			[[353, 18_630, 20_418]],
		);
	});

	it("shows when a camera is not viewable from the Internet", () => {
		const html = text(
			portalPage(portal({ cameras: [camera({ internetUrl: "", health: "unreachable" })] }), "internet"),
		);
		assert.ok(html.includes(MESSAGES.portal.noPicture));
		assert.doesNotMatch(html, /<img/);
	});

	it("has a banner for each obstacle to remote access, with the remedy", () => {
		const notices = [{ message: "No router.", remedy: "Buy one.", serious: true }];
		const html = text(portalPage(portal({ notices }), "lan"));
		assert.match(
			html,
			/class="banner"[^>]*><h2[^>]*>Not reachable[^<]*<\/h2><p><strong>No router\.<\/strong> Buy one\./,
		);
		assert.ok(!text(portalPage(portal(), "lan")).includes('class="banner"'));
	});

	it("lets only owners rename", () => {
		assert.ok(text(portalPage(portal(), "lan")).includes('action="/api/v1/cameras/0123456789abcdef/name"'));
		const html = text(portalPage(portal({ visitor: VIEWER }), "lan"));
		assert.deepEqual(html.match(/action="[^"]*"/g), ['action="/logout"']);
		assert.doesNotMatch(html, /\/settings|\/fleet/);
	});
});

describe("web/other-camera-page", () => {
	const FORM = new Map([
		["camera", "fedcba9876543210"],
		["http-port", "8123"],
		["host-name", "cams.example.org"],
		["password", "correct horse"],
		["again", "correct horse"],
		["code", "ABCD-EFGH-JKLM-NPQR"],
	]);
	const shown = (camera: OtherCamera | undefined, page = "/settings") => text(otherCameraPage(FORM, camera, page));

	it("shows what was entered, without secrets, and leads to the same page of the camera that the form was made by", () => {
		const html = shown({ name: "Garden", url: "http://198.20.0.1:8081/", ticket: "o.k3.ff" });
		assert.ok(html.includes('href="http://198.20.0.1:8081/settings?pass=o.k3.ff"'), html);
		assert.ok(html.includes("<dt>http-port</dt><dd>8123</dd><dt>host-name</dt><dd>cams.example.org</dd></dl>"), html);
		assert.doesNotMatch(html, /correct horse|ABCD|fedcba/);
		const other = shown({ name: "Garden", url: "http://198.20.0.1:8081/", ticket: "o.k3.ff" }, "/camera?fps=5");
		assert.ok(other.includes('href="http://198.20.0.1:8081/camera?fps=5&amp;pass=o.k3.ff"'), other);
	});

	it("leads to the list of cameras while that camera can't be reached", () => {
		for (const camera of [undefined, { name: "Garden", url: "", ticket: "" }]) {
			assert.ok(shown(camera).includes('href="/portal"'));
			assert.doesNotMatch(shown(camera), /http:/);
		}
	});
});

describe("web/camera-page", () => {
	it("offers frame rates as links, without script (IMG-16)", () => {
		const html = text(cameraPage(CAMERA, 5));
		assert.ok(html.includes('src="/stream.mjpeg?fps=5"'));
		assert.ok(html.includes('<a href="?fps=5" aria-current="true">'));
		assert.ok(text(cameraPage(CAMERA)).includes('src="/stream.mjpeg"'));
	});

	for (const [asked, rate] of [
		["", 0],
		["5", 5],
		["10", 10],
		["7", 0],
		["-1", 0],
		["x", 0],
		["1e1", 10],
	] as const) {
		it(`reads fps=${asked} as ${rate}`, () => assert.equal(rateOf(new Map([["fps", asked]])), rate));
	}

	it("has forms that move the camera, and go to, save, remove and patrol presets (IMG-18)", () => {
		const html = text(cameraPage(CAMERA));
		for (const field of [
			'name="pan" value="-10"',
			'name="tilt" value="10"',
			'name="home" value="yes"',
			'name="preset" value="Door"',
			'name="remove" value="Gate"',
			'name="patrol" value="on"',
			'name="save" maxlength="24"',
			'name="quality"',
		])
			assert.ok(html.includes(field), field);
		const patrolling = text(cameraPage({ ...CAMERA, drive: { presets: [], patrol: true } }));
		assert.ok(patrolling.includes('name="patrol" value="off"'));
	});

	it("shows viewers the video, without the owner's controls and facts", () => {
		const html = text(cameraPage({ ...CAMERA, visitor: VIEWER, extra: "<b>extra</b>" }));
		assert.deepEqual(html.match(/action="[^"]*"/g), ['action="/logout"']);
		assert.doesNotMatch(html, /A router|extra|data-moves/);
		assert.match(html, /id="live".*download="Garden\.jpg"/s);
	});

	it("has no controls for functions that the camera lacks", () => {
		const html = text(cameraPage({ ...CAMERA, drive: undefined, quality: undefined }));
		assert.doesNotMatch(html, /\/api\/v1\/(motion|picture)|tabindex/);
	});
});

describe("web/settings-page", () => {
	it("has a form for each setting (IMG-7, IMG-15)", () => {
		const actions = text(settingsPage(SETTINGS)).match(/action="[^"]*"/g) ?? [];
		assert.deepEqual(
			[...new Set(actions)].sort(),
			[
				'action="/api/v1/cameras/0123456789abcdef/name"',
				'action="/api/v1/links"',
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

	it("tells the port after a restart that changes it, as the script can't follow there", () => {
		assert.ok(text(restartPage(ID, 7, "realm", "8123")).includes(MESSAGES.restart.port("8123")));
		assert.ok(!text(restartPage(ID, 7, "realm")).includes("internal port"));
	});

	it("explains that a password set at startup cannot be changed here", () => {
		const html = text(settingsPage({ ...SETTINGS, pinned: true }));
		assert.ok(!html.includes("/api/v1/password"));
		assert.ok(html.includes(MESSAGES.settings.passwordsPinned));
	});

	it("offers to set the clock only if the camera does not know the time", () => {
		const html = text(settingsPage({ ...SETTINGS, date: "Sat, 21 Nov 2026 12:00:00 GMT" }));
		assert.ok(html.includes("Sat, 21 Nov 2026 12:00:00 GMT"));
		assert.ok(!html.includes("/api/v1/time"));
	});

	for (const [kind, words] of Object.entries(MESSAGES.updates)) {
		it(`says how ${kind} is updated`, () =>
			assert.ok(text(settingsPage({ ...SETTINGS, kind })).includes(words.replace("'", "&#39;"))));
	}
});

describe("web/login-page", () => {
	it("is self-contained, and its policy allows only its own style and script", () => {
		let policy = "";
		loginPage("wrong", false).replyWith(
			{
				text: (_status: number, _type: string, _body: unknown, headers: readonly (readonly [string, string])[]) => {
					policy = headers.find(([name]) => name === "Content-Security-Policy")?.[1] ?? "";
				},
			} as unknown as HttpReply,
			401,
			[],
		);
		assert.match(policy, /^default-src 'none'; style-src 'sha256-[^ ;]+'; script-src 'sha256-[^ ;]+';/);
		assert.match(policy, /frame-ancestors 'none'$/);
		assert.doesNotMatch(policy, /unsafe/);
	});

	it("explains the error, and whether the connection is encrypted", () => {
		const shown = (html: string) => [...html.matchAll(/<p id="(\w+)" role="alert">/g)].map(([, id]) => id);
		assert.deepEqual(shown(text(loginPage("", true))), []);
		assert.deepEqual(shown(text(loginPage("wrong", true))), ["wrong"]);
		assert.deepEqual(shown(text(loginPage("wait", true))), ["wait"]);
		assert.ok(text(loginPage("", false)).includes(MESSAGES.login.plainForm));
		assert.ok(!text(loginPage("", true)).includes("encrypted"));
	});
});

describe("web/fleet-page", () => {
	it("offers to create a key or join without a key, and a join code with one", () => {
		const open = text(fleetPage({ sealed: false, code: "", outcome: "" }, OWNER, ID));
		const sealed = text(fleetPage({ sealed: true, code: "", outcome: "" }, OWNER, ID));
		assert.match(open, /\/api\/v1\/fleet\/key.*\/api\/v1\/fleet\/join/s);
		assert.doesNotMatch(open, /invite/);
		assert.match(sealed, /\/api\/v1\/fleet\/invite/);
		assert.doesNotMatch(sealed, /fleet\/(key|join)/);
	});
});

describe("web/nas-page", () => {
	it("shows the space, what is kept, and the cameras with their modes (STR-27)", () => {
		const html = text(nasPage(NAS));
		assert.match(html, /<meter min="0" max="100" high="90" value="60" aria-label="60 % of the disk are used">/);
		assert.match(html, /<dt>Recordings<\/dt><dd>35.3 GB<\/dd><dt>of these locked<\/dt><dd>1.2 GB<\/dd>/);
		assert.match(html, /<dd>400 GB free of 1.0 TB<\/dd>/);
		assert.match(html, /<dd>2.0 GB of the disk stay free; at most 500 GB; at most 30 days<\/dd>/);
		assert.match(html, /<a href="\/timeline\?camera=garden" aria-label="Timeline of Garden">Garden<\/a>/);
		assert.match(html, /data-health="ok">Recording<\/p>/);
		assert.match(html, /<option value="event" selected>On events<\/option>/);
		assert.match(html, /action="\/api\/v1\/recordings\/garden\/stop"/);
	});

	it("shows a viewer the modes, and no forms (STR-27)", () => {
		const html = text(nasPage({ ...NAS, visitor: VIEWER }));
		assert.match(html, /<dt>Record<\/dt><dd>On events<\/dd>/);
		assert.doesNotMatch(html.split("<main>")[1], /<form/);
	});

	const cases: readonly (readonly [NasCamera["why"], string, string])[] = [
		["source", "no-pictures", "No pictures"],
		["storage", "no-pictures", "Storage failed"],
		["waiting", "unreachable", "Waiting"],
		["off", "unreachable", "Off"],
	];
	for (const [why, health, words] of cases) {
		it(`says why a camera is not being recorded: ${why}`, () => {
			const html = text(nasPage({ ...NAS, cameras: [{ ...RECORDED, why, trouble: "401 Unauthorized" }] }));
			assert.ok(html.includes(`data-health="${health}">${words} <span class="hint">401 Unauthorized</span>`), html);
			assert.match(html, /Record 5 minutes/);
		});
	}

	it("takes less than 4 kB with one camera, and 1.5 kB for each further one", () => {
		const one = text(nasPage(NAS)).length;
		const two = text(nasPage({ ...NAS, cameras: [RECORDED, RECORDED] })).length;
		assert.ok(one < 4000 && two - one < 1500, `${one} and ${two}`);
	});
});
