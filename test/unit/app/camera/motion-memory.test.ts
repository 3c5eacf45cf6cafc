import assert from "node:assert/strict";
import { MotionMemory } from "../../../../src/app/camera/motion-memory";
import type { Store } from "../../../../src/ports/store";

describe("app/motion-memory", () => {
	const lines: string[] = [];
	const log = { write: (level: string, area: string, text: string) => void lines.push(`${level} ${area}: ${text}`) };
	beforeEach(() => void lines.splice(0));

	it("keeps presets in the store under a key of their own", () => {
		const values = new Map<string, string>();
		const store: Store = {
			read: (key) => values.get(key),
			write: (key, value) => void values.set(key, value),
			delete: (key) => void values.delete(key),
		};
		const memory = new MotionMemory(store, log);
		assert.equal(memory.read(), undefined);
		memory.write("patrol off\n");
		assert.deepEqual([memory.read(), [...values]], ["patrol off\n", [["motion", "patrol off\n"]]]);
	});

	it("logs a storage failure, and does not throw", () => {
		const fail = (): never => {
			throw new Error("the medium is worn out");
		};
		const memory = new MotionMemory({ read: fail, write: fail, delete: fail }, log);
		assert.equal(memory.read(), undefined);
		memory.write("patrol off\n");
		assert.deepEqual(lines, [
			"error motion: presets cannot be read: the medium is worn out",
			"error motion: presets cannot be stored: the medium is worn out",
		]);
	});
});
