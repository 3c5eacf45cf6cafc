import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { parseTariff } from "../../../src/relay/tariff-text";
import { mutate } from "../../support/mutate";

describe("relay/tariff-text", () => {
	const CASES = [
		["0.02EUR/1000000octets", "octet", 20_000, 1_000_000, "EUR"],
		["0.000001USD/packet", "packet", 1, 1, "USD"],
		["1.5EUR/3600seconds", "second", 1_500_000, 3600, "EUR"],
		["999999EUR/second", "second", 999_999_000_000, 1, "EUR"],
		["0EUR/octet", "octet", 0, 1, "EUR"],
	] as const;
	for (const [text, unit, price, per, currency] of CASES) {
		it(`reads ${text} (REP-13)`, () => {
			assert.deepEqual(parseTariff(text), { unit, price, per, currency });
		});
	}

	for (const text of [
		"",
		"5",
		"EUR/octet",
		"1EUR",
		"1EUR/",
		"1eur/octet",
		"1EURO/octet",
		"-1EUR/octet",
		"1.EUR/octet",
		".5EUR/octet",
		"0.0000001EUR/octet",
		"1000000EUR/octet",
		"1EUR/0octets",
		"1EUR/1 octet",
		"1EUR/byte",
		"1EUR/1234567890123octets",
	])
		it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseTariff(text), undefined));

	it("reads nothing but whole numbers in their ranges, in 5,000 mutations", () => {
		const random = new Prng(13);
		for (let i = 0; i < 5000; i++) {
			const tariff = parseTariff(mutate(random, CASES[i % CASES.length][0], "0123456789.EUR/octetpacketsecond"));
			if (tariff === undefined) continue;
			const { price, per, currency } = tariff;
			assert.ok(Number.isSafeInteger(price) && price >= 0 && Number.isSafeInteger(per) && per >= 1);
			assert.match(currency, /^[A-Z]{3}$/);
		}
	});
});
