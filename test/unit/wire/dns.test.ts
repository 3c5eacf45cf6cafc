import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import {
	DNS_A,
	DNS_AAAA,
	DNS_QUERY_MAX,
	DNS_SRV,
	encodeDnsQuery,
	isDnsAnswer,
	parseDnsAnswer,
} from "../../../src/wire/dns";

/** Octets of text and numbers. */
function octets(...parts: readonly (string | number | readonly number[])[]): Uint8Array {
	const all: number[] = [];
	for (const part of parts) {
		if (typeof part === "number") all.push(part);
		else if (typeof part === "string") for (let i = 0; i < part.length; i++) all.push(part.charCodeAt(i));
		else all.push(...part);
	}
	return new Uint8Array(all);
}

const NAME = [3, "www", 7, "example", 3, "org", 0] as const;
const IN = [0, 1] as const;

function header(flags: number, questions: number, answers: number): number[] {
	return [0x12, 0x34, flags >> 8, flags & 255, 0, questions, 0, answers, 0, 0, 0, 0];
}

/** An answer to a question about www.example.org. */
function answer(type: number, count: number, ...records: readonly (string | number | readonly number[])[]): Uint8Array {
	return octets(header(0x8180, 1, count), ...NAME, [0, type], IN, ...records);
}

const ADDRESS = answer(DNS_A, 1, [0xc0, 12], [0, 1], IN, [0, 0, 0, 60], [0, 4], [192, 0, 2, 1]);
const ALIAS = answer(
	DNS_A,
	2,
	...[[0xc0, 12], [0, 5], IN, [0, 0, 0, 60], [0, 6], 3, "cdn", [0xc0, 16]],
	...[3, "CDN", [0xc0, 16], [0, 1], IN, [0x80, 0, 0, 1], [0, 4], [192, 0, 2, 7]],
);
const SERVICE = answer(
	DNS_SRV,
	1,
	...[[0xc0, 12], [0, 33], IN, [0, 0, 14, 16], [0, 12], [0, 10, 0, 5, 0x1f, 0x90], 3, "cam", [0xc0, 16]],
);

describe("wire/dns", () => {
	it("encodes a query with recursion and EDNS (RFC 1035 §4.1, RFC 6891)", () => {
		const into = new Uint8Array(DNS_QUERY_MAX).fill(255);
		const length = encodeDnsQuery(0x1234, "www.example.org.", DNS_AAAA, into);
		assert.deepEqual(
			into.slice(0, length),
			octets([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1], ...NAME, [0, 28], IN, [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]),
		);
	});

	it("has room for the longest name", () => {
		const name = `${"a".repeat(63)}.${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(61)}`;
		const into = new Uint8Array(DNS_QUERY_MAX);
		assert.equal(encodeDnsQuery(1, name, DNS_A, into), DNS_QUERY_MAX);
	});

	it("distinguishes its answer from other datagrams", () => {
		assert.ok(isDnsAnswer(ADDRESS, 0x1234));
		assert.ok(!isDnsAnswer(ADDRESS, 0x1235), "another identifier");
		assert.ok(!isDnsAnswer(octets(header(0x0100, 1, 0)), 0x1234), "a query");
		assert.ok(!isDnsAnswer(ADDRESS.subarray(0, 11), 0x1234), "no header");
	});

	for (const [what, bytes, type, expected] of [
		["an address", ADDRESS, DNS_A, [["192.0.2.1", "", 0, 60]]],
		["an alias; a negative time to live is 0", ALIAS, DNS_A, [["192.0.2.7", "", 0, 0]]],
		["a service", SERVICE, DNS_SRV, [["", "cam.example.org", 8080, 3600]]],
	] as const) {
		it(`parses ${what}`, () => {
			const parsed = parseDnsAnswer(bytes, "WWW.example.org", type);
			assert.deepEqual(
				parsed?.records.map(({ address, target, port, ttl }) => [address, target, port, ttl]),
				expected,
			);
			assert.deepEqual([parsed?.code, parsed?.truncated], [0, false]);
		});
	}

	it("distinguishes errors, truncation and the absence of records", () => {
		const with2 = (flags: number): Uint8Array => octets(header(flags, 1, 0), ...NAME, [0, 1], IN);
		assert.deepEqual(parseDnsAnswer(with2(0x8183), "www.example.org", DNS_A), {
			code: 3,
			truncated: false,
			records: [],
		});
		assert.equal(parseDnsAnswer(with2(0x8380), "www.example.org", DNS_A)?.truncated, true);
	});

	for (const [what, bytes] of [
		["another question", octets(header(0x8180, 1, 0), 3, "wwx", 7, "example", 3, "org", 0, [0, 1], IN)],
		["another type", octets(header(0x8180, 1, 0), ...NAME, [0, 28], IN)],
		["no question", octets(header(0x8180, 0, 0))],
		["fewer records than announced", answer(DNS_A, 2, [0xc0, 12], [0, 1], IN, [0, 0, 0, 60], [0, 4], [192, 0, 2, 1])],
		["a cut address", answer(DNS_A, 1, [0xc0, 12], [0, 1], IN, [0, 0, 0, 60], [0, 3], [192, 0, 2])],
		["a pointer to itself", answer(DNS_A, 1, [0xc0, 33], [0, 1], IN, [0, 0, 0, 60], [0, 4], [192, 0, 2, 1])],
		["a name without an end", octets(header(0x8180, 1, 0), 63, "a")],
	] as const) {
		it(`refuses ${what}`, () => assert.equal(parseDnsAnswer(bytes, "www.example.org", DNS_A), undefined));
	}

	it("survives any mutation", () => {
		const random = new Prng(35);
		for (let round = 0; round < 20_000; round++) {
			const [bytes, type] = [
				[ADDRESS, DNS_A],
				[ALIAS, DNS_A],
				[SERVICE, DNS_SRV],
			][random.below(3)] as [Uint8Array, number];
			const copy = bytes.slice(0, random.below(4) === 0 ? random.below(bytes.length + 1) : bytes.length);
			for (let i = random.below(4); i >= 0; i--) copy[random.below(copy.length || 1)] = random.below(256);
			const parsed = parseDnsAnswer(copy, "www.example.org", type);
			assert.ok(parsed === undefined || parsed.records.length <= 2);
		}
	});
});
