import type { Admission } from "../access/role";
import type { StreamOutbox } from "../core/stream";
import type { Millis } from "../core/time";
import type { ContentDescription, PlayRange } from "./content";
import type { RtspRefusal } from "./rtsp-refusal";

/** Receives the answer to a request, in this call or later. */
export type Answered<Answer> = (now: Millis, answer: Answer | RtspRefusal) => void;

/** The connection for media and reports between RTSP messages. @see RFC 2326 §10.12 */
export interface InterleavedPath {
	readonly framing: "tcp";
	readonly out: StreamOutbox;
	/** The channel of RTP; that of RTCP is one more. */
	readonly channel: number;
}

/** The client's ports for datagrams. */
export interface DatagramPath {
	readonly framing: "udp";
	readonly rtpPort: number;
	readonly rtcpPort: number;
}

/** Learns that a stream has ended for another reason than a request. */
export interface StreamListener {
	/** @param reason for the log: `the content has ended`, `the client said goodbye` */
	streamEnded(now: Millis, stream: number, reason: string): void;
	/**
	 * The stream has ended, and what sent it could not say goodbye to the client, so the client's connection is to be dropped: that tells
	 * it (STR-12). @param reason for the log: `the NAS was restarted`
	 */
	streamLost(now: Millis, stream: number, reason: string): void;
	/** A report came from the client, so it is alive (RFC 2326 §A). */
	streamAlive(now: Millis, stream: number): void;
}

/** What SETUP asks for (STR-1). */
export interface StreamRequest {
	/** The control session, RTSP's `Session`, for the stream transport table (STR-2). */
	readonly control: string;
	/** @see ContentDescription.id */
	readonly content: string;
	/** The address of the other end of the control connection, in canonical form; media goes nowhere else. */
	readonly client: string;
	/** The address that the control connection came to. */
	readonly local: string;
	/** Whether the client is the owner: a few places are kept for owners. */
	readonly owner: boolean;
	/** The user, for contents that account for their viewers; absent: not known. */
	readonly admission?: Admission | undefined;
	/** The most pictures per second that the client wants (`?fps=`); 0: all. */
	readonly rate: number;
	readonly path: InterleavedPath | DatagramPath;
	readonly listener: StreamListener;
}

/** A stream that was set up. */
export interface StreamAnswer {
	/** The stream transport session (STR-2). */
	readonly stream: number;
	readonly ssrc: number;
	/** What to advertise in `source=`; empty: leave it out, so that reports go to the address of the control connection. */
	readonly source: string;
	/** The advertised ports of the server; 0 with the framing `tcp`. */
	readonly rtpPort: number;
	readonly rtcpPort: number;
}

/** What PLAY answers. */
export interface PlayAnswer {
	/** The range that is played, of stored contents. */
	readonly range?: PlayRange;
	/** For `RTP-Info`: the sequence number and timestamp of the first packet after PLAY; `undefined`: not known yet. */
	readonly sequence: number | undefined;
	readonly timestamp: number | undefined;
}

/**
 * What control asks of the distribution of stream data: the interface between RTSP and what sends (STR-2, STR-12).
 *
 * Every request is answered exactly once. A stream that ended by itself is unknown afterwards (454).
 */
export interface StreamTransport {
	/** Describes a content; a source that sleeps is woken and asked for its first picture. 404 where there is none. */
	describe(now: Millis, content: string, answered: Answered<ContentDescription>): void;
	/** Makes a stream, with its ports, in the state ready. */
	setup(now: Millis, request: StreamRequest, answered: Answered<StreamAnswer>): void;
	/** Starts or resumes sending, or moves to another range. */
	play(now: Millis, stream: number, range: PlayRange | undefined, answered: Answered<PlayAnswer>): void;
	/** Stops sending and keeps the stream. @returns false: there is no such stream */
	pause(now: Millis, stream: number): boolean;
	/** Ends a stream, with a BYE, and frees its ports. Harmless for one that has ended. */
	teardown(now: Millis, stream: number): void;
	/** Takes what came on a channel of the control connection; `rtcp` tells whether on that of reports. */
	interleaved(now: Millis, stream: number, rtcp: boolean, bytes: Uint8Array, start: number, end: number): void;
	/** The control connection has room again: its streams may take the newest picture. */
	room(now: Millis, stream: number): void;
}
