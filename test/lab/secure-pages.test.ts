import assert from "node:assert/strict";
import { CAMERA_PROGRAMS, type RunningCamera, startCamera } from "../../tools/camera-program";
import { TlsFolder } from "../conformance/tls-fixture";
import { logIn, openBrowser, type TestBrowser, watchPictures } from "../support/browser";
import { PASSWORD } from "../support/digest";
import { needs } from "../support/needs";

for (const program of CAMERA_PROGRAMS) {
	describe(`lab/pages over TLS in a browser, camera on ${program.name}`, function () {
		this.timeout(300_000);
		let folder: TlsFolder;
		let camera: RunningCamera;
		let chromium: TestBrowser;

		before(async function () {
			needs(this, program.need, "chromium", "openssl", "libssl-dev");
			folder = new TlsFolder();
			folder.make(1);
			const { certificate, key } = folder;
			const source = ["--source", "hosts/simulator/frames", "--password", PASSWORD];
			camera = await startCamera(program, ...source, "--tls-certificate", certificate, "--tls-key", key);
			chromium = await openBrowser();
		});
		after(async () => {
			await chromium?.close();
			await camera?.stop();
			folder?.remove();
		});

		it("redirects to https, accepts the login and a form, and shows the live picture", async () => {
			const context = await chromium.browser.newContext({ ignoreHTTPSErrors: true });
			const page = await context.newPage();
			const https = `https://127.0.0.1:${camera.port}/`;
			await logIn(page, `http://127.0.0.1:${camera.port}/camera`);
			assert.equal(page.url(), `${https}camera`);
			assert.equal(await page.getByText("Not encrypted").count(), 0);
			// The session, and what makes the browser known at its next login.
			const cookies = await context.cookies();
			assert.deepEqual(
				cookies.map(({ path, secure, httpOnly, sameSite }) => [path, secure, httpOnly, sameSite].join(" ")).sort(),
				["/ true true Lax", "/login true true Strict"],
			);
			const [live] = await watchPictures(page, "#live");
			assert.ok(live.moves && live.width > 0, JSON.stringify(live));
			await page.goto(`${https}settings`, { waitUntil: "domcontentloaded" });
			await page.getByLabel("Camera name").fill("Gate");
			await page.locator("form", { hasText: "Camera name" }).getByRole("button").click();
			await page.locator("output", { hasText: "Done." }).waitFor();
			assert.equal(await page.getByLabel("Camera name").inputValue(), "Gate");
			await context.close();
		});
	});
}
