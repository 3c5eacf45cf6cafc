import { utf8Decode, utf8Encode } from "../../src/base/text";
import type { RtcChannel, RtcChannelSink, RtcOptions, RtcPeer, RtcSink, WebRtc } from "../../src/ports/web-rtc";

/** A channel of which the test is the other side. */
export class FakeChannel implements RtcChannel {
	messageMax = 65_536;
	/** What the device has sent. */
	readonly sent: Uint8Array[] = [];
	readonly texts: string[] = [];
	buffered = 0;
	/** True: what is sent stays in {@link buffered} until {@link drain}. */
	isSlow = false;
	isClosed = false;
	sink: RtcChannelSink | undefined;

	constructor(readonly label: string) {}

	send(bytes: Uint8Array, start: number, end: number): void {
		this.sent.push(bytes.slice(start, end));
		if (this.isSlow) this.buffered += end - start;
	}

	sendText(text: string): void {
		this.texts.push(text);
	}

	close(): void {
		this.isClosed = true;
	}

	/** All that was sent has left. */
	drain(): void {
		this.buffered = 0;
		this.sink?.drained();
	}

	/** The browser says something. */
	say(text: string): void {
		this.sink?.received(utf8Encode(text), true);
	}

	/** The browser sends octets. */
	give(text: string): void {
		this.sink?.received(utf8Encode(text), false);
	}

	/** All octets that the device has sent, as text. */
	get text(): string {
		return this.sent.map((bytes) => utf8Decode(bytes)).join("");
	}
}

/** A connection of which the test is the browser. */
export class FakePeer implements RtcPeer {
	readonly roundTrip = 10;
	readonly candidates: string[] = [];
	readonly pictures: Uint8Array[] = [];
	/** False: the track is not open. */
	takesPictures = true;
	isClosed = false;

	constructor(
		readonly options: RtcOptions,
		readonly sink: RtcSink,
		readonly hasVideo: boolean,
	) {}

	add(candidate: string): void {
		this.candidates.push(candidate);
	}

	sendPicture(bytes: Uint8Array, start: number, end: number): boolean {
		if (this.takesPictures) this.pictures.push(bytes.slice(start, end));
		return this.takesPictures;
	}

	close(): void {
		this.isClosed = true;
	}

	/** The browser opens a channel. @returns `undefined`: the device refuses it */
	open(label: string): FakeChannel | undefined {
		const channel = new FakeChannel(label);
		channel.sink = this.sink.opened(channel);
		return channel.sink === undefined ? undefined : channel;
	}
}

/** WebRTC without a network: offers that begin with `bad` are refused. */
export class FakeWebRtc implements WebRtc {
	readonly peers: FakePeer[] = [];
	hasVideo = true;

	answer(options: RtcOptions, sink: RtcSink): RtcPeer | undefined {
		if (options.offer.startsWith("bad")) return undefined;
		const peer = new FakePeer(options, sink, this.hasVideo);
		this.peers.push(peer);
		return peer;
	}
}
