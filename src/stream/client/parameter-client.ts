import type { ClientLogin } from "../../access/client-login";
import type { Outlet } from "../../core/machine";
import type { EndReason, StreamMachine, StreamOutbox } from "../../core/stream";
import type { Millis } from "../../core/time";
import type { RtspUrl } from "../../wire/rtsp-url";
import type { TextMessage } from "../../wire/text-message";
import type { ParameterRequest } from "./parameter-request";
import { RtspClientReader, type RtspReaderSink } from "./rtsp-client-reader";
import { RtspDialog } from "./rtsp-dialog";

/** The limit of connection, request and answer together. */
const LIMIT: Millis = 10_000;

/** The answer; `undefined`: there is none. Emitted once, as the last thing. */
export interface ParameterAnswer {
	readonly answer: TextMessage | undefined;
}

/**
 * Sends one request SET_PARAMETER to an RTSP server over a connection of its own. The owner opens the connection, attaches this
 * machine, and aborts the connection after the answer.
 * @see RFC 2326 §10.9
 */
export class ParameterClient implements StreamMachine, RtspReaderSink {
	deadline: Millis;
	private readonly reader = new RtspClientReader();
	private readonly dialog: RtspDialog;
	private out: StreamOutbox | undefined;
	private hasAsked = false;
	private isOver = false;

	constructor(
		now: Millis,
		private readonly url: RtspUrl,
		login: ClientLogin,
		private readonly request: Omit<ParameterRequest, "answered">,
		private readonly outlet: Outlet<ParameterAnswer>,
	) {
		this.dialog = new RtspDialog(login);
		this.deadline = now + LIMIT;
	}

	room(_now: Millis, out: StreamOutbox): void {
		this.out = out;
		if (this.hasAsked || this.isOver) return;
		this.hasAsked = true;
		const { fields, body } = this.request;
		if (!this.dialog.ask(out, "SET_PARAMETER", this.url, fields, body)) this.finish(undefined);
	}

	feed(now: Millis, bytes: Uint8Array, out: StreamOutbox): void {
		this.out = out;
		if (!this.isOver && !this.reader.feed(now, bytes, this)) this.finish(undefined);
	}

	ended(_now: Millis, _why: EndReason): void {
		this.finish(undefined);
	}

	expire(now: Millis): void {
		if (now >= this.deadline) this.finish(undefined);
	}

	/** @see RtspReaderSink */
	message(_now: Millis, message: TextMessage): void {
		const { out } = this;
		if (this.isOver || message.status < 200 || out === undefined) return;
		const isRepeated = message.status === 401 && this.dialog.challenged(out, message) === "retry";
		if (!isRepeated) this.finish(message);
	}

	/** @see RtspReaderSink */
	block(): void {}

	private finish(answer: TextMessage | undefined): void {
		if (this.isOver) return;
		this.isOver = true;
		this.deadline = Infinity;
		this.outlet.emit({ answer });
	}
}
