import assert from "node:assert/strict";
import { parseAddressTable } from "../../../../src/stream/address/address-table-file";
import { addressRows } from "../../../../src/stream/routes/address-table-rows";
import { FIRST_FORM, SECOND_FORM } from "../../../support/stream-tables";

/** The rows of a table, a line each: network, protocol, direction, unit, bound address and port, advertised address and port. */
function rows(text: string): string[] {
	const file = parseAddressTable(text);
	assert.ok("rows" in file, JSON.stringify(file));
	return addressRows(file.rows).map((row) => {
		const { kind, ...ports } = row.boundPort;
		const port = [kind, ...Object.values(ports)].join(" ");
		return `${row.network}/${row.prefix} ${row.protocol} ${row.direction}: ${row.unit}, ${row.bound} ${port}, ${row.advertised} ${row.advertisedPort}`;
	});
}

describe("stream/address-table-rows", () => {
	it("makes the rows of the first form, with a dummy port for reports (STR-5, STR-6)", () => {
		assert.deepEqual(rows(FIRST_FORM), [
			"10.1.0.0/24 RTP send: RTP sender, 10.1.0.10 dynamic, 10.1.0.10 pair",
			"10.1.0.0/24 RTCP send: RTCP sender and receiver, 10.1.0.10 dynamic, 10.1.0.10 pair",
			"10.1.0.0/24 RTCP receive: RTCP sender and receiver, 10.1.0.10 dynamic, 10.1.0.10 pair",
			"0.0.0.0/0 RTP send: RTP sender, 10.3.0.10 dynamic, 198.20.0.210 pair",
			"0.0.0.0/0 RTCP send: none,  dynamic, 198.20.0.210 dummy",
			"0.0.0.0/0 RTCP receive: none,  dynamic, 198.20.0.210 dummy",
		]);
	});

	it("makes the rows of the second form, with a sender and a receiver (STR-5, STR-7)", () => {
		assert.deepEqual(rows(SECOND_FORM).slice(3), [
			"0.0.0.0/0 RTP send: RTP sender, 10.3.0.20 dynamic, 198.20.0.210 pair",
			"0.0.0.0/0 RTCP send: RTCP sender, 10.3.0.20 range 5000 5999, 198.20.0.210 pair",
			"0.0.0.0/0 RTCP receive: RTCP receiver, 10.1.0.20 static 500, 198.20.0.210 pair",
		]);
	});

	for (const [title, text, expected] of [
		[
			"one row for each network of a name",
			"network far 8.0.0.0/8 9.0.0.0/8 2001:db8::/32\nfar rtp send 10.0.0.1:6000",
			[
				"8.0.0.0/8 RTP send: RTP sender, 10.0.0.1 static 6000, 10.0.0.1 pair",
				"9.0.0.0/8 RTP send: RTP sender, 10.0.0.1 static 6000, 10.0.0.1 pair",
			],
		],
		[
			"one unit of two rows at one address and port",
			"internet rtcp send 10.0.0.1:6001\ninternet rtcp receive 10.0.0.1:6001 as 1.1.1.1:6001",
			[
				"0.0.0.0/0 RTCP send: RTCP sender and receiver, 10.0.0.1 static 6001, 10.0.0.1 pair",
				"0.0.0.0/0 RTCP receive: RTCP sender and receiver, 10.0.0.1 static 6001, 1.1.1.1 6001",
			],
		],
		[
			"a dummy port that the administrator chose, and an advertised port of its own",
			"internet rtcp none as 1.1.1.1:9\n8.0.0.0/8 rtp send 10.0.0.1 as 1.1.1.1:7000",
			[
				"0.0.0.0/0 RTCP send: none,  dynamic, 1.1.1.1 9",
				"0.0.0.0/0 RTCP receive: none,  dynamic, 1.1.1.1 9",
				"8.0.0.0/8 RTP send: RTP sender, 10.0.0.1 dynamic, 1.1.1.1 7000",
			],
		],
	] as const)
		it(`makes ${title} (STR-4)`, () => assert.deepEqual(rows(text), expected));
});
