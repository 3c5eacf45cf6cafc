import { formatEndpoint } from "../../core/ip-address";
import type { UnitStatus } from "../stream-table";
import type { ReportMember, UnitSocket } from "./unit-socket";

/** The processing unit that only receives the RTCP of one stream; with a static port it shares its socket with others (STR-7). */
export class RtcpReceiver {
	/**
	 * @param member whose reports are received
	 * @param advertisedPort the port that the client was told
	 */
	constructor(
		private readonly port: UnitSocket,
		private readonly member: ReportMember,
		private readonly advertisedPort: number,
	) {
		port.join(member);
	}

	/** @see UnitStatus */
	get status(): UnitStatus {
		const { address, port } = this.port;
		return { unit: "RTCP receiver", bound: formatEndpoint(address, port), advertisedPort: this.advertisedPort };
	}

	/** Frees its port; to be called once. */
	close(): void {
		this.port.leave(this.member);
		this.port.release();
	}
}
