import { Doctor } from "../../src/app/doctor/doctor";
import type { LogLevel } from "../../src/ports/log";
import { parseCameraSettings } from "../../src/settings/camera-settings";
import { CAMERA_SCHEMA, networkOf } from "./camera-command";
import { NodeClock } from "./clock";
import { ConsoleLog } from "./console-log";
import { gatherOptions, textOf } from "./options";
import { NodeRandom } from "./random";

/** The settings that matter to the doctor. */
export const DOCTOR_SCHEMA = CAMERA_SCHEMA.filter((s) =>
	["interface", "representative-ports", "log-level"].includes(s.name),
);

/** Looks at the gateway, says what it found, and leaves no trace. @returns 0 when the Internet can reach us, else 1 */
export async function runDoctor(args: readonly string[]): Promise<number> {
	const given = gatherOptions(DOCTOR_SCHEMA, args, process.env);
	const ports = given.get("representative-ports");
	const { settings } = parseCameraSettings(
		ports === undefined ? new Map() : new Map([["representative-ports", ports]]),
	);
	const level = given.has("log-level") ? textOf(CAMERA_SCHEMA, given, "log-level") : "error";
	const doctor = new Doctor(
		{
			network: networkOf(given),
			clock: new NodeClock(),
			random: new NodeRandom(),
			log: new ConsoleLog(level as LogLevel),
		},
		settings,
	);
	const report = await new Promise<ReturnType<Doctor["report"]>>((resolve) => doctor.examine(resolve));
	console.log(report.lines.join("\n"));
	return report.reachable ? 0 : 1;
}
