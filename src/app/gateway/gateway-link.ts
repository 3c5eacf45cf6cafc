import type { DatagramMachine } from "../../core/datagram";
import type { EventSink } from "../../core/event-ring";
import type { Outlet } from "../../core/machine";
import type { Path } from "../../core/path";
import type { DatagramHandle, Pump, StreamHandle } from "../../core/pump";
import type { Millis, Octets } from "../../core/time";
import type { GatewayOutbox, GatewayRequest } from "../../gateway/gateway-events";
import { type ExchangeResult, HttpExchange } from "../../http/http-exchange";
import type { Log } from "../../ports/log";
import type { Network, UdpOptions } from "../../ports/net";
import { UdpBinding } from "../udp-binding";

/** The largest body of an answer: the descriptions of routers with many services fit, and the heap of a small board. */
const BODY_MAX: Octets = 32768;

/** A client that a {@link GatewayLink} carries. */
interface LinkedClient<Event> extends DatagramMachine<GatewayOutbox<Event>> {
	/** A request has been answered. */
	answered(
		now: Millis,
		id: number,
		status: number,
		body: Uint8Array,
		out: GatewayOutbox<Event>,
		fields: readonly (readonly [string, string])[],
	): void;
	/** A request will not be answered. */
	unanswered(now: Millis, id: number, out: GatewayOutbox<Event>): void;
}

/** Carries a client of gateways: its datagrams over UDP, its requests over TCP, its events to a sink. */
export class GatewayLink<Client extends LinkedClient<Event>, Event> implements GatewayOutbox<Event> {
	readonly handle: DatagramHandle<Client, GatewayOutbox<Event>>;
	/** The sockets for searches, PCP and NAT-PMP. */
	readonly udp: UdpBinding;
	/** The connection of the last request. */
	private current: StreamHandle<HttpExchange> | undefined;

	/** @param area for the log */
	constructor(
		private readonly network: Network,
		private readonly pump: Pump,
		log: Log,
		area: string,
		client: Client,
		private readonly sink: EventSink<Event>,
	) {
		this.handle = pump.addDatagram(client, this as GatewayOutbox<Event>);
		this.udp = new UdpBinding(network, pump, log, area, socketOptions, this.handle);
	}

	send(path: Path, address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		this.udp.send(path, address, port, bytes, start, end);
	}

	emit(event: Event): void {
		this.pump.post(this.sink, event);
	}

	request(request: GatewayRequest): void {
		const { address, port, path } = request;
		const exchange = this.pump.addStream(new Exchange(this.pump, this, request).machine);
		this.current = exchange;
		exchange.attach(this.network.connect({ address, port, localAddress: path.address }, exchange));
	}

	abandon(): void {
		this.current?.out.abort();
		this.current = undefined;
	}

	/** A request has come to its end. */
	finished(id: number, result: ExchangeResult): void {
		this.handle.call((client, now) => {
			if ("answer" in result) {
				const { status, body, fields } = result.answer;
				client.answered(now, id, status, body, this, fields);
			} else client.unanswered(now, id, this);
		});
	}
}

/** One request, whose result goes back to the client by the pump. */
class Exchange implements Outlet<ExchangeResult>, EventSink<ExchangeResult> {
	readonly machine: HttpExchange;
	private readonly id: number;

	constructor(
		private readonly pump: Pump,
		private readonly link: { finished(id: number, result: ExchangeResult): void },
		request: GatewayRequest,
	) {
		const { id, address, port, host = `${address}:${port}`, method, target, headers, body, timeout } = request;
		this.id = id;
		this.machine = new HttpExchange(
			pump.now(),
			{ method, host, target, headers, body, timeout, bodyLimit: BODY_MAX },
			this,
		);
	}

	emit(result: ExchangeResult): void {
		this.pump.post(this, result);
	}

	on(result: ExchangeResult): void {
		this.link.finished(this.id, result);
	}
}

function socketOptions(path: Path): UdpOptions {
	return { address: path.address, port: 0, path };
}
