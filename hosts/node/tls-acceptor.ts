import { constants } from "node:crypto";
import type { Socket } from "node:net";
import { createServer, type Server } from "node:tls";
import type { Millis } from "../../src/core/time";
import { detailOf } from "../../src/ports/errno";
import {
	HANDSHAKE_TIME,
	HANDSHAKES_MAX,
	HANDSHAKES_PER_ADDRESS,
	type ListenerSink,
	TLS_KEPT,
	TLS_LOOK_EVERY,
	TLS_RENEWED,
	type TlsIdentity,
} from "../../src/ports/net";
import { TlsFiles, type TlsPair } from "./tls-files";

/** First octet of a TLS ClientHello: the content type `handshake`. @see RFC 8446 §5.1 */
const HANDSHAKE = 0x16;
/** The longest message about a handshake. */
const MESSAGE_MAX = 200;

/** A connection that has not sent anything yet, or is in its handshake. */
interface Pending {
	readonly key: string;
	readonly address: string;
	readonly socket: Socket;
	readonly timer: NodeJS.Timeout;
	readonly dismiss: () => void;
}

/** Takes the connections that use TLS or are known not to. `raw` is the TCP connection below a TLS socket. */
export type Through = (socket: Socket, raw: Socket | undefined) => void;

/**
 * Accepts TLS and plain connections on one port: holds each until its first octet or the end of its handshake.
 *
 * The certificate is reloaded when its files change; open connections keep the old one.
 * @see RFC 8446, RFC 7301 (ALPN)
 */
export class TlsAcceptor {
	private readonly files: TlsFiles;
	private readonly server: Server;
	private readonly timer: NodeJS.Timeout;
	/** The oldest is first. */
	private readonly pending = new Map<string, Pending>();

	/** @throws {TlsFileError} when the files are unusable */
	constructor(
		private readonly identity: TlsIdentity,
		private readonly sink: ListenerSink,
		private readonly through: Through,
	) {
		this.files = new TlsFiles(identity);
		this.server = createServer({
			...contextOf(this.files.read()),
			ALPNProtocols: ["http/1.1"],
			handshakeTimeout: this.time,
		});
		this.server.on("secureConnection", (socket) => this.passed(socket));
		this.server.on("tlsClientError", (error, socket) => this.failed(socket, error));
		this.timer = setInterval(() => this.look(), identity.lookEvery ?? TLS_LOOK_EVERY);
		this.timer.unref();
	}

	private get time(): Millis {
		return this.identity.handshakeTime ?? HANDSHAKE_TIME;
	}

	/** Takes an incoming connection; it is paused until it is passed on. */
	take(socket: Socket): void {
		// No error of a connection may end the process.
		socket.on("error", ignore);
		const address = socket.remoteAddress;
		if (address === undefined) {
			// It has gone already.
			socket.destroy();
			return;
		}
		const displaced = this.displacedBy(address);
		if (displaced !== undefined) this.drop(displaced);
		const key = keyOf(socket);
		const onData = (first: Buffer) => {
			socket.pause();
			socket.unshift(first);
			socket.off("data", onData);
			socket.off("end", onEnd);
			if (first[0] === HANDSHAKE) this.server.emit("connection", socket);
			else {
				this.forget(key);
				this.through(socket, undefined);
			}
		};
		const onEnd = () => socket.destroy();
		const onClose = () => this.forget(key);
		const entry: Pending = {
			key,
			address,
			socket,
			timer: setTimeout(() => this.drop(entry), this.time),
			dismiss: () => socket.off("close", onClose),
		};
		this.pending.set(key, entry);
		socket.on("data", onData);
		socket.on("end", onEnd);
		socket.on("close", onClose);
	}

	/** Drops pending connections; those that were passed on are not affected. */
	close(): void {
		clearInterval(this.timer);
		for (const entry of [...this.pending.values()]) this.drop(entry);
	}

	private passed(socket: Socket): void {
		const raw = this.forget(keyOf(socket));
		socket.pause();
		if (raw === undefined) socket.destroy();
		else this.through(socket, raw);
	}

	private failed(socket: Socket, error: Error): void {
		const from = socket.remoteAddress;
		socket.on("error", ignore);
		socket.destroy();
		if (from !== undefined) {
			this.sink.remark?.("debug", `TLS handshake with ${from} failed: ${detailOf(error).slice(0, MESSAGE_MAX)}`);
		}
	}

	private look(): void {
		try {
			const pair = this.files.readChanged();
			if (pair === undefined) return;
			this.server.setSecureContext(contextOf(pair));
			this.sink.remark?.("info", TLS_RENEWED);
		} catch (error) {
			this.sink.remark?.("warn", `${TLS_KEPT}: ${detailOf(error)}`);
		}
	}

	/** Returns the connection to drop for a new one from an address; `undefined` when there is room. @see HANDSHAKES_MAX */
	private displacedBy(address: string): Pending | undefined {
		const crowds = new Map<string, number>();
		for (const entry of this.pending.values()) crowds.set(entry.address, (crowds.get(entry.address) ?? 0) + 1);
		let most = crowds.get(address) ?? 0;
		if (most < HANDSHAKES_PER_ADDRESS && this.pending.size < HANDSHAKES_MAX) return undefined;
		let displaced: Pending | undefined;
		for (const entry of this.pending.values()) {
			const crowd = crowds.get(entry.address) ?? 0;
			if (crowd > most || (displaced === undefined && entry.address === address)) {
				most = crowd;
				displaced = entry;
			}
		}
		return displaced;
	}

	private drop(entry: Pending): void {
		this.forget(entry.key);
		entry.socket.destroy();
	}

	private forget(key: string): Socket | undefined {
		const entry = this.pending.get(key);
		if (entry === undefined) return undefined;
		this.pending.delete(key);
		clearTimeout(entry.timer);
		entry.dismiss();
		return entry.socket;
	}
}

/** The settings of the server; ciphers and groups are left to the library. */
function contextOf(pair: TlsPair) {
	return { ...pair, minVersion: "TLSv1.2", secureOptions: constants.SSL_OP_NO_RENEGOTIATION } as const;
}

/** Identifies a connection. */
function keyOf(socket: Socket): string {
	return `${socket.remoteAddress} ${socket.remotePort} ${socket.localAddress}`;
}

function ignore(): void {}
