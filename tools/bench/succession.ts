import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { installed } from "../../test/support/needs";
import { keepalived } from "./succession-keepalived";
import { homes } from "./succession-kinds";
import { type Series, Trial } from "./succession-measure";
import { buildPrograms, PROBE_INTERVAL } from "./succession-prober";
import { type Contender, DISRUPTIONS, type Disruption } from "./succession-stage";
import { idleLines, machineReadable, tableOf } from "./succession-table";

const HELP = `Succession: how long nobody answers at the representative's port when the representative goes.

  npm run bench:succession -- [--runs 20] [--only WORD,…] [--cameras 3] [--json FILE] [--logs FOLDER]

  --runs N        how often each row is measured; median and worst are reported
  --only WORD,…   these only: a contender (open), a disruption (crash), both (open/crash), or idle (traffic)
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
/** A priority above the other work of this machine, as far as possible. */
const PRIORITY = -15;

interface Options {
	readonly runs: number;
	readonly only: readonly string[];
	readonly cameras: number;
	readonly json: string;
	readonly logs: string;
	readonly list: boolean;
}

/** A usage error. */
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

/** The disruptions of a contender that were requested. */
function chosen(contender: Contender, only: readonly string[]): Disruption[] {
	if (only.length === 0) return [...contender.disruptions];
	const asked = (m: Disruption): boolean =>
		only.includes(contender.id) || only.includes(m) || only.includes(`${contender.id}/${m}`);
	return contender.disruptions.filter(asked);
}

function checkWords(contenders: readonly Contender[], only: readonly string[]): void {
	const words = new Set<string>([IDLE, ...Object.keys(DISRUPTIONS)]);
	for (const { id, disruptions } of contenders) {
		words.add(id);
		for (const m of disruptions) words.add(`${id}/${m}`);
	}
	const strange = only.find((word) => !words.has(word));
	if (strange !== undefined) throw new UsageError(`--only must be some of ${[...words].join(" ")}, got "${strange}"`);
}

function list(contenders: readonly Contender[]): void {
	for (const { id, title, disruptions, absent } of contenders) {
		console.log(`${id.padEnd(16)} ${title.padEnd(20)} ${absent ?? disruptions.join(" ")}`);
	}
}

/** The results so far; written when the process ends, also early. */
class Report {
	private readonly all: Series[] = [];
	private idle: ReadonlyMap<number, number> = new Map();

	/** @param file gets every single run; empty for none */
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

async function measureAll(
	contenders: readonly Contender[],
	{ only, runs, logs }: Options,
	report: Report,
): Promise<void> {
	for (const contender of contenders) {
		const disruptions = chosen(contender, only);
		if (disruptions.length === 0) continue;
		if (contender.absent !== undefined) {
			console.log(`${contender.title}: ${contender.absent}`);
			continue;
		}
		const trial = new Trial(
			contender,
			(line) => console.log(`  ${line}`),
			(title, log) => {
				if (logs !== "") writeFileSync(join(logs, `${title}.log`), log);
			},
		);
		try {
			for (const disruption of disruptions) {
				console.log(`${contender.title}, representative ${DISRUPTIONS[disruption]}:`);
				report.add(await trial.measure(disruption, runs));
			}
		} catch (error) {
			// The other contenders are still measured.
			console.log(`  FAULT: ${error instanceof Error ? error.message : error}`);
			process.exitCode = 1;
		} finally {
			await trial.close();
		}
	}
}

/** Counts the traffic of few and of many cameras. @returns octets a second, by the number of cameras */
async function measureIdle(open: (cameras: number) => Contender, few: number): Promise<Map<number, number>> {
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
	if (process.getuid?.() !== 0) throw new UsageError("needs root, because it makes network namespaces: sudo npm run …");
	const missing = PROGRAMS.filter((program) => !installed(program));
	if (missing.length > 0) throw new UsageError(`not installed: ${missing.join(", ")}. See --help.`);
	const folder = mkdtempSync(join(tmpdir(), "porthole-bench-"));
	// The temporary folders of the labs are removed with this one, also after Ctrl-C.
	process.env["TMPDIR"] = folder;
	process.on("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
	// The labs are removed when the process exits, and only then.
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(130));

	// Inherited by the measured and the measuring processes.
	setPriority(PRIORITY);
	const programs = await buildPrograms(folder);
	const contenders = [...keepalived(programs, options.cameras), ...homes(programs, options.cameras)];
	checkWords(contenders, options.only);
	if (options.list) return list(contenders);
	console.log(`${cpus().length} x ${cpus()[0]?.model}, Node.js ${process.version}, ${options.cameras} cameras`);
	if (options.logs !== "") mkdirSync(options.logs, { recursive: true });
	const report = new Report(options.json);
	process.on("exit", () => report.print());
	await measureAll(contenders, options, report);
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
