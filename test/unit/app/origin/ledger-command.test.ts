import assert from "node:assert/strict";
import { VirtualMachine } from "../../../../hosts/virtual/virtual-machine";
import { World } from "../../../../hosts/virtual/world";
import { exportProgress } from "../../../../src/app/origin/export-progress";
import { runLedgerCommand } from "../../../../src/app/origin/ledger-command";
import { latin1 } from "../../../../src/base/text";
import { Pump } from "../../../../src/core/pump";
import { FileLedger } from "../../../../src/relay/file-ledger";
import { LEDGER_COMMAND_SCHEMA } from "../../../../src/settings/cli/commands";
import { gatherSettings } from "../../../../src/settings/cli/gather-settings";
import { UsageError } from "../../../../src/settings/usage-error";
import { recordOf, ticketOf } from "../../../support/ledger-suite";

const UTC = Date.UTC(2026, 10, 27);

describe("app/origin/export-progress", () => {
	it("shows how much is written, twice a second at most, in one line", () => {
		let now = 0;
		const shown: string[] = [];
		const progress = exportProgress(
			(text) => shown.push(text),
			() => now,
		);
		for (now = 0; now <= 1200; now += 100) progress(now * 10_000);
		assert.deepEqual(shown, ["\r5.0 MB written", "\r10.0 MB written"]);
	});
});

/** Runs the command on a ledger with three records and a ticket. */
class Scene {
	readonly world = new World(1);
	readonly machine = new VirtualMachine(this.world, "nas");
	private readonly pump = new Pump(this.machine.clock);
	readonly errors: string[] = [];

	open = (folder = "/storage"): FileLedger => {
		assert.equal(folder, "/storage");
		return new FileLedger(this.machine.files, (run) => this.pump.after(0, run));
	};

	constructor(records = 3) {
		const ledger = this.open();
		let stored = 0;
		for (let i = 0; i < records; i++) {
			const changes = { start: UTC + i * 60_000, end: UTC + (i + 1) * 60_000, viewer: i === 1 ? "" : "anna" };
			ledger.store([recordOf(i, changes)], () => stored++);
		}
		ledger.redeemed(ticketOf("unreported", UTC));
		ledger.store([], () => stored++);
		assert.ok(this.world.runUntil(() => stored === records + 1, 60_000));
		this.world.runFor(1000);
	}

	run(line: string, takes = Infinity): { readonly code: number; readonly text: string } {
		const [word, ...args] = line.split(" ");
		const sources = { variable: () => undefined, readFile: () => undefined };
		const { values } = gatherSettings(LEDGER_COMMAND_SCHEMA, ["--folder", "/storage", ...args], sources);
		let text = "";
		let code: number | undefined;
		const output = {
			write: (bytes: Uint8Array, done: (isTaken: boolean) => void) => {
				text += latin1(bytes, 0, bytes.length);
				this.pump.after(0, () => done(text.length <= takes));
			},
			error: (line: string) => void this.errors.push(line),
		};
		runLedgerCommand(word, values, this.open, output, UTC + 2 * 3_600_000, (end) => {
			code = end;
		});
		assert.ok(this.world.runUntil(() => code !== undefined, 60_000));
		return { code: code ?? -1, text };
	}
}

describe("app/origin/ledger-command", () => {
	it("lists records, the newest first (REP-8)", () => {
		const scene = new Scene();
		const { code, text } = scene.run("list --limit 2");
		assert.deepEqual(scene.errors, ["there are older ones: --limit N lists more, export all"]);
		assert.equal(code, 0);
		assert.equal(
			text,
			[
				"end                       viewer     content  relay  seconds  payload    total  amount      reason",
				"2026-11-27T00:03:00.000Z  anna       garage   kiosk       60  7200000  7368000  0.0072 EUR  the viewer left",
				"2026-11-27T00:02:00.000Z  (unknown)  garage   kiosk       60  7200000  7368000  0.0072 EUR  the viewer left",
				"",
			].join("\n"),
		);
	});

	it("sums up by what is asked for (REP-8)", () => {
		const scene = new Scene();
		assert.match(scene.run("sum").text, /\nanna +2 +120 +14400000 +14736000 +12000 +3000 +6 +0\.0144 EUR\n$/);
		assert.match(scene.run("sum --by day --from 2026-11-27 --to 2026-11-27").text, /^day .*\n2026-11-27 +3 +180 /);
		assert.deepEqual(scene.errors, []);
		assert.equal(scene.run("sum --by relay --viewer nobody").text.split("\n").length, 2);
		assert.deepEqual(scene.errors, ["nothing in the ledger fits"]);
	});

	it("exports all records of a choice, however many, as CSV or JSON (REP-8)", () => {
		const scene = new Scene(600);
		const csv = scene.run("export").text.split("\r\n");
		assert.equal(csv.length, 602);
		const json = JSON.parse(scene.run("export --format json --viewer anna").text);
		assert.equal(json.length, 599);
		assert.deepEqual(json[598], recordOf(0, { start: UTC, end: UTC + 60_000 }));
	});

	it("says so when the output takes no more, with exit code 1", () => {
		const scene = new Scene(600);
		const { code } = scene.run("export", 1000);
		assert.equal(code, 1);
		assert.deepEqual(scene.errors, ["the export is not complete: standard output takes no more"]);
	});

	it("lists used tickets without a record after an hour (REP-12)", () => {
		const { text } = new Scene().run("unrecorded");
		assert.match(text, /\n2026-11-27T00:00:00\.000Z {2}anna {4}garage {3}kiosk {2}unreported {2}upstream\n$/);
	});

	it("refuses what means nothing, before it opens anything", () => {
		const scene = new Scene();
		for (const line of ["delete", "list --from yesterday", "sum --from 2026-11-28 --to 2026-11-27", "list --folder="])
			assert.throws(() => scene.run(line), UsageError, line);
	});
});
