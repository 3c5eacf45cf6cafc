import type { UnitStatus } from "../stream-table";
import type { ProcessingUnit } from "./processing-unit";
import type { UnitSocket } from "./unit-socket";

/**
 * In place of the RTCP of one stream that has none (STR-6): the port that the client was told is bound, so that nobody else uses
 * it, and what arrives there is dropped and counted (STR-20).
 */
export class DummyPort implements ProcessingUnit {
	/** @param advertisedPort the port that the client was told */
	constructor(
		private readonly port: UnitSocket,
		readonly advertisedPort: number,
	) {}

	/** @see UnitStatus */
	get status(): UnitStatus {
		return { unit: "none", bound: "", advertisedPort: this.advertisedPort };
	}

	/** Frees its port; to be called once. */
	close(): void {
		this.port.release();
	}
}
