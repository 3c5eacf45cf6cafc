import type { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { latin1, utf8Encode } from "../../src/base/text";
import type { EndReason } from "../../src/core/stream";
import type { Stream, StreamSink } from "../../src/ports/net";
import { toyJpeg } from "./toy-jpeg";

/** A picture, and the octets before its entropy-coded data. */
const TEMPLATE = toyJpeg();
const HEADERS = toyJpeg({ scan: 0 }).length - 2;

/** How a camera answers a request: a whole head, after which pictures follow if it says 200. */
type Answer = (head: string) => string;

/** The head of a live stream. */
export const STREAM_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=x\r\n\r\n";

/** A camera on a virtual LAN that gives Motion JPEG over HTTP, ten pictures a second; what it does can be changed at any time. */
export class VirtualMjpegCamera {
	/** The heads of the requests that came. */
	readonly requests: string[] = [];
	answer: Answer = () => STREAM_HEAD;
	/** Whether pictures are sent, and whether they say how long they are. */
	isSending = true;
	hasLengths = true;
	/** Milliseconds between two pictures. */
	period = 100;
	readonly open = new Set<Connection>();
	private sent = 0;

	constructor(
		readonly machine: VirtualMachine,
		readonly port = 80,
	) {
		this.listen();
	}

	/** Begins to listen, again after the machine had no power. */
	listen(): void {
		this.machine.network.listen(
			{ port: this.port },
			{
				opened() {},
				failed() {},
				accepted: (stream) => {
					const connection = new Connection(this, stream);
					this.open.add(connection);
					return connection;
				},
			},
		);
	}

	/** The next part. */
	part(): Uint8Array {
		const length = this.hasLengths ? `Content-Length: ${TEMPLATE.length}\r\n` : "";
		const head = utf8Encode(`--x\r\nContent-Type: image/jpeg\r\n${length}\r\n`);
		const part = new Uint8Array(head.length + TEMPLATE.length + 2);
		part.set(head);
		part.set(TEMPLATE, head.length);
		part.fill(1 + (this.sent++ % 200), head.length + HEADERS, part.length - 4);
		part[part.length - 2] = 13;
		part[part.length - 1] = 10;
		return part;
	}
}

class Connection implements StreamSink {
	private head = "";
	private streams = false;

	constructor(
		private readonly camera: VirtualMjpegCamera,
		private readonly stream: Stream,
	) {}

	room(): void {}

	received(bytes: Uint8Array): void {
		if (this.streams) return;
		this.head += latin1(bytes);
		if (!this.head.endsWith("\r\n\r\n")) return;
		const { camera, head } = this;
		camera.requests.push(head);
		this.head = "";
		const answer = camera.answer(head);
		if (answer === "") return;
		this.write(utf8Encode(answer));
		if (!answer.startsWith("HTTP/1.1 200")) return this.stream.end();
		this.streams = true;
		this.tick();
	}

	ended(_why: EndReason): void {
		this.gone();
	}

	gone(): void {
		this.streams = false;
		this.camera.open.delete(this);
	}

	/** The camera ends the stream. */
	end(): void {
		this.streams = false;
		this.stream.end();
	}

	private tick(): void {
		const { camera } = this;
		if (!this.streams || !camera.machine.on) return;
		if (camera.isSending && this.stream.room > 10_000) this.write(camera.part());
		camera.machine.world.after(camera.period, () => this.tick());
	}

	private write(bytes: Uint8Array): void {
		this.stream.write(bytes, 0, bytes.length);
	}
}
