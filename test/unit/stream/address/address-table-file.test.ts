import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import {
	type AddressTableFile,
	parseAddressTable,
	type TableFileProblem,
} from "../../../../src/stream/address/address-table-file";
import { mutate } from "../../../support/mutate";

const SECOND_FORM = `
# The second form: a control host and a NAS
network lan    10.1.0.0/24
network media  10.3.0.0/24   # C
control 10.1.0.10:8554 as 203.0.113.110
router internet wan0 203.0.113.2 via 203.0.113.1
router media c0 10.3.0.1
router firewall fw0 10.2.0.1
firewall router eth0 10.2.0.2
firewall lan eth1 10.1.0.1

lan       rtp   send     10.1.0.20
lan       rtcp  both     10.1.0.20
internet  rtp   send     10.3.0.20            as 203.0.113.210
internet  rtcp  send     10.3.0.20:5000-5999  as 203.0.113.210
internet  rtcp  receive  10.1.0.20:500        as 203.0.113.210:5000-5999\r
198.51.100.0/24 rtcp none as 203.0.113.210:9
`;

function parsed(text: string): AddressTableFile {
	const file = parseAddressTable(text);
	assert.ok("rows" in file, JSON.stringify(file));
	return file;
}

function problems(text: string): readonly TableFileProblem[] {
	const file = parseAddressTable(text);
	assert.ok(!("rows" in file), "it is accepted");
	return file;
}

describe("stream/address-table-file", () => {
	it("reads whether others are refused (STR-4)", () => {
		assert.equal(parsed("others refused # 461").refusesOthers, true);
		for (const wrong of ["others", "others accepted", "others refused all"])
			assert.deepEqual(problems(wrong), [{ line: 1, message: 'This line is "others refused".' }]);
	});

	it("reads networks, control port, interfaces and rows, with their lines (STR-4)", () => {
		const { networks, controls, interfaces, rows } = parsed(SECOND_FORM);
		assert.deepEqual(networks[1], { line: 4, name: "media", networks: [{ address: "10.3.0.0", prefix: 24 }] });
		assert.deepEqual(controls, [
			{ line: 5, address: "10.1.0.10", port: 8554, advertisedAddress: "203.0.113.110", advertisedPort: 8554 },
		]);
		assert.deepEqual(interfaces[0], {
			line: 6,
			machine: "router",
			side: "internet",
			name: "wan0",
			address: "203.0.113.2",
			gateway: "203.0.113.1",
		});
		assert.deepEqual(
			rows.map(({ line, clients, protocol, direction }) => [line, clients, protocol, direction]),
			[
				[12, "lan", "rtp", "send"],
				[13, "lan", "rtcp", "both"],
				[14, "internet", "rtp", "send"],
				[15, "internet", "rtcp", "send"],
				[16, "internet", "rtcp", "receive"],
				[17, "198.51.100.0/24", "rtcp", "none"],
			],
		);
		assert.deepEqual(rows[2].networks, [{ address: "0.0.0.0", prefix: 0 }]);
		assert.deepEqual(rows[0].bound, { address: "10.1.0.20", ports: { first: 0, last: 0 } });
		assert.deepEqual(rows[0].advertised, rows[0].bound);
		assert.deepEqual(rows[3].advertised, { address: "203.0.113.210", ports: { first: 5000, last: 5999 } });
		assert.deepEqual(rows[4].bound, { address: "10.1.0.20", ports: { first: 500, last: 500 } });
		assert.deepEqual(rows[5], {
			line: 17,
			clients: "198.51.100.0/24",
			networks: [{ address: "198.51.100.0", prefix: 24 }],
			protocol: "rtcp",
			direction: "none",
			bound: undefined,
			advertised: { address: "203.0.113.210", ports: { first: 9, last: 9 } },
		});
	});

	it("takes IPv6, networks with bits beyond the prefix, names that are defined below, and a first line with a byte order mark", () => {
		const { rows } = parsed(
			"\ufeffinternet rtp send 2001:DB8::10\n" +
				"both rtcp both [2001:db8::10]:5000-5001 as [2001:db8::11]:7\nboth rtp send 10.0.0.1\nnetwork both 10.0.0.9/8 2001:db8::/32",
		);
		assert.deepEqual(rows[0].networks, [{ address: "::", prefix: 0 }]);
		assert.equal(rows[0].bound?.address, "2001:db8::10");
		assert.deepEqual(rows[1].networks, [{ address: "2001:db8::", prefix: 32 }]);
		assert.deepEqual(rows[1].advertised, { address: "2001:db8::11", ports: { first: 7, last: 7 } });
		assert.deepEqual(rows[2].networks, [{ address: "10.0.0.0", prefix: 8 }]);
	});

	it("accepts an empty file and a file of comments", () => {
		assert.deepEqual(parsed("# nothing\n\n"), {
			networks: [],
			controls: [],
			interfaces: [],
			rows: [],
			refusesOthers: false,
		});
	});

	for (const [line, message] of [
		["network", /"" is not a name/],
		["network lan", /has no address/],
		["network lan 10.0.0.0/33", /"10.0.0.0\/33" is not a network/],
		["network lan 10.0.0.0/08", /is not a network/],
		["network lan;x 10.0.0.0/8", /"lan;x" is not a name/],
		["network lan 10.0.0.0/8\nnetwork lan 10.0.0.0/8", /defined in line 1 already/],
		["control 10.0.0.1", /ADDRESS:PORT/],
		["control 10.0.0.1:1-2", /ADDRESS:PORT/],
		["control 10.0.0.1:0", /ADDRESS:PORT/],
		["control 10.0.0.1:1 as", /ADDRESS:PORT/],
		["control 10.0.0.1:1 as 1.1.1.1:5-9", /one port/],
		["control 10.0.0.1:1 as 2001:db8::1", /one family/],
		["router wan eth0", /The router has interfaces to: internet, media, firewall, lan; not "wan"/],
		["firewall internet eth0", /The firewall has interfaces to: router, lan; not "internet"/],
		['router internet eth0"', /is not the name of a network interface/],
		["router internet averylongnamefor", /is not the name of a network interface/],
		["router internet eth0 1.1.1", /An interface is/],
		["router internet eth0 1.1.1.1 via", /An interface is/],
		["router internet eth0 via 1.1.1.1 2.2.2.2", /An interface is/],
		["nowhere rtp send 10.0.0.1", /"nowhere" is neither a network .* nor named/],
		["10.0.0.0/99 rtp send 10.0.0.1", /neither a network/],
		["internet", /"rtp" or "rtcp"/],
		["internet rdp send 10.0.0.1", /not "rdp"/],
		["internet rtcp out 10.0.0.1", /not "out"/],
		["internet rtp receive 10.0.0.1", /only sent/],
		["internet rtp send", /address is missing/],
		["internet rtp send as 1.1.1.1", /address is missing/],
		["internet rtp send 10.0.0.1:70000", /"10.0.0.1:70000" is not ADDRESS/],
		["internet rtp send 10.0.0.1:9-5", /is not ADDRESS/],
		["internet rtp send 10.0.0.1: as 1.1.1.1", /is not ADDRESS/],
		["internet rtp send 10.0.0.1 as", /address is missing/],
		["internet rtp send 10.0.0.1 10.0.0.2", /"10.0.0.2" is too much/],
		["internet rtp send 10.0.0.1 as 1.1.1.1 x", /"x" is too much/],
		["internet rtcp none 10.0.0.1", /With "none" comes "as ADDRESS"/],
		["internet rtp send [10.0.0.1]:5", /is not ADDRESS/],
		["internet rtp send 10.0.0.1 as 2001:db8::1", /different families/],
		["10.0.0.0/8 rtp send 2001:db8::1", /no network of the address family/],
		[`internet rtp send ${"x".repeat(400)}`, /longer than 300/],
		["a ".repeat(30), /more than 20 words/],
	] as const) {
		it(`refuses ${line.slice(0, 50).split("\n").join(" / ")}`, () => {
			const found = problems(line);
			assert.equal(found.length, 1);
			assert.match(found[0].message, message);
			assert.equal(found[0].line, line.split("\n").length);
			assert.ok(found[0].message.length < 250);
		});
	}

	it("names every problem with its line, and stops after 20", () => {
		const found = problems("# fine\nnetwork x\n\nrouter x\n");
		assert.deepEqual(
			found.map(({ line }) => line),
			[2, 4],
		);
		assert.equal(problems("network x\n".repeat(100)).length, 20);
		assert.equal(problems("nobody rtp send 10.0.0.1\n".repeat(100)).length, 20);
	});

	it("is bounded in length and number of lines", () => {
		assert.match(problems("#".repeat(70_000))[0].message, /longer than 65536 characters/);
		for (const one of [
			"internet rtp send 10.0.0.1",
			"control 10.0.0.1:80",
			"router lan eth0",
			"network nN 10.0.0.0/8",
		]) {
			const text = Array.from({ length: 300 }, (_, n) => one.replace("N", `${n}`)).join("\n");
			assert.match(problems(text)[0].message, /more than 256 lines of this kind/);
			assert.equal(problems(text)[0].line, 257);
		}
	});

	it("either accepts or explains whatever it is given", () => {
		const random = new Prng(12);
		for (let round = 0; round < 3000; round++) {
			const file = parseAddressTable(mutate(random, SECOND_FORM, "network lan:as-/10.3[]#\n\t "));
			if ("rows" in file) continue;
			assert.ok(file.length > 0 && file.length <= 20);
			for (const { line, message } of file) {
				assert.ok(line >= 0 && line <= 24 && message.length < 300, message);
				assert.ok(message.endsWith("."), message);
			}
		}
	});
});
