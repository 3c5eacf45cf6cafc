import assert from "node:assert/strict";
import { type DevicesView, devicesPage, type ShownDevice } from "../../../src/web/devices-page";

const DEVICE: ShownDevice = {
	id: "14d957c4f6f78bd3",
	name: "Garden",
	group: "Outside",
	kind: "camera",
	model: "node",
	version: "0.1.0",
	health: "ok",
	lastSeen: 1795772400000,
	uptime: 93_600,
	width: 1280,
	height: 720,
	path: "mapped",
	address: "192.168.0.12",
	representative: false,
	self: false,
};

const VIEW: DevicesView = {
	visitor: { owner: true, session: true, links: [], device: "Porch" },
	id: "0123456789abcdef",
	boot: 7,
	isSealed: true,
	notices: [],
	devices: [DEVICE],
	settings: [
		{ name: "priority", help: "how fit it is", group: "Succession" },
		{ name: "rtsp-port", help: "port for players", group: "Stream server" },
		{ name: "heartbeat", help: "how often", group: "Succession", unit: "milliseconds" },
	],
	job: undefined,
};

const htmlOf = (more: Partial<DevicesView> = {}) => devicesPage({ ...VIEW, ...more }).body.parts.join("");
const rowOf = (more: Partial<ShownDevice>) =>
	/<tbody>(.*)<\/tbody>/.exec(htmlOf({ devices: [{ ...DEVICE, ...more }] }))?.[1] ?? "";

describe("web/devices-page", () => {
	it("lists each device with what is known of it, and orders numbers as such", () => {
		const row = rowOf({});
		for (const text of [
			'<a href="/to/14d957c4f6f78bd3">Garden</a>',
			"Camera (node)",
			"0.1.0",
			'data-order="3232235532">192.168.0.12',
			'data-order="921600">1280 × 720',
			'data-order="93600">1 d 2 h',
			"port on the router",
			'<time data-short datetime="2026-11-27T09:40:00.000Z">2026-11-27 09:40 UTC</time>',
			'data-health="ok">OK',
		])
			assert.ok(row.includes(text), `${text}\n${row}`);
	});

	it("says what is not known, and leads to no device that is offline", () => {
		const row = rowOf({
			health: "silent",
			version: null,
			uptime: null,
			width: null,
			height: null,
			path: null,
			lastSeen: null,
		});
		assert.equal(row.split("not known").length - 1, 5);
		assert.match(row, /Offline/);
		assert.doesNotMatch(row, /href=/);
	});

	it("escapes what other devices say of themselves", () => {
		const hostile = '"><script>alert(1)</script>';
		const devices = [{ ...DEVICE, name: hostile, group: hostile, model: hostile, version: hostile, address: hostile }];
		const job = {
			action: "restart",
			begun: null,
			isOver: true,
			summary: hostile,
			devices: [{ id: hostile, name: hostile, state: "failed", message: hostile }],
		} as const;
		assert.ok(!htmlOf({ devices, job }).includes("<script>alert"));
	});

	it("has nothing to change in a fleet without a key, and says why", () => {
		const html = htmlOf({ isSealed: false });
		assert.match(html, /no common key/);
		assert.doesNotMatch(html, /type="checkbox"|action="\/api/);
	});

	it("shows how the last action went without script too", () => {
		const devices = [{ id: DEVICE.id, name: "Garden", state: "failed", message: "It did not answer." }] as const;
		const html = htmlOf({
			job: { action: "restart", begun: null, isOver: true, summary: "0 done, 1 failed", devices },
		});
		assert.match(html, /The last action: <span>Restart<\/span>/);
		assert.match(
			html,
			/data-state="failed"><b>Garden<\/b> <span class="badge">failed<\/span> <span>It did not answer\./,
		);
	});

	it("names the settings shortly, by groups, and says apart what each is for", () => {
		const html = htmlOf();
		assert.ok(
			html.includes(
				'<optgroup label="Succession"><option value="priority" data-about="How fit it is.">Priority</option><option value="heartbeat" data-about="How often.">Heartbeat (milliseconds)</option></optgroup><optgroup label="Stream server"><option value="rtsp-port" data-about="Port for players.">RTSP port</option></optgroup>',
			),
			html,
		);
	});

	it("asks before each action, and offers all devices where no script chooses them", () => {
		const html = htmlOf();
		for (const kind of ["rename", "restart", "setting", "password"]) assert.match(html, new RegExp(` data-${kind}="`));
		assert.match(
			html,
			/<select name="devices"><option value="all" selected>All devices<\/option><option value="14d957c4f6f78bd3">/,
		);
	});
});
