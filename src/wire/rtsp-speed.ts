import { parseDecimal } from "./rtsp-syntax";

/** The largest scale or speed that is read: more is not watched. */
const MOST = 1000;

/** Parses a Scale field: the speed of the content's time, negative for backwards; `undefined` when it is malformed or 0. @see RFC 2326 §12.34 */
export function parseScale(value: string): number | undefined {
	const scale = parseDecimal(value.trim());
	return scale === undefined || scale === 0 || Math.abs(scale) > MOST ? undefined : scale;
}

/** Parses a Speed field: the speed of delivery; `undefined` when it is malformed or not positive. @see RFC 2326 §12.35 */
export function parseSpeed(value: string): number | undefined {
	const speed = parseScale(value);
	return speed === undefined || speed < 0 ? undefined : speed;
}
