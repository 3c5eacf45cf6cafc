import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { BuildError, buildTools } from "../../tools/build-linux";
import { lackingNetwork } from "../conformance/lacking-network";
import { ZONE, ZONE_TTL } from "../conformance/resolver-suite";
import { DnsServer } from "../support/dns-server";
import { skipFor } from "../support/needs";
import type { Outcome } from "./runner";
import { prepareTree, runInXs } from "./xs-tree";

const TOP = resolve(__dirname, "../..");
/** XS has no compiler and takes some thirty times as long: fewer seeds for simulations than on Node.js. */
const SEEDS = "1";

/** Test files that can't run on XS, each with the reason. */
const EXCLUDED: readonly { readonly path: RegExp; readonly why: string }[] = [
	{ path: /^test\/unit\/hosts-node\//, why: "tests Node.js's own host" },
	{ path: /^test\/unit\/tools\//, why: "tests tools, which are programs for Node.js" },
	{ path: /^test\/unit\/(base\/sha256|fleet\/fleet-key|relay\/relay-key)/, why: "compares with Node.js's own hash" },
	{
		path: /^test\/simulation\/(home|succession-(crowd|ring)|stream-quality|bandwidth-reports)\.test/,
		why: "hours of virtual time or many packets, which take XS minutes",
	},
	{
		path: /^test\/simulation\/(motion-scenes|nas-events|onvif-motion|own-events)/,
		why: "minutes of pictures, which take XS as long; test/unit/media/jpeg-dc reads pictures there",
	},
	{
		path: /^test\/simulation\/metering-load/,
		why: "thousands of records and hundreds of power cuts, which take XS minutes; test/simulation/metering and the kill test run there",
	},
	{
		path: /^test\/simulation\/tunnel-(media|rate)/,
		why: "seconds of video of 8 Mbit/s, which take XS minutes; test/simulation/tunnel runs there",
	},
	{ path: /^test\/simulation\/demo-network/, why: "the demo is a command of Node.js's host" },
	{ path: /^test\/unit\/web\/timeline-page/, why: "runs the page's script in a module of Node.js" },
	{ path: /^test\/unit\/web\/common-script/, why: "compiles the page's script" },
	{ path: /^test\/unit\/web\/qr-script/, why: "compiles the page's script, and compares with packages of npm's" },
	{ path: /^test\/unit\/web\/open-api/, why: "validates with a package of npm's" },
	{ path: /^test\/unit\/hosts-(linux|simulator)\//, why: "starts native programs from Node.js" },
	{
		path: /^test\/unit\/(hosts-sdk\/|hosts-esp32\/sensor-camera)/,
		why: "replaces the SDK's modules, which only Node.js's loader lets a test do",
	},
];

/** Takes minutes on XS: begins first, so that the others run beside it. */
const LONGEST = "test/simulation/succession-home.test.ts";

/** Single tests that are left out, each with the reason. */
const LEFT_OUT: readonly { readonly title: string; readonly why: string }[] = [
	{
		title: "carries 250 machines that announce themselves every second for a minute within a test's time-out",
		why: "measures the virtual world's speed with a compiler; four million datagrams take XS minutes",
	},
	{
		title: "finds 30 days of 64 cameras in 16 MB and 50 ms",
		why: "measures time and memory of Node.js",
	},
	{
		title: "refuses a ticket after four hours",
		why: "four hours of a home's life take XS half a minute; tickets that expire sooner are refused there too",
	},
	{
		title: "keeps the session alive for hours",
		why: "minutes of video, which take XS half a minute; the requests that keep it alive are sent there too",
	},
	{
		title: "gives thirty cameras on one machine a port each",
		why: "takes XS a minute; five cameras do the same",
	},
	{
		title: "ends a picture that an origin never ends, of packets without any payload, too",
		why: "700,000 packets, all of which the test keeps; pictures of thousands of packets are copied on XS too",
	},
];

/** All files of tests that concern XS, or would if nothing were left out. */
function allFiles(): string[] {
	const files = [
		"test/xs/foreign-names.test.ts",
		"test/xs/http-allocations.test.ts",
		"test/xs/http-large.test.ts",
		"test/xs/xs-ciphers.test.ts",
		"test/xs/xs-files.test.ts",
		"test/xs/xs-ports.test.ts",
		"test/xs/xs-resolver.test.ts",
		"test/xs/tcp-queue.test.ts",
		"test/xs/allocations.test.ts",
		"test/xs/stream-allocations.test.ts",
		"test/xs/tunnel-allocations.test.ts",
		"test/xs/relay-allocations.test.ts",
	];
	for (const folder of ["test/unit", "test/simulation"]) {
		for (const name of readdirSync(join(TOP, folder), { recursive: true }) as string[]) {
			if (name.endsWith(".test.ts")) files.push(`${folder}/${name}`);
		}
	}
	return files;
}

/** The files that XS runs. */
function testFiles(): string[] {
	return allFiles()
		.filter((file) => !EXCLUDED.some(({ path }) => path.test(file)))
		.sort((a, b) => Number(b === LONGEST) - Number(a === LONGEST) || (a < b ? -1 : 1));
}

describe("XS on hosts/linux runs", function () {
	this.timeout(900_000);
	let program: string;
	let folder: string;
	let lacks: string;
	let dns: DnsServer | undefined;
	const totals = { passed: 0, skipped: 0, files: 0 };

	before(async function () {
		try {
			program = buildTools();
		} catch (error) {
			if (!(error instanceof BuildError)) throw error;
			console.log(error.message);
			skipFor(this, ["XS engine not built"]);
		}
		prepareTree();
		folder = mkdtempSync(join(tmpdir(), "porthole-xs-"));
		lacks = (await lackingNetwork()).join(",");
		dns = await DnsServer.start(ZONE, ZONE_TTL);
	});
	after(() => {
		dns?.close();
		if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
		console.log(`      ${totals.passed} tests of ${totals.files} files passed on XS, ${totals.skipped} skipped`);
	});

	it("excludes only existing tests, each with a reason", () => {
		const all = allFiles();
		for (const { path, why } of EXCLUDED) {
			const found = all.filter((file) => path.test(file));
			assert.ok(found.length > 0 && why !== "", `nothing is called ${path}`);
			console.log(`      not on XS: ${found.length} files like ${path.source}: ${why}`);
		}
		const texts = all.map((file) => readFileSync(join(TOP, file), "utf8")).join("\n");
		for (const { title, why } of LEFT_OUT) {
			assert.ok(texts.includes(title) && why !== "", `no test is called ${title}`);
			console.log(`      not on XS: ${title}: ${why}`);
		}
	});

	const files = testFiles();
	const outcomes = new Map<string, Promise<Outcome>>();
	/** Runs a file, unless it runs already. */
	const outcomeOf = (file: string): Promise<Outcome> => {
		let outcome = outcomes.get(file);
		if (outcome === undefined) {
			outcome = run(file.replace(/\.ts$/, ""));
			outcome.catch(() => {});
			outcomes.set(file, outcome);
		}
		return outcome;
	};

	for (const [i, file] of files.entries()) {
		it(file, async () => {
			let ends = false;
			const mine = outcomeOf(file).finally(() => {
				ends = true;
			});
			// Two at a time, as XS uses one core: others run beside a long one.
			const others = async (): Promise<void> => {
				for (let next = i + 1; next < files.length && !ends; next++) await outcomeOf(files[next]).catch(() => {});
			};
			void others();
			const outcome = await mine;
			totals.files++;
			totals.passed += outcome.passed;
			totals.skipped += outcome.skipped.length;
			for (const title of outcome.skipped) console.log(`      SKIPPED on XS: ${title}`);
			assert.equal(outcome.failed.length, 0, outcome.failed.map((f) => `${f.title}\n${f.words}`).join("\n\n"));
			assert.ok(outcome.passed + outcome.skipped.length > 0, "the file has no tests");
		});
	}

	function run(module: string): Promise<Outcome> {
		const skip = JSON.stringify(LEFT_OUT.map(({ title }) => title));
		const env = {
			...process.env,
			PORTHOLE_TEST_FOLDER: folder,
			PORTHOLE_TEST_LACKS: lacks,
			PORTHOLE_TEST_DNS: dns?.address ?? "",
			PORTHOLE_TEST_SEEDS: SEEDS,
			PORTHOLE_TEST_SKIP: skip,
		};
		return runInXs(program, module, env);
	}
});
