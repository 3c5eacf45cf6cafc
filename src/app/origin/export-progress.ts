import type { Millis, Octets } from "../../core/time";

const MEGABYTE: Octets = 1_000_000;
/** How often the line of progress is written again. */
const SPACING: Millis = 500;

/**
 * Shows how much has been written, in a line of a terminal that overwrites itself.
 * @param write takes the text, without an end of line
 * @param now the time
 */
export function exportProgress(write: (text: string) => void, now: () => Millis): (octets: Octets) => void {
	let shown = now();
	return (octets) => {
		if (now() - shown < SPACING) return;
		shown = now();
		write(`\r${(octets / MEGABYTE).toFixed(1)} MB written`);
	};
}
