import { parseDigits } from "../base/digits";
import type { Tariff, TariffUnit } from "./tariff";

const UNITS: readonly TariffUnit[] = Object.freeze(["octet", "packet", "second"]);
const MILLION = 1_000_000;
/** The most digits of a price before its point, and of the number of units. */
const WHOLE_DIGITS = 6;
const PER_DIGITS = 12;

/**
 * Parses a tariff as a table has it: `0.02EUR/1000000octets`, `1.5EUR/3600seconds`, `0.000001EUR/packet`; `undefined` when it is
 * malformed. A price has at most six decimals.
 */
export function parseTariff(text: string): Tariff | undefined {
	const slash = text.indexOf("/");
	if (slash < 4) return undefined;
	const currency = text.slice(slash - 3, slash);
	for (let i = 0; i < 3; i++) if (!(currency[i] >= "A" && currency[i] <= "Z")) return undefined;
	const price = parsePrice(text.slice(0, slash - 3));
	let at = slash + 1;
	while (at < text.length && text[at] >= "0" && text[at] <= "9") at++;
	const per = at === slash + 1 ? 1 : parseDigits(text.slice(slash + 1, at), PER_DIGITS);
	const word = text.slice(at);
	const unit = UNITS.find((known) => word === known || word === `${known}s`);
	if (price === undefined || per === undefined || per === 0 || unit === undefined) return undefined;
	return { unit, price, per, currency };
}

/** Parses an amount of money. @returns millionths */
function parsePrice(text: string): number | undefined {
	const point = text.indexOf(".");
	const whole = parseDigits(point < 0 ? text : text.slice(0, point), WHOLE_DIGITS);
	const decimals = point < 0 ? "" : text.slice(point + 1);
	const part = point < 0 ? 0 : parseDigits(decimals, 6);
	if (whole === undefined || part === undefined) return undefined;
	return whole * MILLION + part * 10 ** (6 - decimals.length);
}
