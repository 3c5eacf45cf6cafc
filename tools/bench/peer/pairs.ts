import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { CameraKind } from "../../../test/lab/lab";
import { type End, type PairOutcome, PeerPairs } from "../../../test/lab/peer-pairs";
import { runProgram } from "../../run-program";

const HELP = `Shows a camera to \`porthole view\` through all pairs of NATs of the kernel, and prints the table of docs/peer-pairs.md.

  npm run bench:peer:pairs -- [--camera xs|node] [--delay 10] [--write]

  --camera …   the program of the camera; the viewer runs on Node.js
  --delay MS   of each line in one direction: 10 makes 40 ms between two homes and back
  --write      put the table into docs/peer-pairs.md

Needs root, iproute2, nftables, conntrack, python3, coturn, curl, npm run build and (for xs) npm run build:linux.`;

const ENDS: readonly End[] = ["none", "port", "restricted", "cone", "nodrop", "pool", "spread", "sym"];
const DOCUMENT = resolve(__dirname, "../../../docs/peer-pairs.md");
const BEGIN = "<!-- table -->";
const END = "<!-- end of table -->";

function cell({ path, later, connected, reason }: PairOutcome): string {
	if (path === "failed") return reason;
	const time = `${connected.toFixed(0)} ms`;
	if (path === "relayed") return later === "relayed" ? `relay, ${time}` : `relay, ${time}, then direct`;
	return path === "lan" ? `LAN, ${time}` : time;
}

function median(values: readonly number[]): number {
	return [...values].sort((x, y) => x - y)[values.length >> 1];
}

async function main(): Promise<number> {
	const { values } = parseArgs({
		options: {
			help: { type: "boolean" },
			camera: { type: "string", default: "xs" },
			delay: { type: "string", default: "10" },
			write: { type: "boolean" },
		},
	});
	if (values.help === true) {
		console.log(HELP);
		return 0;
	}
	const kind: CameraKind = values.camera === "node" ? "node" : "xs";
	const delay = Number(values.delay);
	const pairs = await PeerPairs.build(kind, { turn: true, delay });
	const all: PairOutcome[] = [];
	const lines = [`| camera \\ viewer | ${ENDS.join(" | ")} |`, `| --- |${" --- |".repeat(ENDS.length)}`];
	try {
		for (const camera of ENDS) {
			await pairs.startCamera(camera);
			const cells: string[] = [];
			for (const viewer of ENDS) {
				const outcome = await pairs.view(viewer);
				all.push(outcome);
				cells.push(cell(outcome));
			}
			lines.push(`| ${camera} | ${cells.join(" | ")} |`);
			console.log(lines.at(-1));
		}
		const same: string[] = [];
		for (const camera of ["port", "sym"] as const) {
			await pairs.startCamera(camera);
			const outcome = await pairs.view(camera, "a2");
			all.push(outcome);
			same.push(`${camera}: ${cell(outcome)}`);
		}
		const pictures = all.filter(({ path }) => path !== "failed").map(({ connected, picture }) => connected + picture);
		const direct = all.filter(({ path }) => path === "punched").map(({ connected }) => connected);
		const relayed = all.filter(({ path }) => path === "relayed").map(({ connected }) => connected);
		lines.push(
			"",
			`Both in the same network, behind one NAT: ${same.join("; ")}.`,
			"",
			`Camera on ${kind === "xs" ? "XS" : "Node.js"}, viewer on Node.js, ${4 * delay} ms from home to home and back, ${2 * delay} ms to the servers. From the search for the camera until it is connected, medians: direct ${median(direct).toFixed(0)} ms, relayed ${median(relayed).toFixed(0)} ms; until a browser has its first picture ${median(pictures).toFixed(0)} ms, at most ${Math.max(...pictures).toFixed(0)} ms.`,
		);
	} finally {
		await pairs.clear();
	}
	const table = lines.join("\n");
	console.log(`\n${table}`);
	if (values.write === true) {
		const text = readFileSync(DOCUMENT, "utf8");
		const [before] = text.split(BEGIN);
		const [, after = ""] = text.split(END);
		writeFileSync(DOCUMENT, `${before}${BEGIN}\n${table}\n${END}${after}`);
	}
	return all.every(({ path }) => path !== "failed") ? 0 : 1;
}

runProgram("pairs", main);
