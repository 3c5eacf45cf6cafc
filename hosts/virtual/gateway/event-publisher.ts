import { utf8Encode } from "../../../src/base/text";
import type { Seconds } from "../../../src/core/time";
import type { Stream, StreamSink } from "../../../src/ports/net";
import { servicesOf, serviceType } from "./description";
import type { GatewayHost } from "./gateway-host";
import { type DeviceAnswer, type DeviceRequest, fieldOf } from "./http-responder";
import { elements } from "./xml-text";

/** Changes within this time are sent in one event. @see WANIPConnection:1 §2.3.1 */
const MODERATION = 200;
/** The most subscriptions; more are refused with 500. */
const SUBSCRIPTIONS_MAX = 32;

interface Subscription {
	readonly sid: string;
	readonly service: number;
	readonly address: string;
	readonly port: number;
	readonly target: string;
	expires: number;
	key: number;
}

/** Sends one event over one connection; the answer is ignored. */
class Delivery implements StreamSink {
	private stream: Stream | undefined;

	constructor(private readonly bytes: Uint8Array) {}

	/** Sends by `stream` when it is open. */
	attach(stream: Stream): void {
		this.stream = stream;
	}

	room(): void {
		const { stream, bytes } = this;
		if (stream === undefined || stream.room < bytes.length) return;
		this.stream = undefined;
		stream.write(bytes, 0, bytes.length);
		stream.end();
	}

	received(): void {}

	ended(): void {}

	gone(): void {}
}

/**
 * Takes event subscriptions for a virtual gateway and sends its events. Like miniupnpd it accepts callbacks only
 * at the address that the subscriber has (412 otherwise), and sends all variables in each event.
 * @see UPnP Device Architecture 1.1 §4, WANIPConnection:1 §2.3
 */
export class EventPublisher {
	private subscriptions: Subscription[] = [];
	private count = 0;
	private pending = false;

	constructor(private readonly gateway: GatewayHost) {}

	/** The subscriptions that are valid now. */
	get size(): number {
		const { now } = this.gateway.world;
		return this.subscriptions.filter(({ expires }) => expires > now).length;
	}

	/** Forgets all subscriptions, as at a restart. */
	clear(): void {
		this.subscriptions = [];
	}

	/** Answers SUBSCRIBE and UNSUBSCRIBE. */
	answer(request: DeviceRequest, service: number): DeviceAnswer {
		const { world, quirks } = this.gateway;
		const { method, header } = request;
		const sid = fieldOf(header, "sid");
		const known = this.subscriptions.find((one) => one.sid === sid && one.expires > world.now);
		if (method === "UNSUBSCRIBE") {
			if (known === undefined) return failed(412);
			this.subscriptions = this.subscriptions.filter((one) => one !== known);
			return { status: 200, body: "" };
		}
		if (method !== "SUBSCRIBE") return failed(405);
		if (sid !== undefined) {
			if (known === undefined || quirks.forgetsSubscriptions) return failed(412);
			known.expires = world.now + quirks.eventTimeout * 1000;
			return confirmed(known.sid, quirks.eventTimeout);
		}
		const callback = /^<http:\/\/([\d.]+):(\d+)(\/[^>]*)>$/.exec(fieldOf(header, "callback") ?? "");
		if (fieldOf(header, "nt") !== "upnp:event" || callback?.[1] !== request.from) return failed(412);
		if (this.size >= SUBSCRIPTIONS_MAX) return failed(500);
		const [, address, port, target] = callback;
		const id = (this.count++ + 0x1000).toString(16);
		const subscription: Subscription = {
			sid: `uuid:${this.gateway.uuid}${id}`,
			service,
			address,
			port: Number(port),
			target,
			expires: world.now + quirks.eventTimeout * 1000,
			key: 0,
		};
		this.subscriptions.push(subscription);
		// The initial event follows the answer. §4.1.2
		world.after(quirks.latency + 1, () => this.send(subscription));
		return confirmed(subscription.sid, quirks.eventTimeout);
	}

	/** Sends an event to all subscribers, because something has changed. */
	changed(): void {
		if (this.pending || this.subscriptions.length === 0) return;
		this.pending = true;
		this.gateway.world.after(MODERATION, () => {
			this.pending = false;
			this.subscriptions = this.subscriptions.filter(({ expires }) => expires > this.gateway.world.now);
			for (const subscription of this.subscriptions) this.send(subscription);
		});
	}

	private send(subscription: Subscription): void {
		const { machine, quirks, table } = this.gateway;
		if (!machine.on || !this.subscriptions.includes(subscription)) return;
		const key = subscription.key++;
		if (quirks.dropsEvents > 0) {
			quirks.dropsEvents--;
			return;
		}
		const type = serviceType(quirks, servicesOf(quirks)[subscription.service]);
		const variables: [string, string | number][] = [
			["PossibleConnectionTypes", "IP_Routed"],
			["ConnectionStatus", "Connected"],
			["ExternalIPAddress", this.gateway.wanAddress],
			["PortMappingNumberOfEntries", table.size],
		];
		const properties = variables.map((pair) => `<e:property>${elements([pair], "s:")}</e:property>`).join("");
		const body = `<e:propertyset xmlns:e="urn:schemas-upnp-org:event-1-0" xmlns:s="${type}">${properties}</e:propertyset>`;
		const { address, port, target, sid } = subscription;
		const head = `NOTIFY ${target} HTTP/1.1\r\nHost: ${address}:${port}\r\nContent-Type: text/xml; charset="utf-8"\r\nContent-Length: ${body.length}\r\nNT: upnp:event\r\nNTS: upnp:propchange\r\nSID: ${sid}\r\nSEQ: ${key}\r\nConnection: close\r\nCache-Control: no-cache\r\n\r\n`;
		const delivery = new Delivery(utf8Encode(head + body));
		delivery.attach(machine.network.connect({ address, port }, delivery));
	}
}

function confirmed(sid: string, timeout: Seconds): DeviceAnswer {
	return { status: 200, header: `SID: ${sid}\r\nTIMEOUT: Second-${timeout}\r\n`, body: "" };
}

function failed(status: number): DeviceAnswer {
	return { status, type: "text/html", body: `<h1>${status}</h1>` };
}
