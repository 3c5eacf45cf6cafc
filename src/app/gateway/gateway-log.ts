import type { Diagnosis } from "../../gateway/diagnosis";
import type { GatewayEvent } from "../../gateway/gateway-events";
import type { LossReason, MappingRequest } from "../../gateway/wanted-mapping";
import { DIAGNOSIS_MESSAGES } from "../../web/diagnosis-messages";
import type { Node } from "../node";
import { urlOf } from "../url-of";

/** The log's texts for the reasons that are not diagnoses. */
const LOSSES: Readonly<Partial<Record<LossReason, string>>> = Object.freeze({
	"switched-off": "port assignment is off",
	"upnp-found": "a UPnP gateway was found and replaces PCP",
	withdrawn: "the router withdrew it (PCP or NAT-PMP)",
	"not-representative": "another device is the representative",
	reassigned: "the gateway gave it to another device",
});

/** Writes to the log what has happened between a device and its gateway. @param isMapping the switch of IMG-7 is on */
export function logGateway(node: Node, event: GatewayEvent, isMapping: boolean): void {
	const { log } = node.host;
	switch (event.type) {
		case "found":
			log.write("info", "gateway", `found ${JSON.stringify(event.name)} at ${event.address}`);
			break;
		case "mapped": {
			const url = urlOf(node.addresses.externalHost, event.externalPort, node.isSecure);
			const role = event.representative ? `: this ${node.noun} is the representative` : "";
			const where = url === "" ? "" : `; from the Internet: ${url}`;
			log.write("info", "gateway", `holds external port ${event.externalPort} by ${event.by}${role}${where}`);
			break;
		}
		case "lost":
			log.write("warn", "gateway", `lost its external port: ${lossText(event.reason)}`);
			break;
		case "mapping": {
			const name = nameOf(event.mapping.request);
			if (event.state === "mapped")
				log.write("info", "gateway", `${name} has external port ${event.externalPort} by ${event.by}`);
			else if (event.state === "lost")
				log.write("warn", "gateway", `${name} lost its external port: ${lossText(event.reason)}`);
			else
				log.write("warn", "gateway", `${name} gets no external port. ${DIAGNOSIS_MESSAGES[event.diagnosis].message}`);
			break;
		}
		case "refusal":
			log.write("warn", "gateway", `the router refuses to open a port: ${event.by} error ${event.error}`);
			break;
		case "beaten":
			log.write("warn", "succession", "another device has the representative's port");
			break;
		case "address":
			log.write("info", "gateway", `external address: ${event.address || "none that the Internet can reach"}`);
			break;
		case "table":
			if (!event.complete)
				log.write("warn", "gateway", `the port table could be read in part: ${event.entries.length} entries are kept`);
			break;
		case "diagnosis":
			// A device that keeps to the home network needs no advice about the router.
			if (isMapping && event.holds) {
				const { message, remedy } = DIAGNOSIS_MESSAGES[event.diagnosis];
				log.write("warn", "gateway", `${message} ${remedy}`);
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
