import assert from "node:assert/strict";
import type { Path } from "../../../../src/core/path";
import type { AddressRow, AdvertisedPort, BoundPort, UnitKind } from "../../../../src/stream/address/address-row";
import { AddressTable } from "../../../../src/stream/address/address-table";

const DYNAMIC: BoundPort = { kind: "dynamic" };
const A: Path = { name: "eth0", address: "10.1.0.10", prefix: 24 };
const A20: Path = { name: "eth0", address: "10.1.0.20", prefix: 24 };
const C: Path = { name: "eth1", address: "10.3.0.10", prefix: 24, gateway: "10.3.0.1" };
const A6: Path = { name: "eth0", address: "2001:db8:1::10", prefix: 64 };
const C6: Path = { name: "eth1", address: "2001:db8:3::10", prefix: 64, gateway: "fe80::1%eth1" };
const PATHS = [A, A20, C, A6, C6];

function row(
	network: string,
	protocol: "RTP" | "RTCP",
	direction: "send" | "receive",
	unit: UnitKind,
	bound: string,
	boundPort: BoundPort = DYNAMIC,
	advertised = "203.0.113.210",
	advertisedPort: AdvertisedPort = "pair",
): AddressRow {
	const [address, prefix] = network.split("/");
	return {
		network: address,
		prefix: Number(prefix),
		protocol,
		direction,
		unit,
		advertised,
		bound,
		boundPort,
		advertisedPort,
		configured: true,
	};
}

const text = (rows: readonly AddressRow[]) =>
	rows.map(
		({ network, prefix, protocol, direction, unit, bound, configured }) =>
			`${network}/${prefix} ${protocol} ${direction}: ${unit} at ${bound}${configured ? "" : " by rule"}`,
	);

/** Who is served from where by the rule: client, control address, interfaces, then bound addresses of RTP and RTCP. */
const RULE: readonly [string, string, string, readonly Path[], string, string, boolean][] = [
	["a client of our own network: A", "10.1.0.7", "10.1.0.10", [A, C], "10.1.0.10", "10.1.0.10", false],
	["one by another address of A: that", "10.1.0.7", "10.1.0.20", [A, A20, C], "10.1.0.20", "10.1.0.20", false],
	["one elsewhere: RTP by B, RTCP by A", "198.51.100.9", "10.1.0.10", [A, C], "10.3.0.10", "10.1.0.10", true],
	["one elsewhere, with one interface: A", "198.51.100.9", "10.1.0.10", [A], "10.1.0.10", "10.1.0.10", true],
	["one elsewhere, by B itself: B", "198.51.100.9", "10.3.0.10", [A, C], "10.3.0.10", "10.3.0.10", true],
	[
		"one elsewhere, beside an interface without a router: A",
		"198.51.100.9",
		"10.1.0.10",
		[A, { name: "docker0", address: "172.17.0.1", prefix: 16 }],
		"10.1.0.10",
		"10.1.0.10",
		true,
	],
	[
		"one elsewhere, with two interfaces in one network: A",
		"198.51.100.9",
		"10.1.0.10",
		[A, { name: "wlan0", address: "10.1.0.11", prefix: 24, gateway: "10.1.0.1" }],
		"10.1.0.10",
		"10.1.0.10",
		true,
	],
	["a program on this machine", "127.0.0.1", "127.0.0.1", [A, C], "127.0.0.1", "127.0.0.1", false],
	["one on this machine by its own address", "10.3.0.10", "10.3.0.10", [A, C], "10.3.0.10", "10.3.0.10", false],
	["an IPv6 client of our own network", "2001:db8:1::7", A6.address, PATHS, A6.address, A6.address, false],
	["an IPv6 client elsewhere", "2001:db8:9::7", A6.address, PATHS, C6.address, A6.address, true],
	[
		"an IPv6 client elsewhere, and only IPv4 has a B",
		"2001:db8:9::7",
		A6.address,
		[A, C, A6],
		A6.address,
		A6.address,
		true,
	],
	[
		"a link-local client",
		"fe80::7%eth0",
		"fe80::1%eth0",
		[{ ...A6, address: "fe80::1%eth0" }],
		"fe80::1%eth0",
		"fe80::1%eth0",
		false,
	],
];

describe("stream/address-table", () => {
	for (const [name, client, local, paths, rtp, rtcp, isFar] of RULE) {
		it(`serves ${name} (STR-18)`, () => {
			const rows = new AddressTable([], true).lookup(client, local, paths);
			assert.ok(rows !== undefined);
			assert.deepEqual(
				[rows.rtp.bound, rows.rtcpSend.bound, rows.rtcpReceive.bound, rows.isFar],
				[rtp, rtcp, rtcp, isFar],
			);
			assert.equal(rows.rtcpSend.unit, "RTCP sender and receiver");
			assert.equal(rows.rtp.advertised, "");
		});
	}

	it("makes rows by the rule for each own network and for all others (STR-18)", () => {
		const table = new AddressTable([], true);
		const rowsFor = (client: string, local: string, paths: readonly Path[]): string[] => {
			const rows = table.lookup(client, local, paths);
			return rows === undefined ? [] : text([rows.rtp, rows.rtcpSend, rows.rtcpReceive]);
		};
		assert.deepEqual(rowsFor("10.1.0.7", "10.1.0.10", [A, C]), [
			"10.1.0.0/24 RTP send: RTP sender at 10.1.0.10 by rule",
			"10.1.0.0/24 RTCP send: RTCP sender and receiver at 10.1.0.10 by rule",
			"10.1.0.0/24 RTCP receive: RTCP sender and receiver at 10.1.0.10 by rule",
		]);
		assert.deepEqual(rowsFor("198.51.100.9", "10.1.0.10", [A, C]), [
			"0.0.0.0/0 RTP send: RTP sender at 10.3.0.10 by rule",
			"0.0.0.0/0 RTCP send: RTCP sender and receiver at 10.1.0.10 by rule",
			"0.0.0.0/0 RTCP receive: RTCP sender and receiver at 10.1.0.10 by rule",
		]);
		assert.deepEqual(rowsFor("2001:db8:9::7", A6.address, [A, A6]).slice(-1), [
			`::/0 RTCP receive: RTCP sender and receiver at ${A6.address} by rule`,
		]);
	});

	it("overrides the rule row by row (STR-18)", () => {
		const table = new AddressTable([row("0.0.0.0/0", "RTCP", "receive", "RTCP receiver", "10.1.0.20")], true);
		const rows = table.lookup("198.51.100.9", "10.1.0.10", PATHS);
		assert.deepEqual(text([rows!.rtp, rows!.rtcpSend, rows!.rtcpReceive]), [
			"0.0.0.0/0 RTP send: RTP sender at 10.3.0.10 by rule",
			"0.0.0.0/0 RTCP send: RTCP sender and receiver at 10.1.0.10 by rule",
			"0.0.0.0/0 RTCP receive: RTCP receiver at 10.1.0.20",
		]);
	});

	it("takes the longest matching prefix for each protocol and direction, in any order (STR-4)", () => {
		const rows = [
			row("198.51.100.0/24", "RTP", "send", "RTP sender", "10.3.0.10"),
			row("0.0.0.0/0", "RTP", "send", "RTP sender", "10.1.0.10"),
			row("198.51.100.9/32", "RTP", "send", "RTP sender", "10.1.0.20"),
			row("::/0", "RTP", "send", "RTP sender", A6.address),
			row("2001:db8:9::/48", "RTP", "send", "RTP sender", C6.address),
			row("0.0.0.0/0", "RTCP", "send", "none", ""),
		];
		for (const order of [rows, [...rows].reverse()]) {
			const table = new AddressTable(order, true);
			const bound = (client: string, local: string) => table.lookup(client, local, PATHS)?.rtp.bound;
			assert.equal(bound("198.51.100.9", "10.1.0.10"), "10.1.0.20");
			assert.equal(bound("198.51.100.8", "10.1.0.10"), "10.3.0.10");
			assert.equal(bound("198.51.101.8", "10.1.0.10"), "10.1.0.10");
			assert.equal(bound("2001:db8:9::7", A6.address), C6.address);
			assert.equal(bound("2001:db8:8::7", A6.address), A6.address);
		}
	});

	it("refuses a client in no network where the rule is off (STR-4)", () => {
		const table = new AddressTable([row("10.1.0.0/24", "RTP", "send", "RTP sender", "10.1.0.20")], false);
		assert.equal(table.lookup("198.51.100.9", "10.1.0.10", PATHS), undefined);
		assert.equal(table.lookup("rubbish", "10.1.0.10", PATHS), undefined);
		assert.equal(new AddressTable([], true).lookup("rubbish", "10.1.0.10", PATHS), undefined);
	});

	it("works with the row of RTP alone: no reports, and a dummy port (STR-24)", () => {
		const table = new AddressTable([row("10.1.0.0/24", "RTP", "send", "RTP sender", "10.1.0.20")], false);
		const rows = table.lookup("10.1.0.7", "10.1.0.10", PATHS);
		assert.deepEqual(
			[rows?.rtcpSend.unit, rows?.rtcpReceive.unit, rows?.rtcpReceive.advertisedPort],
			["none", "none", "dummy"],
		);
	});

	it("finds nothing wrong in the second form (STR-7), and nothing in an empty table", () => {
		const rows = [
			row("10.1.0.0/24", "RTP", "send", "RTP sender", "10.1.0.20", DYNAMIC, "10.1.0.20"),
			row("10.1.0.0/24", "RTCP", "send", "RTCP sender and receiver", "10.1.0.20", DYNAMIC, "10.1.0.20"),
			row("10.1.0.0/24", "RTCP", "receive", "RTCP sender and receiver", "10.1.0.20", DYNAMIC, "10.1.0.20"),
			row("0.0.0.0/0", "RTP", "send", "RTP sender", "10.3.0.10"),
			row("0.0.0.0/0", "RTCP", "send", "RTCP sender", "10.3.0.10", { kind: "range", first: 5000, last: 5999 }),
			row("0.0.0.0/0", "RTCP", "receive", "RTCP receiver", "10.1.0.20", { kind: "static", port: 500 }),
		];
		assert.deepEqual(new AddressTable(rows, false).check(PATHS), []);
		assert.deepEqual(new AddressTable([], true).check([]), []);
	});

	const FAULTS: readonly [string, AddressRow, string][] = [
		[
			"an address that this machine lacks",
			row("0.0.0.0/0", "RTP", "send", "RTP sender", "10.9.0.1"),
			"does not have the address 10.9.0.1",
		],
		["another family", row("::/0", "RTP", "send", "RTP sender", "10.1.0.10", DYNAMIC, ""), "another address family"],
		[
			"an advertised address of another family",
			row("0.0.0.0/0", "RTP", "send", "RTP sender", "", DYNAMIC, "::1"),
			"another address family",
		],
		["a prefix that is too long", row("10.0.0.0/33", "RTP", "send", "RTP sender", ""), "is not a network"],
		["a unit that does something else", row("0.0.0.0/0", "RTCP", "send", "RTCP receiver", ""), "does not send RTCP"],
		["RTP that is received", row("0.0.0.0/0", "RTP", "receive", "RTP sender", ""), "does not receive RTP"],
		[
			"a range without an odd port",
			row("0.0.0.0/0", "RTCP", "send", "RTCP sender", "", { kind: "range", first: 500, last: 500 }),
			"no odd port",
		],
		[
			"a range in the wrong order",
			row("0.0.0.0/0", "RTP", "send", "RTP sender", "", { kind: "range", first: 9, last: 8 }),
			"no even port",
		],
		[
			"a port beyond 65535",
			row("0.0.0.0/0", "RTP", "send", "RTP sender", "", { kind: "static", port: 65_536 }),
			"is not a port",
		],
	];
	for (const [name, bad, expected] of FAULTS) {
		it(`finds ${name} (STR-24)`, () => {
			const errors = new AddressTable([bad], true).check(PATHS).filter(({ isError }) => isError);
			assert.equal(errors.length, 1);
			assert.ok(errors[0].text.includes(expected), errors[0].text);
		});
	}

	it("finds two rows for the same, and says which rows are missing for what (STR-24)", () => {
		const rtp = row("0.0.0.0/0", "RTP", "send", "RTP sender", "10.3.0.10");
		assert.deepEqual(new AddressTable([rtp, { ...rtp }], false).check(PATHS), [
			{ isError: true, text: "0.0.0.0/0 RTP send: two rows say how." },
			{
				isError: false,
				text: "0.0.0.0/0: no row says how RTCP is sent: no sender reports, so round trips are not measured.",
			},
			{
				isError: false,
				text: "0.0.0.0/0: no row says how RTCP is received: no reports come, so pictures per second are not adapted to loss.",
			},
		]);
		const all = row("0.0.0.0/0", "RTCP", "send", "RTCP sender", "10.3.0.10");
		assert.deepEqual(new AddressTable([row("10.0.0.0/8", "RTP", "send", "RTP sender", ""), all], true).check(PATHS), [
			{ isError: false, text: "10.0.0.0/8: no row says how RTCP is received: the rule decides." },
		]);
	});
});
