import { latin1, utf8Encode } from "../../../src/base/text";
import type { EndReason } from "../../../src/core/stream";
import type { Octets } from "../../../src/core/time";
import type { Listener, ListenerSink, Stream, StreamSink } from "../../../src/ports/net";
import type { VirtualMachine } from "../virtual-machine";
import type { GatewayQuirks } from "./quirks";

/** A request from a client. */
export interface DeviceRequest {
	readonly method: string;
	readonly target: string;
	/** The header as received, one field a line. */
	readonly header: string;
	readonly body: string;
	readonly from: string;
	/** The port that it arrived at. */
	readonly port: number;
}

/** The answer of the device. */
export interface DeviceAnswer {
	/** 0: the connection is reset instead. */
	readonly status: number;
	readonly type?: string;
	/** More header lines, each with its line end. */
	readonly header?: string;
	readonly body: string | Uint8Array;
}

/** The longest request; longer ones are reset. */
const REQUEST_MAX: Octets = 65536;
/** The most connections at a time; more are reset. */
const CONNECTIONS_MAX = 64;

const REASONS: Readonly<Record<number, string>> = Object.freeze({
	200: "OK",
	302: "Found",
	400: "Bad Request",
	404: "Not Found",
	405: "Method Not Allowed",
	412: "Precondition Failed",
	500: "Internal Server Error",
	501: "Not Implemented",
});

/**
 * The web server of a small device: one request a connection, tolerant unless {@link GatewayQuirks} say otherwise.
 * Implements the quirks of latency, framing, silence, slow and oversized answers.
 */
export class HttpResponder implements ListenerSink {
	/** The number of requests received so far. */
	requests = 0;
	/** The number of requests under way. */
	busy = 0;
	private open = 0;
	private readonly listener: Listener;

	/** @param handle answers a request */
	constructor(
		readonly machine: VirtualMachine,
		readonly quirks: GatewayQuirks,
		address: string,
		port: number,
		readonly handle: (request: DeviceRequest) => DeviceAnswer | undefined,
	) {
		this.listener = machine.network.listen({ address, port }, this);
	}

	opened(): void {}

	failed(): void {}

	accepted(stream: Stream): StreamSink | undefined {
		if (this.open >= CONNECTIONS_MAX) return undefined;
		this.open++;
		return new DeviceConnection(this, stream);
	}

	/** A connection has ended. */
	closed(): void {
		this.open--;
	}

	close(): void {
		this.listener.close();
	}
}

class DeviceConnection implements StreamSink {
	private text = "";
	private taken = false;
	private over = false;
	private pending: Uint8Array = new Uint8Array(0);

	constructor(
		private readonly server: HttpResponder,
		private readonly stream: Stream,
	) {}

	room(): void {
		this.write();
	}

	received(bytes: Uint8Array): void {
		if (this.taken) return;
		this.text += latin1(bytes);
		if (this.text.length > REQUEST_MAX) {
			this.stream.abort();
			return;
		}
		const request = parseRequest(this.text, this.stream);
		if (request === undefined) return;
		this.taken = true;
		this.take(request);
	}

	ended(why: EndReason): void {
		if (why === "closed" && !this.taken) this.stream.abort();
	}

	gone(): void {
		this.over = true;
		this.server.closed();
	}

	private take(request: DeviceRequest): void {
		const { server } = this;
		const { quirks, machine } = server;
		server.requests++;
		if (quirks.deadFor > 0) {
			quirks.deadFor--;
			return;
		}
		if (quirks.deadAfter-- <= 0) return;
		if (quirks.oneRequestAtATime && server.busy > 0) {
			this.stream.abort();
			return;
		}
		server.busy++;
		const { network } = machine;
		machine.world.after(quirks.latency, () => {
			server.busy--;
			if (this.over || !network.alive) return;
			const answer = server.handle(request);
			if (answer === undefined) return;
			if (answer.status === 0) {
				this.stream.abort();
				return;
			}
			this.pending = render(answer, quirks);
			if (quirks.dripOctets > 0) this.drip(quirks.dripOctets, quirks.dripEvery);
			else this.write();
		});
	}

	private write(): void {
		if (this.server.quirks.dripOctets > 0) return;
		// As long as there is room: the stream calls only when new room appears.
		while (this.pending.length > 0 && this.stream.room > 0) this.send(this.stream.room);
	}

	private drip(octets: Octets, every: number): void {
		if (this.over || !this.server.machine.network.alive) return;
		this.send(Math.min(octets, this.stream.room));
		if (this.pending.length > 0) this.server.machine.world.after(every, () => this.drip(octets, every));
	}

	private send(most: Octets): void {
		const count = Math.min(this.pending.length, most);
		if (count === 0) return;
		this.stream.write(this.pending, 0, count);
		this.pending = this.pending.subarray(count);
		if (this.pending.length === 0) this.stream.end();
	}
}

function parseRequest(text: string, stream: Stream): DeviceRequest | undefined {
	const end = text.indexOf("\r\n\r\n");
	if (end < 0) return undefined;
	const header = text.slice(0, end + 2);
	const length = Number(fieldOf(header, "content-length") ?? "0");
	const body = text.slice(end + 4);
	if (body.length < length) return undefined;
	const [method = "", target = ""] = header.slice(0, header.indexOf("\r\n")).split(" ");
	return { method, target, header, body, from: stream.remoteAddress, port: stream.localPort };
}

/** Finds a header field by its name in lower case; the case in the header does not matter. */
export function fieldOf(header: string, name: string): string | undefined {
	for (const line of header.split("\r\n")) {
		const colon = line.indexOf(":");
		if (colon > 0 && line.slice(0, colon).trim().toLowerCase() === name) return line.slice(colon + 1).trim();
	}
	return undefined;
}

function render(answer: DeviceAnswer, quirks: GatewayQuirks): Uint8Array {
	let body = typeof answer.body === "string" ? utf8Encode(answer.body) : answer.body;
	if (quirks.oversize > 0) body = joined([body, new Uint8Array(quirks.oversize).fill(32)]);
	const { status, type = 'text/xml; charset="utf-8"', header = "" } = answer;
	const start = `HTTP/1.1 ${status} ${REASONS[status] ?? "Unknown"}\r\nContent-Type: ${type}\r\n${header}Connection: close\r\n`;
	switch (quirks.framing) {
		case "length":
			return joined([utf8Encode(`${start}Content-Length: ${body.length}\r\nServer: Virtual\r\n\r\n`), body]);
		case "tight":
			return joined([utf8Encode(`${start}CONTENT-LENGTH:${body.length}\r\n\r\n`), body]);
		case "close":
			return joined([utf8Encode(`${start}\r\n`), body]);
		case "chunked":
			return joined([utf8Encode(`${start}Transfer-Encoding: chunked\r\n\r\n`), ...chunks(body)]);
		case "cut-chunks":
			return joined([utf8Encode(`${start}Transfer-Encoding: chunked\r\n\r\n`), ...chunks(body).slice(0, -1)]);
		case "wrong-length":
			return joined([
				utf8Encode(
					`HTTP/1.1 100 Continue\r\n\r\n${start} folded\r\nno colon\r\nA name: x\r\nContent-Length:\r\nContent-Length: ${body.length + 9}\r\n\r\n`,
				),
				body,
			]);
	}
}

function chunks(body: Uint8Array): Uint8Array[] {
	const parts: Uint8Array[] = [];
	const size = Math.max(1, Math.ceil(body.length / 3));
	for (let at = 0; at < body.length; at += size) {
		const part = body.subarray(at, at + size);
		parts.push(utf8Encode(`${part.length.toString(16)}\r\n`), part, utf8Encode("\r\n"));
	}
	parts.push(utf8Encode("0\r\n\r\n"));
	return parts;
}

/** Concatenates arrays of octets. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
	const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		all.set(part, at);
		at += part.length;
	}
	return all;
}
