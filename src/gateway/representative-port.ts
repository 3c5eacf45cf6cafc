import type { GatewaySettings } from "./gateway-settings";

/**
 * Which port a camera is to have: `representative`: that one, and its own meanwhile; `own`: any other; `first-come`:
 * the representative's if it is free, as the gateway decides who is the representative (IMG-3, IMG-4).
 */
export type PortAim = "representative" | "own" | "first-come";

/** Lists the external ports to ask for, in order. @param base the representative's port @param favourite the one that was held; 0 for none */
export function planPorts(settings: GatewaySettings, aim: PortAim, base: number, favourite: number): number[] {
	const own: number[] = [];
	for (let port = base + 1; port <= Math.min(65535, base + settings.ownPorts); port++) {
		if (!settings.representativePorts.includes(port)) own.push(port);
	}
	const first = aim === "own" ? [] : [base];
	return [...new Set([...first, ...(own.includes(favourite) ? [favourite] : []), ...own])];
}
