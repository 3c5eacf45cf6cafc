import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { ipKind } from "../../../src/core/ip-address";
import { isServicePath } from "../../../src/wire/fleet-service";
import { ipv6Path, readIpv6Path } from "../../../src/wire/ipv6-service";
import { mutate } from "../../support/mutate";

describe("wire/ipv6-service", () => {
	it("carries public addresses in a service's path and back (IMG-32)", () => {
		for (const address of ["2a0a:2:0:1::11", "2003::1", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2400:fb::3e:ff"]) {
			const path = ipv6Path(address);
			assert.ok(isServicePath(path), path);
			assert.equal(readIpv6Path(path), address);
		}
	});

	it("reads no address that is not public, and nothing else", () => {
		for (const address of ["fe80::1", "fd00::1", "::1", "2001:db8::1", "ff02::1", "::ffff:192.0.2.1"]) {
			assert.equal(readIpv6Path(ipv6Path(address)), "", address);
		}
		for (const path of ["", "/", "/x", `/${"A".repeat(21)}`, `/${"A".repeat(23)}`, `/${"%".repeat(22)}`]) {
			assert.equal(readIpv6Path(path), "", path);
		}
	});

	it("refuses to write text that is not an IPv6 address", () => {
		for (const address of ["192.0.2.1", "", "x"]) assert.throws(() => ipv6Path(address), RangeError);
	});

	it("reads a public address or nothing from 5,000 mutated paths", () => {
		const random = new Prng(6);
		for (let i = 0; i < 5000; i++) {
			const address = readIpv6Path(mutate(random, ipv6Path("2a0a:2:0:1::11"), "/_-Aa09%~"));
			assert.ok(address === "" || ipKind(address) === "public", address);
		}
	});
});
