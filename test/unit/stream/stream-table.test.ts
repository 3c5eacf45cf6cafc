import assert from "node:assert/strict";
import { StreamTable } from "../../../src/stream/stream-table";

const entry = (stream: number, control: string) => ({
	control,
	stream,
	content: "live",
	client: "10.1.0.7",
	framing: "udp" as const,
	ssrc: 40 + stream,
	units: [{ unit: "RTP sender", bound: "10.1.0.10:5004", advertisedPort: 5004 }],
});

describe("stream/stream-table", () => {
	it("leads from control sessions to streams and their processing units (STR-2)", () => {
		const table = new StreamTable();
		table.add(entry(1, "alice"));
		table.add(entry(2, "alice"));
		table.add(entry(3, "bob"));
		assert.throws(() => table.add(entry(3, "bob")), RangeError);
		assert.deepEqual(
			[...table.entries].map(({ control, stream }) => [control, stream]),
			[
				["alice", 1],
				["alice", 2],
				["bob", 3],
			],
		);
		assert.equal(table.get(2)?.units[0].bound, "10.1.0.10:5004");
		table.remove(1);
		table.remove(1);
		assert.deepEqual(
			table.entries.map(({ stream }) => stream),
			[2, 3],
		);
		assert.deepEqual([table.size, table.get(1)], [2, undefined]);
	});
});
