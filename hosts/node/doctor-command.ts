import { Doctor } from "../../src/app/doctor/doctor";
import type { DOCTOR_SCHEMA } from "../../src/settings/cli/commands";
import type { Gathered } from "../../src/settings/cli/gather-settings";
import type { ValuesOf } from "../../src/settings/schema";
import { NodeClock } from "./clock";
import { ConsoleLog } from "./console-log";
import { NodeRandom } from "./random";
import { networkOf } from "./run-appliance";

/** Examines the gateway, prints the findings, and leaves no mapping behind. @returns 0 when the Internet can reach us, else 1 */
export async function runDoctor({ values }: Gathered<ValuesOf<typeof DOCTOR_SCHEMA>>): Promise<number> {
	const doctor = new Doctor(
		{
			network: networkOf(values.interface),
			clock: new NodeClock(),
			random: new NodeRandom(),
			log: new ConsoleLog(values.logLevel),
		},
		values,
	);
	let shown = 0;
	const report = await new Promise<ReturnType<Doctor["report"]>>((resolve) => {
		doctor.examine(resolve, (line) => {
			shown++;
			console.log(line);
		});
		console.error("Looking for the router and asking it for a port. This takes up to ten seconds …");
	});
	console.log(report.lines.slice(shown).join("\n"));
	return report.reachable ? 0 : 1;
}
