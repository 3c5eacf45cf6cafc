import { parseNumber } from "./pin-choice";

/** How a servo is wired and how far it may turn. */
export interface ServoChoice {
	readonly chip: number;
	readonly channel: number;
	/** Pulses in microseconds at the two ends of its turn; never shorter or longer. */
	readonly shortest: number;
	readonly longest: number;
	/** Degrees between the two ends. */
	readonly degrees: number;
	/** True: it turns left or down when the pulse grows. */
	readonly reversed: boolean;
}

/** The syntax that {@link parseServo} accepts, for help texts. */
export const SERVO_SYNTAX =
	"CHIP/CHANNEL[,SHORTEST-LONGEST][,DEGREES][,reversed], such as 0/1,1000-2000,90 (pulses in microseconds)";

/** The range that most servos tolerate: more may press them against their stop. */
const SHORTEST_STANDARD = 1000;
const LONGEST_STANDARD = 2000;
const DEGREES_STANDARD = 90;
/** The limits for any servo. */
const PULSE_MIN = 400;
const PULSE_MAX = 2700;

/** Parses the text of a servo. @returns `undefined` when it is not of the form {@link SERVO_SYNTAX} */
export function parseServo(text: string): ServoChoice | undefined {
	const [where, ...words] = text.split(",");
	const [chip, channel, more] = where.split("/").map((word) => parseNumber(word, 0, 255));
	if (chip === undefined || channel === undefined || where.split("/").length > 2 || more !== undefined)
		return undefined;
	let pulses: readonly [number, number] | undefined;
	let degrees: number | undefined;
	let reversed = false;
	for (const word of words) {
		const range = parsePulses(word);
		const turn = parseNumber(word, 1, 360);
		if (range !== undefined && pulses === undefined) pulses = range;
		else if (turn !== undefined && degrees === undefined) degrees = turn;
		else if (word === "reversed" && !reversed) reversed = true;
		else return undefined;
	}
	const [shortest, longest] = pulses ?? [SHORTEST_STANDARD, LONGEST_STANDARD];
	return { chip, channel, shortest, longest, degrees: degrees ?? DEGREES_STANDARD, reversed };
}

function parsePulses(word: string): readonly [number, number] | undefined {
	const ends = word.split("-").map((end) => parseNumber(end, PULSE_MIN, PULSE_MAX));
	const [shortest, longest] = ends;
	if (ends.length !== 2 || shortest === undefined || longest === undefined || shortest >= longest) return undefined;
	return [shortest, longest];
}
