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
			'error store: the value "motion" cannot be read: the medium is worn out',
			'error store: the value "motion" cannot be stored: the medium is worn out',
			'error store: the value "motion" cannot be deleted: the medium is worn out',
		]);
	});
});
