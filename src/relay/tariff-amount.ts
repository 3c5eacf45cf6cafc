import type { Millis } from "../core/time";
import type { DeliveryCounters } from "./metering-record";
import type { Tariff } from "./tariff";

const SECOND: Millis = 1000;

/**
 * Returns the amount of a session until now, in millionths of the tariff's currency, rounded down. Records bear the differences of
 * two such amounts, so that rounding never adds up (REP-13).
 *
 * An octet is one of {@link DeliveryCounters.payload}; over HTTP, which has no packets, a packet is a frame.
 * @param time since the session's start
 */
export function amountOf(tariff: Tariff | undefined, counters: DeliveryCounters, time: Millis): number {
	if (tariff === undefined) return 0;
	switch (tariff.unit) {
		case "octet":
			return priceOf(counters.payload, tariff.price, tariff.per);
		case "packet":
			return priceOf(counters.packets > 0 ? counters.packets : counters.frames, tariff.price, tariff.per);
		case "second":
			return priceOf(Math.max(0, Math.floor(time)), tariff.price, tariff.per * SECOND);
	}
}

/** In two steps, as the product of large numbers would not be exact. */
function priceOf(units: number, price: number, per: number): number {
	if (!(per > 0)) return 0;
	const rest = units % per;
	return ((units - rest) / per) * price + Math.floor((rest * price) / per);
}
