import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { CAMERA_PROGRAMS, type RunningCamera, startCamera } from "../../tools/camera-program";
import { ownerCookie } from "../../tools/owner-session";
import { digestFor, PASSWORD } from "../support/digest";
import { statusesOf } from "../support/http-abuse";
import { needs } from "../support/needs";
import { visit } from "../support/raw-visit";
import { until } from "../support/until";

const VIEWER = "only-looking";
const FIXTURES = resolve(__dirname, "../fixtures");

for (const program of CAMERA_PROGRAMS) {
	describe(`access to a camera on ${program.name}`, function () {
		this.timeout(60_000);
		let camera: RunningCamera;

		before(async function () {
			needs(this, program.need);
			camera = await startCamera(
				program,
				"--password",
				PASSWORD,
				"--viewer-password",
				VIEWER,
				"--lan-without-password",
				"on",
			);
		});
		after(async () => {
			await camera?.stop();
		});

		async function ask(method: string, path: string, fields: string, form = ""): Promise<string> {
			const length = method === "POST" ? `Content-Length: ${form.length}\r\n` : "";
			const head = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${camera.port}\r\nConnection: close\r\n`;
			const { answers } = await visit(camera.port, `${head}${fields}${length}\r\n${form}`, (text) =>
				text.includes("\r\n\r\n"),
			);
			return answers;
		}
		const statusOf = async (method: string, path: string, fields: string, form?: string) =>
			statusesOf(await ask(method, path, fields, form))[0];

		it("asks visitors on this machine for a password, also where the LAN needs none", async () => {
			assert.equal(await statusOf("GET", "/snapshot.jpg", ""), 401);
			assert.equal(await statusOf("GET", "/api/v1/settings", "X-Forwarded-For: 192.168.0.9\r\n"), 401);
		});

		for (const name of ["java-picture", "powershell-picture"]) {
			it(`admits a program that looks like a browser: ${name}`, async () => {
				const raw = readFileSync(resolve(FIXTURES, `${name}.http`), "latin1")
					.split(/\r?\n/)
					.filter((line) => line !== "");
				const request = (more: string) => `${raw.join("\r\n")}\r\n${more}\r\n`;
				const first = (await visit(camera.port, request(""), (text) => text.includes("\r\n\r\n"))).answers;
				const schemes = Array.from(first.matchAll(/WWW-Authenticate: (\w+)/g), ([, scheme]) => scheme);
				assert.deepEqual([...new Set(schemes)], ["Cookie", "Digest"]);
				const challenge = /WWW-Authenticate: (Digest [^\r]*)/.exec(first)?.[1] ?? "";
				const login = `Authorization: ${digestFor(challenge, "GET", "/snapshot.jpg")}\r\n`;
				const second = (await visit(camera.port, request(login), (text) => text.includes("\r\n\r\n"))).answers;
				assert.deepEqual(statusesOf(second)[0], 200);
			});
		}

		it("ends a session when its user logs out, for a copy of the cookie too", async () => {
			const [mine, other] = [await ownerCookie(camera.port), await ownerCookie(camera.port)];
			assert.equal(await statusOf("POST", "/logout", `Cookie: ${mine}\r\n`), 303);
			assert.equal(await statusOf("GET", "/api/v1/settings", `Cookie: ${mine}\r\n`), 401);
			assert.equal(await statusOf("GET", "/api/v1/settings", `Cookie: ${other}\r\n`), 200);
		});

		it("refuses a form that another camera has made", async () => {
			const cookie = `Cookie: ${await ownerCookie(camera.port)}\r\n`;
			const change = (more: string) => statusOf("POST", "/api/v1/settings", cookie, `priority=7${more}`);
			assert.equal(await change("&camera=0123456789abcdef"), 409);
			const { id } = JSON.parse((await ask("GET", "/api/v1/status", cookie)).split("\r\n\r\n")[1]);
			assert.equal(await change(`&camera=${id}`), 200);
		});

		it("slows down guesses at the owner's password by somebody who knows the viewer's, and lets a known browser in", async () => {
			const form = (user: string, password: string, fields = "") =>
				ask("POST", "/login", `Accept: text/html\r\n${fields}`, `user=${user}&password=${password}`);
			const login = await form("owner", PASSWORD);
			const known = /Set-Cookie: (porthole-\w+-known=[^;]+); Path=\/login;/.exec(login)?.[1];
			const seen: number[] = [];
			for (let i = 0; i < 12; i++) {
				assert.equal(statusesOf(await form("viewer", VIEWER))[0], 303);
				seen.push(statusesOf(await form("owner", `guess-number-${i}`))[0]);
			}
			assert.ok(seen.filter((status) => status === 401).length < 8, seen.join());
			// The wait is four seconds after the sixth that counts.
			for (let n = Math.min(5, seen.filter((status) => status === 401).length); n < 6; n++)
				await until("a further guess counts", 5000, async () => statusesOf(await form("owner", "guess"))[0] === 401);
			assert.equal(statusesOf(await form("owner", PASSWORD))[0], 429);
			assert.equal(statusesOf(await form("owner", PASSWORD, `Cookie: ${known}\r\n`))[0], 303);
		});
	});
}
