import assert from "node:assert/strict";
import { addressKind, formatIpv4, parseIpv4, sameNetwork } from "../../../src/core/ipv4";

describe("core/ipv4", () => {
	for (const bad of [
		"",
		"1.2.3",
		"1.2.3.4.5",
		"256.1.1.1",
		"01.2.3.4",
		"1..2.3",
		"1.2.3.4 ",
		" 1.2.3.4",
		"a.b.c.d",
		"1.2.3.-4",
		"::1",
		"1.2.3.4.",
		"9".repeat(99),
	]) {
		it(`refuses ${JSON.stringify(bad.slice(0, 20))}`, () => assert.equal(parseIpv4(bad), undefined));
	}

	for (const good of ["0.0.0.0", "255.255.255.255", "192.168.0.11", "10.0.0.1"]) {
		it(`carries ${good} there and back`, () => assert.equal(formatIpv4(parseIpv4(good)!), good));
	}

	const kinds: [string, string][] = [
		["0.0.0.0", "unspecified"],
		["10.255.0.1", "private"],
		["172.31.255.255", "private"],
		["172.32.0.0", "public"],
		["100.64.0.1", "shared"],
		["100.128.0.1", "public"],
		["169.254.1.1", "link-local"],
		["127.0.0.1", "loopback"],
		["203.0.113.9", "reserved"],
		["239.255.255.250", "multicast"],
		["255.255.255.255", "reserved"],
		["198.20.0.1", "public"],
	];
	for (const [address, kind] of kinds) {
		it(`calls ${address} ${kind}`, () => assert.equal(addressKind(address), kind));
	}

	it("returns undefined for text that is not an address", () => assert.equal(addressKind("localhost"), undefined));

	it("compares networks of every size", () => {
		assert.equal(sameNetwork("192.168.0.11", "192.168.0.200", 24), true);
		assert.equal(sameNetwork("192.168.0.11", "192.168.1.11", 24), false);
		assert.equal(sameNetwork("1.2.3.4", "200.2.3.4", 0), true);
		assert.equal(sameNetwork("1.2.3.4", "1.2.3.5", 32), false);
		assert.equal(sameNetwork("1.2.3.4", "nonsense", 0), false);
	});
});
