import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { parseRendezvous, parseServers, SERVERS_MAX } from "../../../src/peer/rendezvous-address";
import { mutate } from "../../support/mutate";

const KEY = "00ff".repeat(16);
const OTHER = "01ff".repeat(16);

describe("peer/rendezvous address (P2P-17)", () => {
	const cases: readonly (readonly [string, readonly (readonly [string, number])[]])[] = [
		[`${KEY}@example.org`, [["example.org", 0]]],
		[`${KEY.toUpperCase()}@Example.org:3479`, [["example.org", 3479]]],
		[`${KEY}@192.0.2.1:1`, [["192.0.2.1", 1]]],
		[`${KEY}@[2001:DB8:0::1]`, [["2001:db8::1", 0]]],
		[`${KEY}@[2001:db8::1]:65535`, [["2001:db8::1", 65535]]],
		[
			`${KEY}@a.example, ${KEY}@b.example:9`,
			[
				["a.example", 0],
				["b.example", 9],
			],
		],
	];
	for (const [text, servers] of cases) {
		it(`reads ${text.replace(/[0-9a-f]{64}/gi, "KEY")}`, () => {
			const address = parseRendezvous(text);
			assert.deepEqual(
				address?.servers.map(({ host, port }) => [host, port]),
				servers,
			);
			assert.equal(address?.key.length, 32);
			assert.equal(address?.key[1], 0xff);
		});
	}

	for (const text of [
		"",
		"example.org",
		`${KEY}@`,
		`${KEY.slice(1)}@example.org`,
		`${KEY}@example.org:0`,
		`${KEY}@example.org:65536`,
		`${KEY}@example.org:`,
		`${KEY}@[::1`,
		`${KEY}@[192.0.2.1]`,
		`${KEY}@2001:db8::1`,
		`${KEY}@[fe80::1%eth0]`,
		`${KEY}@a b`,
		`${KEY}@a.example,${OTHER}@b.example`,
		`${KEY}@a.example,`,
		Array(SERVERS_MAX + 1)
			.fill(`${KEY}@a.example`)
			.join(","),
	]) {
		it(`refuses ${JSON.stringify(text.slice(0, 90).replace(/[0-9a-f]{63,}/gi, "KEY"))}`, () =>
			assert.equal(parseRendezvous(text), undefined));
	}

	it("reads lists of servers without a key, also empty ones", () => {
		assert.deepEqual(parseServers(" "), []);
		assert.deepEqual(parseServers("stun.example.org,192.0.2.1:5"), [
			{ host: "stun.example.org", port: 0 },
			{ host: "192.0.2.1", port: 5 },
		]);
		assert.equal(parseServers("a,,b"), undefined);
	});

	it("never throws, and never returns more servers than allowed", () => {
		const random = new Prng(17);
		for (let i = 0; i < 2000; i++) {
			const text = mutate(random, cases[i % cases.length][0], "0f@[]:.,- %");
			const found = parseRendezvous(text);
			if (found !== undefined) assert.ok(found.servers.length >= 1 && found.servers.length <= SERVERS_MAX);
			parseServers(text);
		}
	});
});
