import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { CAMERA_PROGRAMS, NAS_PROGRAMS, type RunningCamera, startCamera, startNas } from "../../tools/camera-program";
import { ownerCookie, viewerToken } from "../../tools/owner-session";
import { PASSWORD } from "../support/digest";
import { needs } from "../support/needs";
import { fillFolder } from "../support/recordings-folder";

const TOP = resolve(__dirname, "../..");
const SOURCES = join(TOP, "test/fixtures/api-clients");
const MODULES = join(TOP, "node_modules");
const run = promisify(execFile);

const KEY = "yard";
/** What was recorded of a camera in half an hour. */
const SPANS = [{ camera: KEY, title: "Yard", from: "2026-11-25T17:00:00Z", to: "2026-11-25T17:30:00Z" }];

/** As strict as projects are that use a generated client. */
const TSCONFIG = {
	compilerOptions: {
		target: "es2022",
		lib: ["es2022", "dom", "dom.iterable"],
		module: "nodenext",
		moduleResolution: "nodenext",
		strict: true,
		noUncheckedIndexedAccess: true,
		skipLibCheck: true,
		types: ["node"],
		rootDir: ".",
		outDir: "out",
	},
	include: ["."],
};

describe("conformance/API: clients that others' generators make of the OpenAPI document", function () {
	this.timeout(180_000);
	let folder = "";
	const running: RunningCamera[] = [];
	let words: readonly string[] = [];

	async function node(program: string, ...more: readonly string[]): Promise<string> {
		try {
			return (await run(process.execPath, [program, ...more], { cwd: folder, timeout: 120_000 })).stdout;
		} catch (error) {
			const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
			return assert.fail(`${program}: ${stdout}${stderr}`);
		}
	}

	before(async function () {
		const [camera] = CAMERA_PROGRAMS;
		const [nas] = NAS_PROGRAMS;
		needs(this, camera.need);
		folder = mkdtempSync(join(tmpdir(), "porthole-clients-"));
		symlinkSync(MODULES, join(folder, "node_modules"));
		fillFolder(join(folder, "storage"), SPANS);
		running.push(await startCamera(camera, "--password", PASSWORD));
		running.push(await startNas(nas, join(folder, "storage"), "--password", PASSWORD));
		const cookies = await Promise.all(running.map(({ port }) => ownerCookie(port)));
		const tokens = await Promise.all(running.map(({ port }) => viewerToken(port)));
		const urls = running.map(({ port }) => `http://127.0.0.1:${port}`);
		words = [...urls, ...tokens, cookies[0], KEY];
		mkdirSync(join(folder, "src"));
		const openApiTypescript = join(MODULES, "openapi-typescript/bin/cli.js");
		const heyApi = join(MODULES, "@hey-api/openapi-ts/bin/run.js");
		await Promise.all(
			["camera", "nas"].map(async (kind, i) => {
				const answer = await fetch(`${urls[i]}/api/v1/openapi.json`, { headers: { cookie: cookies[i] } });
				writeFileSync(join(folder, `${kind}.json`), await answer.text());
				await node(openApiTypescript, `${kind}.json`, "-o", `src/${kind}.d.ts`);
				await node(heyApi, "-i", `${kind}.json`, "-o", `src/${kind}-client`, "-c", "@hey-api/client-fetch");
			}),
		);
		for (const name of ["openapi-fetch-client.ts", "hey-api-client.ts"])
			copyFileSync(join(SOURCES, name), join(folder, "src", name));
		writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ ...TSCONFIG, include: ["src"] }));
		await node(join(MODULES, "typescript/bin/tsc"), "-p", ".");
	});
	after(async () => {
		for (const one of running) await one.stop();
		if (folder !== "") rmSync(folder, { recursive: true, force: true });
	});

	it("openapi-typescript with openapi-fetch: compiles, and reads and changes a camera and a NAS", async () => {
		const said = JSON.parse(await node("out/src/openapi-fetch-client.js", ...words));
		assert.equal(said.model, "node");
		assert.deepEqual(said.healths, ["ok"]);
		assert.ok(said.picture > 1000 && said.film > 1000, JSON.stringify(said));
		assert.match(said.metrics, /^# HELP porthole_/);
		assert.match(said.refused.error, /name/i);
		assert.deepEqual(said.renamed, { done: true });
		assert.deepEqual(said.coverage, ["JPEG false"]);
		assert.equal(said.half, 400);
		assert.deepEqual([said.facts.encoding, typeof said.facts.utc], ["JPEG", "number"]);
		assert.match(said.wrong, /camera/i);
	});

	it("@hey-api/openapi-ts: compiles, and reads, changes and follows a camera and a NAS", async () => {
		const said = JSON.parse(await node("out/src/hey-api-client.js", ...words));
		assert.match(said.id, /^[0-9a-f]{16}$/);
		assert.deepEqual([said.cameras, said.picture, said.link, said.lock], [1, "image/jpeg", 1, 403]);
		assert.ok(said.size > 1000 && said.still > 100, JSON.stringify(said));
		assert.match(said.metrics, /^# HELP porthole_/);
		assert.match(said.problem.error, /hour/i);
		assert.deepEqual(said.renamed, { done: true });
		assert.equal(said.changed, "object");
		assert.deepEqual([said.title, said.stretches, said.encoding], ["Yard", 1, "JPEG"]);
	});
});
