import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { zoneOf } from "../../../src/core/ip-address";
import type { Path } from "../../../src/core/path";
import { TYPESCRIPT } from "../../../tools/typescript-options";
import { needs } from "../../support/needs";

interface Seen {
	readonly none: readonly Path[];
	readonly loopback: readonly Path[];
	readonly two: readonly Path[];
	readonly heard: readonly string[];
	readonly ipv6: readonly Path[];
	readonly heardIpv6: readonly string[];
	readonly connection: readonly string[];
}

describe("hosts-node/network", function () {
	this.timeout(120_000);
	let seen: Seen;

	before(async function () {
		needs(this, "root", "ip");
		const script = [...TYPESCRIPT, resolve(__dirname, "two-interfaces.ts")];
		const { stdout } = await promisify(execFile)("unshare", ["--net", process.execPath, ...script]);
		seen = JSON.parse(stdout);
	});

	it("reports new interfaces, and lists loopback only while there is no other (IMG-1)", () => {
		assert.deepEqual(seen.none, []);
		assert.deepEqual(seen.loopback, [{ name: "lo", address: "127.0.0.1", prefix: 8 }]);
		assert.deepEqual(
			seen.two.map(({ name, address, prefix, gateway, mac }) => [name, address, prefix, gateway, typeof mac]).sort(),
			[
				["one", "10.1.0.1", 24, "10.1.0.254", "string"],
				["two", "10.2.0.1", 24, undefined, "string"],
			],
		);
	});

	it("separates two interfaces: each socket receives multicast, broadcast and unicast of its own", () => {
		const expected = [1, 2].flatMap((i) =>
			["239.255.77.1", `10.${i}.0.255`, "255.255.255.255", `10.${i}.0.1`].map(
				(target) => `${i === 1 ? "one" : "two"} hears ${target} of 10.${i}.0.1`,
			),
		);
		assert.deepEqual([...seen.heard].sort(), expected.sort());
	});

	it("lists the stable IPv6 addresses, link-local ones with their zone", () => {
		assert.deepEqual(
			seen.ipv6
				.filter(({ address }) => !address.startsWith("fe80"))
				.map(({ name, address, prefix, mac }) => [name, address, prefix, typeof mac])
				.sort(),
			[
				["one", "fd00:1::1", 64, "string"],
				["two", "fd00:2::1", 64, "string"],
			],
		);
		const linkLocal = seen.ipv6.filter(({ address }) => address.startsWith("fe80"));
		assert.deepEqual(linkLocal.map(({ address }) => zoneOf(address)).sort(), ["one", "two"]);
	});

	it("separates two interfaces by link-local IPv6 addresses", () => {
		const [one, two] = ["one", "two"].map((name) => {
			const own = seen.ipv6.find((path) => path.name === name && path.address.startsWith("fe80"));
			return (own as Path).address.replace(/%.*/, "");
		});
		// The two are ends of one cable: what one sends to the group the other hears too, and no other interface.
		const expected = [
			...["one", "two"].flatMap((name) => [one, two].map((from) => `${name} hears ff02::7777 of ${from}%${name}`)),
			`one hears ${one}%one of ${one}%one`,
			`two hears ${two}%two of ${two}%two`,
		];
		assert.deepEqual([...seen.heardIpv6].sort(), expected.sort());
	});

	it("connects to a link-local address", () => {
		const [address] = seen.ipv6.filter((path) => path.address.startsWith("fe80")).map((path) => path.address);
		assert.deepEqual(seen.connection, Array(4).fill(address));
	});
});
