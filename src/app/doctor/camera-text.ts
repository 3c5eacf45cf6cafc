import { formatEndpoint } from "../../core/ip-address";
import { DOCTOR_MESSAGES } from "../../web/doctor-messages";
import type { CameraReport } from "./doctor-report";

/** Writes what was found about a camera, for people: a line for each way. Control characters of its name are not escaped. */
export function cameraText({ name, address, port, nat, ways, players }: CameraReport): string {
	const { camera, names, nat: natLine, verdicts, players: messages } = DOCTOR_MESSAGES;
	const rows = ways.map(({ way, works, text }) => line(names[way], works, text));
	for (const { from, works, text } of players) rows.push(line(`${messages.title} ${messages.from[from]}`, works, text));
	if (nat !== "") rows.push(natLine(nat.split("\n").join(" ")));
	const called = JSON.stringify(name.split("\n").join(" "));
	return [camera(called, formatEndpoint(address, port)), ...rows].join("\n");

	function line(what: string, works: boolean | undefined, text: string): string {
		const verdict = works === undefined ? verdicts.unknown : works ? verdicts.works : verdicts.no;
		return `  ${what}: ${verdict}, ${text.split("\n").join(" ")}.`;
	}
}
