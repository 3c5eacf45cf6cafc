import type { Diagnosis } from "../gateway/diagnosis";
import type { GatewayEvent } from "../gateway/gateway-events";
import type { LossReason, MappingRequest } from "../gateway/wanted-mapping";
import type { Log } from "../ports/log";
import { DIAGNOSIS_MESSAGES } from "../web/messages";
import type { Camera } from "./camera";
import { urlOf } from "./camera-views";

/** The log's texts for the reasons that are not diagnoses. */
const LOSSES: Readonly<Partial<Record<LossReason, string>>> = Object.freeze({
	"switched-off": "port assignment is switched off",
	"upnp-found": "a UPnP gateway was found and replaces PCP",
	withdrawn: "the router withdrew it (PCP or NAT-PMP)",
	"not-representative": "another camera is the representative",
	reassigned: "the gateway gave it to another device",
});

/** Logs the events of the gateway client. */
export function logGateway(log: Log, event: GatewayEvent, camera: Camera): void {
	const write = (level: "info" | "warn", words: string, area = "gateway") => log.write(level, area, words);
	switch (event.type) {
		case "found":
			write("info", `found ${JSON.stringify(event.name)} at ${event.address}`);
			break;
		case "mapped": {
			const { addresses, fleet } = camera;
			const url = urlOf(addresses.externalHost, event.externalPort, fleet.self.secure);
			const role = event.representative ? ": this camera is the representative" : "";
			const where = url === "" ? "" : `; from the Internet: ${url}`;
			write("info", `holds external port ${event.externalPort} by ${event.by}${role}${where}`);
			break;
		}
		case "lost":
			write("warn", `lost its external port: ${lossText(event.reason)}`);
			break;
		case "mapping": {
			const name = nameOf(event.mapping.request);
			if (event.state === "mapped") write("info", `${name} has external port ${event.externalPort} by ${event.by}`);
			else if (event.state === "lost") write("warn", `${name} lost its external port: ${lossText(event.reason)}`);
			else write("warn", `${name} gets no external port. ${DIAGNOSIS_MESSAGES[event.diagnosis].message}`);
			break;
		}
		case "beaten":
			write("warn", "another camera has the representative's port", "succession");
			break;
		case "address":
			write("info", `external address: ${event.address || "none that the Internet could reach"}`);
			break;
		case "diagnosis":
			// Whoever keeps to the home network has no use for advice about the router.
			if (!camera.isMapping) break;
			for (const diagnosis of camera.gateway.status().diagnoses) {
				const { message, remedy } = DIAGNOSIS_MESSAGES[diagnosis];
				write("warn", `${message} ${remedy}`);
			}
			break;
	}
}

function lossText(reason: LossReason): string {
	return LOSSES[reason] ?? DIAGNOSIS_MESSAGES[reason as Diagnosis].message;
}

/** `rtsp (TCP 8554)` */
function nameOf({ service, protocol, internalPort }: MappingRequest): string {
	return `${service} (${protocol}${internalPort === 0 ? "" : ` ${internalPort}`})`;
}
