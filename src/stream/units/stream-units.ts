import type { UdpPeer, UdpSocket } from "../../ports/net";
import type { MediaPath } from "../media-path";
import type { UnitStatus } from "../stream-table";
import { DummyPort } from "./dummy-port";
import type { PortPairs } from "./port-pairs";
import type { ProcessingUnit } from "./processing-unit";
import type { RtcpReceiver } from "./rtcp-receiver";
import type { RtpSender } from "./rtp-sender";

/** The processing units of one stream. @see MediaPath */
export class StreamUnits implements MediaPath {
	private closed = false;
	private receiver: RtcpReceiver | undefined;

	/**
	 * @param rtcp the unit that sends reports; of a stream without one that which receives them, or the dummy
	 * @param receiver the unit that receives them, if it is another one
	 * @param pairs where {@link even} is returned to
	 * @param even the even port of its pair; 0: it has none
	 */
	constructor(
		private readonly rtp: RtpSender,
		private readonly rtcp: ProcessingUnit,
		receiver: RtcpReceiver | undefined,
		readonly source: string,
		readonly expectsReports: boolean,
		private readonly pairs: PortPairs,
		private readonly even: number,
	) {
		// Few have one.
		if (receiver !== undefined) this.receiver = receiver;
	}

	get rtpPort(): number {
		return this.rtp.advertisedPort;
	}

	get rtcpPort(): number {
		return this.rtcp.advertisedPort;
	}

	get hasReports(): boolean {
		return !(this.rtcp instanceof DummyPort);
	}

	get socket(): UdpSocket {
		return this.rtp.socket;
	}

	get peer(): UdpPeer {
		return this.rtp.peer;
	}

	/** Made when it is asked for: few ask, and every stream would keep it. */
	get units(): readonly UnitStatus[] {
		const { rtp, rtcp, receiver } = this;
		const units = [rtp.status, rtcp.status];
		if (receiver !== undefined) units.push(receiver.status);
		return units;
	}

	sendReport(bytes: Uint8Array, start: number, end: number): void {
		if (!this.closed) this.rtcp.sendReport?.(bytes, start, end);
	}

	close(): void {
		if (this.closed) return;
		this.closed = true;
		this.rtp.close();
		this.rtcp.close();
		this.receiver?.close();
		if (this.even > 0) this.pairs.free(this.even);
	}
}
