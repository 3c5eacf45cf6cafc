import { median, type Series } from "./succession-measure";
import { DISRUPTIONS, type Goal } from "./succession-stage";

/** What 250 idle cameras may send into the LAN, in octets a second. */
const TRAFFIC_GOAL = 10_000;
const TRAFFIC_CAMERAS = 250;
/** The goal of the handover among the cameras, in milliseconds. */
const HAND_OVER_GOAL = 20;

const COLUMNS = [
	"representative",
	"contender",
	"runs",
	"median ms",
	"worst ms",
	"goal ms",
	"verdict",
	"after lease ms",
	"cameras alone ms",
	"built again",
	"disturbed",
] as const;

function milliseconds(value: number): string {
	return Number.isNaN(value) ? "-" : value === Infinity ? "never" : value.toFixed(0);
}

function judged(series: Series, goal: Goal): number {
	return median(
		series.results.map(({ gap, lease }) => (goal.afterLease === true ? Math.max(0, gap - (lease ?? 0)) : gap)),
	);
}

function verdictOf(series: Series): [goal: string, verdict: string] {
	const goal = series.contender.goal(series.disruption);
	if (goal === undefined) return ["-", "-"];
	const words = `${goal.afterLease === true ? "lease + " : ""}${goal.most}`;
	return [words, judged(series, goal) <= goal.most ? "met" : "MISSED"];
}

function cellsOf(series: Series): string[] {
	const { contender, disruption, results, rebuilt, disturbed } = series;
	const gaps = results.map(({ gap }) => gap);
	const waits = results.filter((r) => r.lease !== undefined).map((r) => Math.max(0, r.gap - (r.lease ?? 0)));
	const alone = results.filter((r) => r.handOver !== undefined).map((r) => r.handOver ?? 0);
	const pair = (values: number[]): string =>
		values.length === 0 ? "-" : `${milliseconds(median(values))} (${milliseconds(Math.max(...values))})`;
	return [
		DISRUPTIONS[disruption],
		contender.title,
		`${results.length}`,
		milliseconds(median(gaps)),
		milliseconds(Math.max(...gaps)),
		...verdictOf(series),
		disruption === "leave" ? "-" : pair(waits),
		alone.length === 0 ? "-" : `${pair(alone)}, goal ${HAND_OVER_GOAL}`,
		`${rebuilt}`,
		`${disturbed}`,
	];
}

/**
 * Writes the results as a table in Markdown, the rows of one disruption together, for keepalived and for
 * the cameras.
 */
export function tableOf(all: readonly Series[]): string[] {
	if (all.length === 0) return [];
	const rows = Object.keys(DISRUPTIONS).flatMap((m) => all.filter((s) => s.disruption === m).map(cellsOf));
	const widths = COLUMNS.map((title, i) => Math.max(title.length, ...rows.map((cells) => cells[i].length)));
	const line = (cells: readonly string[]): string =>
		`| ${cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(" | ")} |`;
	const rule = widths.map((width, i) => (i < 2 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
	return ["", line(COLUMNS), line(rule), ...rows.map(line)];
}

/** Writes what idle cameras send, and a linear extrapolation; only a simulation gives the value of 250 cameras. */
export function idleLines(rates: ReadonlyMap<number, number>): string[] {
	const points = [...rates];
	const lines = points.map(([n, rate]) => `${n} idle cameras send ${rate.toFixed(0)} octets/s into the LAN`);
	if (points.length < 2) return lines;
	const [[few, low], [many, high]] = points;
	const at = low + ((high - low) / (many - few)) * (TRAFFIC_CAMERAS - few);
	const verdict = at <= TRAFFIC_GOAL ? "met" : "MISSED";
	lines.push(
		`a straight line through both leads to ${at.toFixed(0)} octets/s for ${TRAFFIC_CAMERAS}; goal ${TRAFFIC_GOAL}: ${verdict}`,
	);
	return lines;
}

/** Writes each single run as JSON; `null` where no camera took over. */
export function machineReadable(all: readonly Series[], idle: ReadonlyMap<number, number>): string {
	const series = all.map(({ contender, disruption, results, rebuilt, disturbed }) => ({
		contender: contender.id,
		disruption,
		goal: contender.goal(disruption) ?? null,
		rebuilt,
		disturbed,
		results,
	}));
	return `${JSON.stringify({ series, idle: Object.fromEntries(idle) }, undefined, "\t")}\n`;
}
