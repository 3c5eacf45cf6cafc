import type { RtcpOutbox } from "../reports/rtcp-session";

/** A client's pair of UDP ports: how it sends to the server, and where it expects packets from. */
export interface ClientPorts extends RtcpOutbox {
	readonly rtpPort: number;
	readonly rtcpPort: number;
	/**
	 * Tells where packets come from and reports go to.
	 * @param source empty: the address of the control connection
	 * @param rtpPort 0: not told
	 */
	aim(source: string, rtpPort: number, rtcpPort: number): void;
	/** Sends from the RTP port. */
	sendRtp(bytes: Uint8Array, start: number, end: number): void;
}
