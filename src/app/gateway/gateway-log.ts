import type { GatewayEvent } from "../../gateway/gateway-events";
import type { Log } from "../../ports/log";
import { DIAGNOSIS_MESSAGES } from "../../web/messages";
import type { Camera } from "../camera/camera";
import { urlOf } from "../camera-views";

/** Writes into the log what has happened between a camera and its gateway; what a camera does about it is its own affair. */
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
			write("warn", `lost its external port: ${event.why}`);
			break;
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
