import assert from "node:assert/strict";
import { STYLESHEET } from "../../../src/web/page-style";
import { PORTAL_MESSAGES } from "../../../src/web/portal-messages";
import { portalJson, portalPage } from "../../../src/web/portal-page";
import { camera, OWNER, portal, text, VIEWER } from "../../support/shown-pages";

describe("web/portal-page", () => {
	it("a page of 20 cameras, whose texts are words, takes little memory (IMG-14)", () => {
		const cameras = Array.from({ length: 20 }, (_, i) => {
			const [id, lanUrl] = [`${i}`.padStart(16, "0"), `http://192.168.0.${i + 10}:8000/`];
			const lanRtsp = `rtsp://192.168.0.${i + 10}:8554/live`;
			const internetRtsp = `rtsp://198.20.0.1:${8080 + i}/live`;
			return camera({ id, name: `Camera ${i}`, lanUrl, page: lanUrl, lanRtsp, internetRtsp, isOpen: true, pass: "" });
		});
		const { body } = portalPage(portal({ cameras, visitor: OWNER }), "lan");
		const stored = body.stored.reduce((sum, part) => sum + part.length, 0);
		assert.ok(stored < 14_000 && stored * 2 < body.octets, `${stored} of ${body.octets}: see PAGE_WORDS`);
	});

	it("shows stills that the script refreshes, and live video without script (IMG-14, IMG-16)", () => {
		const html = text(portalPage(portal(), "internet"));
		for (const [still, live] of [
			["/snapshot.jpg?width=320", "/stream.mjpeg?fps=5"],
			["http://198.20.0.1:8081/snapshot.jpg?width=320", "http://198.20.0.1:8081/stream.mjpeg?fps=5"],
		]) {
			assert.ok(html.includes(`<img class="still" src="${still}"`), still);
			assert.ok(html.includes(`<noscript><img src="${live}"`), live);
		}
		assert.equal(html.match(/loading="lazy"/g)?.length, 2);
	});

	it("has the public address as a QR code: the host's picture, or drawn by the script, without which it is not offered (ONE-3)", () => {
		const address = "http://198.20.0.1:8080/?a&b";
		const drawn = text(portalPage(portal({ address }), "lan"));
		assert.match(
			drawn,
			/<details class="still"><summary>QR code<.*data-qr="http:\/\/198\.20\.0\.1:8080\/\?a&amp;b"><\/div>/,
		);
		assert.match(STYLESHEET, /@media\(scripting:none\)\{\.still\b/);
		const sent = text(portalPage(portal({ address, qrCode: "/portal/qr.svg?for=x" }), "lan"));
		assert.match(sent, /<details><summary>QR code<.*<img class="qr" src="\/portal\/qr\.svg\?for=x"/);
		assert.match(text(portalPage(portal(), "lan")), /<section id="public" hidden><\/section>/);
	});

	it("shows passes in the addresses of pictures only; a ticket is made when a link is followed (IMG-14)", () => {
		const cameras = [camera({ page: "/to/0123456789abcdef", ticket: "o.k3.ff", pass: "p.k3.ee" })];
		const html = text(portalPage(portal({ cameras }), "internet"));
		assert.ok(html.includes('href="/to/0123456789abcdef"'));
		assert.ok(!html.includes("o.k3.ff"));
		assert.ok(html.includes('src="http://198.20.0.1:8081/snapshot.jpg?pass=p.k3.ee&amp;width=320"'));
		assert.ok(html.includes('src="http://198.20.0.1:8081/stream.mjpeg?pass=p.k3.ee&amp;fps=5"'));
		assert.ok(html.includes(">http://198.20.0.1:8081/</a>"));
		const json = portalJson(portal({ cameras }), "internet");
		const [first] = (json as { cameras: Record<string, string>[] }).cameras;
		assert.equal(first["url"], "http://198.20.0.1:8081/");
		assert.equal(first["link"], "http://198.20.0.1:8081/?pass=o.k3.ff");
		assert.equal(first["snapshot"], "http://198.20.0.1:8081/snapshot.jpg?pass=p.k3.ee");
		assert.equal(first["live"], "http://198.20.0.1:8081/stream.mjpeg?pass=p.k3.ee");
	});

	for (const [health, words] of Object.entries(PORTAL_MESSAGES.health)) {
		it(`shows the state of a camera: ${health}`, () => {
			const html = text(
				portalPage(portal({ cameras: [camera({ health: health as keyof typeof PORTAL_MESSAGES.health })] }), "lan"),
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
		assert.ok(unknown.includes(`data-health="silent">${PORTAL_MESSAGES.absent}</p>`), unknown);
		const viewer = text(
			portalPage(portal({ visitor: VIEWER, cameras: [camera({ ...absent, lastSeen: since })] }), "lan"),
		);
		assert.doesNotMatch(viewer, /forget/);
	});

	it("shows the storage of a NAS in place of a picture (STR-27)", () => {
		const nas = camera({ page: "/to/0123456789abcdef", storage: [353, 18_630, 20_418] });
		const html = text(portalPage(portal({ cameras: [nas] }), "internet"));
		assert.match(html, /<a href="\/to\/0123456789abcdef">35.3 GB used, 1863 GB free. Recordings since 2025-11-26<\/a>/);
		assert.doesNotMatch(html, /<img/);
		for (const [storage, words] of [
			[[0, 0, 0], "Nothing recorded yet"],
			[[0, 18_630, 0], "1863 GB free. Nothing recorded yet"],
			[[0, 18_630, 20_418], "Less than 0.1 GB used, 1863 GB free. Recordings since 2025-11-26"],
			[[5, 18_630, 0], "0.5 GB used, 1863 GB free. Nothing recorded yet"],
		] as const)
			assert.ok(
				text(portalPage(portal({ cameras: [{ ...nas, storage }] }), "internet")).includes(`>${words}</a>`),
				words,
			);
		const failed = text(portalPage(portal({ cameras: [{ ...nas, health: "no-pictures" }] }), "internet"));
		assert.match(failed, />Recording failed<\/p>/);
		const unused = text(
			portalPage(portal({ cameras: [{ ...nas, storage: [0, 9, 0], health: "no-pictures" }] }), "lan"),
		);
		assert.match(unused, /data-health="unreachable">Not recording yet<\/p>/);
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
		assert.ok(html.includes(PORTAL_MESSAGES.noPicture));
		assert.doesNotMatch(html, /<img/);
	});

	it("shows no picture of a camera that needs another login, and offers to add it (ONE-5)", () => {
		const cameras = [
			camera({ self: true, lanUrl: "http://192.168.0.11:8000/" }),
			camera({ id: "0123456789abcde0", page: "http://192.168.0.12:8000/", isOpen: true }),
		];
		const html = text(portalPage(portal({ cameras }), "lan"));
		const [, card] = html.split('<li data-id="0123456789abcde0"');
		assert.doesNotMatch(card.split("</li>")[0], /<img|data-shot/);
		assert.ok(
			card.includes(`><p class="hint">${PORTAL_MESSAGES.noTicket}</p>\n<h2><a href="http://192.168.0.12:8000/">`),
		);
		assert.equal(card.split(PORTAL_MESSAGES.noTicket).length, 2, "once");
		assert.ok(card.includes('action="/api/v1/cameras/0123456789abcde0/add"'));
		const viewer = text(portalPage(portal({ cameras, visitor: VIEWER }), "lan"));
		assert.ok(viewer.includes(PORTAL_MESSAGES.logInThere) && !viewer.includes(PORTAL_MESSAGES.noTicket));
	});

	it("shows the pictures of another port of its own host: the browser sends its login there too", () => {
		const own = camera({ self: true, internetUrl: "http://198.20.0.1:8080/" });
		const html = text(portalPage(portal({ cameras: [own, camera()] }), "internet"));
		assert.ok(html.includes('src="http://198.20.0.1:8081/snapshot.jpg?width=320"'));
		assert.ok(html.includes(PORTAL_MESSAGES.logInThere));
	});

	it("says of remote access that is off why no other device is listed (IMG-7)", () => {
		const alone = [camera({ self: true })];
		const on = text(portalPage(portal({ cameras: alone }), "lan"));
		assert.ok(on.includes(PORTAL_MESSAGES.next.another));
		const off = text(portalPage(portal({ cameras: alone, isApart: true }), "lan"));
		assert.ok(off.includes(`<a href="/settings#internet">${PORTAL_MESSAGES.next.apart}</a>`), off);
		assert.ok(!off.includes(PORTAL_MESSAGES.next.another));
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
