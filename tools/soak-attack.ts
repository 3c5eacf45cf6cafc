import { parseArgs } from "node:util";
import { ATTACK_NAMES, Campaign, type CampaignOptions } from "./attack/campaign";
import { CAMERA_PROGRAMS, isBuilt } from "./camera-program";
import { runProgram } from "./run-program";

const HELP = `Attacks three cameras (Node.js and XS) behind a router for a long time, while their owner uses them from inside and outside.

  npm run test:soak:attack -- [--minutes 60] [--seed N] [--bound 20] [--fleet open|sealed|both] [--attacks NAME,…]

Fails when a program exits by itself, when its memory grows, when a stranger sees what only users may see or appears in a
sealed fleet, or when the owner is not served within the bound in seconds. PORTHOLE_TEST_MINUTES sets the minutes, too. The seed is printed; without one
it is drawn. Needs root, the programs (npm run build, npm run build:linux), and what the lab needs (docs/testing.md).

Attacks: ${ATTACK_NAMES.join(", ")}.`;

function readOptions(): CampaignOptions | undefined {
	const text = { type: "string" } as const;
	const { values } = parseArgs({
		options: {
			minutes: text,
			seed: text,
			bound: text,
			fleet: text,
			attacks: text,
			help: { type: "boolean", short: "h" },
		},
	});
	if (values.help === true) {
		console.log(HELP);
		return undefined;
	}
	const number = (name: string, value: string): number => {
		if (!(Number(value) >= 0)) throw new Error(`--${name} ${value}: not a number`);
		return Number(value);
	};
	const attacks = values.attacks === undefined ? [] : values.attacks.split(",");
	const unknown = attacks.filter((name) => !ATTACK_NAMES.includes(name));
	if (unknown.length > 0) throw new Error(`--attacks: there is no ${unknown.join(", ")}. ${ATTACK_NAMES.join(", ")}`);
	const { fleet = "both" } = values;
	if (fleet !== "open" && fleet !== "sealed" && fleet !== "both")
		throw new Error(`--fleet ${fleet}: open, sealed or both`);
	return {
		minutes: number("minutes", values.minutes ?? process.env["PORTHOLE_TEST_MINUTES"] ?? "60"),
		seed: number("seed", values.seed ?? `${Math.floor(Math.random() * 1e6)}`),
		bound: number("bound", values.bound ?? "20"),
		fleet,
		attacks,
	};
}

async function main(): Promise<number> {
	const options = readOptions();
	if (options === undefined) return 0;
	for (const program of CAMERA_PROGRAMS) {
		if (!isBuilt(program)) throw new Error(`the program for ${program.name} is not built: ${program.build}`);
	}
	console.log(`seed ${options.seed}, ${options.minutes} minutes`);
	return (await Campaign.run(options)) ? 0 : 1;
}

runProgram("soak", main);
