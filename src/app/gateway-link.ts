import type { Outlet } from "../core/machine";
import type { Path } from "../core/path";
import type { EventSink, Pump } from "../core/pump";
import type { GatewayClient } from "../gateway/gateway-client";
import type { GatewayEvent, GatewayOutbox, GatewayRequest } from "../gateway/gateway-events";
import { type ExchangeResult, HttpExchange } from "../http/http-exchange";
import type { Network } from "../ports/net";
import { StreamBinding } from "./stream-binding";
import type { UdpBinding } from "./udp-binding";

/** Does what the gateway client asks for: sends its datagrams, carries its HTTP requests over TCP, tells its events. */
export class GatewayLink implements GatewayOutbox {
	/** The sockets for searches, PCP and NAT-PMP; set before the client is started. */
	udp: UdpBinding | undefined;
	/** The connection of the last request. */
	private current: StreamBinding | undefined;

	constructor(
		private readonly network: Network,
		private readonly pump: Pump,
		private readonly client: GatewayClient,
		private readonly sink: EventSink<GatewayEvent>,
	) {}

	send(path: Path, address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		this.udp?.send(path, address, port, bytes, start, end);
	}

	emit(event: GatewayEvent): void {
		this.pump.post(this.sink, event);
	}

	request(request: GatewayRequest): void {
		const { address, port, method, target, headers, body, path, timeout } = request;
		const host = `${address}:${port}`;
		const outlet: Outlet<ExchangeResult> = {
			emit: (result) => this.pump.post({ on: () => this.result(request.id, result) }, result),
		};
		const exchange = new HttpExchange(this.pump.now(), { method, host, target, headers, body, timeout }, outlet);
		const binding = new StreamBinding(this.pump, exchange);
		this.current = binding;
		binding.attach(this.network.connect({ address, port, localAddress: path.address }, binding));
	}

	abandon(): void {
		this.current?.abort();
		this.current = undefined;
	}

	private result(id: number, result: ExchangeResult): void {
		const now = this.pump.now();
		if ("answer" in result)
			this.client.answered(now, id, result.answer.status, result.answer.body, this, result.answer.fields);
		else this.client.unanswered(now, id, this);
		this.pump.ran(this.client);
	}
}
