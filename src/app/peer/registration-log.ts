import { formatEndpoint } from "../../core/ip-address";
import { deviceRefusalText, PEER_MESSAGES } from "../../web/peer-messages";
import type { Appliance, ApplianceSettings } from "../appliance";
import type { Presence } from "./presence";

/** Tells the log, and the pages that speak of the Internet, when a device is registered, when it is no more, and why (ONE-10). */
export class RegistrationLog {
	/** What the log was told last. */
	private told = "";

	constructor(private readonly node: Pick<Appliance<ApplianceSettings>, "gateway" | "host" | "isLeaving">) {}

	/** The registration may have changed. @param presence `undefined`: the device does not register */
	note(presence: Presence | undefined): void {
		const { registration, service } = presence ?? {};
		const { gateway, host, isLeaving } = this.node;
		const isRegistered = registration?.state === "registered";
		gateway.isReached = isRegistered;
		let text = "";
		if (isRegistered && service?.server !== undefined)
			text = PEER_MESSAGES.registeredAt(formatEndpoint(service.server.address, service.server.port));
		else if (registration?.state === "trying" && registration.hasFailed)
			text = PEER_MESSAGES.notRegistered(deviceRefusalText(registration.refusal));
		if (text === "" || text === this.told || isLeaving) return;
		this.told = text;
		host.log.write(isRegistered ? "info" : "warn", "peer", text);
	}
}
