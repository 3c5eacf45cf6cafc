import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Prng } from "../../src/base/prng";
import type { MeteringRecord } from "../../src/relay/metering-record";
import {
	CAMERA_PROGRAMS,
	NAS_PROGRAMS,
	NODE_PROGRAM,
	type RunningCamera,
	startCamera,
	startNas,
	XS_PROGRAM,
} from "../../tools/camera-program";
import { freePort } from "../../tools/free-port";
import { ownerCookie } from "../../tools/owner-session";
import { PASSWORD } from "../support/digest";
import { recordOf } from "../support/ledger-suite";
import { needs } from "../support/needs";
import { visit } from "../support/raw-visit";
import { FLEET_KEY, signedReport } from "../support/relay-reports";
import { pause, until } from "../support/until";

/** How often each program is killed. */
const KILLS = Number(process.env["PORTHOLE_TEST_KILLS"] ?? "3");
/** Reports that are on their way at a time. */
const AT_A_TIME = 4;

/** Posts a report. @returns the status; 0: no answer */
async function post(port: number, records: readonly MeteringRecord[]): Promise<number> {
	const { body, field } = signedReport(records);
	const [name, value] = field.trim().split(": ");
	try {
		const answer = await fetch(`http://127.0.0.1:${port}/api/v1/metering`, {
			method: "POST",
			headers: { "content-type": "application/json", [name]: value, connection: "close" },
			body,
		});
		await answer.arrayBuffer();
		return answer.status;
	} catch {
		return 0;
	}
}

describe("conformance/ledger program", function () {
	this.timeout(KILLS * 20_000 + 120_000);
	let folder = "";
	const flags = ["--fleet-key", FLEET_KEY, "--password", PASSWORD];

	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), "porthole-ledger-"));
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	for (const program of NAS_PROGRAMS) {
		const command = program.name === "XS" ? [XS_PROGRAM] : [process.execPath, NODE_PROGRAM];
		const ledger = (...words: readonly string[]): string => {
			const args = [...command.slice(1), "ledger", ...words, "--folder", join(folder, "storage")];
			const { stdout, stderr, status } = spawnSync(command[0], args, { encoding: "utf8", timeout: 60_000 });
			assert.equal(status, 0, stderr);
			return stdout;
		};

		it(`${program.name}: loses no record at kill -9 that it has confirmed, and has none twice (REP-6, REP-8)`, async function () {
			needs(this, program.need);
			mkdirSync(join(folder, "storage"));
			const random = new Prng(program.name.length);
			const confirmed = new Map<string, MeteringRecord>();
			const open: MeteringRecord[] = [];
			let given = 0;
			for (let round = 0; round <= KILLS; round++) {
				const nas = await startNas(program, join(folder, "storage"), ...flags);
				let isOver = false;
				const report = async (): Promise<void> => {
					while (!isOver) {
						// What was not confirmed comes again, as relays do, together with new records.
						const records = open.splice(0, 4);
						for (let i = random.below(4); i >= 0; i--) records.push(recordOf(++given, { viewer: `v${given % 5}` }));
						const status = await post(nas.port, records);
						if (status === 200) for (const record of records) confirmed.set(record.id, record);
						else open.push(...records);
						// One address may report so often.
						if (status === 503) await pause(200);
					}
				};
				const reporters = Array.from({ length: AT_A_TIME }, report);
				const before = confirmed.size;
				await until("confirmed reports", 10_000, () => confirmed.size > before + 10);
				await pause(300 + random.below(700));
				if (round < KILLS) process.kill(nas.pid, "SIGKILL");
				isOver = true;
				await Promise.all(reporters);
				await nas.stop();
			}
			assert.ok(confirmed.size > 10 * KILLS, `${confirmed.size} records`);
			const found: readonly MeteringRecord[] = JSON.parse(ledger("export", "--format", "json"));
			const byId = new Map(found.map((record) => [record.id, record]));
			assert.equal(byId.size, found.length, "none twice");
			for (const [id, record] of confirmed) assert.deepEqual(byId.get(id), record);
			assert.match(ledger("sum", "--by", "relay"), new RegExp(`\nkiosk +${found.length} `));
			assert.equal(ledger("list", "--limit", "7").trim().split("\n").length, 8);
			assert.equal(ledger("export", "--viewer", "v1").trim().split("\r\n")[0].split(",")[0], "id");
		});
	}

	for (const program of CAMERA_PROGRAMS) {
		it(`${program.name} camera: takes reports by HTTP and RTSP, shows them to its owner, and lists them while it runs (REP-6, REP-8)`, async function () {
			needs(this, program.need);
			const data = join(folder, "data");
			const rtsp = await freePort();
			const camera: RunningCamera = await startCamera(program, ...flags, "--data", data, "--rtsp-port", `${rtsp}`);
			try {
				assert.equal(await post(camera.port, [recordOf(1)]), 200);
				const { body, field } = signedReport([recordOf(1), recordOf(2)]);
				const type = "Content-Type: application/json";
				const head = `SET_PARAMETER rtsp://127.0.0.1/live RTSP/1.0\r\nCSeq: 7\r\n${field}${type}\r\nContent-Length: ${body.length}\r\n\r\n`;
				const { answers } = await visit(rtsp, head + body, (text) => text.endsWith("\r\n\r\n"));
				assert.match(answers, /^RTSP\/1.0 200 OK\r\nCSeq: 7\r\nPorthole-Report: receipt=[0-9a-f]{64}\r\n\r\n$/);
				const cookie = await ownerCookie(camera.port);
				const get = async (path: string): Promise<string> =>
					(await fetch(`http://127.0.0.1:${camera.port}${path}`, { headers: { cookie, connection: "close" } })).text();
				assert.deepEqual(JSON.parse(await get("/api/v1/ledger")).records, [recordOf(2), recordOf(1)]);
				assert.match(await get("/ledger"), /<h2 id="sums">/);
				assert.match(await get("/metrics"), /\nporthole_ledger_records_total 2\n/);
				const command = program.name === "XS" ? [XS_PROGRAM] : [process.execPath, NODE_PROGRAM];
				const { stdout } = spawnSync(command[0], [...command.slice(1), "ledger", "sum", "--folder", data], {
					encoding: "utf8",
					timeout: 60_000,
				});
				assert.match(stdout, /\nanna +2 +120 /);
			} finally {
				await camera.stop();
			}
		});
	}
});
