import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NAS_PROGRAMS, type RunningCamera, startNas } from "../../tools/camera-program";
import { ownerCookie } from "../../tools/owner-session";
import { PASSWORD } from "../support/digest";
import { needs } from "../support/needs";
import { recordingFiles } from "../support/recordings";
import { fillFolder } from "../support/recordings-folder";
import { until } from "../support/until";

const HOUR = 3_600_000;
const [NODE] = NAS_PROGRAMS;

/** What was recorded of a camera in half an hour. */
const SPANS = [{ camera: "yard", title: "Yard", from: "2026-11-25T17:00:00Z", to: "2026-11-25T17:30:00Z" }];

describe("conformance/nas program", function () {
	this.timeout(120_000);
	let folder = "";
	const running: RunningCamera[] = [];
	const nas = async (program: typeof NODE, storage: string, ...flags: string[]): Promise<RunningCamera> => {
		const one = await startNas(program, join(folder, storage), "--rtsp-port", "0", "--password", PASSWORD, ...flags);
		running.push(one);
		return one;
	};
	const ask = async ({ port }: RunningCamera, path: string): Promise<string> => {
		const cookie = await ownerCookie(port);
		const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { cookie, connection: "close" } });
		assert.equal(answer.status, 200, path);
		return answer.text();
	};

	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), "porthole-nas-"));
	});
	afterEach(async () => {
		for (const one of running.splice(0)) await one.stop();
		rmSync(folder, { recursive: true, force: true });
	});

	for (const program of NAS_PROGRAMS) {
		it(`${program.name}: shows what it finds in its folder, and ends with code 0 (STR-13, STR-27)`, async function () {
			needs(this, program.need);
			const count = fillFolder(join(folder, "storage"), SPANS);
			const one = await nas(program, "storage");
			const read = async () => JSON.parse(await ask(one, "/api/v1/nas"));
			await until("the index", 10_000, async () => (await read()).state === "ready");
			const state = await read();
			assert.ok(count >= 3 && state.usage.recordings > 1000 && state.usage.total > 0, JSON.stringify(state));
			assert.equal(state.usage.from, Date.parse(SPANS[0].from));
			assert.match(await ask(one, "/nas"), /<dt>Oldest recording<\/dt><dd><time datetime="2026-11-25T17:00:00.000Z">/);
			assert.match(await ask(one, "/metrics"), /\nporthole_nas_ready 1\n/);
			assert.equal(await one.stop(), true, one.said());
		});
	}

	it("copies finished recordings to a second NAS, whose owner finds them as files (STR-13, STR-14)", async function () {
		needs(this, NODE.need);
		fillFolder(join(folder, "first"), SPANS);
		const second = await nas(NODE, "second");
		const archive = `http://owner:${encodeURIComponent(PASSWORD)}@127.0.0.1:${second.port}/dav/files/first`;
		const first = await nas(NODE, "first", "--archive", archive);
		const files = [...recordingFiles(SPANS)];
		const status = async () => JSON.parse(await ask(first, "/api/v1/status")).archive;
		await until("all copies", 20_000, async () => (await status()).copies === files.length);
		for (const { path, bytes } of files)
			assert.ok(readFileSync(join(folder, "second/files/first", path)).equals(bytes), path);
		const { waiting, lost, trouble, until: to } = await status();
		assert.deepEqual([waiting, lost, trouble], [0, 0, null]);
		assert.ok(Date.parse(SPANS[0].to) - to <= HOUR);
		assert.doesNotMatch(await ask(first, "/nas"), new RegExp(encodeURIComponent(PASSWORD)));
	});

	for (const program of NAS_PROGRAMS) {
		it(`${program.name}: leaves a folder alone that another NAS records into (STR-13)`, async function () {
			needs(this, program.need);
			needs(this, NODE.need);
			await nas(NODE, "storage");
			await assert.rejects(nas(program, "storage"), /storage is in use by another NAS/);
		});
	}

	it("says what is wrong with its settings", async function () {
		needs(this, NODE.need);
		await assert.rejects(startNas(NODE, ""), /A NAS needs a folder for its recordings: --storage FOLDER/);
		mkdirSync(join(folder, "s"));
		await assert.rejects(nas(NODE, "s", "--archive", "s3+http://host"), /--archive needs a key and a bucket/);
		assert.ok(existsSync(join(folder, "s")));
	});
});
