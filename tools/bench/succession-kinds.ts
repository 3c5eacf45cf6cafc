import { execFileSync } from "node:child_process";
import { NODE_PROGRAM } from "../camera-program";
import { Home } from "./succession-home";
import type { Programs } from "./succession-prober";
import type { Contender, Disruption, Goal } from "./succession-stage";

/** How long to wait for an answer, beyond the gateway's lease, in milliseconds. */
const PATIENCE = 15_000;

/** Several inquiries of the representative, in milliseconds. */
const RHYTHM = 1000;

/** A kind of home: options of the camera, which a build may not know yet, and a profile of the lab. */
interface Kind {
	readonly id: string;
	readonly title: string;
	readonly profile: string;
	/** Options with their values. */
	readonly options: readonly (readonly [name: string, value: string])[];
	readonly disruptions: readonly Disruption[];
	/** The gateway's lease of the representative's port in seconds, when no other device may delete the mapping. */
	readonly lease?: number;
	readonly goals: Partial<Record<Disruption, Goal>>;
}

const ALL: readonly Disruption[] = ["leave", "crash", "cable", "double"];
const FLOATING = ["--floating-address", "192.168.0.100"] as const;
const AFTER_LEASE: Goal = { most: 1000, afterLease: true };
/** The goals of the design. */
const OPEN_GOALS = { leave: { most: 200 }, crash: { most: 1500 }, cable: { most: 1500 } };
const FLOATING_GOALS = { leave: { most: 200 }, crash: { most: 1200 }, cable: { most: 1200 } };
const FAST_GOALS = { leave: { most: 200 }, crash: { most: 600 }, cable: { most: 600 } };

function mode(id: string, title: string): Kind {
	const options = [["--succession", id]] as const;
	return { id, title, profile: "igd1 insecure", options, disruptions: ["leave", "crash"], goals: {} };
}

const KINDS: readonly Kind[] = [
	{ id: "open", title: "open gateway", profile: "igd1 insecure", options: [], disruptions: ALL, goals: OPEN_GOALS },
	{
		id: "floating",
		title: "floating address",
		profile: "igd2 secure",
		options: [FLOATING],
		disruptions: ALL,
		goals: FLOATING_GOALS,
	},
	{
		id: "floating-fast",
		title: "floating, 100 ms",
		profile: "igd2 secure",
		options: [FLOATING, ["--heartbeat", "100"]],
		disruptions: ALL,
		goals: FAST_GOALS,
	},
	{
		id: "secure-20",
		title: "secure, 20 s lease",
		profile: "igd1 secure",
		options: [["--representative-lease", "20"]],
		disruptions: ALL,
		lease: 20,
		goals: { leave: { most: 200 }, crash: { most: 21_000 }, cable: { most: 21_000 } },
	},
	{
		id: "secure",
		title: "secure, 60 s lease",
		profile: "igd1 secure",
		options: [],
		disruptions: ["leave", "crash"],
		lease: 60,
		goals: { leave: { most: 200 }, crash: AFTER_LEASE },
	},
	mode("contention", "contention"),
	mode("port-order", "port order"),
	mode("probing", "probing"),
];

/** Lists the kinds of homes; those that this build has no options for are absent, with a reason. */
export function homes(programs: Programs, cameras: number): Contender[] {
	const known = execFileSync(process.execPath, [NODE_PROGRAM, "camera", "--help"], { encoding: "utf8" });
	return KINDS.map((kind) => {
		const flags: string[] = [];
		let absent: string | undefined;
		for (const [name, value] of kind.options) {
			if (!known.includes(`  ${name} `)) absent = `not supported by this build: there is no ${name}`;
			flags.push(name, value);
		}
		return {
			id: kind.id,
			title: kind.title,
			disruptions: kind.disruptions,
			patience: PATIENCE + (kind.lease ?? 0) * 1000,
			// A lease is renewed at a third of it.
			rhythm: Math.max(RHYTHM, ((kind.lease ?? 0) * 1000) / 3),
			goal: (disruption) => kind.goals[disruption],
			open: () => Home.open(programs, kind, cameras, flags),
			...(absent === undefined ? {} : { absent }),
		};
	});
}
