import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { isServicePath } from "../../../src/wire/fleet-service";
import { nasPath, readNasPath } from "../../../src/wire/nas-service";

describe("wire/nas-service", () => {
	it("reads what it has written (STR-27)", () => {
		const state = [353, 18_630, 20_418];
		assert.equal(nasPath(state), "/nas/353/18630/20418");
		assert.deepEqual(readNasPath("/nas/353/18630/20418"), state);
	});

	it("writes a path that can be announced, whatever the numbers are", () => {
		for (const values of [
			[1e12, 1e12, 1e12],
			[-1, 0.5, 3.9],
			[Number.MAX_VALUE, 0, 0],
		]) {
			const path = nasPath(values);
			assert.ok(isServicePath(path), path);
			assert.equal(nasPath(readNasPath(path)), path);
		}
	});

	it("takes zeros for what it can't read, and never a number of which no date can be made", () => {
		assert.deepEqual(readNasPath("/nas"), [0, 0, 0]);
		assert.deepEqual(readNasPath("/nas/x/2"), [0, 2, 0]);
		const random = new Prng(1);
		for (let i = 0; i < 5000; i++) {
			let path = "/nas/";
			while (path.length < 32) path += "/0123456789.e-nas%~Infinity"[random.below(27)];
			const [used, free, since] = readNasPath(path);
			assert.ok(
				[used, free, since].every((value) => value <= 99_999_999),
				path,
			);
			if (since > 0) new Date(since * 86_400_000).toISOString();
		}
	});
});
