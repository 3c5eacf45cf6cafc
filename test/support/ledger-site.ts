import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MeteringRecord } from "../../src/relay/metering-record";
import { NAS_PROGRAMS, type RunningCamera, startNas } from "../../tools/camera-program";
import { PASSWORD } from "./digest";
import { recordOf } from "./ledger-suite";
import { FLEET_KEY, signedReport } from "./relay-reports";

const HOUR = 3_600_000;
/** Of how many sessions the relays report. */
export const LEDGER_SESSIONS = 120;
const VIEWERS = ["anna", "ben@home", ""];
const CONTENTS = ["garage", "garden", "garage"];

/** The program of a NAS on this machine to which two relays have reported five days of sessions, from 2026-11-20 on. */
export class LedgerSite {
	private constructor(
		private readonly nas: RunningCamera,
		private readonly folder: string,
	) {}

	/** Starts it. @param more options of the NAS */
	static async start(...more: readonly string[]): Promise<LedgerSite> {
		const folder = mkdtempSync(join(tmpdir(), "porthole-ledger-"));
		mkdirSync(join(folder, "storage"));
		const flags = ["--fleet-key", FLEET_KEY, "--password", PASSWORD, ...more];
		const site = new LedgerSite(await startNas(NAS_PROGRAMS[0], join(folder, "storage"), ...flags), folder);
		const records = Array.from({ length: LEDGER_SESSIONS }, (_, i) => site.record(i));
		for (const relay of ["kiosk", "train"]) {
			const own = records.filter((record) => record.relay === relay);
			for (let at = 0; at < own.length; at += 30) await site.post(relay, own.slice(at, at + 30));
		}
		return site;
	}

	/** The folder of the NAS. */
	get storage(): string {
		return join(this.folder, "storage");
	}

	url(path: string): string {
		return `http://127.0.0.1:${this.nas.port}/${path}`;
	}

	async stop(): Promise<void> {
		await this.nas.stop();
		rmSync(this.folder, { recursive: true, force: true });
	}

	private record(number: number): MeteringRecord {
		const end = Date.UTC(2026, 10, 20) + number * HOUR;
		const seconds = 600 + ((number * 577) % 2700);
		const octets = seconds * 120_000;
		return recordOf(number, {
			start: end - seconds * 1000,
			end,
			viewer: VIEWERS[number % VIEWERS.length],
			content: CONTENTS[number % 5 === 0 ? 1 : 0],
			relay: number % 4 === 0 ? "train" : "kiosk",
			isLast: number % 7 > 0,
			reason: number % 7 > 0 ? "the viewer left" : "",
			payload: octets,
			total: Math.round(octets * 1.024),
			packets: seconds * 100,
			frames: seconds * 25,
			drops: number % 6 === 0 ? number : 0,
			amount: Math.round(octets / 50),
		});
	}

	private async post(relay: string, records: readonly MeteringRecord[]): Promise<void> {
		const { body, field } = signedReport(records, relay);
		const [name, value] = field.trim().split(": ");
		const headers = { "content-type": "application/json", [name]: value, connection: "close" };
		const answer = await fetch(this.url("api/v1/metering"), { method: "POST", headers, body });
		if (answer.status !== 200) throw new Error(`the report was not taken: ${await answer.text()}`);
	}
}
