import { FleetKey } from "../../fleet/fleet-key";
import { parseServers } from "../../peer/rendezvous-address";
import type { Clock } from "../../ports/clock";
import { EXIT_CODES } from "../../settings/cli/commands";
import type { DOCTOR_SCHEMA } from "../../settings/cli/doctor-schema";
import type { SettingSources } from "../../settings/cli/gather-settings";
import { isFleetKey } from "../../settings/fleet-schema";
import type { ValuesOf } from "../../settings/schema";
import { DOCTOR_MESSAGES } from "../../web/doctor-messages";
import { Doctor } from "./doctor";
import type { DoctorReport, DoctorStep } from "./doctor-report";
import type { NatExaminationHost } from "./nat-examination";

/** What the command needs of its host. */
export interface DoctorHost extends NatExaminationHost {
	readonly clock: Clock;
	/** The folder of the camera on this machine. */
	readonly folder: string;
	/** @see SettingSources */
	readonly readFile: SettingSources["readFile"];
	/** Writes a line to standard output. */
	print(line: string): void;
	/** Writes a line to standard error. */
	error(line: string): void;
}

/**
 * Runs `porthole doctor`: prints each step as it is done with the seconds since the start, or at the end one JSON object.
 * @param done called once, with the exit code: 0 when a camera here can be reached from the Internet, else 1
 */
export function runDoctor(
	host: DoctorHost,
	values: ValuesOf<typeof DOCTOR_SCHEMA>,
	done: (code: number) => void,
): void {
	const key = values.fleetKey || storedKey(host);
	const doctor = new Doctor(host, {
		representativePorts: values.representativePorts,
		stunServers: parseServers(values.stunServers) ?? [],
		fleet: values.fleet,
		keys: key === "" ? [] : key.split(",").map((text) => new FleetKey(text)),
		login: { user: values.user, password: values.password },
	});
	host.error(DOCTOR_MESSAGES.begin);
	doctor.examine(
		(report) => {
			if (values.json) host.print(jsonForTerminal(reportForPrograms(report)));
			done(report.reachable ? EXIT_CODES.done : EXIT_CODES.failed);
		},
		(step) => {
			if (!values.json) for (const line of linesOf(step)) host.print(line);
		},
	);
}

/** The key that the camera of this machine has joined with; empty: none, or not for this user to read. */
function storedKey({ folder, readFile }: DoctorHost): string {
	try {
		const text = readFile(`${folder}/fleet-key.value`) ?? "";
		return text.split(",").every(isFleetKey) ? text : "";
	} catch {
		return "";
	}
}

/** Writes JSON that may be shown on a terminal: texts of other devices must not control it. JSON itself escapes what is below U+0020 only. */
export function jsonForTerminal(value: unknown): string {
	return JSON.stringify(value, undefined, 2).replace(
		/[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
		(letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
	);
}

/** What programs get: names as in the rest of the interface, and `null` for what is not known. */
export function reportForPrograms(report: DoctorReport): Record<string, unknown> {
	const { reachable, gateway, problems, natKind, nat, cameras, steps } = report;
	return {
		reachable,
		gateway,
		problems,
		natKind,
		nat: nat === "" ? null : nat,
		cameras: cameras.map(({ ways, ...camera }) => ({
			...camera,
			ways: ways.map(({ way, works, text }) => ({ way, works: works ?? null, text })),
		})),
		steps: steps.map(({ at, step, text }) => ({ seconds: at / 1000, step, text })),
	};
}

/** Writes the lines of a step: the first one has the time, the others are below it. */
export function linesOf({ at, text }: DoctorStep): readonly string[] {
	const time = `${(at / 1000).toFixed(1).padStart(5)} s  `;
	return text.split("\n").map((line, i) => `${i === 0 ? time : " ".repeat(time.length)}${line}`);
}
