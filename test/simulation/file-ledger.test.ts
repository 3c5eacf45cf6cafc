import assert from "node:assert/strict";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { World } from "../../hosts/virtual/world";
import { Prng } from "../../src/base/prng";
import { Pump } from "../../src/core/pump";
import { FileLedger } from "../../src/relay/file-ledger";
import type { MeteringRecord } from "../../src/relay/metering-record";
import { type LedgerRig, ledgerSuite, listed, recordOf, stored, summed, ticketOf } from "../support/ledger-suite";

/** A ledger on the disk of a virtual machine. */
class FileRig implements LedgerRig {
	readonly world: World;
	readonly machine: VirtualMachine;
	ledger!: FileLedger;

	constructor(seed: number, disk = {}) {
		this.world = new World(seed);
		this.machine = new VirtualMachine(this.world, "nas", { disk });
		this.open();
	}

	open(): void {
		const pump = new Pump(this.machine.clock);
		this.ledger = new FileLedger(this.machine.files, (run) => pump.after(0, run));
	}

	async wait<Value>(start: (done: (value: Value) => void) => void): Promise<Value> {
		const answers: Value[] = [];
		let returned = false;
		start((value) => {
			assert.ok(returned, "never during the call");
			answers.push(value);
		});
		returned = true;
		assert.ok(this.world.runUntil(() => answers.length > 0, 600_000));
		this.world.runFor(100);
		assert.equal(answers.length, 1);
		return answers[0];
	}

	async restart(): Promise<void> {
		this.machine.crash();
		this.world.runFor(100);
		this.machine.powerOn();
		this.open();
	}

	async end(): Promise<void> {}
}

/** Stores records. @returns the fault, or how many were added */
function attempt(rig: FileRig, records: readonly MeteringRecord[]): Promise<string | number> {
	return rig.wait((done) => rig.ledger.store(records, (fault, added) => done(fault ?? added)));
}

/** How many seeds each search has. */
const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "60");

describe("simulation/file-ledger", () => {
	ledgerSuite(async () => new FileRig(1));

	it("loses no record that was confirmed, and has none twice, at power cuts in any moment (REP-6, REP-8)", async () => {
		for (let seed = 1; seed <= SEEDS; seed++) {
			const rig = new FileRig(seed);
			const random = new Prng(seed);
			const given = new Map<string, MeteringRecord>();
			const confirmed = new Set<string>();
			for (let round = 0; round < 4; round++) {
				for (let n = random.below(12); n >= 0; n--) {
					// Records that were not confirmed come again, as relays do.
					const report = [...given.values()].filter(({ id }) => !confirmed.has(id)).slice(0, random.below(6));
					for (let i = random.below(5); i >= 0; i--) {
						const record = recordOf(given.size + 1, { end: 1_795_000_060_000 + random.below(1e6), viewer: `v${seed}` });
						given.set(record.id, record);
						report.push(record);
					}
					rig.ledger.store(report, (fault) => {
						if (fault === undefined) for (const { id } of report) confirmed.add(id);
					});
					if (random.chance(0.2)) rig.ledger.redeemed(ticketOf(`t${n}`, round));
					rig.world.runFor(random.below(12));
				}
				await rig.restart();
				const found = await listed(rig, {}, 10_000);
				for (const record of found) assert.deepEqual(record, given.get(record.id));
				assert.equal(new Set(found.map(({ id }) => id)).size, found.length, `seed ${seed}: none twice`);
				for (const id of confirmed)
					assert.ok(
						found.some((record) => record.id === id),
						`seed ${seed}: lost ${id}`,
					);
				const [sum] = await summed(rig, "viewer");
				assert.equal(sum?.records ?? 0, found.length);
			}
		}
	});

	it("takes nothing for stored that was not confirmed, whatever operations of the disk fail (REP-6)", async () => {
		for (let seed = 1; seed <= SEEDS; seed++) {
			const rig = new FileRig(seed, { faults: 0.15 });
			const confirmed = new Set<string>();
			let reports = 0;
			for (let n = 1; confirmed.size < 20 && n < 1000; n++) {
				const record = recordOf(confirmed.size + 1);
				const answer = await attempt(rig, [record]);
				reports++;
				if (typeof answer === "number") confirmed.add(record.id);
			}
			assert.ok(reports > 20, "some have failed");
			assert.equal(confirmed.size, 20);
			rig.machine.disk.settings.faults = 0;
			await rig.restart();
			const found = (await listed(rig, {}, 10_000)).map(({ id }) => id);
			assert.equal(new Set(found).size, found.length, "none twice");
			for (const id of confirmed) assert.ok(found.includes(id), `seed ${seed}: lost ${id}`);
			assert.equal(
				await stored(
					rig,
					[...confirmed].map((_, i) => recordOf(i + 1)),
				),
				0,
			);
		}
	});

	it("says that the medium is full, and stores again when there is room (REP-10)", async () => {
		const rig = new FileRig(1, { capacity: 20_000 });
		let full: string | number = 0;
		let count = 0;
		while (typeof full === "number") full = await attempt(rig, [recordOf(++count)]);
		assert.ok(count > 10);
		assert.equal((await listed(rig)).length, count - 1);
		rig.machine.disk.settings.capacity = 100_000;
		assert.equal(await attempt(rig, [recordOf(count), recordOf(count + 1)]), 2);
		await rig.restart();
		assert.equal((await listed(rig)).length, count + 1);
	});

	it("stores what comes at the same time together, in order", async () => {
		const rig = new FileRig(3, { syncDelay: 50 });
		await stored(rig, [recordOf(0)]);
		const begun = rig.world.now;
		let answered = 0;
		for (let i = 1; i <= 100; i++) rig.ledger.store([recordOf(i)], (_fault, added) => (answered += added));
		assert.ok(rig.world.runUntil(() => answered === 100, 10_000));
		assert.ok(rig.world.now - begun < 300, "not one sync for each");
	});

	it("begins another file after a megabyte, and reads of all only those that it needs", async () => {
		const rig = new FileRig(4);
		for (let n = 0; n < 60; n++) {
			const report = Array.from({ length: 100 }, (_, i) =>
				recordOf(n * 100 + i, { end: 1_795_000_060_000 + n * 1000 }),
			);
			await stored(rig, report);
		}
		const read = rig.machine.disk.root.entries.get("ledger");
		assert.ok(read !== undefined && read.kind !== "file" && read.entries.size >= 3);
		await rig.restart();
		const page = await listed(rig, {}, 150);
		assert.equal(page.length, 150);
		assert.equal(page[0].end, 1_795_000_060_000 + 59_000);
		const begun = rig.world.now;
		await listed(rig, {}, 150, page[149].id);
		const few = rig.world.now - begun;
		await summed(rig, "day");
		assert.equal(
			(await summed(rig, "day")).reduce((sum, { records }) => sum + records, 0),
			6000,
		);
		assert.ok(few < 300, `${few} ms`);
	});
});
