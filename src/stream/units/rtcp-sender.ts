import { formatEndpoint } from "../../core/ip-address";
import type { UdpPeer } from "../../ports/net";
import type { UnitStatus } from "../stream-table";
import type { ProcessingUnit } from "./processing-unit";
import type { UnitSocket } from "./unit-socket";

/**
 * The processing unit that only sends the RTCP of one stream, as reports arrive elsewhere (STR-7). What arrives at its port is dropped
 * and counted.
 */
export class RtcpSender implements ProcessingUnit {
	/**
	 * @param peer the client's RTCP port
	 * @param advertisedPort the port that the client was told
	 */
	constructor(
		private readonly port: UnitSocket,
		private readonly peer: UdpPeer,
		readonly advertisedPort: number,
	) {}

	/** @see UnitStatus */
	get status(): UnitStatus {
		const { address, port } = this.port;
		return { unit: "RTCP sender", bound: formatEndpoint(address, port), advertisedPort: this.advertisedPort };
	}

	/** Sends a compound packet. */
	sendReport(bytes: Uint8Array, start: number, end: number): void {
		this.port.socket?.sendTo(this.peer, bytes, start, end);
	}

	/** Frees its port; to be called once. */
	close(): void {
		this.port.release();
	}
}
