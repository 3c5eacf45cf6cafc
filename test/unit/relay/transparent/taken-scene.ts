import { utf8Encode } from "../../../../src/base/text";
import type { EndReason } from "../../../../src/core/stream";
import type { JudgedRequest } from "../../../../src/relay/transparent/judgement";
import { TakenConnection } from "../../../../src/relay/transparent/taken-connection";
import type {
	CandidateFate,
	FateSink,
	OwnedConnection,
	TakenConnectionOwner,
} from "../../../../src/relay/transparent/taken-connection-owner";
import type { TakenEnd } from "../../../../src/relay/transparent/taken-end";
import { FakeStream } from "../../../support/fake-stream";

/** One taken connection between two streams without a network; the test is the viewer and the origin. */
export class TakenScene implements TakenConnectionOwner {
	now = 0;
	readonly viewer = new FakeStream();
	/** The connections to the origin, in order, with the ends that they belong to. */
	readonly dialled: { readonly end: TakenEnd; readonly stream: FakeStream }[] = [];
	readonly connection: TakenConnection;
	/** What happened: `ask`, `live`, `not live`, `passes encrypted`, `over GET /live`. */
	readonly events: string[] = [];
	/** What {@link ask} answers; `undefined`: nothing yet. */
	fate: CandidateFate | undefined = "probe";
	/** What follows on a live stream. */
	next: CandidateFate | undefined = "relay";
	answered: FateSink | undefined;
	handed = "";

	constructor() {
		this.connection = new TakenConnection(this, this.now, "192.0.2.7", 80);
		this.connection.viewer.out = this.viewer;
		this.connection.viewer.room();
	}

	/** The last connection to the origin. */
	get origin(): FakeStream {
		return this.dialled[this.dialled.length - 1].stream;
	}

	/** The viewer sends. */
	says(text: string | Uint8Array): void {
		const bytes = typeof text === "string" ? utf8Encode(text) : text;
		this.connection.viewer.feed(this.now, bytes);
	}

	/** The origin's connection opens. */
	opens(): void {
		const { end, stream } = this.dialled[this.dialled.length - 1];
		stream.leave(1 << 20);
		end.room();
	}

	/** The origin sends. */
	answers(text: string): void {
		const { end } = this.dialled[this.dialled.length - 1];
		end.feed(this.now, utf8Encode(text));
	}

	viewerEnds(why: EndReason): void {
		this.connection.viewer.ended(this.now, why);
	}

	originEnds(why: EndReason): void {
		this.dialled[this.dialled.length - 1].end.ended(this.now, why);
	}

	/** Time passes. */
	wait(time: number): void {
		this.now += time;
		for (const { end, stream } of this.dialled) stream.turns(this.now, end);
		this.viewer.turns(this.now, this.connection.viewer);
	}

	dial(connection: OwnedConnection): void {
		const stream = new FakeStream();
		// A connection has room from its opening on.
		stream.leave(0);
		connection.origin.out = stream;
		this.dialled.push({ end: connection.origin, stream });
	}

	ask(now: number, _connection: OwnedConnection, { protocol, target }: JudgedRequest, answered: FateSink): void {
		this.events.push(`ask ${protocol} ${target}`);
		this.answered = answered;
		if (this.fate !== undefined) answered(now, this.fate);
	}

	isLive(now: number, _connection: OwnedConnection, _request: JudgedRequest, answered: FateSink): void {
		this.events.push("live");
		this.answered = answered;
		if (this.next !== undefined) answered(now, this.next);
	}

	isNotLive(_now: number, _connection: OwnedConnection, _request: JudgedRequest, known: boolean): void {
		this.events.push(known ? "not live" : "not known");
	}

	handOver(_connection: OwnedConnection, _request: JudgedRequest, bytes: Uint8Array): void {
		this.events.push("handed over");
		this.handed = Buffer.from(bytes).toString("latin1");
	}

	passes(_connection: OwnedConnection, why: string): void {
		this.events.push(`passes: ${why}`);
	}

	unreachable(_connection: OwnedConnection, why: string): void {
		this.events.push(`unreachable: ${why}`);
	}
}

/** The head of an answer with Motion JPEG. */
export const MJPEG = "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n";
/** The answer to DESCRIBE of a live stream. */
export const LIVE = described("v=0\r\ns=x\r\nt=0 0\r\na=range:npt=now-\r\nm=video 0 RTP/AVP 26\r\na=control:t\r\n");

/** An answer to DESCRIBE. */
export function described(sdp: string, cseq = 2): string {
	return `RTSP/1.0 200 OK\r\nCSeq: ${cseq}\r\nContent-Type: application/sdp\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`;
}

/** A request by RTSP to the origin of the scenes. */
export function rtsp(method: string, cseq: number, fields = ""): string {
	return `${method} rtsp://192.0.2.7/live RTSP/1.0\r\nCSeq: ${cseq}\r\n${fields}\r\n`;
}

/** A request by HTTP. */
export function get(target: string, fields = "", method = "GET"): string {
	return `${method} ${target} HTTP/1.1\r\nHost: 192.0.2.7\r\n${fields}\r\n`;
}
