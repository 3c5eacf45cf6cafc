import type { Octets } from "../core/time";

/** Writes a number of octets for people: `12.3 MB`. */
export function sizeText(octets: Octets): string {
	const units = ["B", "kB", "MB", "GB", "TB"];
	let value = octets;
	let unit = 0;
	for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000;
	return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
