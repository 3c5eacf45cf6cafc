import type { FleetMessage } from "../wire/fleet-message";

/** Another camera, as far as succession is concerned. */
export interface Candidate {
	readonly id: string;
	readonly externalPort: number;
	readonly priority: number;
	/** Inquiries that it has left unanswered. */
	readonly missed: number;
}

/** What succession has to know of the cameras. */
export interface SuccessionContext {
	/** All others. */
	candidates(): Iterable<Candidate>;
	/** Grows when the cameras change. */
	readonly version: number;
	/** This camera's port on the gateway; 0 for none. */
	readonly externalPort: number;
	/** True: this camera holds the representative's port on the gateway. */
	readonly holds: boolean;
}

/** The fields of a message that succession fills in. */
export type SuccessionMessage = Pick<FleetMessage, "type"> & Partial<FleetMessage>;

/** Who was the representative before, and is gone. */
export interface FormerRepresentative {
	readonly id: string;
	/** Its address in the LAN, as it was heard. */
	readonly address: string;
}

/** What succession may do. */
export interface SuccessionOutbox {
	/** Sends to one camera, or to all. */
	tell(to: string | undefined, word: SuccessionMessage): void;
	/**
	 * This camera is the representative from now on, or no longer.
	 * Said again when the claim stands, if somebody fell silent.
	 * @param formers who had the place or was about to have it, and is gone; empty when nobody was there
	 */
	role(representative: boolean, formers: readonly FormerRepresentative[]): void;
	/** A camera has fallen silent, and everybody who might know agrees. */
	memberFailed(id: string): void;
	/** Asks the gateway for a sign of life, which {@link Succession.proven} reports. */
	checkGateway(): void;
}
