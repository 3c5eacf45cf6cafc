import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { installed } from "../../test/support/needs";
import { keepalived } from "./succession-keepalived";
import { homes } from "./succession-kinds";
import { type Series, Trial } from "./succession-measure";
import { buildPrograms, PROBE_INTERVAL } from "./succession-prober";
import { FAILURES, type Failure, type Setup } from "./succession-stage";
import { idleLines, machineReadable, tableOf } from "./succession-table";

const HELP = `Succession: how long nobody answers at the representative's port when the representative goes.

  npm run bench:succession -- [--runs 20] [--only WORD,…] [--cameras 3] [--json FILE] [--logs FOLDER]

  --runs N        how often each row is measured; median and worst are reported
  --only WORD,…   these only: a setup (open), a failure (crash), both (open/crash), or idle (traffic)
  --cameras N     how many cameras, 3 to 9
  --json FILE     writes each single run to a file
  --logs FOLDER   writes what the cameras logged in each run, since the run before, to a file there
  --list          says what can be measured here, and what can't and why

Builds laboratories of network namespaces with a real gateway (miniupnpd), asks for the page at the representative's
port every ${PROBE_INTERVAL} ms from the Internet side, and lets the representative leave, crash or lose its cable. The same is
done to keepalived among the same hosts. Removes everything when it ends, also after Ctrl-C. docs/succession-bench.md
says what is measured, and what is not.

Needs root, gcc, and the Debian packages iproute2, nftables, miniupnpd-nftables, curl; keepalived for its rows.`;

const PROGRAMS = ["gcc", "ip", "nft", "miniupnpd", "curl"];
const CAMERAS_MAX = 9;
const IDLE = "idle";
/** A high scheduling priority, if this process may have it. */
const PRIORITY = -15;

interface Options {
	readonly runs: number;
	readonly only: readonly string[];
	readonly cameras: number;
	readonly json: string;
	readonly logs: string;
	readonly list: boolean;
}

/** An error in the command line, or a missing requirement. */
class UsageError extends Error {}

function readOptions(): Options | undefined {
	const { values } = parseArgs({
		options: {
			runs: { type: "string", default: "20" },
			only: { type: "string", default: "" },
			cameras: { type: "string", default: "3" },
			json: { type: "string", default: "" },
			logs: { type: "string", default: "" },
			list: { type: "boolean", default: false },
			help: { type: "boolean", short: "h", default: false },
		},
	});
	if (values.help) return undefined;
	const runs = Number(values.runs);
	const cameras = Number(values.cameras);
	if (!Number.isInteger(runs) || runs < 1) throw new UsageError(`--runs must be a number from 1, got "${values.runs}"`);
	if (!Number.isInteger(cameras) || cameras < 3 || cameras > CAMERAS_MAX) {
		throw new UsageError(`--cameras must be a number from 3 to ${CAMERAS_MAX}, got "${values.cameras}"`);
	}
	const only = values.only.split(",").filter((word) => word !== "");
	return { runs, only, cameras, json: values.json, logs: values.logs, list: values.list };
}

/** Selects the requested failures of a setup. */
function chosen(setup: Setup, only: readonly string[]): Failure[] {
	if (only.length === 0) return [...setup.failures];
	const asked = (m: Failure): boolean =>
		only.includes(setup.id) || only.includes(m) || only.includes(`${setup.id}/${m}`);
	return setup.failures.filter(asked);
}

function checkWords(setups: readonly Setup[], only: readonly string[]): void {
	const words = new Set<string>([IDLE, ...Object.keys(FAILURES)]);
	for (const { id, failures } of setups) {
		words.add(id);
		for (const m of failures) words.add(`${id}/${m}`);
	}
	const strange = only.find((word) => !words.has(word));
	if (strange !== undefined) throw new UsageError(`--only must be some of ${[...words].join(" ")}, got "${strange}"`);
}

function list(setups: readonly Setup[]): void {
	for (const { id, title, failures, absent } of setups) {
		console.log(`${id.padEnd(16)} ${title.padEnd(20)} ${absent ?? failures.join(" ")}`);
	}
}

/** The measurements; written when the process ends, even early. */
class Report {
	private readonly all: Series[] = [];
	private idle: ReadonlyMap<number, number> = new Map();

	/** @param file gets every run; empty for none */
	constructor(private readonly file: string) {}

	add(series: Series): void {
		this.all.push(series);
		this.save();
	}

	addIdle(rates: ReadonlyMap<number, number>): void {
		this.idle = rates;
		this.save();
	}

	print(): void {
		for (const line of [...tableOf(this.all), ...idleLines(this.idle)]) console.log(line);
	}

	private save(): void {
		if (this.file !== "") writeFileSync(this.file, machineReadable(this.all, this.idle));
	}
}

async function measureAll(setups: readonly Setup[], { only, runs, logs }: Options, report: Report): Promise<void> {
	for (const setup of setups) {
		const failures = chosen(setup, only);
		if (failures.length === 0) continue;
		if (setup.absent !== undefined) {
			console.log(`${setup.title}: ${setup.absent}`);
			continue;
		}
		const trial = new Trial(
			setup,
			(line) => console.log(`  ${line}`),
			(title, log) => {
				if (logs !== "") writeFileSync(join(logs, `${title}.log`), log);
			},
		);
		try {
			for (const failure of failures) {
				console.log(`${setup.title}, representative ${FAILURES[failure]}:`);
				report.add(await trial.measure(failure, runs));
			}
		} catch (error) {
			// Measure the other setups anyway.
			console.log(`  FAULT: ${error instanceof Error ? error.message : error}`);
			process.exitCode = 1;
		} finally {
			await trial.close();
		}
	}
}

/** Measures the traffic of few and of many cameras. @returns octets per second, by the number of cameras */
async function measureIdle(open: (cameras: number) => Setup, few: number): Promise<Map<number, number>> {
	const rates = new Map<number, number>();
	for (const cameras of new Set([few, CAMERAS_MAX])) {
		const trial = new Trial(open(cameras), (line) => console.log(`  ${line}`));
		try {
			console.log(`traffic of ${cameras} idle cameras:`);
			rates.set(cameras, await trial.traffic());
		} finally {
			await trial.close();
		}
	}
	return rates;
}

async function main(): Promise<void> {
	const options = readOptions();
	if (options === undefined) {
		console.log(HELP);
		return;
	}
	if (process.getuid?.() !== 0) throw new UsageError("needs root to create network namespaces: sudo npm run …");
	const missing = PROGRAMS.filter((program) => !installed(program));
	if (missing.length > 0) throw new UsageError(`not installed: ${missing.join(", ")}. See --help.`);
	const folder = mkdtempSync(join(tmpdir(), "porthole-bench-"));
	// The temporary files of the labs are removed with this folder, even after Ctrl-C.
	process.env["TMPDIR"] = folder;
	process.on("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
	// The labs are removed when the process exits.
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(130));

	// Inherited by the measured programs and by the prober.
	setPriority(PRIORITY);
	const programs = await buildPrograms(folder);
	const setups = [...keepalived(programs, options.cameras), ...homes(programs, options.cameras)];
	checkWords(setups, options.only);
	if (options.list) return list(setups);
	console.log(`${cpus().length} x ${cpus()[0]?.model}, Node.js ${process.version}, ${options.cameras} cameras`);
	if (options.logs !== "") mkdirSync(options.logs, { recursive: true });
	const report = new Report(options.json);
	process.on("exit", () => report.print());
	await measureAll(setups, options, report);
	if (options.only.length === 0 || options.only.includes(IDLE)) {
		report.addIdle(await measureIdle((n) => homes(programs, n)[0], options.cameras));
	}
}

main().then(
	() => process.exit(),
	(error: unknown) => {
		const usage = error instanceof UsageError || (error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS");
		console.error(`bench: ${usage ? (error as Error).message : error instanceof Error ? error.stack : error}`);
		process.exit(usage ? 2 : 1);
	},
);
