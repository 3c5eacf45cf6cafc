import type { Millis } from "../../core/time";
import type { RtpPacket } from "../../wire/rtp";
import type { RtspUrl } from "../../wire/rtsp-url";
import type { TextMessage } from "../../wire/text-message";
import type { VideoDescription } from "../content";

/** The video of an RTSP server that a client receives. */
export interface RtspTrack extends VideoDescription {
	/** What SETUP is sent to. */
	readonly url: RtspUrl;
	readonly payloadType: number;
	/** The answer that described it; absent where that is of no interest. */
	readonly answer?: TextMessage;
}

/** Tells when pictures were taken, by the sender reports of their source. */
export interface SourceCalendar {
	/** The date of an RTP timestamp in milliseconds since 1970; `undefined` while the source has not told a plausible one. */
	utcOf(timestamp: number): Millis | undefined;
}

/** Receives the RTP packets of one video in the order of their sequence numbers: what turns them into pictures, or a relay. */
export interface RtpSink {
	/** Packets of this track follow, perhaps after those of an earlier connection. */
	began(now: Millis, track: RtspTrack, calendar: SourceCalendar): void;
	/** The next packet; its payload is `bytes[packet.start, packet.end)`. Both are valid during the call. */
	packet(now: Millis, packet: RtpPacket, bytes: Uint8Array): void;
	/** Packets are missing before the next one. @param count 0: not known how many */
	lost(now: Millis, count: number): void;
}
