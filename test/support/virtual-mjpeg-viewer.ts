import type { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import type { EndReason } from "../../src/core/stream";
import type { Stream, StreamSink } from "../../src/ports/net";

/** What a {@link VirtualMjpegViewer} asks for, and where. */
export interface ViewerRequest {
	/** The server's address and port. */
	readonly address: string;
	readonly port: number;
	/** The request line's target: `/garage`, or a whole URL for a proxy. */
	readonly target: string;
	/** Further header fields, each with its line end. @default none */
	readonly fields?: string;
}

const HEAD_END = Buffer.from("\r\n\r\n");
const SCAN_BEGINS = Buffer.from([0xff, 0xda]);
/** Octets from there to the entropy-coded data. */
const SCAN_HEAD = 14;
const FILLED: Buffer[] = [];

/** Octets to compare with. */
function filled(length: number, fill: number): Buffer {
	const known = FILLED[fill];
	if (known?.length === length) return known;
	FILLED[fill] = Buffer.alloc(length, fill);
	return FILLED[fill];
}

/**
 * A viewer of Motion JPEG over HTTP in virtual time. It checks that each part is whole: as long as it says, a JPEG from its first marker
 * to its last one, and filled with the same octet as {@link toyJpeg} makes it.
 */
export class VirtualMjpegViewer implements StreamSink {
	/** The status of the answer; 0: none yet. */
	status = 0;
	/** The head of the answer. */
	head = "";
	/** What came after the head of an answer other than 200. */
	body = "";
	/** Times of the pictures, in milliseconds. */
	readonly times: number[] = [];
	/** The octets that fill the pictures, in order: each picture of a toy camera has the next one. */
	readonly fills: number[] = [];
	readonly faults: string[] = [];
	/** Octets of the whole answer. */
	octets = 0;
	/** Octets of parts with their heads, as metering counts the payload. */
	payload = 0;
	/** Why its connection ended; `undefined`: it has not. */
	over: EndReason | "left" | undefined;
	/** When it asked. */
	readonly askedAt: number;
	private readonly stream: Stream;
	private held = Buffer.alloc(0);
	private hasAsked = false;

	constructor(
		readonly machine: VirtualMachine,
		readonly request: ViewerRequest,
	) {
		this.askedAt = machine.world.now;
		this.stream = machine.network.connect({ address: request.address, port: request.port }, this);
	}

	get pictures(): number {
		return this.times.length;
	}

	/** Milliseconds from its request to the first picture; `Infinity`: none has come. */
	get joinTime(): number {
		return (this.times[0] ?? Infinity) - this.askedAt;
	}

	/** The viewer stops reading, as a player does that was paused; or reads on. */
	read(isReading: boolean): void {
		this.stream.reading(isReading);
	}

	/** The viewer closes its connection. */
	leave(): void {
		this.over ??= "left";
		this.stream.end();
	}

	room(): void {
		if (this.hasAsked) return;
		this.hasAsked = true;
		const { address, port, target, fields = "" } = this.request;
		// A client of a proxy names the server there too. RFC 9112 §3.2.2
		const host = /^http:\/\/([^/?]*)/.exec(target)?.[1] ?? `${address}:${port}`;
		const text = Buffer.from(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n`, "latin1");
		this.stream.write(new Uint8Array(text), 0, text.length);
	}

	received(bytes: Uint8Array): void {
		this.octets += bytes.length;
		this.held = Buffer.concat([this.held, bytes]);
		if (this.status === 0 && !this.takeHead()) return;
		if (this.status !== 200) {
			this.body += this.held.toString("latin1");
			this.held = Buffer.alloc(0);
		} else while (this.takePart());
	}

	ended(why: EndReason): void {
		this.over ??= why;
		this.stream.end();
	}

	gone(): void {
		this.over ??= "closed";
	}

	private takeHead(): boolean {
		const at = this.held.indexOf(HEAD_END);
		if (at < 0) return false;
		this.head = this.held.subarray(0, at + 2).toString("latin1");
		this.status = Number(this.head.split(" ")[1]);
		this.held = this.held.subarray(at + 4);
		return true;
	}

	/** @returns whether a part has come whole */
	private takePart(): boolean {
		const at = this.held.indexOf(HEAD_END);
		if (at < 0) return false;
		const head = this.held.subarray(0, at).toString("latin1");
		const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? -1);
		if (!/^(\r\n)?--/.test(head) || length < 4) {
			this.faults.push(`no head of a part: ${JSON.stringify(head.slice(0, 80))}`);
			this.held = Buffer.alloc(0);
			return false;
		}
		const start = at + 4;
		if (this.held.length < start + length) return false;
		this.check(this.held.subarray(start, start + length));
		this.payload += start + length;
		this.held = this.held.subarray(start + length);
		return true;
	}

	private check(picture: Buffer): void {
		this.times.push(this.machine.world.now);
		const fill = picture[picture.length - 3];
		this.fills.push(fill);
		const isWhole = picture[0] === 0xff && picture[1] === 0xd8 && picture.readUInt16BE(picture.length - 2) === 0xffd9;
		if (!isWhole) return void this.faults.push(`picture ${this.pictures} is not whole`);
		const scan = picture.subarray(picture.lastIndexOf(SCAN_BEGINS) + SCAN_HEAD, -2);
		if (!scan.equals(filled(scan.length, fill))) this.faults.push(`picture ${this.pictures} has octets of another`);
	}
}
