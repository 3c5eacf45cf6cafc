import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { VERSION } from "../../src/base/version";
import { isForPrograms } from "../../src/web/browser-request";
import { TYPESCRIPT } from "../../tools/typescript-options";
import {
	type CrawlRequest,
	type CrawlResult,
	type Disguise,
	linksIn,
	pathOf,
	registeredRoutes,
	requestsOf,
	UNLIKELY,
} from "../support/crawl";
import { PASSWORD } from "../support/digest";
import { LAB_NEEDS, needs } from "../support/needs";
import { houseFor, WAN } from "./house";
import { CAMERA_KINDS, Lab } from "./lab";

const CHILD = resolve(__dirname, "crawl-child.ts");

describe("lab/crawl of two cameras without credentials", function () {
	this.timeout(300_000);
	const scratch = mkdtempSync(join(tmpdir(), "porthole-crawl-"));
	const house = houseFor("igd1 secure", (c) => needs(c, ...LAB_NEEDS, "build", "porthole-linux"), CAMERA_KINDS);
	let targets: readonly string[];
	const bodies = new Map<string, string>();
	/** For each camera: the owner's present cookie and link, and ended ones. */
	const fresh: Record<number, { cookie: string; link: string }> = {};
	const ended: Record<number, { cookie: string; link: string }> = {};
	/** What no answer to a stranger may contain. */
	const secrets: string[] = [];

	/** The address of a camera as seen from a namespace. */
	const placeOf = (ns: string, n: number): string => (ns === "wan" ? `${WAN}:${8079 + n}` : `${Lab.address(n)}:8000`);

	async function curl(ns: string, n: number, path: string, ...words: readonly string[]): Promise<string> {
		const { stdout } = await house().lab.exec(ns, [
			"curl",
			"-s",
			"-m",
			"30",
			...words,
			`http://${placeOf(ns, n)}${path}`,
		]);
		return stdout;
	}

	/** Logs in by the form, as a browser without script does. @returns the cookie in the form in which it is sent back */
	async function cookieFrom(n: number): Promise<string> {
		const words = ["-i", "-H", "Accept: text/html", "-d", "user=owner", "--data-urlencode", `password=${PASSWORD}`];
		const answer = await curl("home", n, "/login", ...words);
		const cookie = /\r\nSet-Cookie: ([^;]*)/.exec(answer)?.[1];
		return cookie ?? assert.fail(answer);
	}

	async function linkFrom(n: number, cookie: string): Promise<string> {
		return JSON.parse(await curl("home", n, "/api/v1/links", "-b", cookie, "-d", "hours=1")).token;
	}

	async function crawl(ns: string, n: number, requests: readonly CrawlRequest[]): Promise<CrawlResult> {
		const file = join(scratch, "requests.json");
		writeFileSync(file, JSON.stringify(requests));
		const argv = [process.execPath, ...TYPESCRIPT, CHILD, ...placeOf(ns, n).split(":"), file];
		const { code, stdout, stderr } = await house().lab.exec(ns, argv, 240_000);
		assert.equal(code, 0, stderr);
		return JSON.parse(stdout);
	}

	before(async () => {
		await house().fill(2);
		await house().untilCount("wan", `http://${WAN}:8080/`, 2, 20_000);
	});
	after(() => rmSync(scratch, { recursive: true, force: true }));

	it("covers all registered routes, all links on pages, and all operations of the OpenAPI document", async () => {
		const cookie = await cookieFrom(1);
		const known = new Set<string>(["/", "/login", "/fleet", "/settings"]);
		for (const path of known) {
			if (/\.(mjpeg|jpg)/.test(path)) continue;
			for (const link of linksIn(await curl("home", 1, path, "-H", "Accept: text/html", "-b", cookie))) known.add(link);
		}
		for (const path of ["/portal", "/porthole.css", "/porthole.js", "/snapshot.jpg", "/api/v1/mapping", "/logout"])
			assert.ok(
				[...known].some((link) => link.split("?")[0] === path),
				`${path} in ${[...known].join(" ")}`,
			);

		const status = JSON.parse(await curl("home", 1, "/api/v1/status", "-b", cookie));
		const api = JSON.parse(await curl("home", 1, "/api/v1/openapi.json", "-b", cookie));
		for (const [pattern, operations] of Object.entries<Record<string, never>>(api.paths)) {
			const path = pattern.replace("{id}", status.id);
			known.add(path);
			const body = operations["post"]?.["requestBody"]?.["content"]["application/json"]["example"];
			if (body !== undefined) bodies.set(path, JSON.stringify(body));
		}
		bodies.set("/login", "user=owner&password=not-the-password");
		const routes = registeredRoutes();
		assert.ok(routes.length > 30, `${routes.length} routes`);
		for (const route of routes) known.add(pathOf(route, status.id));
		for (const { method, path } of routes)
			if (path.startsWith("/api/"))
				assert.ok(api.paths[path]?.[method.toLowerCase()], `${method} ${path} is not in the OpenAPI document`);
		targets = [...known, ...UNLIKELY];
	});

	it("obtains and revokes tokens and cookies", async () => {
		for (const n of [1, 2]) {
			const old = await cookieFrom(n);
			const oldLink = await linkFrom(n, old);
			assert.equal(JSON.parse(await curl("wan", n, `/api/v1/status?link=${oldLink}`)).name, `camera ${n}`);
			assert.equal(await curl("home", n, "/api/v1/logout-all", "-X", "POST", "-b", old), '{"done":true}');
			ended[n] = { cookie: old, link: oldLink };
		}
		for (const n of [1, 2]) {
			const cookie = await cookieFrom(n);
			fresh[n] = { cookie, link: await linkFrom(n, cookie) };
			secrets.push(`camera ${n}`, Lab.address(n), fresh[n].link, ended[n].link);
		}
		secrets.push(WAN, VERSION, PASSWORD);
	});

	/** Credentials that camera `n` must not accept. */
	function disguisesFor(n: number): readonly Disguise[] {
		const [name, session] = fresh[n].cookie.split("=");
		const other = fresh[3 - n];
		const { link } = fresh[n];
		const forged = [
			link.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")),
			link.replace(/^v/, "o"),
			link.replace(/\.[\w-]+\./, ".zzzzzzz."),
			session,
			`${link}.${link}`,
			other.link,
			ended[n].link,
		];
		const cookies = [
			other.cookie,
			`${name}=${other.cookie.split("=")[1]}`,
			ended[n].cookie,
			`${name}=${link}`,
			`${name}=`,
		];
		return [
			{ kind: "nothing" },
			{ kind: "a browser", fields: ["User-Agent: Mozilla/5.0", "Accept: text/html"] },
			...cookies.map((value, i) => ({ kind: `wrong cookie ${i}`, fields: [`Cookie: ${value}`] })),
			...forged.map((value, i) => ({ kind: `wrong token ${i}`, fields: [`Authorization: Bearer ${value}`] })),
			{ kind: "a link that has ended, in a browser", query: `link=${ended[n].link}`, fields: ["Accept: text/html"] },
			{ kind: "a forged link", query: `link=${forged[1]}` },
			{ kind: "a forged pass", query: `pass=o.zzzzzz.${"0".repeat(32)}`, fields: ["Accept: text/html"] },
			{ kind: "Basic", fields: [`Authorization: Basic ${btoa(`owner:${PASSWORD}`)}`] },
			{ kind: "foreign host", fields: ["Host: evil.example"] },
			{ kind: "foreign host, logged in", fields: ["Host: evil.example:8080", `Cookie: ${fresh[n].cookie}`] },
			{
				kind: "forwarded",
				fields: ["X-Forwarded-For: 127.0.0.1", "Forwarded: for=192.168.0.1", "X-Original-URL: /portal"],
			},
			{ kind: "half a Digest", fields: ['Authorization: Digest username="owner"'] },
			{ kind: "wrong password Digest", login: "not-the-password" },
		];
	}

	for (const ns of ["home", "wan"]) {
		for (const [index, kind] of CAMERA_KINDS.entries()) {
			it(`gets 401 for everything from camera ${index + 1} (${kind}), seen from ${ns}, and no information`, async () => {
				const disguises = disguisesFor(index + 1);
				const requests = requestsOf(targets, disguises, bodies);
				const answers = await crawl(ns, index + 1, requests);
				const wrong: string[] = [];
				const refused = new Map<string, Set<string>>();
				for (const [answer, which] of answers) {
					const status = Number(answer.slice(9, 12));
					for (const request of which.map((i) => requests[i])) {
						// Who uses an unknown host name is told the address to which it has connected, with its own port, and no other.
						const [, port = ""] = /^Host: [^:]*(:\d+)?$/.exec(request.fields[0] ?? "") ?? [];
						const [address] = placeOf(ns, index + 1).split(":");
						const told = status === 421 ? answer.replaceAll(`http://${address}${port}/`, "") : answer;
						const fault = faultOf(told, status, request);
						if (fault !== undefined) wrong.push(`${request.kind}: ${request.method} ${request.target}: ${fault}`);
						// Existing and unknown paths look the same. Programs that look like browsers get one more challenge where they go.
						if (status !== 401 || request.target.startsWith("/login")) continue;
						const isProgram = isForPrograms(request.target.split("?")[0]);
						// The answer to a link that is no good says so, whatever it was to open.
						const hasLink = /[?&]link=/.test(request.target);
						const key = `${request.kind} ${request.method === "HEAD"} ${isProgram} ${hasLink}`;
						refused.set(key, (refused.get(key) ?? new Set()).add(answer));
					}
				}
				assert.deepEqual(wrong.slice(0, 20), [], `${wrong.length} of ${requests.length}`);
				for (const [key, distinct] of refused)
					assert.equal(distinct.size, 1, `${key}: ${[...distinct].join("\n---\n")}`);
				assert.ok(refused.size >= disguises.length - 4, [...refused.keys()].join());
			});
		}
	}

	/** What is wrong with an answer to a stranger; `undefined` if nothing is. */
	function faultOf(answer: string, status: number, request: CrawlRequest): string | undefined {
		const leak = secrets.find((secret) => answer.includes(secret));
		if (leak !== undefined) return `tells ${leak}: ${answer}`;
		if (/\r\n(Set-Cookie|Location|Server):/i.test(answer)) return answer;
		const expected = [401];
		if (request.kind.startsWith("foreign host")) expected.push(421);
		if (request.kind.endsWith("Digest") || request.target.startsWith("/login")) expected.push(429);
		// A malformed target is refused before authentication.
		if (
			!request.target.startsWith("/") ||
			UNLIKELY.includes(request.target.split("?")[0]) ||
			request.method === "CONNECT"
		)
			expected.push(400);
		return expected.includes(status) ? undefined : `${answer.slice(0, 200) || "silence"}`;
	}

	it("leaves the cameras unchanged", async () => {
		const portal = await house().portal("home", `http://${placeOf("home", 1)}/`);
		assert.deepEqual(portal?.cameras.map((camera) => camera.name).sort(), ["camera 1", "camera 2"]);
		assert.ok(house().cameras.every((camera) => camera.running));
	});
});
