import { ipFamily } from "../../../src/core/ip-address";
import { detailOf, netFailureOf } from "../../../src/ports/errno";
import {
	HANDSHAKE_TIME,
	HANDSHAKES_MAX,
	HANDSHAKES_PER_ADDRESS,
	type Listener,
	type ListenerSink,
	type ListenOptions,
	TLS_KEPT,
	TLS_LOOK_EVERY,
	TLS_RENEWED,
} from "../../../src/ports/net";
import { NO_TRANSPARENT } from "../../../src/ports/transparent";
import { codeOf } from "./error-code";
import { later } from "./later";
import { type ListenerSocket, Listening } from "./native-sockets";
import { LinuxStream } from "./stream";
import { Timer } from "./timers";

/** A listening TCP port. @see Listener */
export class LinuxListener implements Listener {
	port = 0;
	private io: ListenerSocket | undefined;
	private closed = false;
	private timer: object | undefined;

	constructor(
		private readonly options: ListenOptions,
		private readonly sink: ListenerSink,
	) {
		later(() => this.listen());
	}

	close(): void {
		this.closed = true;
		this.io?.close();
		this.io = undefined;
		if (this.timer !== undefined) Timer.clear(this.timer);
		this.timer = undefined;
	}

	/** From the socket: a connection came in. */
	readable(): void {
		const raw = this.io?.read();
		if (raw === undefined) return;
		const stream = LinuxStream.accepted(raw);
		const sink = this.sink.accepted(stream);
		if (sink === undefined) stream.abort();
		else stream.serve(sink);
	}

	/** From the socket: the port is lost. */
	lost(code: string): void {
		if (this.closed) return;
		this.close();
		this.sink.failed("failed", code);
	}

	/** From the socket: a message for the log. */
	remark(words: string): void {
		this.sink.remark?.("debug", words);
	}

	private listen(): void {
		if (this.closed) return;
		const { address, port, tls, transparent = false } = this.options;
		try {
			if (address !== undefined && ipFamily(address) === undefined) {
				throw new Error(`EADDRNOTAVAIL: ${address} is not an IP address`);
			}
			this.io = new Listening({
				...(address !== undefined && { address }),
				port,
				...(transparent && { transparent: 1 }),
				...(tls !== undefined && {
					certificate: tls.certificate,
					key: tls.key,
					handshakes: HANDSHAKES_MAX,
					handshakesPerAddress: HANDSHAKES_PER_ADDRESS,
					handshakeTime: tls.handshakeTime ?? HANDSHAKE_TIME,
					onRemark,
				}),
				target: this,
				onReadable,
				onError,
			});
		} catch (error) {
			const why = netFailureOf(codeOf(error));
			const lacksRight = transparent && why === "not-permitted";
			this.sink.failed(why, lacksRight ? `${NO_TRANSPARENT}: it needs CAP_NET_ADMIN` : detailOf(error));
			return;
		}
		this.port = this.io.port;
		if (tls !== undefined) this.lookLater();
		this.sink.opened();
	}

	/** Checks the certificate periodically, for as long as the port is open. */
	private lookLater(): void {
		this.timer = Timer.set(() => {
			this.lookLater();
			const words = this.io?.renew();
			if (words === "") this.sink.remark?.("info", TLS_RENEWED);
			else if (words !== undefined) this.sink.remark?.("warn", `${TLS_KEPT}: ${words}`);
		}, this.options.tls?.lookEvery ?? TLS_LOOK_EVERY);
	}
}

function onReadable(this: ListenerSocket, count: number): void {
	for (let i = 0; i < count; i++) (this.target as LinuxListener).readable();
}

function onRemark(this: ListenerSocket, words: string): void {
	(this.target as LinuxListener).remark(words);
}

function onError(this: ListenerSocket, code: string): void {
	(this.target as LinuxListener).lost(code);
}
