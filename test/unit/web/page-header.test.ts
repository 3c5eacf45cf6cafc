import assert from "node:assert/strict";
import { copyable } from "../../../src/web/copyable";
import { manifestOf } from "../../../src/web/manifest";
import { Page, pageHead, pagePolicy } from "../../../src/web/page";
import { pageHeader, pageTitle } from "../../../src/web/page-header";

const VISITOR = {
	owner: true,
	session: true,
	device: "Garage",
	links: [
		{ path: "/portal", url: "/portal", label: "Cameras" },
		{ path: "/camera", url: "/camera", label: "This camera" },
	],
};
const HOSTILE = `"><script>alert('1')</script>&amp;`;

describe("web/page-header", () => {
	it("names the page and the device in the title of the tab, and the product where the device has no name yet (IMG-15)", () => {
		assert.equal(pageTitle("Settings", VISITOR), "Settings – Garage");
		assert.equal(pageTitle("Garage", VISITOR), "Garage");
		assert.equal(pageTitle("Cameras", { ...VISITOR, device: "" }), "Cameras – Porthole");
	});

	it("shows the device's name beside the logo, marks the current page, and lets a session end", () => {
		const html = pageHeader("Cameras", "/portal", VISITOR);
		assert.match(
			html,
			/<a class="brand" href="\/"><svg class="logo"[^>]* aria-hidden="true">.*<span>Garage<\/span><\/a>/,
		);
		assert.match(html, /<a href="\/portal" aria-current="page">Cameras<\/a>/);
		assert.match(html, /<form method="post" action="\/logout">/);
		assert.match(html, /<h1>Cameras<\/h1>/);
		assert.match(pageHeader("Garage", "/camera", VISITOR), /<h1 class="unseen">Garage<\/h1>/);
		assert.match(pageHeader("x", "/x", { owner: false, session: false, links: [] }), /<a href="\/login">Log in<\/a>/);
	});

	it("folds the links that few people need, and nothing where there are none", () => {
		const rare = { path: "/ledger", url: "/ledger", label: "Ledger", isRare: true };
		const html = pageHeader("Ledger", "/ledger", { ...VISITOR, links: [rare, ...VISITOR.links] });
		assert.match(
			html,
			/<nav aria-label="Pages"><div><a href="\/portal">Cameras<\/a> .*<\/div><details><summary>More<\/summary><div><a href="\/ledger" aria-current="page">Ledger<\/a> <\/div><\/details><\/nav>/,
		);
		assert.doesNotMatch(pageHeader("Cameras", "/portal", VISITOR), /<details>/);
	});

	it("shows hostile names as text, on pages, in codes and in the manifest", () => {
		const visitor = { ...VISITOR, device: HOSTILE };
		for (const html of [pageHeader(HOSTILE, "/", visitor), copyable(HOSTILE, HOSTILE, HOSTILE)])
			assert.doesNotMatch(html, /<script>/);
		assert.equal(JSON.parse(manifestOf(HOSTILE)).name, HOSTILE);
	});

	it("offers icons, a manifest that needs the session, and the colours of the browser's bars", () => {
		const html = new Page("x", []).body.parts.join("");
		assert.match(html, /rel="manifest" href="\/manifest.webmanifest" crossorigin="use-credentials"/);
		assert.match(html, /rel="icon" href="\/icon.svg"/);
		assert.match(html, /rel="apple-touch-icon" href="\/icon.png"/);
		assert.equal(html.split('name="theme-color"').length, 3);
		const { name, icons } = JSON.parse(manifestOf(""));
		assert.equal(name, "Porthole");
		assert.deepEqual(
			icons.map(({ src }: { src: string }) => src),
			["/icon.svg", "/icon.png"],
		);
	});

	it("loads nothing from elsewhere but pictures, and no script or style of its own besides files", () => {
		assert.match(pagePolicy(), /default-src 'none'.*script-src 'self'.*manifest-src 'self'.*frame-ancestors 'none'/);
		assert.doesNotMatch(pagePolicy(), /unsafe|\*/);
		assert.match(pageHead(["/a.css"], ["/a.js"]).join(""), /"\/porthole.css">.*"\/a.css">.*"\/porthole.js".*"\/a.js"/);
	});
});

describe("web/copyable", () => {
	it("puts a button beside a text, which names what it copies", () => {
		const html = copyable("rtsp://garage/live", "the RTSP address");
		assert.match(
			html,
			/<code class="code">rtsp:\/\/garage\/live<\/code><button type="button" class="plain" aria-label="Copy the RTSP address"/,
		);
		assert.match(copyable("http://garage/", "", "http://garage/"), /<a class="code" href="http:\/\/garage\/">/);
	});

	it("lets the keyboard reach a text that scrolls", () => {
		assert.match(copyable("x".repeat(200)), /tabindex="0"/);
		assert.doesNotMatch(copyable("x"), /tabindex/);
	});
});
