import type { UdpPeer, UdpSocket } from "../../src/ports/net";
import type { MediaPath, MediaPathRequest, MediaPaths } from "../../src/stream/media-path";
import type { RtspRefusal } from "../../src/stream/rtsp-refusal";
import type { Answered } from "../../src/stream/stream-transport";

/** A UDP socket that keeps what is sent. */
class ToyUdp implements UdpSocket {
	port = 0;
	readonly sent: Uint8Array[] = [];

	peer(address: string, port: number): UdpPeer {
		return { address, port };
	}

	sendTo(_peer: UdpPeer, bytes: Uint8Array, start: number, end: number): void {
		this.sent.push(bytes.slice(start, end));
	}

	sendBatch(peer: UdpPeer, bytes: Uint8Array, offsets: Uint32Array, count: number): void {
		for (let i = 0; i < count; i++) this.sendTo(peer, bytes, offsets[i], offsets[i + 1]);
	}

	send(): void {}

	close(): void {
		this.port = 0;
	}
}

/** The processing units of one stream, which keep what is sent. */
export class ToyPath implements MediaPath {
	readonly source = "";
	readonly socket = new ToyUdp();
	readonly peer: UdpPeer;
	readonly rtcpPort: number;
	readonly hasReports = true;
	readonly units = [];
	readonly reports: Uint8Array[] = [];
	isOpen = true;

	constructor(
		readonly request: MediaPathRequest,
		readonly rtpPort: number,
		readonly expectsReports: boolean,
		private readonly closed: () => void,
	) {
		this.socket.port = rtpPort;
		this.rtcpPort = rtpPort + 1;
		this.peer = { address: request.client, port: request.rtpPort };
	}

	sendReport(bytes: Uint8Array, start: number, end: number): void {
		this.reports.push(bytes.slice(start, end));
	}

	close(): void {
		if (this.isOpen) this.closed();
		this.isOpen = false;
		this.socket.close();
	}
}

/** Opens ports for streams, without an address table. */
export class ToyPaths implements MediaPaths {
	/** How many paths are open. */
	count = 0;
	refusal: RtspRefusal | undefined;
	/** Requests that wait until the test answers them; `undefined`: they are answered at once. */
	waiting: (() => void)[] | undefined;
	expectsReports = false;
	private port = 5000;

	constructor(private readonly now: () => number) {}

	open(_now: number, request: MediaPathRequest, answered: Answered<MediaPath>): void {
		const answer = (): void => {
			if (this.refusal !== undefined) return answered(this.now(), this.refusal);
			this.count++;
			this.port += 2;
			answered(this.now(), new ToyPath(request, this.port, this.expectsReports, () => this.count--));
		};
		if (this.waiting === undefined) answer();
		else this.waiting.push(answer);
	}
}
