/** Which way a line is pulled when nothing drives it. */
export type Bias = "as-is" | "pull-up" | "pull-down" | "no-pull";

/** The line that a switch is wired to. */
export interface PinChoice {
	/** Path of the chip. */
	readonly chip: string;
	/** Number on the chip, or the line's name. */
	readonly line: string;
	readonly bias: Bias;
	/** True: the switch is on when it pulls the line to ground. */
	readonly activeLow: boolean;
}

/** The syntax that {@link parsePin} accepts, for help texts. */
export const PIN_SYNTAX = "CHIP/LINE[,low][,pull-up|pull-down|no-pull], such as gpiochip0/17,low,pull-up";

const CHIP_PREFIX = "gpiochip";
/** Names of lines have at most 31 octets in the kernel. */
const LINE_MAX = 31;

/** Parses the text of a line. @returns `undefined` when it is not of the form {@link PIN_SYNTAX} */
export function parsePin(text: string): PinChoice | undefined {
	const [where, ...words] = text.split(",");
	const slash = where.indexOf("/");
	const chip = where.slice(0, Math.max(0, slash));
	const line = where.slice(slash + 1);
	if (!chip.startsWith(CHIP_PREFIX) || parseNumber(chip.slice(CHIP_PREFIX.length), 0, 255) === undefined)
		return undefined;
	if (line.length < 1 || line.length > LINE_MAX || hasControls(line)) return undefined;
	let bias: Bias | undefined;
	let activeLow = false;
	for (const word of words) {
		if (word === "low" && !activeLow) activeLow = true;
		else if (bias === undefined && (word === "pull-up" || word === "pull-down" || word === "no-pull")) bias = word;
		else return undefined;
	}
	return { chip: `/dev/${chip}`, line, bias: bias ?? "as-is", activeLow };
}

/** Reads a whole number of at most four digits. @returns `undefined` for anything else */
export function parseNumber(text: string, min: number, max: number): number | undefined {
	if (text.length < 1 || text.length > 4) return undefined;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code < 48 || code > 57) return undefined;
	}
	const value = Number(text);
	return value >= min && value <= max ? value : undefined;
}

function hasControls(text: string): boolean {
	for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) <= 32 || text.charCodeAt(i) >= 127) return true;
	return false;
}
