import assert from "node:assert/strict";
import { VirtualStore } from "../../../hosts/virtual/virtual-store";
import { TolerantStore } from "../../../src/app/tolerant-store";

describe("app/tolerant-store", () => {
	const lines: string[] = [];
	const log = { write: (level: string, area: string, text: string) => void lines.push(`${level} ${area}: ${text}`) };
	beforeEach(() => void lines.splice(0));

	it("passes values on", () => {
		const store = new VirtualStore();
		const tolerant = new TolerantStore(store, log);
		tolerant.write("motion", "patrol off\n");
		assert.deepEqual([tolerant.read("motion"), store.read("motion")], ["patrol off\n", "patrol off\n"]);
		tolerant.delete("motion");
		assert.deepEqual([tolerant.read("motion"), lines], [undefined, []]);
	});

	it("logs a storage failure, and does not throw", () => {
		const fail = (): never => {
			throw new Error("the medium is worn out");
		};
		const tolerant = new TolerantStore({ read: fail, write: fail, delete: fail }, log);
		assert.equal(tolerant.read("motion"), undefined);
		tolerant.write("motion", "patrol off\n");
		tolerant.delete("motion");
		assert.deepEqual(lines, [
			'error store: the value "motion" cannot be read: the medium is worn out; changes are kept in memory',
			'error store: the value "motion" cannot be stored: the medium is worn out; changes are kept in memory',
			'error store: the value "motion" cannot be deleted: the medium is worn out; changes are kept in memory',
		]);
	});

	it("goes on from memory while the medium fails, and stores everything once it works again", () => {
		const store = new VirtualStore();
		const waiting: (() => void)[] = [];
		const faults: string[] = [];
		const tolerant: TolerantStore = new TolerantStore(
			store,
			log,
			(run) => void waiting.push(run),
			() => void faults.push(tolerant.fault),
		);
		tolerant.write("name", "own Door");
		store.broken = true;
		for (const name of ["own Gate", "own Hall", "own Hall"]) tolerant.write("name", name);
		tolerant.write("port", "20001");
		tolerant.delete("motion");
		assert.deepEqual([tolerant.read("name"), tolerant.read("port")], ["own Hall", "20001"]);
		assert.deepEqual([store.read("name"), waiting.length], ["own Door", 1]);
		waiting.pop()?.();
		assert.deepEqual([faults, waiting.length], [["the medium fails"], 1]);
		store.broken = false;
		waiting.pop()?.();
		assert.deepEqual(
			[...store.values],
			[
				["name", "own Hall"],
				["port", "20001"],
			],
		);
		assert.deepEqual([faults, waiting.length], [["the medium fails", ""], 0]);
		assert.equal(lines.at(-1), "info store: all values are stored again");
		assert.ok(lines.length < 6, "one line for each fault, not for each value and attempt");
	});
});
