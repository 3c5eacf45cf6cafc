import { ClientLogin } from "../../src/access/client-login";
import { latin1 } from "../../src/base/text";
import type { ClientPorts } from "../../src/stream/client/client-ports";
import { MediaReceiver } from "../../src/stream/client/media-receiver";
import type { RtpSink, RtspTrack, SourceCalendar } from "../../src/stream/client/rtp-sink";
import { RtspClient } from "../../src/stream/client/rtsp-client";
import type { RtspClientEvent } from "../../src/stream/client/rtsp-client-event";
import { type RtspFailure, rtspFailureText } from "../../src/stream/client/rtsp-failure";
import type { Framing } from "../../src/stream/packets/packet-burst";
import { type RtpPacket, writeRtpHeader } from "../../src/wire/rtp";
import { formatRtspUrl, parseSourceUrl } from "../../src/wire/rtsp-source-url";
import type { RtspUrl } from "../../src/wire/rtsp-url";
import { FakeStream } from "./fake-stream";

/** Keeps what an `RtpSink` gets. */
export class RecordingRtpSink implements RtpSink {
	track: RtspTrack | undefined;
	calendar: SourceCalendar | undefined;
	begins = 0;
	/** Sequence numbers; `-n` for n lost packets, `-0` for an unknown number. */
	readonly sequence: number[] = [];
	readonly payloads: string[] = [];

	began(_now: number, track: RtspTrack, calendar: SourceCalendar): void {
		this.begins++;
		this.track = track;
		this.calendar = calendar;
	}

	packet(_now: number, packet: RtpPacket, bytes: Uint8Array): void {
		this.sequence.push(packet.sequence);
		this.payloads.push(latin1(bytes, packet.start, packet.end));
	}

	lost(_now: number, count: number): void {
		this.sequence.push(-count);
	}
}

/** Random numbers that never change. */
export const DULL_RANDOM = { fill: (bytes: Uint8Array) => void bytes.fill(7), unit: () => 0.5 };

/** Makes an RTP packet. */
export function rtpPacket(
	sequence: number,
	{ ssrc = 0x1234, payloadType = 26, timestamp = sequence * 3000, payload = `p${sequence}`, marker = true } = {},
): Uint8Array {
	const bytes = new Uint8Array(12 + payload.length);
	writeRtpHeader(bytes, 0, payloadType, marker, sequence & 0xffff, timestamp >>> 0, ssrc);
	for (let i = 0; i < payload.length; i++) bytes[12 + i] = payload.charCodeAt(i);
	return bytes;
}

/** A client whose server the test plays. */
export class RtspScript {
	now = 1000;
	readonly stream = new FakeStream();
	readonly sink = new RecordingRtpSink();
	readonly media = new MediaReceiver(this.sink, DULL_RANDOM);
	readonly events: string[] = [];
	failure: RtspFailure | undefined;
	redirect: RtspUrl | undefined;
	/** What was sent from the UDP ports: `rtp 12`, `rtcp 40`, and where they aim. */
	readonly sent: string[] = [];
	readonly client: RtspClient;
	hasPorts = true;
	private wantsPorts = false;

	constructor(url = "rtsp://admin:secret@camera/live", framing: Framing = "tcp", basic = false) {
		const parsed = parseSourceUrl(url) as RtspUrl;
		const login = new ClientLogin(parsed.user, parsed.password, DULL_RANDOM, basic);
		this.client = new RtspClient(this.now, parsed, framing, login, this.media, { emit: (event) => this.took(event) });
	}

	/** The connection is open. @returns the first request */
	open(): string {
		this.client.room(this.now, this.stream);
		return this.asked();
	}

	/** What was sent since. */
	asked(): string {
		if (this.wantsPorts) {
			this.wantsPorts = false;
			this.client.ports(this.now, this.hasPorts ? this.pair : undefined);
		}
		return this.stream.text();
	}

	/** The server sends; @returns what the client has sent since */
	say(text: string | Uint8Array, step = Infinity): string {
		const bytes = typeof text === "string" ? new Uint8Array(Buffer.from(text, "latin1")) : text;
		for (let at = 0; at < bytes.length; at += step)
			this.client.feed(this.now, bytes.slice(at, Math.min(bytes.length, at + step)), this.stream);
		return this.asked();
	}

	/** Answers the last request. @param fields each with a line end */
	answer(status: number, fields = "", body = ""): string {
		const length = body === "" ? "" : `Content-Length: ${body.length}\r\n`;
		return this.say(`RTSP/1.0 ${status} X\r\nCSeq: 1\r\n${fields}${length}\r\n${body}`);
	}

	/** A block between the messages. */
	block(channel: number, bytes: Uint8Array): Uint8Array {
		return new Uint8Array([36, channel, bytes.length >> 8, bytes.length & 255, ...bytes]);
	}

	/** Time passes, up to each deadline in turn. @returns what the client has sent since */
	wait(span: number): string {
		const until = this.now + span;
		while (this.client.deadline <= until) {
			this.now = Math.max(this.now, this.client.deadline);
			this.client.expire(this.now);
		}
		this.now = until;
		return this.asked();
	}

	/** Brings the client up to PLAY's answer. @returns the requests */
	play(sdp = JPEG_SDP, setup = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"): string[] {
		return [
			this.open(),
			this.answer(200, "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\n"),
			this.answer(200, "Content-Base: rtsp://camera/live/\r\nContent-Type: application/sdp\r\n", sdp),
			this.answer(200, `Session: 12345678;timeout=60\r\n${setup}`),
			this.answer(200, "Session: 12345678\r\nRTP-Info: url=rtsp://camera/live/track1;seq=1;rtptime=0\r\n"),
		];
	}

	private readonly pair: ClientPorts = {
		rtpPort: 5000,
		rtcpPort: 5001,
		aim: (source, rtp, rtcp) => void this.sent.push(`aim ${source} ${rtp} ${rtcp}`),
		sendRtp: (_bytes, start, end) => void this.sent.push(`rtp ${end - start}`),
		sendReport: (bytes, start, end) => void this.sent.push(`rtcp ${bytes[start + 1]} ${end - start}`),
	};

	private took(event: RtspClientEvent): void {
		if (event.kind === "set") event.request.answered(this.now, event.answer);
		if (event.kind === "ports") this.wantsPorts = true;
		if (event.kind === "playing") this.events.push(`playing ${event.framing}`);
		if (event.kind !== "over") return;
		this.failure = event.failure;
		this.redirect = event.redirect;
		if (event.failure !== undefined) this.events.push(rtspFailureText(event.failure));
		else if (event.redirect !== undefined) this.events.push(`to ${formatRtspUrl(event.redirect)}`);
		else this.events.push("left");
	}
}

/** A description of JPEG with the control URL `track1`. */
export const JPEG_SDP =
	"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=x\r\nt=0 0\r\na=control:*\r\nm=video 0 RTP/AVP 26\r\na=framerate:25\r\na=control:track1\r\n";
/** The same of H.264. */
export const H264_SDP =
	"v=0\r\ns=x\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z0LAKNoB4AiflwFuAgICgAAAAwCAAAAFB4wZUA==,aM48gA==\r\na=control:trackID=1\r\n";
