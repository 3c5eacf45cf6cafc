import assert from "node:assert/strict";
import { CAMERA_PROGRAMS, type RunningCamera, startCamera } from "../../tools/camera-program";
import { PASSWORD } from "../support/digest";
import { statusesOf } from "../support/http-abuse";
import { needs } from "../support/needs";
import { ownersRequest, visit } from "../support/raw-visit";

/** More names than XS can have. */
const NAMES = 70_000;
/** At once. */
const TOGETHER = 8;

let drawn = 0;

const name = () => `n${(++drawn).toString(36)}`;
const names = (count: number) => Array.from({ length: count }, name);

const start = (line: string) => `${line} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n`;

/** Requests with as many new names as fit: how many names each has, and its text. */
const DOORS: readonly (readonly [door: string, names: number, request: () => string])[] = [
	[
		"members of JSON, before the login",
		100,
		() => posted("application/json", `{${names(180).map((n) => `"${n}":1`)}}`),
	],
	["fields of a form", 30, () => posted("application/x-www-form-urlencoded", names(30).join("=&"))],
	["fields of a head", 60, () => `${start("GET /")}${names(60).join(": 1\r\n")}: 1\r\n\r\n`],
	["cookies", 500, () => `${start("GET /")}Cookie: ${names(500).join("=1; ")}\r\n\r\n`],
	["parameters of a query", 30, () => `${start(`GET /?${names(30).join("&")}`)}\r\n`],
];

function posted(type: string, body: string): string {
	const fields = `Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n`;
	return `${start("POST /login")}${fields}\r\n${body}`;
}

// Only XS never frees property names.
for (const program of CAMERA_PROGRAMS.filter(({ name }) => name === "XS")) {
	describe(`names that strangers make up: ${program.name}`, function () {
		this.timeout(120_000);
		let camera: RunningCamera;

		before(async function () {
			needs(this, program.need);
			camera = await startCamera(program, "--password", PASSWORD);
		});
		after(async () => {
			if (camera !== undefined) assert.equal(await camera.stop(), true, camera.said());
		});

		for (const [door, each, request] of DOORS)
			it(`do not fill the memory: ${door}`, async () => {
				let left = Math.min(1000, Math.ceil(NAMES / each));
				const work = async () => {
					while (left-- > 0) {
						const { answers } = await visit(camera.port, request());
						assert.deepEqual(statusesOf(answers), [401]);
					}
				};
				await Promise.all(Array.from({ length: TOGETHER }, work));
				const { answers } = await visit(
					camera.port,
					await ownersRequest(camera.port, "/metrics"),
					(soFar) => statusesOf(soFar).length > 0,
				);
				assert.deepEqual(statusesOf(answers), [200], camera.said());
			});
	});
}
