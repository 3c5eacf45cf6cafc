import assert from "node:assert/strict";
import { utf8Encode } from "../../../src/base/text";
import { type ShownConnection, viewPage, waitingPage } from "../../../src/web/view-page";
import { VIEW_SCRIPT } from "../../../src/web/view-script";
import { HOSTILE, ID, SHOWN_HOME, text } from "../../support/shown-pages";

const [CONNECTED] = SHOWN_HOME.devices;
/** The page of one device. */
const page = (change: Partial<ShownConnection> = {}): string =>
	text(viewPage({ ...SHOWN_HOME, devices: [{ ...CONNECTED, ...change }] }));

describe("web/view-page", () => {
	for (const [path, words] of [
		["lan", "in the same network"],
		["mapped", "by a mapped port"],
		["punched", "directly, through the NATs"],
		["relayed", "through a TURN server"],
	] as const) {
		it(`names the way in use: ${path} (ONE-1)`, () => {
			assert.ok(page({ path }).includes(`<dd>${words} (203.0.113.9:64402)</dd>`));
		});
	}

	it("says which device shows the home, and whether another one takes its place (ONE-6)", () => {
		const two = { ...SHOWN_HOME, devices: [CONNECTED, { ...CONNECTED, id: "0011223344556677", name: "Attic" }] };
		assert.match(text(viewPage(two)), /Shown by Garden\. If it is lost, another device/);
		assert.match(page(), /Shown by Garden\. It is the only device of this home at the rendezvous server\./);
		assert.match(text(viewPage({ ...SHOWN_HOME, isAny: false })), /Shown by Garden\.<\/p>/);
	});

	it("shows round trip, octets both ways, and since when", () => {
		const html = page();
		for (const part of ["<dd>41 ms</dd>", "<dd>1.2 MB, 34.5 kB</dd>", '<time datetime="2026-11-27T17:40:00.000Z">'])
			assert.ok(html.includes(part), part);
		assert.ok(page({ roundTrip: 0, since: "" }).includes("not known yet"));
	});

	it("shows how far it has come, and why it failed", () => {
		const steps = [{ seconds: 0.041, step: "server", detail: "meet.example.org answers" }] as const;
		const connecting = page({ state: "connecting", reason: "it was off", steps });
		assert.match(
			connecting,
			/Connecting<\/p><p>Before: it was off\.<\/p><ul[^>]*><li>0\.041 s: server: meet\.example\.org answers<\/li>/,
		);
		assert.match(
			page({ state: "failed", reason: "it was off" }),
			/Can&#39;t be reached<\/p><p>It is tried again\. Last time: it was off\./,
		);
		assert.match(page({ state: "failed", reason: "it was off", isKept: false }), /<p>Last time: it was off\./);
		assert.match(page({ state: "idle" }), /Not connected\. /);
	});

	it("says that the pairing was revoked, whether or not there is a connection (ONE-1)", () => {
		for (const state of ["connected", "idle"] as const)
			assert.match(page({ state, isRevoked: true }), /<p class="notice">The owner has revoked this pairing/);
		assert.doesNotMatch(page({ state: "idle", isRevoked: true }), /Nobody has opened it/);
		assert.doesNotMatch(page(), /revoked/);
	});

	it("has buttons that copy the addresses, also of players where there are any", () => {
		assert.equal(page().split("data-copied=").length - 1, 3);
		assert.equal(page({ players: "" }).split("data-copied=").length - 1, 2);
	});

	it("follows what happens without script too, which does not take away what is selected", () => {
		assert.match(page(), /<noscript><meta http-equiv="refresh" content="5"><\/noscript>/);
		const live = [...page().matchAll(/id="([^"]+)"[^>]* data-live/g)].map(([, id]) => id);
		assert.deepEqual(live, ["shown", `state-${ID}`]);
	});

	it("takes less than 12 kB with 6 devices, and its script 2 kB", () => {
		const devices = Array.from({ length: 6 }, (_, i) => ({ ...CONNECTED, id: `${i}`.padStart(16, "0") }));
		const { length } = utf8Encode(text(viewPage({ ...SHOWN_HOME, devices })));
		assert.ok(length < 12_000, `${length} octets`);
		assert.ok(VIEW_SCRIPT.length < 2000, `${VIEW_SCRIPT.length} octets of script`);
		assert.doesNotMatch(VIEW_SCRIPT, /https?:|eval\(|innerHTML/);
	});
});

describe("web/view-page: in place of a device", () => {
	it("asks for the same address again, sooner while the device is being connected", () => {
		const connecting = text(waitingPage("Garage", "", [], "http://view.localhost:8088/"));
		assert.match(connecting, /<meta http-equiv="refresh" content="1">[\s\S]*It is being connected\./);
		const failed = text(waitingPage("Garage", "it may be off", [], "http://view.localhost:8088/"));
		assert.match(failed, /<meta http-equiv="refresh" content="3">[\s\S]*It can&#39;t be reached: it may be off\./);
		assert.match(failed, /<a class="button" href="http:\/\/view\.localhost:8088\/">/);
	});

	it("fits into the buffer of a connection as a whole, and shows foreign text as text", () => {
		const steps = Array.from({ length: 16 }, () => ({ seconds: 1, step: "found", detail: HOSTILE }) as const);
		const html = text(waitingPage(HOSTILE, HOSTILE, steps, "http://view.localhost:8088/"));
		assert.ok(utf8Encode(html).length < 8000, `${html.length}`);
		assert.doesNotMatch(html, /<script|<img/);
	});
});
