import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import {
	canonicalIp,
	formatEndpoint,
	formatIp,
	ipFamily,
	ipKind,
	parseIp,
	sameIpNetwork,
	zoneOf,
} from "../../../src/core/ip-address";

/** What is written, and how RFC 5952 writes it. */
const SPELLINGS: readonly (readonly [string, string])[] = [
	["::", "::"],
	["::1", "::1"],
	["0:0:0:0:0:0:0:1", "::1"],
	["2001:0DB8::0001", "2001:db8::1"],
	["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
	["2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
	["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
	["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
	["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
	["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
	["1:0:0:0:0:0:0:0", "1::"],
	["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
	["::ffff:c000:201", "::ffff:192.0.2.1"],
	["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
	["1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"],
	["fe80::1%eth0", "fe80::1%eth0"],
	["FE80::A%wlan0.5", "fe80::a%wlan0.5"],
	["ff02::fb%2", "ff02::fb%2"],
	["192.0.2.1", "192.0.2.1"],
];

/** What mutations insert. */
const ALPHABET = "0123456789abcdef::..%%g /";

const MALFORMED = [
	...["", ":", ":::", "1", "1:", ":1", "1:2", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8:", "::1::"],
	...["1::2::3", "12345::", "g::", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3"],
	...["::1.2.3.4.5", "::1.2.3.256", "1.2.3.4::", "::01.2.3.4", "::1 ", " ::1", "[::1]", "::1%eth0", "2001:db8::1%1"],
	...["fe80::1%", "fe80::1%a b", "fe80::1%a%b", `fe80::1%${"x".repeat(33)}`, "fe80::1%a/b", "%eth0", "192.0.2.1%eth0"],
	...["1.2.3", "1.2.3.4.5", "256.1.1.1", "1..2.3", "example.org", "0x7f.1.1.1"],
];

describe("core/ip-address", () => {
	for (const [written, canonical] of SPELLINGS) {
		it(`reads ${written} and writes it as ${canonical}`, () => {
			assert.equal(canonicalIp(written), canonical);
			assert.equal(canonicalIp(canonical), canonical);
			assert.equal(ipFamily(written), written.includes(":") ? 6 : 4);
		});
	}

	for (const text of MALFORMED) {
		it(`refuses ${JSON.stringify(text)}`, () => {
			assert.deepEqual([parseIp(text), ipFamily(text), canonicalIp(text), ipKind(text)], Array(4).fill(undefined));
		});
	}

	it("reads back what it has written, for any octets", () => {
		const prng = new Prng(6);
		for (let i = 0; i < 2000; i++) {
			const bytes = new Uint8Array(prng.chance(0.1) ? 4 : 16);
			for (let at = 0; at < bytes.length; at++) bytes[at] = prng.chance(0.6) ? 0 : prng.below(256);
			const text = formatIp(bytes);
			assert.deepEqual(parseIp(text), bytes, text);
			assert.ok(!/:::|::.*::|(^|:)0[0-9a-f]|[A-Z]/.test(text), text);
		}
	});

	it("never throws on mutated addresses, and formats accepted ones unchanged", () => {
		const prng = new Prng(7);
		for (let i = 0; i < 20_000; i++) {
			const chars = [...SPELLINGS[prng.below(SPELLINGS.length)][0]];
			for (let changes = 1 + prng.below(3); changes > 0; changes--) {
				const at = prng.below(chars.length + 1);
				chars.splice(at, prng.below(2), ALPHABET[prng.below(ALPHABET.length)]);
			}
			const canonical = canonicalIp(chars.join(""));
			if (canonical !== undefined) assert.equal(canonicalIp(canonical), canonical);
		}
	});

	it("formats 4 or 16 octets only", () => {
		assert.throws(() => formatIp(new Uint8Array(5)), RangeError);
	});

	for (const [address, kind] of [
		["::", "unspecified"],
		["::1", "loopback"],
		["::2", "reserved"],
		["fe80::1%eth0", "link-local"],
		["febf::1", "link-local"],
		["fec0::1", "reserved"],
		["fd00::1", "private"],
		["fc00::1", "private"],
		["ff02::1", "multicast"],
		["2001:db8::1", "reserved"],
		["3fff::1", "reserved"],
		["2001:2::1", "reserved"],
		["2001:2:1::1", "public"],
		["2003:e7::1", "public"],
		["4000::1", "reserved"],
		["::ffff:10.0.0.1", "private"],
		["::ffff:8.8.8.8", "public"],
		["192.168.0.1", "private"],
		["8.8.8.8", "public"],
	]) {
		it(`classifies ${address} as ${kind}`, () => assert.equal(ipKind(address), kind));
	}

	for (const [a, b, prefix, same] of [
		["2001:db8::1", "2001:db8::2", 64, true],
		["2001:db8::1", "2001:db8:0:1::1", 64, false],
		["2001:db8::1", "2001:db8:0:1::1", 63, true],
		["fe80::1%eth0", "fe80::2%eth1", 10, true],
		["::1", "::2", 0, true],
		["::1", "::1", 128, true],
		["::1", "::2", 128, false],
		["10.0.0.1", "10.0.1.1", 24, false],
		["10.0.0.1", "10.0.1.1", 23, true],
		["::ffff:10.0.0.1", "10.0.0.1", 0, false],
		["x", "10.0.0.1", 0, false],
	] as const) {
		it(`says that ${a} and ${b} are ${same ? "in one network" : "not in one network"} of ${prefix} bits`, () => {
			assert.equal(sameIpNetwork(a, b, prefix), same);
		});
	}

	it("finds zones and writes endpoints", () => {
		assert.deepEqual([zoneOf("fe80::1%eth0"), zoneOf("::1"), zoneOf("192.0.2.1")], ["eth0", "", ""]);
		assert.deepEqual([formatEndpoint("192.0.2.1", 80), formatEndpoint("::1", 80)], ["192.0.2.1:80", "[::1]:80"]);
	});
});
