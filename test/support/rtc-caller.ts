import { type DataChannel, PeerConnection, Video } from "node-datachannel";
import type { RtcPeer, RtcSink, WebRtc } from "../../src/ports/web-rtc";

/** A caller that opens channels, and waits for the answer of a host in the same process. */
export class RtcCaller {
	/** What answers; `undefined` before the offer was made, and after it was refused. */
	answerer: RtcPeer | undefined;
	/** The changes of the connection's state. */
	readonly states: string[] = [];
	/** What both sides have told each other. */
	readonly exchanged: string[] = [];
	private readonly connection = new PeerConnection("caller", { iceServers: [] });
	/** The library ends what nobody refers to. */
	private readonly channels: DataChannel[] = [];
	/**
	 * Addresses of either side that came before the answer. With them a path may exist while the library takes the answer in; it
	 * then checks the certificate against a fingerprint that it does not have yet, and ends the connection.
	 */
	private readonly early: (() => void)[] = [];
	private isAnswered = false;

	constructor() {
		this.connection.onStateChange((state) => void this.states.push(state));
	}

	/** Offers a picture channel too. */
	receiveVideo(): void {
		const media = new Video("video", "RecvOnly");
		media.addH264Codec(96, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f");
		this.connection.addTrack(media).onClosed(() => {});
	}

	/** Calls. @param sink of the answering side; what it is to send to this caller is passed on by {@link toCaller} */
	call(webRtc: WebRtc, sink: RtcSink): void {
		this.connection.onLocalDescription((offer, type) => {
			this.exchanged.push(type);
			// The library may offer again while it waits, as for each channel and picture; a call has one offer.
			if (type !== "offer" || this.answerer !== undefined) return;
			this.answerer = webRtc.answer({ offer }, sink);
		});
		this.connection.onLocalCandidate((candidate, mid) => this.exchange(() => this.answerer?.add(candidate, mid)));
	}

	/** The part of a sink that tells the caller what is to be told. */
	get toCaller(): Pick<RtcSink, "described" | "candidate"> {
		return {
			described: (answer) => {
				this.exchanged.push("answer");
				this.connection.setRemoteDescription(answer, "answer");
				this.isAnswered = true;
				for (const pass of this.early.splice(0)) pass();
			},
			candidate: (candidate, mid) => this.exchange(() => this.connection.addRemoteCandidate(candidate, mid)),
		};
	}

	/** Passes an address on, once the caller has the whole answer. */
	private exchange(pass: () => void): void {
		this.exchanged.push("candidate");
		if (this.isAnswered) pass();
		else this.early.push(pass);
	}

	/** Opens a channel; the first one makes the offer. @param closed called when it is over */
	open(label: string, closed: () => void = () => {}): DataChannel {
		const channel = this.connection.createDataChannel(label);
		channel.onClosed(closed);
		this.channels.push(channel);
		return channel;
	}

	close(): void {
		this.connection.close();
	}
}
