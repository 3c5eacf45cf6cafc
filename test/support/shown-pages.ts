import { CAMERA_SCHEMA } from "../../src/settings/camera-schema";
import { settingInputs } from "../../src/settings/changed-settings";
import type { CameraView } from "../../src/web/camera-page";
import type { NasCamera, NasView } from "../../src/web/nas-page";
import type { Page } from "../../src/web/page";
import type { PortalCamera, PortalView } from "../../src/web/portal-view";
import type { SettingsPageView } from "../../src/web/settings-page";
import type { ShownHome } from "../../src/web/view-page";

const LINKS = [
	{ path: "/portal", url: "http://192.168.0.11:8000/?pass=v1", label: "Cameras" },
	{ path: "/camera", url: "/camera", label: "This camera" },
];
/** An owner who has logged in. */
export const OWNER = { owner: true, session: true, links: LINKS };
/** A viewer who has logged in. */
export const VIEWER = { owner: false, session: true, links: LINKS };
/** The identity of the device that the pages are of. */
export const ID = "0123456789abcdef";
/** Text from elsewhere that would be markup if it were not escaped. */
export const HOSTILE = `"><script>alert('1')</script><img src=x onerror=alert(2)>&amp;`;

/** The HTML of a page. */
export function text(page: Page): string {
	return page.body.parts.join("");
}

/** Makes a camera of the portal. */
export function camera(change: Partial<PortalCamera> = {}): PortalCamera {
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

/** What `porthole view` shows of a home with one device. */
export const SHOWN_HOME: ShownHome = {
	home: "Cabin",
	portal: "http://localhost:8088/?link=vu.t9.0123",
	shownBy: ID,
	isAny: true,
	devices: [
		{
			id: ID,
			name: "Garden",
			state: "connected",
			isKept: true,
			reason: "",
			isRevoked: false,
			steps: [],
			path: "punched",
			address: "203.0.113.9:64402",
			roundTrip: 41,
			sent: 34_500,
			received: 1_234_000,
			since: "2026-11-27T17:40:00.000Z",
			pages: "http://garden.localhost:8088/?link=vu.t9.0123",
			players: "rtsp://localhost:8560/live?link=vu.t9.0123",
		},
	],
};

/** Makes what a portal of two cameras shows. */
export function portal(change: Partial<PortalView> = {}): PortalView {
	return { visitor: OWNER, cameras: [camera({ self: true }), camera()], notices: [], ...change };
}

/** What a camera's own page shows. */
export const CAMERA: CameraView = {
	visitor: OWNER,
	id: "0123456789abcdef",
	name: "Garden",
	drive: { presets: ["Door", "Gate"], patrol: false },
	picture: {
		quality: 70,
		resolution: "auto",
		resolutions: ["auto", "1280x720"],
		brightness: 10,
		flip: "both",
	},
	notices: [],
	facts: [["Router", "A router"]],
	hasEvents: true,
	isMapping: true,
	addresses: [
		{
			kind: "snapshot",
			lan: "http://192.168.0.11:8000/snapshot.jpg",
			internet: "http://198.20.0.1:8080/snapshot.jpg",
			takesLink: true,
		},
		{ kind: "rtsp", lan: "rtsp://192.168.0.11:8554/live", internet: "", takesLink: true },
	],
	extra: "",
};

/** What the settings page shows. */
export const SETTINGS: SettingsPageView = {
	visitor: OWNER,
	id: "0123456789abcdef",
	name: "Garden",
	links: [{ id: "01234567", name: "Grandma", made: 1.79e12, until: 1.8e12, used: null }],
	linksAreLocal: true,
	mapping: true,
	pinOff: false,
	inputs: settingInputs(CAMERA_SCHEMA, { "representative-ports": "8080,18080" }),
	pinned: false,
	pending: ["http-port", "priority"],
	device: "camera",
	utc: undefined,
	canSetTime: true,
	version: "1.2.3",
	kind: "node",
	canRestart: true,
};

/** A camera that a NAS records. */
export const RECORDED: NasCamera = {
	key: "garden",
	title: "Garden",
	mode: "event",
	why: undefined,
	trouble: undefined,
	octets: 7_340_000_000,
	from: Date.UTC(2026, 10, 26, 17, 40),
};

/** What the page of a NAS shows. */
export const NAS: NasView = {
	visitor: OWNER,
	id: ID,
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
