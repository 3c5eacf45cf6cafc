import { formatEndpoint } from "../../core/ip-address";
import type { UdpPeer, UdpSocket } from "../../ports/net";
import type { UnitStatus } from "../stream-table";
import type { ProcessingUnit } from "./processing-unit";
import type { UnitSocket } from "./unit-socket";

/** The processing unit that sends the RTP packets of one stream. What arrives at its port is dropped and counted (STR-4). */
export class RtpSender implements ProcessingUnit {
	/** @param advertisedPort the port that the client was told */
	constructor(
		private readonly port: UnitSocket,
		/** The client's RTP port. */
		readonly peer: UdpPeer,
		readonly advertisedPort: number,
	) {}

	/** The socket that its packets leave by. */
	get socket(): UdpSocket {
		return this.port.socket!;
	}

	/** @see UnitStatus */
	get status(): UnitStatus {
		const { address, port } = this.port;
		return { unit: "RTP sender", bound: formatEndpoint(address, port), advertisedPort: this.advertisedPort };
	}

	/** Frees its port; to be called once. */
	close(): void {
		this.port.release();
	}
}
