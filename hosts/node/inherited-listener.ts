import { createServer, type Server, type Socket } from "node:net";
import { detailOf } from "../../src/ports/errno";
import type { Listener, ListenerSink, ListenOptions } from "../../src/ports/net";
import { NO_TRANSPARENT } from "../../src/ports/transparent";
import { DRAIN_ALWAYS, NodeStream } from "./stream";

/** The first descriptor that systemd passes. @see sd_listen_fds(3) */
const FIRST = 3;

/** The sockets in use: closing one would lose it for good, and an appliance that begins again wants it once more. */
const servers = new Map<number, Server>();

/**
 * A transparent listening port: a socket that this process inherited, as Node.js can't set IP_TRANSPARENT itself.
 *
 * systemd passes them (`Transparent=yes` in the socket unit), or any other program that sets LISTEN_FDS and LISTEN_PID: the first
 * one is for IPv4, the second one for IPv6.
 * @see ListenOptions.transparent
 */
export class InheritedListener implements Listener {
	port = 0;
	private server: Server | undefined;
	private readonly take = (socket: Socket): void => {
		const stream = NodeStream.accepted(socket);
		const sink = this.sink.accepted(stream);
		if (sink === undefined) stream.abort();
		else stream.serve(sink);
	};

	constructor(
		options: ListenOptions,
		private readonly sink: ListenerSink,
		private readonly variables: NodeJS.ProcessEnv = process.env,
	) {
		process.nextTick(() => this.open(options.address?.includes(":") === true ? FIRST + 1 : FIRST));
	}

	close(): void {
		this.server?.off("connection", this.take);
		this.server = undefined;
	}

	private open(descriptor: number): void {
		const { LISTEN_FDS = "0", LISTEN_PID = "" } = this.variables;
		if (!(descriptor - FIRST < Number(LISTEN_FDS)) || LISTEN_PID !== `${process.pid}`) {
			const cure = "start it by a systemd socket unit with Transparent=yes, as docs/relay.md says";
			this.sink.failed("not-permitted", `${NO_TRANSPARENT}: ${cure}`);
			return;
		}
		const known = servers.get(descriptor);
		if (known !== undefined) this.opened(known);
		else this.listen(descriptor);
	}

	private listen(descriptor: number): void {
		const server = createServer({ allowHalfOpen: true, noDelay: true, highWaterMark: DRAIN_ALWAYS });
		server.once("error", (error) => this.sink.failed("failed", detailOf(error)));
		server.listen({ fd: descriptor }, () => {
			// One connection that can't be accepted does not close the port.
			server.removeAllListeners("error").on("error", () => {});
			// Without a listener, connections would stay open and nobody would know them.
			server.on("connection", (socket) => server.listenerCount("connection") === 1 && socket.destroy());
			servers.set(descriptor, server);
			this.opened(server);
		});
	}

	private opened(server: Server): void {
		const bound = server.address();
		if (bound !== null && typeof bound === "object") this.port = bound.port;
		this.server = server;
		server.on("connection", this.take);
		this.sink.opened();
	}
}
