import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import type { DeliveryCounters } from "../../../src/relay/metering-record";
import type { Tariff, TariffUnit } from "../../../src/relay/tariff";
import { amountOf } from "../../../src/relay/tariff-amount";

const counters = (changes: Partial<DeliveryCounters>): DeliveryCounters => ({
	payload: 0,
	total: 0,
	packets: 0,
	frames: 0,
	drops: 0,
	...changes,
});
const tariff = (unit: TariffUnit, price: number, per: number): Tariff => ({ unit, price, per, currency: "EUR" });

describe("relay/tariff-amount", () => {
	const cases: [string, number, Tariff | undefined, Partial<DeliveryCounters>, number][] = [
		["nothing without a tariff", 0, undefined, { payload: 1e9 }, 1000],
		["2 cents for a million octets", 20_000, tariff("octet", 20_000, 1e6), { payload: 1e6, total: 2e6 }, 0],
		["parts of a block, rounded down", 29_999, tariff("octet", 20_000, 1e6), { payload: 1_499_999 }, 0],
		["packets", 5000, tariff("packet", 1000, 1), { packets: 5, frames: 2 }, 0],
		["pictures over HTTP", 2000, tariff("packet", 1000, 1), { frames: 2 }, 0],
		["seconds", 1_500_000, tariff("second", 1_500_000, 3600), {}, 3_600_000],
		["parts of a second", 500, tariff("second", 1000, 1), {}, 500.9],
		["no negative time", 0, tariff("second", 1000, 1), {}, -5],
		["100 TB exactly", 7e8, tariff("octet", 7, 1e6), { payload: 1e14 }, 0],
	];
	for (const [name, amount, price, changes, time] of cases)
		it(`charges ${name} (REP-13)`, () => {
			assert.equal(amountOf(price, counters(changes), time), amount);
		});

	it("never falls while a session lasts, and is a whole number (REP-13)", () => {
		const random = new Prng(13);
		for (let i = 0; i < 200; i++) {
			const price = tariff("octet", 1 + random.below(1e6), 1 + random.below(1e6));
			let payload = 0;
			let last = 0;
			for (let step = 0; step < 50; step++) {
				payload += random.below(100_000);
				const amount = amountOf(price, counters({ payload }), 0);
				assert(amount >= last && Number.isInteger(amount));
				assert(Math.abs(amount - (payload * price.price) / price.per) <= 1 + amount * 1e-12);
				last = amount;
			}
		}
	});
});
