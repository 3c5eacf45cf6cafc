import assert from "node:assert/strict";
import { parseIpv6Addresses, parseIpv6Routes, parseRoutes, readPaths } from "../../../hosts/node/interfaces";

const HEAD = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT";

describe("hosts-node/interfaces", () => {
	const cases: [string, string[], [string, string][]][] = [
		["one default route", ["eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0"], [["eth0", "192.168.0.1"]]],
		[
			"the least metric of two on one interface",
			[
				"wlan0\t00000000\tFE01A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0",
				"wlan0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0",
			],
			[["wlan0", "192.168.1.1"]],
		],
		[
			"one for each interface",
			[
				"eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
				"wlan0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
			],
			[
				["eth0", "192.168.0.1"],
				["wlan0", "192.168.2.1"],
			],
		],
		["no route to neighbours", ["eth0\t0000A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0"], []],
		["no default route without a router", ["ppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0"], []],
		["no route to half of the Internet", ["tun0\t00000000\t0100000A\t0003\t0\t0\t0\t00000080\t0\t0\t0"], []],
		["nothing from rubbish", ["", "x", "\t\t\t"], []],
	];
	for (const [title, lines, expected] of cases) {
		it(`finds ${title}`, () => assert.deepEqual([...parseRoutes([HEAD, ...lines, ""].join("\n"))], expected));
	}

	for (const [title, lines, expected] of [
		["a global address", ["20010db8000000000000000000000001 02 40 00 80     eth0"], [["eth0", "2001:db8::1", 64]]],
		[
			"a link-local address with its zone",
			["fe800000000000000000000000000001 03 40 20 80 wlan0"],
			[["wlan0", "fe80::1%wlan0", 64]],
		],
		["loopback", ["00000000000000000000000000000001 01 80 10 80       lo"], [["lo", "::1", 128]]],
		[
			"no temporary, tentative, deprecated or duplicate one",
			["01", "40", "20", "08", "c0"].map((flags) => `20010db8000000000000000000000001 02 40 00 ${flags} eth0`),
			[],
		],
		[
			"nothing in rubbish",
			["", "x", "zz010db8000000000000000000000001 02 40 00 80 eth0", "20010db8 02 40 00 80 eth0"],
			[],
		],
	] as const) {
		it(`finds ${title} of IPv6`, () => {
			const found = parseIpv6Addresses(lines.join("\n"));
			assert.deepEqual(
				found.map(({ name, address, prefix }) => [name, address, prefix]),
				expected,
			);
		});
	}

	it("finds the IPv6 router with the least metric of each interface, link-local ones with their zone (IMG-32)", () => {
		const zeros = "0".repeat(32);
		const line = (to: string, prefix: string, next: string, metric: string, flags: string, name: string): string =>
			`${to} ${prefix} ${zeros} 00 ${next} ${metric} 00000001 00000000 ${flags}     ${name}`;
		const router = (last: string): string => `fe80${"0".repeat(26)}${last}`;
		const text = [
			line(zeros, "00", router("02"), "00000400", "00000003", "eth0"),
			line(zeros, "00", router("01"), "00000064", "00000003", "eth0"),
			line(zeros, "00", "2a0a000200000000000000000000000f", "00000400", "00000003", "eth1"),
			line("2a0a0002000000010000000000000000", "40", zeros, "00000100", "00000001", "eth0"),
			line(zeros, "00", zeros, "ffffffff", "00200200", "lo"),
			"x",
		].join("\n");
		assert.deepEqual(
			[...parseIpv6Routes(text)],
			[
				["eth0", "fe80::1%eth0"],
				["eth1", "2a0a:2::f"],
			],
		);
	});

	it("leaves out floating addresses", () => {
		const here = readPaths({ use: ["lo"] });
		const [{ address }] = here;
		const left = readPaths({ use: ["lo"], leaveOut: [address] });
		assert.deepEqual(
			left.map((path) => path.address),
			here.slice(1).map((path) => path.address),
		);
	});

	it("uses the named interfaces, and not the ignored ones", () => {
		const all = readPaths({});
		assert.ok(all.length > 0);
		const { name } = all[0];
		assert.ok(readPaths({ use: [name] }).every((path) => path.name === name));
		assert.ok(readPaths({ ignore: [name] }).every((path) => path.name !== name));
		assert.deepEqual(readPaths({ use: ["nowhere0"] }), []);
	});

	it("lists loopback when it is named", () => {
		const paths = readPaths({ use: ["lo"] });
		assert.ok(paths.every((path) => path.address.startsWith("127.")));
	});
});
