import { latin1, utf8Encode } from "../../src/base/text";
import type { Path } from "../../src/core/path";
import type { Millis } from "../../src/core/time";
import { EVENT_CALLBACK_TARGET } from "../../src/gateway/event-subscription";
import { GatewayClient } from "../../src/gateway/gateway-client";
import type { GatewayEvent, GatewayOutbox, GatewayRequest } from "../../src/gateway/gateway-events";
import type { GatewaySettings } from "../../src/gateway/gateway-settings";
import type { MappingRequest, WantedMapping } from "../../src/gateway/wanted-mapping";
import type { Listener, ListenerSink, Network, Stream, StreamSink, UdpSocket } from "../../src/ports/net";
import { SSDP_PORT } from "../../src/wire/ssdp";
import { GATEWAY_SETTINGS } from "./gateway-settings";

/** The time of a rig: virtual, or the machine's. */
export interface RigClock {
	now(): Millis;
	/** Calls `run` later. @returns cancels it */
	after(delay: Millis, run: () => void): () => void;
}

/** A gateway client alone on a host's network, with an HTTP listener for events: for tests without a camera. */
export class GatewayRig implements GatewayOutbox {
	readonly client: GatewayClient;
	readonly events: GatewayEvent[] = [];
	/** Requests so far, such as `POST AddPortMapping`, `SUBSCRIBE`. */
	readonly requests: string[] = [];
	/** Statuses that events were answered with. */
	readonly notified: number[] = [];
	/** False: searches for UPnP gateways are not sent, so that only PCP and NAT-PMP are left. */
	searches = true;
	/** Called with each event. */
	onEvent: (event: GatewayEvent) => void = () => {};
	private readonly sockets = new Map<string, UdpSocket>();
	private listener: Listener | undefined;
	private current: Exchange | undefined;
	private cancelTimer: () => void = () => {};
	private armed: Millis = Infinity;

	constructor(
		private readonly network: Network,
		private readonly clock: RigClock,
		settings: Partial<GatewaySettings> = {},
	) {
		const all = { ...GATEWAY_SETTINGS, id: "3f9a2c0000000000", model: "test", ...settings };
		const random = { fill: (bytes: Uint8Array) => void bytes.fill(7) };
		this.client = new GatewayClient(all, random, 0);
	}

	/** Starts on the host's interfaces, as a camera with this aim; `undefined` for none. */
	start(aim?: "own" | "representative" | "first-come"): void {
		this.client.rename(this.clock.now(), "rig", this);
		if (aim !== undefined) this.client.setAim(this.clock.now(), aim, [], this);
		const paths = this.network.paths();
		for (const path of paths) this.open(path);
		// The sockets open first.
		this.clock.after(5, () => {
			this.client.start(this.clock.now(), paths, this);
			this.arm();
		});
	}

	/** Takes the gateway's events on a port. */
	listen(port: number): void {
		const address = this.network.paths()[0].address;
		const sink: ListenerSink = {
			opened() {},
			failed() {},
			accepted: (stream) => new EventConnection(this, stream),
		};
		this.listener = this.network.listen({ address, port }, sink);
		this.client.setCallbackPort(this.clock.now(), port, this);
		this.arm();
	}

	want(request: MappingRequest): WantedMapping {
		const wanted = this.client.want(this.clock.now(), request, this);
		this.arm();
		return wanted;
	}

	forget(wanted: WantedMapping): void {
		this.client.forget(this.clock.now(), wanted, this);
		this.arm();
	}

	assign(on: boolean): void {
		this.client.assign(this.clock.now(), on, this);
		this.arm();
	}

	setAim(aim: "own" | "representative" | "first-come"): void {
		this.client.setAim(this.clock.now(), aim, [], this);
		this.arm();
	}

	rename(name: string): void {
		this.client.rename(this.clock.now(), name, this);
		this.arm();
	}

	leave(): void {
		this.client.leave(this.clock.now(), this);
		this.arm();
	}

	/** Closes everything without a word, as when the power fails. */
	close(): void {
		this.cancelTimer();
		this.listener?.close();
		for (const socket of this.sockets.values()) socket.close();
		this.current?.abort();
	}

	/** The events of one type. */
	of<T extends GatewayEvent["type"]>(type: T): Extract<GatewayEvent, { type: T }>[] {
		return this.events.filter((event): event is Extract<GatewayEvent, { type: T }> => event.type === type);
	}

	/** What has become of a mapping: the states of its events, with ports or reasons. */
	story(wanted: WantedMapping): string[] {
		return this.of("mapping")
			.filter(({ mapping }) => mapping === wanted)
			.map((event) =>
				event.state === "mapped"
					? `mapped ${event.externalPort}`
					: event.state === "lost"
						? `lost: ${event.reason}`
						: `refused: ${event.diagnosis}`,
			);
	}

	emit(event: GatewayEvent): void {
		this.events.push(event);
		this.onEvent(event);
	}

	send(path: Path, address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		if (port !== SSDP_PORT || this.searches) this.sockets.get(path.address)?.send(bytes, start, end, address, port);
	}

	request(request: GatewayRequest): void {
		const action = request.headers.find(([name]) => name === "SOAPAction")?.[1] ?? "";
		this.requests.push(action === "" ? request.method : `POST ${action.slice(action.indexOf("#") + 1, -1)}`);
		this.current = new Exchange(this.network, this.clock, request, (status, fields, body) => {
			const now = this.clock.now();
			if (status === 0) this.client.unanswered(now, request.id, this);
			else this.client.answered(now, request.id, status, body, this, fields);
			this.arm();
		});
	}

	abandon(): void {
		this.current?.abort();
	}

	/** An event came. @returns the status to answer with */
	notify(from: string, method: string, target: string, fields: ReadonlyMap<string, string>, body: Uint8Array): number {
		if (method !== "NOTIFY" || target !== EVENT_CALLBACK_TARGET) return 404;
		const event = {
			from,
			nt: fields.get("nt"),
			nts: fields.get("nts"),
			sid: fields.get("sid"),
			seq: fields.get("seq"),
			body,
		};
		const status = this.client.notify(this.clock.now(), event, this);
		this.notified.push(status);
		this.arm();
		return status;
	}

	private open(path: Path): void {
		const socket = this.network.udp(
			{ address: path.address, port: 0, path },
			{
				opened() {},
				failed() {},
				received: (bytes, { address, port }) => {
					this.client.receive(this.clock.now(), path, address, port, bytes, this);
					this.arm();
				},
			},
		);
		this.sockets.set(path.address, socket);
	}

	private arm(): void {
		const { deadline } = this.client;
		if (deadline === this.armed) return;
		this.cancelTimer();
		this.armed = deadline;
		if (deadline === Infinity) return;
		this.cancelTimer = this.clock.after(Math.max(0, deadline - this.clock.now()), () => {
			this.armed = Infinity;
			this.client.expire(this.clock.now(), this);
			this.arm();
		});
	}
}

/** One HTTP request of a rig. The answer ends with the connection. */
class Exchange implements StreamSink {
	private readonly stream: Stream;
	private readonly pieces: Uint8Array[] = [];
	private pending: Uint8Array;
	private over = false;
	private readonly cancelTimer: () => void;

	constructor(
		network: Network,
		clock: RigClock,
		{ method, address, port, target, headers, body, path, timeout = 5000 }: GatewayRequest,
		private readonly done: (status: number, fields: [string, string][], body: Uint8Array) => void,
	) {
		let head = `${method} ${target} HTTP/1.1\r\nHost: ${address}:${port}\r\nConnection: close\r\n`;
		for (const [name, value] of headers) head += `${name}: ${value}\r\n`;
		if (method === "POST") head += `Content-Length: ${body.length}\r\n`;
		this.pending = joined([utf8Encode(`${head}\r\n`), body]);
		this.stream = network.connect({ address, port, localAddress: path.address }, this);
		this.cancelTimer = clock.after(timeout, () => {
			this.stream.abort();
			this.finish();
		});
	}

	abort(): void {
		this.over = true;
		this.cancelTimer();
		this.stream.abort();
	}

	room(): void {
		const count = Math.min(this.stream.room, this.pending.length);
		if (count === 0) return;
		this.stream.write(this.pending, 0, count);
		this.pending = this.pending.subarray(count);
	}

	received(bytes: Uint8Array): void {
		this.pieces.push(bytes.slice());
	}

	ended(): void {
		this.finish();
		this.stream.abort();
	}

	gone(): void {}

	private finish(): void {
		if (this.over) return;
		this.over = true;
		this.cancelTimer();
		const message = parse(joined(this.pieces));
		if (message === undefined) this.done(0, [], new Uint8Array(0));
		else this.done(Number(message.start.split(" ")[1]), [...message.fields], message.body);
	}
}

/** A connection on which the gateway sends an event. */
class EventConnection implements StreamSink {
	private readonly pieces: Uint8Array[] = [];
	private taken = false;

	constructor(
		private readonly rig: GatewayRig,
		private readonly stream: Stream,
	) {}

	room(): void {}

	received(bytes: Uint8Array): void {
		this.pieces.push(bytes.slice());
		const message = parse(joined(this.pieces));
		if (message === undefined || this.taken) return;
		if (message.body.length < Number(message.fields.get("content-length") ?? "0")) return;
		this.taken = true;
		const [method, target] = message.start.split(" ");
		const status = this.rig.notify(this.stream.remoteAddress, method, target, message.fields, message.body);
		const answer = utf8Encode(`HTTP/1.1 ${status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
		this.stream.write(answer, 0, answer.length);
		this.stream.end();
	}

	ended(): void {
		if (!this.taken) this.stream.abort();
	}

	gone(): void {}
}

function parse(bytes: Uint8Array): { start: string; fields: Map<string, string>; body: Uint8Array } | undefined {
	const text = latin1(bytes);
	const end = text.indexOf("\r\n\r\n");
	if (end < 0) return undefined;
	const [start, ...lines] = text.slice(0, end).split("\r\n");
	const fields = new Map<string, string>();
	for (const line of lines) {
		const colon = line.indexOf(":");
		fields.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
	}
	return { start, fields, body: bytes.subarray(end + 4) };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
	return new Uint8Array(Buffer.concat(parts));
}
