import { createServer, type Server, Socket } from "node:net";
import { freePort } from "../../tools/free-port";

/**
 * A way to a camera that can be cut as a power cut does: connections stay open, and nothing comes through any more. Those
 * that were cut stay dead; after {@link thaw} new ones get through.
 */
export class FrozenProxy {
	private frozen = false;
	private readonly sockets = new Set<Socket>();

	private constructor(
		private readonly server: Server,
		readonly port: number,
	) {}

	/** Opens a way to a port of this machine. */
	static async open(target: number): Promise<FrozenProxy> {
		const port = await freePort(1);
		const server = createServer({ allowHalfOpen: true });
		const proxy = new FrozenProxy(server, port);
		server.on("connection", (socket) => proxy.relay(socket, target));
		await new Promise<void>((done) => server.listen(port, "localhost", done));
		return proxy;
	}

	/** The address of a page at the camera. */
	url(path = ""): string {
		return `http://localhost:${this.port}/${path}`;
	}

	freeze(): void {
		this.frozen = true;
		for (const socket of this.sockets) socket.pause().unpipe();
	}

	thaw(): void {
		this.frozen = false;
	}

	close(): void {
		this.server.close();
		for (const socket of this.sockets) socket.destroy();
	}

	private relay(socket: Socket, target: number): void {
		const other = new Socket();
		for (const each of [socket, other]) {
			this.sockets.add(each);
			each.on("error", () => {});
			each.on("close", () => {
				this.sockets.delete(each);
				if (!this.frozen) (each === socket ? other : socket).destroy();
			});
		}
		if (this.frozen) return;
		other.connect(target, "localhost");
		socket.pipe(other);
		other.pipe(socket);
	}
}
