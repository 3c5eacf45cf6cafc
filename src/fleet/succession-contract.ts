import type { FleetMessage } from "../wire/fleet-message";

/** Another camera that may become the representative. */
export interface Candidate {
	readonly id: string;
	readonly externalPort: number;
	readonly priority: number;
	/** Our inquiries in a row that it has not answered. */
	readonly missed: number;
}

/** What the election has to know of the cameras. */
export interface SuccessionContext {
	/** All other cameras. */
	candidates(): Iterable<Candidate>;
	/** Grows when the cameras change. */
	readonly version: number;
	/** This camera's port on the gateway; 0 for none. */
	readonly externalPort: number;
	/** True: this camera holds the representative's port on the gateway. */
	readonly holds: boolean;
	/** How many external ports come before this camera's; absent: that is counted among the candidates (IMG-23). */
	readonly place?: number | undefined;
	/** A value of this machine from which it computes its delay, such as its MAC address; absent: its identity (IMG-21). */
	readonly value?: string;
}

/** The fields of a message that the election fills in. */
export type SuccessionMessage = Pick<FleetMessage, "type"> & Partial<FleetMessage>;

/** A camera that was the representative, or claimed to be it, and is gone. */
export interface FormerRepresentative {
	readonly id: string;
	/** Its address in the LAN, as it was heard. */
	readonly address: string;
}

/** What the election may do. */
export interface SuccessionOutbox {
	/** Sends a message to one camera, or to all. */
	send(to: string | undefined, message: SuccessionMessage): void;
	/**
	 * This camera is the representative from now on, or no longer.
	 * Called again when the claim stands, if a representative had fallen silent.
	 * @param formers the cameras that had the role or had claimed it, and are gone; empty when there were none
	 */
	role(representative: boolean, formers: readonly FormerRepresentative[]): void;
	/** A camera is taken for failed: it is silent, and the other cameras do not hear it either. */
	memberFailed(id: string): void;
	/** Asks the gateway for a sign of life, which {@link Succession.proven} reports. */
	checkGateway(): void;
}
