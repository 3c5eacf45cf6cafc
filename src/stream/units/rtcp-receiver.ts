import { formatEndpoint } from "../../core/ip-address";
import type { ReportSink } from "../media-path";
import type { UnitStatus } from "../stream-table";
import type { ProcessingUnit } from "./processing-unit";
import type { UnitSocket } from "./unit-socket";

/** The processing unit that only receives the RTCP of one stream; with a static port it shares its socket with others (STR-7). */
export class RtcpReceiver implements ProcessingUnit {
	/**
	 * @param stream whose reports are received
	 * @param advertisedPort the port that the client was told
	 */
	constructor(
		private readonly port: UnitSocket,
		private readonly stream: ReportSink,
		readonly advertisedPort: number,
	) {
		port.join(stream);
	}

	/** @see UnitStatus */
	get status(): UnitStatus {
		const { address, port } = this.port;
		return { unit: "RTCP receiver", bound: formatEndpoint(address, port), advertisedPort: this.advertisedPort };
	}

	/** Frees its port; to be called once. */
	close(): void {
		this.port.leave(this.stream);
		this.port.release();
	}
}
