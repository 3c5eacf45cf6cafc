import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";
import { Prng } from "../../src/base/prng";
import type { MeteringRecord } from "../../src/relay/metering-record";
import { INTERRUPTED } from "../../src/relay/outbox-history";
import { openReport, REPORT_FIELD, ReportSeal } from "../../src/relay/report";
import { BuildError, buildTools } from "../../tools/build-linux";
import { LOAD_KEY } from "../support/metering-load";
import { assertOneSession } from "../support/metering-rig";
import { skipFor } from "../support/needs";
import { pause, until } from "../support/until";
import { prepareTree, TREE } from "../xs/xs-tree";

/** How often each program is killed; `KILLS=100` for the whole. */
const KILLS = Number(process.env.KILLS ?? 3);
const TOP = resolve(__dirname, "../..");

/** An origin's ledger on this machine that loses some reports and some answers. */
class KillLedger {
	readonly records = new Map<string, MeteringRecord>();
	/** Records that came again. */
	repeated = 0;
	loss = 0.3;
	private readonly seal = new ReportSeal("kiosk", LOAD_KEY);
	private readonly server = createServer((request, response) => this.take(request, response));

	constructor(private readonly prng: Prng) {}

	async listen(): Promise<number> {
		this.server.listen(0, "127.0.0.1");
		await once(this.server, "listening");
		return (this.server.address() as AddressInfo).port;
	}

	close(): void {
		this.server.closeAllConnections();
		this.server.close();
	}

	private take(request: IncomingMessage, response: ServerResponse): void {
		const pieces: Buffer[] = [];
		request.on("data", (piece: Buffer) => pieces.push(piece));
		request.on("end", () => {
			if (this.prng.chance(this.loss)) return void response.writeHead(503).end();
			const field = request.headers[REPORT_FIELD.toLowerCase()] as string;
			const opened = openReport(new Uint8Array(Buffer.concat(pieces)), field, () => this.seal);
			assert(!("status" in opened), JSON.stringify(opened));
			for (const record of opened) {
				const known = this.records.get(record.id);
				if (known !== undefined) {
					this.repeated++;
					assert.deepEqual(record, known, "a record that comes again is the same");
				} else this.records.set(record.id, record);
			}
			if (this.prng.chance(this.loss)) request.socket.destroy();
			else response.writeHead(200, { [REPORT_FIELD]: this.seal.receipt(field.slice(-64)) }).end();
		});
		request.on("error", () => {});
	}
}

/** Kills a program again and again while it meters. @param program begins it; folder, port and `quiet` follow */
async function killAgainAndAgain(program: readonly string[]): Promise<void> {
	const prng = new Prng(14);
	const folder = mkdtempSync(join(tmpdir(), "porthole-outbox-"));
	const ledger = new KillLedger(prng);
	const port = await ledger.listen();
	const safe = new Map<string, number>();
	/** Runs it until it has said a line and that so many sessions are safe, and for some time more; then kills it. */
	const run = async (more: readonly string[], line: string, sessions: number, time: number): Promise<void> => {
		const [command, ...args] = [...program, folder, `${port}`, ...more];
		const env = { ...process.env, TS_NODE_PROJECT: join(TOP, "tsconfig.json") };
		const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "inherit"] });
		let said = "";
		child.stdout.on("data", (chunk) => {
			said += chunk;
		});
		await until(line, 60_000, () => said.includes(`${line}\n`) || child.exitCode !== null);
		assert.equal(child.exitCode, null, "the program runs");
		await until("safe sessions", 20_000, () => said.split("safe ").length > sessions || child.exitCode !== null);
		await pause(time);
		const gone = once(child, "close");
		child.kill("SIGKILL");
		await gone;
		for (const text of said.split("\n").slice(0, -1)) {
			const [word, session, payload] = text.split(" ");
			if (word === "safe") safe.set(session, Number(payload));
		}
	};
	try {
		for (let round = 0; round < KILLS; round++) await run([], "open", 6, prng.below(1500));
		ledger.loss = 0;
		await run(["quiet"], "empty", 0, 0);
		assert(safe.size > 5 * KILLS, `${safe.size} sessions`);
		const sessions = new Map<string, MeteringRecord[]>();
		for (const record of ledger.records.values())
			sessions.set(record.session, [...(sessions.get(record.session) ?? []), record]);
		for (const [session, payload] of safe) {
			const [record, ...more] = sessions.get(session) ?? [];
			assert.deepEqual([record?.payload, record?.reason, more.length], [payload, "the viewer left", 0], session);
		}
		let interrupted = 0;
		for (const records of sessions.values()) {
			assertOneSession(records.sort((a, b) => a.part - b.part));
			if (records[records.length - 1].reason === INTERRUPTED) interrupted++;
		}
		assert(interrupted >= KILLS, `${interrupted} sessions were interrupted`);
	} finally {
		ledger.close();
		rmSync(folder, { recursive: true });
	}
}

describe("conformance: metering records", function () {
	this.timeout(60_000 + KILLS * 10_000);

	it(`REP-6 ${KILLS} × kill -9 lose none and double none on Node.js`, async () => {
		const folder = mkdtempSync(join(tmpdir(), "porthole-child-"));
		const program = join(folder, "child.js");
		// One file starts sooner than a compiler.
		buildSync({
			...{ entryPoints: [join(TOP, "test/support/metering-child.ts")], outfile: program },
			...{ bundle: true, platform: "node", logLevel: "error" },
		});
		try {
			await killAgainAndAgain([process.execPath, program]);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});

	it(`REP-6 ${KILLS} × kill -9 lose none and double none on XS`, async function () {
		let program = "";
		try {
			program = buildTools();
		} catch (error) {
			if (!(error instanceof BuildError)) throw error;
			skipFor(this, ["XS engine not built"]);
		}
		prepareTree();
		await killAgainAndAgain([program, TREE, "test/xs/metering-child"]);
	});
});
