import assert from "node:assert/strict";
import { CAMERA_PROGRAMS, type RunningCamera, startCamera } from "../../tools/camera-program";
import { PASSWORD } from "../support/digest";
import { needs } from "../support/needs";
import { client, TlsFolder } from "./tls-fixture";

/** Pictures that differ, and a description for UPnP. */
const FLAGS = ["--source", "hosts/simulator/frames", "--password", PASSWORD, "--presence", "on"];

for (const program of CAMERA_PROGRAMS) {
	describe(`a camera on ${program.name} with a certificate`, function () {
		this.timeout(120_000);
		let folder: TlsFolder;
		let camera: RunningCamera;
		let token = "";

		before(async function () {
			needs(this, program.need, "openssl", "curl", "libssl-dev");
			folder = new TlsFolder();
			folder.make(1);
			const tls = ["--tls-certificate", folder.certificate, "--tls-key", folder.key];
			camera = await startCamera(program, ...tls, ...FLAGS);
			const login = ["--digest", "-u", `owner:${PASSWORD}`, "-d", "hours=1"];
			token = JSON.parse((await curl("https", "/api/v1/links", ...login)).out).token;
		});
		after(async () => {
			await camera?.stop();
			folder?.remove();
		});

		function curl(scheme: "http" | "https", path: string, ...more: string[]) {
			const bearer = token === "" ? [] : ["-H", `Authorization: Bearer ${token}`];
			const url = `${scheme}://127.0.0.1:${camera.port}${path}`;
			return client("curl", ["-sS", "--cacert", folder.certificate, ...bearer, ...more, url]);
		}

		it("serves its pages by https://, on the port of before", async () => {
			const page = await curl("https", "/camera", "-H", "Accept: text/html", "-w", "%{http_code}");
			assert.match(page.out, /<html/);
			assert.match(page.out, /200$/);
		});

		it("generates https:// links", async () => {
			const { lanUrl } = JSON.parse((await curl("https", "/api/v1/status")).out);
			assert.match(lanUrl, new RegExp(`^https://[\\d.]+:${camera.port}/$`));
		});

		it("serves only the UPnP description by http://, not even the login page", async () => {
			const description = await curl("http", "/description.xml", "-w", "%{http_code}");
			assert.match(description.out, /<\/root>\s*200$/);
			for (const path of ["/api/v1/status", "/snapshot.jpg", "/stream.mjpeg", "/metrics", "/login", "/nothing"]) {
				assert.match((await curl("http", path, "-w", "%{http_code}")).out, /\b308$/, path);
			}
			assert.match((await curl("http", "/login", "-d", "user=owner", "-w", "%{http_code}")).out, /\b308$/);
		});

		it("redirects http:// visitors to https:// and shows them nothing", async () => {
			const { out } = await curl("http", "/camera?x=1", "-D", "-", "-H", "Accept: text/html");
			assert.match(out, /^HTTP\/1\.1 308 /);
			assert.ok(out.includes(`Location: https://127.0.0.1:${camera.port}/camera?x=1\r\n`), out);
			assert.ok(!out.includes("<html"));
			const followed = await curl("http", "/camera", "--location-trusted", "-H", "Accept: text/html");
			assert.match(followed.out, /<html/);
		});

		it("plays to ffmpeg by https://, and to several at a time", async function () {
			needs(this, "ffmpeg");
			const args = ["-v", "error", "-tls_verify", "1", "-ca_file", folder.certificate];
			const input = ["-f", "mpjpeg", "-i", `https://localhost:${camera.port}/stream.mjpeg?link=${token}`];
			const play = () => client("ffmpeg", [...args, ...input, "-frames:v", "40", "-f", "framecrc", "-"]);
			for (const { code, out, err } of await Promise.all([play(), play(), play()])) {
				assert.equal(code, 0, err);
				assert.equal(out.split("\n").filter((line) => /^0,/.test(line)).length, 40);
			}
		});
	});
}
