import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { type DavLock, DavLocks } from "../../../../src/storage/dav/dav-locks";

function newLocks(): DavLocks {
	const random = new Prng(1);
	return new DavLocks({ fill: (bytes) => bytes.set(bytes.map(() => random.below(256))), unit: () => random.unit() });
}

function add(locks: DavLocks, now: number, path: string, more: Partial<DavLock> = {}): DavLock {
	const lock = locks.add(now, { path, isDeep: false, isShared: false, owner: "", seconds: 0, ...more });
	assert.ok(lock !== "full");
	return lock;
}

describe("storage/dav/dav-locks", () => {
	it("gives each lock an unguessable token", () => {
		const locks = newLocks();
		const tokens = new Set(Array.from({ length: 100 }, (_, i) => add(locks, 0, `${i}`).token));
		assert.equal(tokens.size, 100);
		for (const token of tokens)
			assert.match(token, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	});

	it("holds for a path, and for all below it if it is deep", () => {
		const locks = newLocks();
		const deep = add(locks, 0, "a", { isDeep: true });
		const flat = add(locks, 0, "b");
		const covered: [string, DavLock[]][] = [
			["a", [deep]],
			["a/x/y", [deep]],
			["ab", []],
			["", []],
			["b", [flat]],
			["b/x", []],
		];
		for (const [path, expected] of covered) assert.deepEqual(locks.covering(0, path), expected, path);
		assert.equal(locks.obstacle(0, "b", false, []), flat);
		assert.equal(locks.obstacle(0, "b", false, [flat.token]), undefined);
		assert.equal(locks.obstacle(0, "", false, []), undefined);
		assert.equal(locks.obstacle(0, "", true, [deep.token]), flat);
	});

	it("ends a lock in time, and after a day at the latest, unless it is refreshed", () => {
		const locks = newLocks();
		const [usual, longest] = [add(locks, 0, "a"), add(locks, 0, "b", { seconds: Infinity })];
		assert.deepEqual([usual.seconds, longest.seconds], [600, 86_400]);
		locks.refresh(500_000, usual, 200);
		assert.equal(locks.count(699_999), 2);
		assert.equal(locks.count(700_000), 1);
		assert.equal(locks.count(86_400_000), 0);
	});

	it("forgets the locks of what is gone", () => {
		const locks = newLocks();
		for (const path of ["a", "a/b", "a/b/c", "ab"]) add(locks, 0, path);
		locks.removeTree("a");
		assert.deepEqual(locks.covering(0, "ab").length, 1);
		assert.equal(locks.count(0), 1);
	});

	it("keeps 1,000 locks at most", () => {
		const locks = newLocks();
		for (let i = 0; i < 1000; i++) add(locks, 0, `${i}`);
		const more = { path: "x", isDeep: false, isShared: false, owner: "", seconds: 0 };
		assert.equal(locks.add(0, more), "full");
		assert.notEqual(locks.add(600_000, more), "full");
	});
});
