import assert from "node:assert/strict";
import { EventTable } from "../../../../src/storage/events/event-table";

function add(table: EventTable, id: number, camera: string, from: number, to?: number): void {
	table.add({ id, camera, kind: "motion", from, label: "" });
	if (to !== undefined) table.end(table.find(id), to);
}

describe("storage/events/event-table", () => {
	it("finds the events that overlap a span, by start, of one camera or of all (STR-26)", () => {
		const table = new EventTable(100);
		add(table, 1, "a", 100, 200);
		add(table, 2, "b", 300);
		add(table, 3, "a", 150, 400);
		add(table, 4, "a", 120, 120);
		const ids = (camera: string | undefined, from: number, to: number, max = 10) =>
			table.between(camera, from, to, max).map(({ id }) => id);
		assert.deepEqual(ids(undefined, 0, 1000), [1, 4, 3, 2]);
		assert.deepEqual(ids("a", 0, 1000), [1, 4, 3]);
		assert.deepEqual(ids("a", 200, 1000), [3]);
		assert.deepEqual(ids("a", 120, 121), [1, 4]);
		assert.deepEqual(ids("b", 500, 501), [2], "it lasts");
		assert.deepEqual(ids(undefined, 0, 1000, 2), [1, 4]);
		assert.deepEqual(ids("c", 0, 1000), []);
		assert.deepEqual(ids(undefined, 400, 300), []);
	});

	it("forgets the oldest when it is full, and events before a time", () => {
		const table = new EventTable(300);
		for (let id = 1; id <= 1000; id++) add(table, id, id % 2 === 0 ? "even" : "odd", id, id + 1);
		assert.equal(table.length, 300);
		assert.equal(table.find(700), -1);
		assert.equal(table.at(table.find(701)).from, 701);
		table.forget((camera) => (camera === "odd" ? 900 : -Infinity));
		assert.equal(table.length, 150 + 51);
		assert.equal(table.between("odd", 0, 2000, 1000)[0].id, 899);
		for (let id = 2001; id <= 2500; id++) add(table, id, "odd", id, id + 1);
		assert.equal(table.length, 300);
		assert.deepEqual(
			table.between(undefined, 0, 9000, 1000).map(({ id }) => id),
			Array.from({ length: 300 }, (_, i) => 2201 + i),
		);
	});

	it("finds a day among 250,000 events of 64 cameras in 30 days without looking at all of them for long", () => {
		const table = new EventTable(250_000);
		const step = (30 * 86_400_000) / 250_000;
		for (let i = 0; i < 250_000; i++) add(table, i + 1, `camera-${i % 64}`, i * step, i * step + 5000);
		const begin = Date.now();
		const day = table.between("camera-7", 20 * 86_400_000, 21 * 86_400_000, 10_000);
		const took = Date.now() - begin;
		assert.ok(day.length > 100);
		// 5 ms on an idle machine; XS takes some thirty times as long, and has room for fewer events.
		if ("😀".length === 2) assert.ok(took < 1000, `${took} ms`);
	});
});
