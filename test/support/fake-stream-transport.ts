import type { Millis } from "../../src/core/time";
import type { ContentDescription, PlayRange } from "../../src/stream/content";
import { RtspRefusal } from "../../src/stream/rtsp-refusal";
import type {
	Answered,
	PlayAnswer,
	StreamAnswer,
	StreamRequest,
	StreamTransport,
} from "../../src/stream/stream-transport";

/** A live content as a camera has it. */
const LIVE: ContentDescription = {
	id: "live",
	title: "Garden",
	video: { encoding: "JPEG", width: 640, height: 480, frameRate: 30, parameterSets: [] },
};

/** A stored content, of 12.5 s from the first second of 2026 on. */
export const HOLIDAY: ContentDescription = {
	id: "files/holiday.mjpeg",
	title: "holiday",
	video: { encoding: "JPEG", width: 640, height: 480, frameRate: 25, parameterSets: [] },
	range: { duration: 12.5, utc: Date.UTC(2026, 0, 1) },
};

/** What the distribution of stream data is to control, without any media: keeps what it is asked, and answers at once or later. */
export class FakeStreamTransport implements StreamTransport {
	/** All calls, as short texts. */
	readonly calls: string[] = [];
	readonly contents = new Map<string, ContentDescription>([
		[LIVE.id, LIVE],
		[HOLIDAY.id, HOLIDAY],
	]);
	readonly streams = new Map<number, StreamRequest>();
	/** Answers wait until {@link release} while it is true. */
	holds = false;
	/** What SETUP is refused with. */
	refusal: RtspRefusal | undefined;
	/** The address that media comes from. */
	source = "";
	ranges: (PlayRange | undefined)[] = [];
	private readonly waiting: (() => void)[] = [];
	private made = 0;

	describe(now: Millis, content: string, answered: Answered<ContentDescription>): void {
		this.calls.push(`describe ${content}`);
		this.later(() => answered(now, this.contents.get(content) ?? new RtspRefusal(404, "there is no such content")));
	}

	setup(now: Millis, request: StreamRequest, answered: Answered<StreamAnswer>): void {
		this.calls.push(`setup ${request.content} ${request.path.framing}`);
		this.later(() => {
			if (this.refusal !== undefined) return answered(now, this.refusal);
			if (!this.contents.has(request.content)) return answered(now, new RtspRefusal(404, "there is no such content"));
			const stream = this.made++;
			this.streams.set(stream, request);
			const [rtpPort, rtcpPort] = request.path.framing === "udp" ? [6000, 6001] : [0, 0];
			answered(now, { stream, ssrc: 0xabcdef01, source: this.source, rtpPort, rtcpPort });
		});
	}

	play(now: Millis, stream: number, range: PlayRange | undefined, answered: Answered<PlayAnswer>): void {
		this.calls.push(`play ${stream}`);
		this.ranges.push(range);
		this.later(() => {
			const request = this.streams.get(stream);
			if (request === undefined) return answered(now, new RtspRefusal(454, "the stream has ended"));
			const { range: stored } = this.contents.get(request.content) ?? {};
			const from = range?.from ?? 0;
			if (stored !== undefined && from > stored.duration) return answered(now, new RtspRefusal(457, "it ends before"));
			const played = { from, to: range?.to ?? stored?.duration, scale: range?.scale ?? 1, speed: range?.speed ?? 1 };
			answered(now, { ...(stored !== undefined && { range: played }), sequence: 100, timestamp: 9000 });
		});
	}

	pause(_now: Millis, stream: number): boolean {
		this.calls.push(`pause ${stream}`);
		return this.streams.has(stream);
	}

	teardown(_now: Millis, stream: number): void {
		this.calls.push(`teardown ${stream}`);
		this.streams.delete(stream);
	}

	interleaved(_now: Millis, stream: number, rtcp: boolean, bytes: Uint8Array, start: number, end: number): void {
		const text = Buffer.from(bytes.slice(start, end)).toString("latin1");
		this.calls.push(`interleaved ${stream} ${rtcp ? "RTCP" : "RTP"} ${text.length > 20 ? text.length : text}`);
	}

	room(_now: Millis, stream: number): void {
		this.calls.push(`room ${stream}`);
	}

	/** The stream ends by itself. */
	finish(now: Millis, stream: number): void {
		const request = this.streams.get(stream);
		this.streams.delete(stream);
		request?.listener.streamEnded(now, stream, "the content has ended");
	}

	/** Gives the answers that were held back. */
	release(): void {
		for (const answer of this.waiting.splice(0)) answer();
	}

	private later(answer: () => void): void {
		if (this.holds) this.waiting.push(answer);
		else answer();
	}
}
