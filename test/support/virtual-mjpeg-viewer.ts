import type { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { latin1, utf8Encode } from "../../src/base/text";
import type { EndReason } from "../../src/core/stream";
import type { Stream, StreamSink } from "../../src/ports/net";
import { toyJpeg } from "./toy-jpeg";

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

/** Every so many octets of a picture are looked at: XS looks at each one slowly. */
const STRIDE = 16;
/** Octets before the entropy-coded data of a {@link toyJpeg}. */
const HEADERS = toyJpeg({ scan: 0 }).length - 2;
const NOTHING = new Uint8Array(0);

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
	private held: Uint8Array = NOTHING;
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
		const bytes = utf8Encode(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n`);
		this.stream.write(bytes, 0, bytes.length);
	}

	received(bytes: Uint8Array): void {
		this.octets += bytes.length;
		this.held = join(this.held, bytes);
		if (this.status === 0 && !this.takeHead()) return;
		if (this.status !== 200) {
			this.body += latin1(this.held);
			this.held = NOTHING;
			return;
		}
		let at = 0;
		for (let next = this.takePart(at); next > at; next = this.takePart(at)) at = next;
		if (at > 0) this.held = this.held.slice(at);
	}

	ended(why: EndReason): void {
		this.over ??= why;
		this.stream.end();
	}

	gone(): void {
		this.over ??= "closed";
	}

	private takeHead(): boolean {
		const at = headEnd(this.held, 0);
		if (at < 0) return false;
		this.head = latin1(this.held, 0, at - 2);
		this.status = Number(this.head.split(" ")[1]);
		this.held = this.held.slice(at);
		return true;
	}

	/** @returns where the part that begins at `from` ends; `from`: it has not come whole */
	private takePart(from: number): number {
		const { held } = this;
		const start = headEnd(held, from);
		if (start < 0) return from;
		const head = latin1(held, from, start - 4);
		const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? -1);
		if (!/^(\r\n)?--/.test(head) || length < 4) {
			this.faults.push(`no head of a part: ${JSON.stringify(head.slice(0, 80))}`);
			return held.length;
		}
		const end = start + length;
		if (held.length < end) return from;
		this.check(held, start, end);
		this.payload += end - from;
		return end;
	}

	private check(bytes: Uint8Array, start: number, end: number): void {
		this.times.push(this.machine.world.now);
		const fill = bytes[end - 3];
		this.fills.push(fill);
		const isWhole =
			bytes[start] === 0xff && bytes[start + 1] === 0xd8 && bytes[end - 2] === 0xff && bytes[end - 1] === 0xd9;
		if (!isWhole) {
			this.faults.push(`picture ${this.pictures} is not whole`);
			return;
		}
		for (let at = end - 3; at > start + HEADERS; at -= STRIDE) {
			if (bytes[at] === fill) continue;
			this.faults.push(`picture ${this.pictures} has octets of another`);
			return;
		}
	}
}

/** @returns one past the empty line that ends a head; -1: it has not come */
function headEnd(bytes: Uint8Array, from: number): number {
	for (let at = bytes.indexOf(13, from); at >= 0; at = bytes.indexOf(13, at + 1))
		if (bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10) return at + 4;
	return -1;
}

function join(one: Uint8Array, other: Uint8Array): Uint8Array {
	if (one.length === 0) return other.slice();
	const whole = new Uint8Array(one.length + other.length);
	whole.set(one);
	whole.set(other, one.length);
	return whole;
}
