import { latin1, utf8Encode } from "../../base/text";
import type { Stream, StreamSink } from "../../ports/net";
import type { ProxiedDevice } from "./local-proxy";

/** What tells whether a pass is accepted, at the beginning of an answer. */
const STATUS = /^HTTP\/1\.1 (\d{3})/;
const STATUS_OCTETS = 12;

/**
 * Brings the pass of the pairing to a device that has just been reached. So its owner sees that the pairing is in use, and the viewer
 * whether it still counts: a tunnel is opened also to a viewer whose pairing was revoked (ONE-1).
 */
export class PassCheck implements StreamSink {
	private readonly stream: Stream;
	private head = "";
	private isAsked = false;
	private isOver = false;

	/** @param done called at most once: with true if the device accepts the pass, with false if it refuses it */
	constructor(
		device: Pick<ProxiedDevice, "open">,
		private readonly pass: string,
		private readonly done: (isAccepted: boolean) => void,
	) {
		this.stream = device.open("http", this);
	}

	/** Ends it; `done` is not called any more. Harmless when repeated. */
	close(): void {
		if (this.isOver) return;
		this.isOver = true;
		this.stream.abort();
	}

	room(): void {
		if (this.isAsked) return;
		this.isAsked = true;
		const request = utf8Encode(
			`GET /api/v1/device?link=${encodeURIComponent(this.pass)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
		);
		if (this.stream.room < request.length) return this.close();
		this.stream.write(request, 0, request.length);
	}

	received(bytes: Uint8Array): void {
		if (this.isOver) return;
		this.head += latin1(bytes.subarray(0, STATUS_OCTETS - this.head.length));
		if (this.head.length < STATUS_OCTETS) return;
		this.close();
		const status = Number(STATUS.exec(this.head)?.[1]);
		if (status === 401) this.done(false);
		else if (status === 200) this.done(true);
	}

	ended(): void {
		this.close();
	}

	gone(): void {
		this.isOver = true;
	}
}
