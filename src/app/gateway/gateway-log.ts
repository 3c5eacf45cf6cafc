import type { GatewayEvent, GatewayStatus } from "../../gateway/gateway-events";
import { DIAGNOSIS_MESSAGES } from "../../web/messages";
import type { Node } from "../node";
import { urlOf } from "../url-of";

/** Writes to the log what has happened between a device and its gateway. @param isMapping the switch of IMG-7 is on */
export function logGateway(node: Node, event: GatewayEvent, isMapping: boolean, status: GatewayStatus): void {
	const { log } = node.host;
	switch (event.type) {
		case "found":
			log.write("info", "gateway", `found ${JSON.stringify(event.name)} at ${event.address}`);
			break;
		case "mapped": {
			const url = urlOf(node.addresses.externalHost, event.externalPort, node.isSecure);
			const role = event.representative ? ": this camera is the representative" : "";
			const where = url === "" ? "" : `; from the Internet: ${url}`;
			log.write("info", "gateway", `holds external port ${event.externalPort} by ${event.by}${role}${where}`);
			break;
		}
		case "lost":
			log.write("warn", "gateway", `lost its external port: ${event.why}`);
			break;
		case "beaten":
			log.write("warn", "succession", "another camera has the representative's port");
			break;
		case "address":
			log.write("info", "gateway", `external address: ${event.address || "none that the Internet can reach"}`);
			break;
		case "diagnosis":
			// A device that keeps to the home network needs no advice about the router.
			if (!isMapping) break;
			for (const diagnosis of status.diagnoses) {
				const { message, remedy } = DIAGNOSIS_MESSAGES[diagnosis];
				log.write("warn", "gateway", `${message} ${remedy}`);
			}
			break;
	}
}
