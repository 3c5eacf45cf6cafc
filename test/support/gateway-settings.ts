import { GATEWAY_DEFAULTS, type GatewaySettings } from "../../src/gateway/gateway-settings";

/** Settings of a gateway client for tests; identity is the caller's. */
export const GATEWAY_SETTINGS: Omit<GatewaySettings, "id" | "model"> = Object.freeze({
	...GATEWAY_DEFAULTS,
	representativePorts: Object.freeze([8080, 18080, 28080]),
	internalPort: 8000,
	representativeLease: 60,
	ownLease: 600,
	addressPoll: 60000,
	table: "walk",
});
