import type { Millis } from "../core/time";
import type { Diagnosis } from "./diagnosis";
import type { GatewayOutbox } from "./gateway-events";

/** The port that this camera holds on the gateway. */
export interface HeldPort {
	readonly externalPort: number;
	readonly internalPort: number;
	readonly representative: boolean;
}

/** Who an assignment belongs to. */
export interface AssignmentOwner {
	/** The port is held, read back and right. Called again only for another port. */
	held(now: Millis, port: HeldPort, out: GatewayOutbox): void;
	/** The port is not ours any more, or never was; another is being tried. */
	lost(now: Millis, why: string, out: GatewayOutbox): void;
	/** The representative's port, which was ours, is a living camera's. */
	beaten(now: Millis, out: GatewayOutbox): void;
	/** The gateway does not answer. */
	silent(now: Millis, out: GatewayOutbox): void;
	/** What is known of trouble has changed. */
	diagnose(diagnosis: Diagnosis, holds: boolean, out: GatewayOutbox): void;
}
