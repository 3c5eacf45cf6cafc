import type { UnitStatus } from "../stream-table";

/** One of the processing units of a stream (STR-4). */
export interface ProcessingUnit {
	/** The port that the client was told. */
	readonly advertisedPort: number;
	/** Where it is bound; made when it is asked for. */
	readonly status: UnitStatus;
	/** Sends a compound RTCP packet; absent: it sends none. */
	sendReport?(bytes: Uint8Array, start: number, end: number): void;
	/** Frees its port; to be called once. */
	close(): void;
}
