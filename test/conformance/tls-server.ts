import type { Octets } from "../../src/core/time";
import type { Listener, ListenerSink, Network, Stream, StreamSink, TlsIdentity } from "../../src/ports/net";

/** Octets of the pattern that `/big` and `/endless` send; it repeats. */
const PERIOD = 65536;

/** Octets that are written in one turn: more than kernels buffer for a client that does not read. */
const TURN_MAX = 67108864;

/** What `GET /state` tells, as JSON. */
export interface TlsServerState {
	/** Connections that were accepted, this one included. */
	readonly connections: number;
	/** Uploads to `/slow` that are not read now. */
	readonly asleep: number;
	/** Octets that `/endless` has written. */
	readonly written: Octets;
	/** Octets of bodies that were received. */
	readonly received: Octets;
	/** What was told of connections other than that there is room: `ended closed`, `gone` … */
	readonly told: readonly string[];
	readonly remarks: readonly string[];
}

/** Makes the pattern in which every slip shows. */
export function tlsPattern(): Uint8Array {
	const bytes = new Uint8Array(PERIOD);
	for (let i = 0; i < PERIOD; i++) bytes[i] = (i * 31 + (i >> 8) * 7) & 255;
	return bytes;
}

/** Adds octets to a checksum. */
export function addTo(sum: number, bytes: Uint8Array): number {
	let s = sum;
	for (let i = 0; i < bytes.length; i++) s = (s * 31 + bytes[i]) % 2147483647;
	return s;
}

/**
 * A small web server for tests, whose clients are programs that nobody here wrote. It runs on every host that has TLS.
 *
 * `/` says whether the connection is secure; `/big/N` sends N octets and `/endless` without end; `POST /sum` adds its body
 * up, `POST /slow` too but reads it only after a request for `/wake`; `/rest` adds up what comes until the client ends
 * its side; `/bye` ends its own side first; `/abort` resets; `/state` tells {@link TlsServerState}; `/close` closes the port.
 */
export class TlsServer implements ListenerSink {
	connections = 0;
	written: Octets = 0;
	received: Octets = 0;
	readonly told: string[] = [];
	readonly remarks: string[] = [];
	readonly asleep: Stream[] = [];
	readonly pattern = tlsPattern();
	private readonly listener: Listener;

	/** @param ready called with the port, or with words about why there is none */
	constructor(
		network: Network,
		tls: TlsIdentity,
		private readonly ready: (port: number, words: string) => void,
	) {
		this.listener = network.listen({ address: "127.0.0.1", port: 0, tls }, this);
	}

	get state(): TlsServerState {
		const { connections, written, received, told, remarks } = this;
		return { connections, written, received, told, remarks, asleep: this.asleep.length };
	}

	opened(): void {
		this.ready(this.listener.port, "");
	}

	accepted(stream: Stream): StreamSink {
		this.connections++;
		return new TlsServerConnection(this, stream);
	}

	failed(why: string, detail: string): void {
		this.ready(0, `${why}: ${detail}`);
	}

	remark(level: string, words: string): void {
		this.remarks.push(`${level}: ${words}`);
	}

	close(): void {
		this.listener.close();
	}
}

/** One request on one connection. */
class TlsServerConnection implements StreamSink {
	private head = "";
	private path = "";
	/** Octets of the body that are still to come; `Infinity`: until the end. */
	private missing = 0;
	private body = 0;
	private sum = 1;
	private sending = 0;
	private sent = 0;
	private open = false;

	constructor(
		private readonly server: TlsServer,
		private readonly stream: Stream,
	) {}

	room(): void {
		this.open = true;
		const { stream, server } = this;
		// A client that reads as fast as this writes would else keep the server from all others.
		const turn = this.sent + TURN_MAX;
		while (this.sent < this.sending && this.sent < turn && stream.room > 0) {
			const start = this.sent % PERIOD;
			const end = Math.min(PERIOD, start + stream.room, start + this.sending - this.sent);
			stream.writeShared(server.pattern, start, end);
			this.sent += end - start;
			if (this.path === "/endless") server.written = this.sent;
		}
		if (this.sending > 0 && this.sent >= this.sending) stream.end();
	}

	received(bytes: Uint8Array): void {
		if (!this.open) this.server.told.push("received before room");
		let at = 0;
		while (this.path === "" && at < bytes.length) {
			this.head += String.fromCharCode(bytes[at++]);
			if (this.head.endsWith("\r\n\r\n")) this.begin();
		}
		if (at < bytes.length) this.take(bytes.subarray(at));
	}

	ended(why: string): void {
		this.server.told.push(`${this.path} ended ${why}`);
		if (this.path === "/rest") this.answer(`${this.body} ${this.sum}`, true);
		else if (this.path === "") this.stream.end();
	}

	gone(): void {
		this.server.told.push(`${this.path} gone, ${this.body} octets`);
	}

	private begin(): void {
		const { stream, server } = this;
		this.path = this.head.split(" ")[1];
		const line = this.head.toLowerCase().split("\r\n");
		const length = line.find((field) => field.startsWith("content-length:"));
		this.missing = length === undefined ? 0 : Number(length.slice(15));
		if (this.path === "/")
			this.answer(`${stream.secure} ${stream.remoteAddress} ${stream.remotePort} ${stream.localPort}`);
		else if (this.path === "/state") this.answer(JSON.stringify(server.state));
		else if (this.path.startsWith("/big/")) this.send(Number(this.path.slice(5)));
		else if (this.path === "/endless") this.send(Number.MAX_SAFE_INTEGER);
		else if (this.path === "/rest") this.missing = Infinity;
		else if (this.path === "/bye") {
			this.missing = Infinity;
			this.answer("bye", true);
		} else if (this.path === "/abort") stream.abort();
		else if (this.path === "/slow") {
			stream.reading(false);
			server.asleep.push(stream);
		} else if (this.path === "/wake") {
			for (const sleeper of server.asleep.splice(0)) sleeper.reading(true);
			this.answer("awake");
		} else if (this.path === "/close") {
			server.close();
			this.answer("closed");
		}
	}

	private take(bytes: Uint8Array): void {
		this.body += bytes.length;
		this.server.received += bytes.length;
		this.sum = addTo(this.sum, bytes);
		this.missing -= bytes.length;
		if (this.missing === 0) this.answer(`${this.body} ${this.sum}`);
	}

	private send(length: Octets): void {
		this.write(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n`);
		this.sending = length;
		this.room();
	}

	/** @param end true: without waiting for the client's end of the connection */
	private answer(text: string, end = false): void {
		this.write(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n${end ? "Connection: close\r\n" : ""}\r\n${text}`);
		if (end) this.stream.end();
		this.again();
	}

	/** The next request may come on the same connection. */
	private again(): void {
		if (this.missing === Infinity) return;
		this.head = "";
		this.path = "";
		this.missing = 0;
		this.body = 0;
		this.sum = 1;
	}

	private write(text: string): void {
		const bytes = new Uint8Array(text.length);
		for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
		this.stream.write(bytes, 0, bytes.length);
	}
}
