import { canonicalIp, ipFamily, ipKind } from "../../core/ip-address";
import type { UdpPeer } from "../../ports/net";
import { DYNAMIC_FIRST, DYNAMIC_LAST, type PairOpening, type PortPairs } from "../units/port-pairs";
import { DropCounters, UnitSocket } from "../units/unit-socket";
import type { ClientPorts } from "./client-ports";

/** Learns of a client's ports, and takes what arrives there from the server. */
export interface PortPairOwner {
	/** The ports are open, or can't be (`undefined`). */
	portsOpened(pair: ClientPortPair | undefined): void;
	/** A datagram from the server's address. @returns whether it is part of the video */
	datagram(isReport: boolean, bytes: Uint8Array): boolean;
}

/**
 * An RTSP client's two UDP sockets, for RTP and RTCP.
 *
 * What comes from another address than the server named, or from another port than the video's first packet, is dropped. Nothing
 * is sent but to the server's address or to the one that it names as the source, and never to a group.
 */
export class ClientPortPair implements ClientPorts, PairOpening {
	readonly drops = new DropCounters();
	private readonly rtp = new ClientSocket(this.drops, this, false);
	private readonly rtcp = new ClientSocket(this.drops, this, true);
	private source: string;
	/** The port that the video comes from; 0: not known yet. */
	private sourcePort = 0;
	private rtpPeer: UdpPeer | undefined;
	private rtcpPeer: UdpPeer | undefined;
	private even = 0;
	private isClosed = false;

	/**
	 * @param server the address of the control connection's other end
	 * @param owner called later, not during the call
	 */
	constructor(
		private readonly pairs: PortPairs,
		private readonly server: string,
		private readonly owner: PortPairOwner,
	) {
		this.source = canonicalIp(server) ?? server;
	}

	/** Opens the sockets. @param local the own address of the control connection */
	open(local: string): void {
		const sockets = [
			{ socket: this.rtp, address: local, offset: 0 },
			{ socket: this.rtcp, address: local, offset: 1 },
		] as const;
		this.pairs.open(sockets, DYNAMIC_FIRST, DYNAMIC_LAST, this);
	}

	get rtpPort(): number {
		return this.rtp.port;
	}

	get rtcpPort(): number {
		return this.rtcp.port;
	}

	/** @see ClientPorts */
	aim(source: string, rtpPort: number, rtcpPort: number): void {
		const named = canonicalIp(source);
		if (named !== undefined && mayBeSource(named, this.server)) this.source = named;
		if (rtpPort > 0) this.rtpPeer = this.rtp.socket?.peer(this.source, rtpPort);
		const reports = rtcpPort > 0 ? rtcpPort : rtpPort + 1;
		if (rtpPort > 0 || rtcpPort > 0) this.rtcpPeer = this.rtcp.socket?.peer(this.source, reports);
	}

	/** @see ClientPorts */
	sendRtp(bytes: Uint8Array, start: number, end: number): void {
		if (this.rtpPeer !== undefined) this.rtp.socket?.sendTo(this.rtpPeer, bytes, start, end);
	}

	/** @see ClientPorts */
	sendReport(bytes: Uint8Array, start: number, end: number): void {
		if (this.rtcpPeer !== undefined) this.rtcp.socket?.sendTo(this.rtcpPeer, bytes, start, end);
	}

	/** Frees the ports; harmless when repeated. */
	close(): void {
		this.isClosed = true;
		this.rtp.close();
		this.rtcp.close();
		if (this.even > 0) this.pairs.free(this.even);
		this.even = 0;
	}

	/** @see PairOpening */
	pairOpened(even: number): void {
		this.even = even;
		if (this.isClosed) this.close();
		else this.owner.portsOpened(this);
	}

	/** @see PairOpening */
	pairFailed(): void {
		if (!this.isClosed) this.owner.portsOpened(undefined);
	}

	/** Called by the sockets. */
	took(isReport: boolean, bytes: Uint8Array, peer: UdpPeer): void {
		const isForeign = !isReport && this.sourcePort !== 0 && peer.port !== this.sourcePort;
		if (peer.address !== this.source || isForeign) this.drops.strangers++;
		else if (this.owner.datagram(isReport, bytes) && this.sourcePort === 0) this.sourcePort = peer.port;
	}
}

/** Whether an address that a server names may be where it sends from: that of one host, of its family, and not ourselves. */
function mayBeSource(source: string, server: string): boolean {
	if (ipFamily(source) !== ipFamily(server)) return false;
	const kind = ipKind(source);
	if (kind === "loopback") return ipKind(server) === "loopback";
	return kind !== "multicast" && kind !== "unspecified";
}

class ClientSocket extends UnitSocket {
	constructor(
		drops: DropCounters,
		private readonly pair: ClientPortPair,
		private readonly isReport: boolean,
	) {
		super(drops);
	}

	override received(bytes: Uint8Array, peer: UdpPeer): void {
		this.pair.took(this.isReport, bytes, peer);
	}
}
