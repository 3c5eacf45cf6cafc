import type { Millis, Octets } from "../core/time";

/** A server that a WebRTC connection may use besides its own addresses. */
export interface RtcRelay {
	readonly address: string;
	readonly port: number;
	readonly username: string;
	readonly password: string;
}

/** With what a call is answered. */
export interface RtcOptions {
	/** The description of the caller. @see RFC 8866, RFC 9429 */
	readonly offer: string;
	/** Tells which address this host has outside. */
	readonly stun?: { readonly address: string; readonly port: number } | undefined;
	/** The last resort. @see RFC 8656 */
	readonly turn?: RtcRelay | undefined;
}

/** Receives the events of a WebRTC connection. Never called during a call to it. */
export interface RtcSink {
	/** The own description, to be sent to the caller. Called once. */
	described(answer: string): void;
	/** An own address, to be sent to the caller. @param mid the media identifier that goes with it @see RFC 8839 §5.1 */
	candidate(candidate: string, mid: string): void;
	/** Both sides are connected, or are so by another path. @param kind how the caller is reached: RFC 8445 §5.1.1.1 */
	connected(address: string, kind: "host" | "srflx" | "prflx" | "relay"): void;
	/** The caller opens a channel. @returns its sink, or `undefined` to refuse it */
	opened(channel: RtcChannel): RtcChannelSink | undefined;
	/** A decoder of the caller needs a key picture. */
	keyWanted(): void;
	/** The connection is over, or was never made. Called once, as the last call. `detail` is for the log. */
	closed(detail: string): void;
}

/** Receives the events of a channel. Never called during a call to it. */
export interface RtcChannelSink {
	/** A message arrived; `bytes` is valid during the call. */
	received(bytes: Uint8Array, isText: boolean): void;
	/** All that was sent has left. */
	drained(): void;
	/** The channel is over. Called once, as the last call. */
	closed(): void;
}

/** A data channel. @see RFC 8831 */
export interface RtcChannel {
	/** What the caller has called it. */
	readonly label: string;
	/** Octets that were sent and have not left. */
	readonly buffered: Octets;
	/** The largest message. */
	readonly messageMax: Octets;
	/** Sends `bytes[start, end)` as one message; they are copied. A channel that has ended ignores it. */
	send(bytes: Uint8Array, start: number, end: number): void;
	/** Sends a text message. */
	sendText(text: string): void;
	/** Ends the channel; harmless when repeated. */
	close(): void;
}

/** A WebRTC connection to a caller. */
export interface RtcPeer {
	/** Whether the caller can show H.264, and a track for it was made. */
	readonly hasVideo: boolean;
	/** The round trip; 0: not known. */
	readonly roundTrip: Millis;
	/** An address of the caller. What can't be used is ignored. */
	add(candidate: string, mid: string): void;
	/**
	 * Sends an H.264 picture `bytes[start, end)` in the byte-stream format, key pictures with their parameter sets; the octets are
	 * copied. Lost packets are repeated on demand.
	 * @param ticks its time on a clock of 90 kHz, 32 bits
	 * @returns false: it was dropped, as the track is not open
	 */
	sendPicture(bytes: Uint8Array, start: number, end: number, ticks: number): boolean;
	/** Ends everything; harmless when repeated. {@link RtcSink.closed} is not called any more. */
	close(): void;
}

/** The WebRTC of a host. */
export interface WebRtc {
	/** Answers a call. @returns `undefined` when the offer is not acceptable */
	answer(options: RtcOptions, sink: RtcSink): RtcPeer | undefined;
}
