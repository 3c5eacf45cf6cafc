import { formatEndpoint } from "../../core/ip-address";
import type { UdpPeer } from "../../ports/net";
import type { ReportSink } from "../media-path";
import type { UnitStatus } from "../stream-table";
import type { ProcessingUnit } from "./processing-unit";
import type { UnitSocket } from "./unit-socket";

/** The processing unit that sends and receives the RTCP of one stream at the same address and port (STR-4, STR-5). */
export class RtcpUnit implements ProcessingUnit {
	/**
	 * @param peer the client's RTCP port
	 * @param stream whose reports are received
	 * @param advertisedPort the port that the client was told
	 */
	constructor(
		private readonly port: UnitSocket,
		private readonly peer: UdpPeer,
		private readonly stream: ReportSink,
		readonly advertisedPort: number,
	) {
		port.join(stream);
	}

	/** @see UnitStatus */
	get status(): UnitStatus {
		const { address, port } = this.port;
		const bound = formatEndpoint(address, port);
		return { unit: "RTCP sender and receiver", bound, advertisedPort: this.advertisedPort };
	}

	/** Sends a compound packet. */
	sendReport(bytes: Uint8Array, start: number, end: number): void {
		this.port.socket?.sendTo(this.peer, bytes, start, end);
	}

	/** Frees its port; to be called once. */
	close(): void {
		this.port.leave(this.stream);
		this.port.release();
	}
}
