import assert from "node:assert/strict";
import { type OtherCamera, otherCameraPage } from "../../../src/web/other-camera-page";
import { text } from "../../support/shown-pages";

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
