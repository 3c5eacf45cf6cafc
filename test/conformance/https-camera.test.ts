import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { type Need, needs } from "../support/needs";
import { until } from "../support/until";
import { client, TlsFolder } from "./tls-fixture";

const TOP = resolve(__dirname, "../..");
/** A camera is slow to start on a machine with much to do. */
const START = 20_000;

const PROGRAMS: readonly (readonly [string, Need, readonly string[]])[] = [
	["hosts/node", "build", [process.execPath, join(TOP, "dist/hosts/node/main.js"), "camera"]],
	["hosts/linux", "porthole-linux", [join(TOP, "build/linux/porthole-linux")]],
];

for (const [host, built, [program, ...words]] of PROGRAMS) {
	describe(`a camera of ${host} with a certificate`, function () {
		this.timeout(60_000);
		let folder: TlsFolder;
		let child: ChildProcess | undefined;
		let port: number;
		let said = "";

		before(async function () {
			needs(this, built, "openssl", "curl", "libssl-dev");
			folder = new TlsFolder();
			folder.make(1);
			port = await freePort();
			const { certificate, key } = folder;
			const flags = { "http-port": `${port}`, data: join(folder.path, "data"), "tls-certificate": certificate };
			const more = { "tls-key": key, mapping: "off", "lan-without-password": "on", presence: "on" };
			const source = { source: join(TOP, "hosts/simulator/frames") };
			const args = Object.entries({ ...flags, ...more, ...source }).flatMap(([name, value]) => [`--${name}`, value]);
			child = spawn(program, [...words, ...args]);
			child.stderr?.on("data", (chunk) => {
				said += chunk;
			});
			await until("the camera serves", START, async () => {
				assert.equal(child?.exitCode, null, said);
				return (await curl("https", "/api/v1/status")).code === 0;
			});
		});
		after(async () => {
			if (child !== undefined && child.exitCode === null) {
				const gone = once(child, "exit");
				child.kill("SIGKILL");
				await gone;
			}
			folder?.remove();
		});

		function curl(scheme: "http" | "https", path: string, ...more: string[]) {
			return client("curl", ["-sS", "--cacert", folder.certificate, ...more, `${scheme}://127.0.0.1:${port}${path}`]);
		}

		it("serves its pages by https://, on the port of before", async () => {
			const page = await curl("https", "/camera", "-H", "Accept: text/html", "-w", "%{http_code}");
			assert.match(page.out, /<html/);
			assert.match(page.out, /200$/);
		});

		it("gives out links by https://", async () => {
			const { lanUrl } = JSON.parse((await curl("https", "/api/v1/status")).out);
			assert.match(lanUrl, new RegExp(`^https://[\\d.]+:${port}/$`));
		});

		it("leaves nothing by http:// but the description for UPnP, and login is no exception", async () => {
			const description = await curl("http", "/description.xml", "-w", "%{http_code}");
			assert.match(description.out, /<\/root>\s*200$/);
			for (const path of ["/api/v1/status", "/snapshot.jpg", "/stream.mjpeg", "/metrics", "/login", "/nothing"]) {
				assert.match((await curl("http", path, "-w", "%{http_code}")).out, /\b308$/, path);
			}
			assert.match((await curl("http", "/login", "-d", "user=owner", "-w", "%{http_code}")).out, /\b308$/);
		});

		it("sends visitors by http:// there, and shows them nothing", async () => {
			const { out } = await curl("http", "/camera?x=1", "-D", "-", "-H", "Accept: text/html");
			assert.match(out, /^HTTP\/1\.1 308 /);
			assert.ok(out.includes(`Location: https://127.0.0.1:${port}/camera?x=1\r\n`), out);
			assert.ok(!out.includes("<html"));
			const followed = await curl("http", "/camera", "-L", "-H", "Accept: text/html");
			assert.match(followed.out, /<html/);
		});

		it("plays to ffmpeg by https://, and to several at a time", async function () {
			needs(this, "ffmpeg");
			const args = ["-v", "error", "-tls_verify", "1", "-ca_file", folder.certificate];
			const input = ["-f", "mpjpeg", "-i", `https://localhost:${port}/stream.mjpeg`];
			const play = () => client("ffmpeg", [...args, ...input, "-frames:v", "40", "-f", "framecrc", "-"]);
			for (const { code, out, err } of await Promise.all([play(), play(), play()])) {
				assert.equal(code, 0, err);
				assert.equal(out.split("\n").filter((line) => /^0,/.test(line)).length, 40);
			}
		});
	});
}

async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as { port: number };
	server.close();
	await once(server, "close");
	return port;
}
