import { createRequire } from "node:module";
import type { DataChannel, PeerConnection, Track } from "node-datachannel";
import type { Millis, Octets } from "../../src/core/time";
import type { RtcChannel, RtcChannelSink, RtcOptions, RtcPeer, RtcSink, WebRtc } from "../../src/ports/web-rtc";

type Library = typeof import("node-datachannel");

/** What to do where the package is missing, for people. */
export const NO_WEB_RTC = "the npm package node-datachannel is not installed, so browsers can't be answered by WebRTC";

/** How many H.264 packets are kept for repetition: half a second of 8 Mbit/s. */
const KEPT_PACKETS = 512;
/** Octets of one RTP packet's payload: fits every path that IPv6 allows, with SRTP and UDP around it. */
const FRAGMENT = 1150;
/** After so many milliseconds the path is most likely the final one. */
const SETTLED = 2000;
const CLOCK = 90_000;
/** RTCP feedback about payload: lost picture (1), key picture wanted (4). @see RFC 4585 §6.3.1, RFC 5104 §4.3.1 */
const PAYLOAD_FEEDBACK = 206;
const PICTURE_LOSS = 1;
const FULL_INTRA = 4;

/**
 * WebRTC by the npm package node-datachannel, an optional dependency.
 * @returns `undefined` when it is not installed, or has no binary for this machine
 */
export function openWebRtc(): WebRtc | undefined {
	try {
		const library = createRequire(__filename)("node-datachannel") as Library;
		return new NodeWebRtc(library);
	} catch {
		return undefined;
	}
}

class NodeWebRtc implements WebRtc {
	private calls = 0;

	constructor(private readonly library: Library) {}

	answer(options: RtcOptions, sink: RtcSink): RtcPeer | undefined {
		try {
			return new NodeRtcPeer(this.library, `call ${++this.calls}`, options, sink);
		} catch {
			// The library throws for descriptions that it can't read.
			return undefined;
		}
	}
}

/**
 * One connection. The library calls back from the event loop.
 *
 * It keeps the process running until each connection, channel and track has told a listener that it is closed; where there is
 * none, until the garbage collector comes by.
 */
class NodeRtcPeer implements RtcPeer {
	readonly hasVideo: boolean;
	private readonly connection: PeerConnection;
	private readonly track: Track | undefined;
	private readonly rtp: { timestamp: number } | undefined;
	/** Referred to as long as the connection, or the library would call what is gone. */
	private readonly channels = new Set<NodeRtcChannel>();
	private isOver = false;
	private place = "";

	constructor(
		library: Library,
		name: string,
		{ offer, stun, turn }: RtcOptions,
		private readonly sink: RtcSink,
	) {
		const iceServers: ConstructorParameters<Library["PeerConnection"]>[1]["iceServers"] = [];
		if (stun !== undefined) iceServers.push(`stun:${bracketed(stun.address)}:${stun.port}`);
		if (turn !== undefined) {
			const { address: hostname, port, username, password } = turn;
			iceServers.push({ hostname, port, username, password, relayType: "TurnUdp" });
		}
		const connection = new library.PeerConnection(name, {
			iceServers,
			disableAutoNegotiation: true,
			forceMediaTransport: true,
		});
		this.connection = connection;
		connection.onLocalDescription((sdp) => this.run(() => sink.described(sdp)));
		connection.onLocalCandidate((candidate, mid) => this.run(() => sink.candidate(candidate, mid)));
		connection.onStateChange((state) => this.run(() => this.changed(state)));
		connection.onDataChannel((channel) => this.run(() => this.open(channel)));
		try {
			const video = h264Of(offer);
			if (video !== undefined) {
				const ssrc = 1 + Math.floor(Math.random() * 0xfffffffe);
				const media = new library.Video(video.mid, "SendOnly");
				media.addH264Codec(video.payload, video.format);
				media.addSSRC(ssrc, "porthole", "porthole", "video");
				const track = connection.addTrack(media);
				this.track = track;
				track.onClosed(ignore);
				const rtp = new library.RtpPacketizationConfig(ssrc, "porthole", video.payload, CLOCK);
				const packetizer = new library.H264RtpPacketizer("StartSequence", rtp, FRAGMENT);
				packetizer.addToChain(new library.RtcpSrReporter(rtp));
				packetizer.addToChain(new library.RtcpNackResponder(KEPT_PACKETS));
				track.setMediaHandler(packetizer);
				track.onMessage((bytes) => this.run(() => this.report(bytes)));
				this.rtp = rtp;
			}
			connection.setRemoteDescription(offer, "offer");
			connection.setLocalDescription("answer");
		} catch (error) {
			this.isOver = true;
			this.end();
			throw error;
		}
		this.hasVideo = this.track !== undefined;
	}

	get roundTrip(): Millis {
		return this.isOver ? 0 : Math.max(0, this.connection.rtt());
	}

	add(candidate: string, mid: string): void {
		// Names of Multicast DNS need not be resolved: the caller checks our addresses, and is seen by that.
		if (this.isOver || candidate === "" || candidate.includes(".local ")) return;
		try {
			this.connection.addRemoteCandidate(candidate, mid);
		} catch {
			// Not a candidate.
		}
	}

	sendPicture(bytes: Uint8Array, start: number, end: number, ticks: number): boolean {
		const { track, rtp } = this;
		if (this.isOver || track === undefined || rtp === undefined || !track.isOpen()) return false;
		rtp.timestamp = ticks >>> 0;
		try {
			return track.sendMessageBinary(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start));
		} catch {
			// The caller has just ended it, on a thread of the library; that is reported.
			return false;
		}
	}

	close(): void {
		if (this.isOver) return;
		this.isOver = true;
		for (const channel of this.channels) channel.gone();
		this.end();
	}

	/** A channel has ended. */
	forget(channel: NodeRtcChannel): void {
		this.channels.delete(channel);
	}

	private end(): void {
		// Else the listener to its messages stays.
		this.track?.close();
		this.connection.close();
	}

	private changed(state: string): void {
		if (state === "connected") {
			this.located();
			// The first path is not always the best one.
			setTimeout(() => this.run(() => this.located()), SETTLED).unref();
		} else if (state === "failed" || state === "closed" || state === "disconnected") {
			this.close();
			this.sink.closed(state);
		}
	}

	private located(): void {
		const remote = this.connection.getSelectedCandidatePair()?.remote;
		if (remote === undefined || `${remote.address} ${remote.type}` === this.place) return;
		this.place = `${remote.address} ${remote.type}`;
		this.sink.connected(remote.address, kindOf(remote.type));
	}

	private open(channel: DataChannel): void {
		const own = new NodeRtcChannel(channel, this);
		const sink = this.sink.opened(own);
		if (sink === undefined) {
			channel.onClosed(ignore);
			channel.close();
			return;
		}
		this.channels.add(own);
		own.attach(sink, (run) => this.run(run));
	}

	private report(bytes: Uint8Array): void {
		for (let at = 0; at + 4 <= bytes.length; at += 4 * (1 + ((bytes[at + 2] << 8) | bytes[at + 3]))) {
			const format = bytes[at] & 0x1f;
			if (bytes[at + 1] === PAYLOAD_FEEDBACK && (format === PICTURE_LOSS || format === FULL_INTRA))
				this.sink.keyWanted();
		}
	}

	private run(run: () => void): void {
		if (this.isOver) return;
		try {
			run();
		} catch (error) {
			// The library would end the process without a word.
			setImmediate(() => {
				throw error;
			});
		}
	}
}

class NodeRtcChannel implements RtcChannel {
	readonly label: string;
	readonly messageMax: Octets;
	private sink: RtcChannelSink | undefined;
	private isOver = false;

	constructor(
		private readonly channel: DataChannel,
		private readonly peer: NodeRtcPeer,
	) {
		this.label = channel.getLabel();
		this.messageMax = channel.maxMessageSize();
	}

	get buffered(): Octets {
		return this.isOver ? 0 : this.channel.bufferedAmount();
	}

	attach(sink: RtcChannelSink, run: (run: () => void) => void): void {
		this.sink = sink;
		this.channel.setBufferedAmountLowThreshold(0);
		this.channel.onBufferedAmountLow(() => run(() => this.sink?.drained()));
		this.channel.onMessage((message) =>
			run(() => {
				if (typeof message === "string") this.sink?.received(Buffer.from(message), true);
				else this.sink?.received(message instanceof ArrayBuffer ? new Uint8Array(message) : message, false);
			}),
		);
		this.channel.onClosed(() => this.gone());
	}

	send(bytes: Uint8Array, start: number, end: number): void {
		if (this.isOver) return;
		try {
			this.channel.sendMessageBinary(bytes.subarray(start, end));
		} catch {
			// It has just ended; that is reported.
		}
	}

	sendText(text: string): void {
		if (this.isOver) return;
		try {
			this.channel.sendMessage(text);
		} catch {
			// It has just ended; that is reported.
		}
	}

	close(): void {
		if (this.isOver) return;
		this.channel.close();
		this.gone();
	}

	/** The channel is over. */
	gone(): void {
		if (this.isOver) return;
		this.isOver = true;
		this.peer.forget(this);
		const { sink } = this;
		this.sink = undefined;
		sink?.closed();
	}
}

/** The H.264 that a caller can show, as its offer describes it. */
interface OfferedVideo {
	readonly mid: string;
	readonly payload: number;
	/** The parameters of the format. @see RFC 6184 §8.1 */
	readonly format: string;
}

/**
 * Finds H.264 in an offer: packetization mode 1, the baseline profile first, as most cameras have it.
 * @returns `undefined` when the caller has none
 */
export function h264Of(offer: string): OfferedVideo | undefined {
	const section = offer.split(/^m=/m).find((part) => part.startsWith("video "));
	const mid = section === undefined ? undefined : /^a=mid:(\S+)/m.exec(section)?.[1];
	if (section === undefined || mid === undefined) return undefined;
	const found: OfferedVideo[] = [];
	for (const [, payload] of section.matchAll(/^a=rtpmap:(\d+) H264\/90000/gim)) {
		const format = new RegExp(`^a=fmtp:${payload} (.*?)\\r?$`, "m").exec(section)?.[1] ?? "";
		if (/packetization-mode=1/.test(format)) found.push({ mid, payload: Number(payload), format });
	}
	return found.find(({ format }) => /profile-level-id=42e0/i.test(format)) ?? found[0];
}

function ignore(): void {}

function kindOf(type: string): "host" | "srflx" | "prflx" | "relay" {
	return type === "relay" || type === "srflx" || type === "prflx" ? type : "host";
}

function bracketed(address: string): string {
	return address.includes(":") ? `[${address}]` : address;
}
