import { createServer, type Server, type Socket } from "node:net";
import type { EndReason } from "../../src/core/stream";
import type { Stream, StreamSink } from "../../src/ports/net";
import type { VirtualMachine } from "../virtual/virtual-machine";
import type { RealTime } from "./real-time";

/** Answers a real connection whose port leads to no running camera. */
export type DeadEnd = (socket: Socket, port: number) => void;

/**
 * Forwards real TCP connections on this machine to the same port of the virtual gateway, from a machine on the virtual
 * Internet, so that a real browser reaches the mapped cameras.
 */
export class DemoBridge {
	private readonly servers = new Map<number, Server>();
	private readonly visits = new Set<{ readonly socket: Socket; readonly port: number }>();

	/**
	 * @param visitor a machine on the virtual Internet
	 * @param gateway the gateway's address there
	 * @param listen the address of this machine that real ports open on
	 * @param isDead tells whether a port leads to a machine without power
	 */
	constructor(
		private readonly time: RealTime,
		private readonly visitor: VirtualMachine,
		private readonly gateway: string,
		private readonly listen: string,
		private readonly isDead: (port: number) => boolean,
		private readonly deadEnd: DeadEnd,
		private readonly failed: (port: number, error: NodeJS.ErrnoException) => void,
	) {}

	/**
	 * Opens a real port. It stays open when the mapping ends, so that the visitor gets an explanation.
	 * @param opened is called once it is open
	 */
	open(port: number, opened?: () => void): void {
		if (this.servers.has(port)) return;
		const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.carry(socket, port));
		server.on("error", (error) => this.failed(port, error));
		server.listen(port, this.listen, opened);
		this.servers.set(port, server);
	}

	/** Ends all connections to a port, as the machine behind it has no power and cannot end them itself. */
	cut(port: number): void {
		for (const visit of this.visits) if (visit.port === port) visit.socket.destroy();
	}

	/** Closes all ports. */
	close(): void {
		for (const server of this.servers.values()) server.close();
	}

	private carry(socket: Socket, port: number): void {
		const { time } = this;
		socket.on("error", () => {});
		if (this.isDead(port)) {
			this.deadEnd(socket, port);
			return;
		}
		const visit = { socket, port };
		this.visits.add(visit);
		socket.once("close", () => this.visits.delete(visit));
		const end = new VisitorEnd(time, socket, () => this.deadEnd(socket, port));
		time.enter(() => end.attach(this.visitor.network.connect({ address: this.gateway, port }, end)));
	}
}

/** The visitor's end of one virtual connection, joined to a real socket. */
class VisitorEnd implements StreamSink {
	private stream: Stream | undefined;
	private open = false;
	private readonly early: Buffer[] = [];

	constructor(
		private readonly time: RealTime,
		private readonly socket: Socket,
		private readonly deadEnd: () => void,
	) {}

	attach(stream: Stream): void {
		this.stream = stream;
		const { socket, time } = this;
		socket.on("drain", () => time.enter(() => stream.reading(true)));
		socket.on("close", () => time.enter(() => stream.abort()));
	}

	room(): void {
		const { socket, time, stream } = this;
		if (!this.open) {
			this.open = true;
			socket.on("data", (bytes: Buffer) => time.enter(() => this.send(bytes)));
			socket.on("end", () => time.enter(() => stream?.end()));
		} else {
			this.flush();
		}
	}

	received(bytes: Uint8Array): void {
		if (!this.socket.write(Buffer.from(bytes))) this.stream?.reading(false);
	}

	ended(why: EndReason): void {
		if (why === "closed") this.socket.end();
		else if (this.open) this.socket.destroy();
		else this.deadEnd();
	}

	gone(): void {}

	private send(bytes: Buffer): void {
		this.early.push(bytes);
		this.flush();
	}

	private flush(): void {
		const stream = this.stream;
		while (stream !== undefined && this.early.length > 0 && stream.room > 0) {
			const bytes = this.early[0];
			const length = Math.min(stream.room, bytes.length);
			stream.write(bytes, 0, length);
			if (length === bytes.length) this.early.shift();
			else this.early[0] = bytes.subarray(length);
		}
		if (this.early.length > 0) this.socket.pause();
		else this.socket.resume();
	}
}
