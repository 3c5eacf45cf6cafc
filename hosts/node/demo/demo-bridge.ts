import { createServer, type Server, type Socket } from "node:net";
import type { EndReason } from "../../../src/core/stream";
import type { Stream, StreamSink } from "../../../src/ports/net";
import type { VirtualMachine } from "../../virtual/virtual-machine";
import type { RealTime } from "./real-time";

/** Where connections to a port of this machine lead in the virtual world. */
export interface DemoDoor {
	/** The machine that they come from there. */
	readonly machine: VirtualMachine;
	readonly address: string;
	readonly port: number;
}

/** What a {@link DemoBridge} asks about its ports. */
export interface DemoBridgeOwner {
	/** Whether a port leads to a machine without power. */
	isDead(port: number): boolean;
	deadEnd(socket: Socket, port: number): void;
	/** A real port can't be opened. */
	failed(port: number, error: NodeJS.ErrnoException): void;
}

/** Forwards real TCP connections on this machine into the virtual world, so that a real browser reaches what is there. */
export class DemoBridge {
	private readonly servers = new Map<number, Server>();
	private readonly visits = new Set<{ readonly socket: Socket; readonly port: number }>();

	/** @param listen the address of this machine that real ports open on */
	constructor(
		private readonly time: RealTime,
		private readonly listen: string,
		private readonly owner: DemoBridgeOwner,
	) {}

	/**
	 * Opens a real port. It stays open when what it leads to is gone, so that the visitor gets an explanation.
	 * @param opened is called once it is open; at once when it is already
	 * @param listen the address of this machine to open it on
	 */
	open(port: number, door: DemoDoor, opened?: () => void, listen = this.listen): void {
		if (this.servers.has(port)) {
			opened?.();
			return;
		}
		const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.carry(socket, port, door));
		server.on("error", (error) => this.owner.failed(port, error));
		server.listen(port, listen, opened);
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

	private carry(socket: Socket, port: number, { machine, ...remote }: DemoDoor): void {
		const { time, owner } = this;
		socket.on("error", () => {});
		if (owner.isDead(port)) {
			owner.deadEnd(socket, port);
			return;
		}
		const visit = { socket, port };
		this.visits.add(visit);
		socket.once("close", () => this.visits.delete(visit));
		const end = new VisitorEnd(time, socket, () => owner.deadEnd(socket, port));
		time.enter(() => end.attach(machine.network.connect(remote, end)));
	}
}

/** The visitor's end of one virtual connection, joined to a real socket. */
class VisitorEnd implements StreamSink {
	private stream: Stream | undefined;
	private open = false;
	private readonly early: Uint8Array[] = [];

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
			// A Buffer's `slice` does not copy, as the rest of the program expects it to.
			socket.on("data", (bytes: Buffer) => time.enter(() => this.send(new Uint8Array(bytes))));
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

	private send(bytes: Uint8Array): void {
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
