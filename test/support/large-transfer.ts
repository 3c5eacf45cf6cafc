import { Pump } from "../../src/core/pump";
import type { Octets } from "../../src/core/time";
import { type ExchangeRequest, type ExchangeResult, HttpExchange } from "../../src/http/http-exchange";
import { HttpServer } from "../../src/http/http-server";
import type { Clock } from "../../src/ports/clock";
import type { Network } from "../../src/ports/net";
import { HTTP_LIMITS } from "./http-limits";
import { HttpListener } from "./http-listener";
import { PatternContent, PatternSink, PatternSource } from "./pattern";

/** Every so many pieces an upload's sink pauses for a moment, as a disk does. */
const PAUSE_EVERY = 200;

/** What came of a transfer. */
export interface TransferResult {
	/** The status of the answer, or why there is none. */
	readonly outcome: string;
	/** What the receiving end got. */
	readonly sink: PatternSink;
}

/**
 * An HTTP server and a client on one network, between which a file of any size is sent in either direction by the
 * engines of the product; the file costs no memory, and each octet is known by its place.
 *
 * It needs nothing of a host but its ports, so every host can run it: open, upload, download, close.
 */
export class LargeTransfer {
	private readonly pump: Pump;
	private readonly server: HttpServer;
	private listener: HttpListener | undefined;
	private sink = new PatternSink();
	private pieces = 0;

	constructor(
		private readonly network: Network,
		clock: Clock,
		private readonly address: string,
	) {
		this.pump = new Pump(clock);
		this.server = new HttpServer(HTTP_LIMITS, { now: () => this.pump.now(), utc: () => undefined });
		this.server.route(
			"PUT",
			"/file",
			(_request, reply) => {
				this.sink = new PatternSink(
					0,
					() => {
						if (++this.pieces % PAUSE_EVERY !== 0) return false;
						this.pump.after(1, () => reply.resume());
						return true;
					},
					() => reply.empty(this.sink.ended ? 201 : 500),
				);
				reply.receive(this.sink);
			},
			undefined,
			"stream",
		);
	}

	/** Listens on a free port. */
	async open(): Promise<void> {
		this.listener = await HttpListener.open(this.network, this.pump, this.server, this.address);
	}

	/** The port of the server. */
	get port(): number {
		return this.listener?.port ?? 0;
	}

	/** What the server has received last. */
	get received(): PatternSink {
		return this.sink;
	}

	/** Serves a file of so many octets. */
	serve(length: Octets): void {
		this.server.route("GET", "/file", (_request, reply) => reply.content(new PatternContent(length)));
	}

	/** Sends a file to the server. */
	async upload(length: Octets): Promise<TransferResult> {
		const body = { length, open: () => new PatternSource(0, length) };
		const outcome = await this.exchange({ method: "PUT", target: "/file", headers: [], body });
		return { outcome, sink: this.sink };
	}

	/** Gets the range of a file from `start` up to, not including, `end`. */
	async download(start: Octets, end: Octets): Promise<TransferResult> {
		this.serve(end + 1);
		const sink = new PatternSink(start);
		const outcome = await this.exchange({
			method: "GET",
			target: "/file",
			headers: [["Range", `bytes=${start}-${end - 1}`]],
			receiver: { head: () => sink },
		});
		return { outcome, sink };
	}

	close(): void {
		this.listener?.close();
	}

	private exchange(request: Omit<ExchangeRequest, "host">): Promise<string> {
		return new Promise((resolve) => {
			const { address } = this;
			const exchange = new HttpExchange(
				this.pump.now(),
				{ host: "nas", timeout: Infinity, connectTimeout: 10_000, idleTimeout: 60_000, ...request },
				{
					emit: (result: ExchangeResult) => resolve("failure" in result ? result.failure : `${result.answer.status}`),
				},
			);
			const handle = this.pump.addStream(exchange);
			handle.attach(this.network.connect({ address, port: this.port }, handle));
		});
	}
}
