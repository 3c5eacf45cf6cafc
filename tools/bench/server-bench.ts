import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

/** What one run of a bench measures. */
export interface BenchOptions {
	/** How many viewers or clients, one number after the other. */
	readonly counts: readonly number[];
	/** How packets travel, one way after the other. */
	readonly ways: readonly string[];
	readonly seconds: number;
	readonly rounds: number;
}

/** What a bench says of itself, and what it measures unless told otherwise. */
export interface BenchForm {
	readonly help: string;
	/** The option with the numbers of those that the server serves. */
	readonly counted: "clients" | "viewers";
	readonly counts: string;
	readonly most: number;
	/** What the second processor core is for. */
	readonly others: string;
	readonly seconds: string;
	/** Whether packets travel by UDP and TCP, one after the other. @default false */
	readonly hasWays?: boolean;
}

/** The columns of a table; a negative width aligns to the left. */
export type Columns = readonly (readonly [title: string, width: number])[];

/** Lays out one row of a table. */
export function rowOf(columns: Columns, cells: readonly string[]): string {
	const laid = columns.map(([, width], i) => {
		const cell = cells[i] ?? "";
		return width < 0 ? cell.padEnd(-width) : cell.padStart(width);
	});
	return laid.join(" ");
}

/** Tells which of the contenders can't run here, and why. @returns those that can */
export function presentOf<Contender extends { readonly name: string; readonly absent?: string }>(
	all: readonly Contender[],
): readonly Contender[] {
	for (const { name, absent } of all) if (absent !== undefined) console.log(`${name}: ${absent}`);
	return all.filter(({ absent }) => absent === undefined);
}

/** Tells on which machine what is measured. */
export function showMachine(rate: string, { seconds }: BenchOptions): void {
	console.log(`${cpus()[0]?.model}, Node.js ${process.version}, ${rate}, ${seconds} s a row`);
}

/**
 * Runs a bench of servers as a program.
 * @param measure gets a folder for temporary files; returns the exit code
 * @returns the exit code
 */
export async function runServerBench(
	form: BenchForm,
	measure: (options: BenchOptions, folder: string) => Promise<number>,
): Promise<number> {
	const options = readOptions(form);
	if (options === undefined) {
		console.log(form.help);
		return process.argv.includes("--help") || process.argv.includes("-h") ? 0 : 2;
	}
	if (availableParallelism() < 2) throw new Error(`needs two processor cores: one for ${form.others}`);
	const folder = mkdtempSync(join(tmpdir(), "porthole-bench-"));
	try {
		return await measure(options, folder);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function readOptions({ counted, counts, most, seconds, hasWays = false }: BenchForm): BenchOptions | undefined {
	const { values } = parseArgs({
		options: {
			[counted]: { type: "string", default: counts },
			...(hasWays && { ways: { type: "string", default: "udp,tcp" } as const }),
			seconds: { type: "string", default: seconds },
			rounds: { type: "string", default: "3" },
			help: { type: "boolean", short: "h", default: false },
		},
	}) as { values: Record<string, string | boolean | undefined> };
	const options = {
		counts: `${values[counted]}`.split(",").map(Number),
		ways: hasWays ? `${values["ways"]}`.split(",") : [],
		seconds: Number(values["seconds"]),
		rounds: Number(values["rounds"]),
	};
	const isFine =
		[...options.counts, options.rounds].every((n) => Number.isInteger(n) && n >= 1 && n <= most) &&
		options.ways.every((way) => way === "udp" || way === "tcp") &&
		options.seconds > 0;
	return values["help"] === true || !isFine ? undefined : options;
}
