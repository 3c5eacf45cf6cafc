import type { Millis, Seconds } from "../core/time";
import {
	nextEventKey,
	parseEventKey,
	parseEventTimeout,
	parsePropertySet,
	parseSid,
	renewHeaders,
	subscribeHeaders,
	unsubscribeHeaders,
} from "../wire/gena";
import type { GatewayOutbox } from "./gateway-events";
import type { Igd } from "./igd";
import type { GatewayAnswer } from "./request-queue";

/** The target of the HTTP route that takes a gateway's events: `NOTIFY`, from the LAN, without a login. */
export const EVENT_CALLBACK_TARGET = "/gateway/events";
/** The longest event body, in octets; the route refuses longer ones with 413. */
export const EVENT_BODY_MAX = 4096;

/** How long a subscription is asked for. It is renewed at half the time that is granted. */
const LEASE: Seconds = 600;
/** A gateway that did not answer is asked again after this time. */
const RETRY: Millis = 60000;
/** A gateway that refused is asked again after this time. */
const REFUSED_RETRY: Millis = 600000;

/** An event as the HTTP route received it. */
export interface EventNotification {
	/** The address that it came from. */
	readonly from: string;
	/** The values of the header fields; `undefined` when missing. */
	readonly nt: string | undefined;
	readonly nts: string | undefined;
	readonly sid: string | undefined;
	readonly seq: string | undefined;
	readonly body: Uint8Array;
}

/** What an event says, as far as it matters here. */
export interface GatewayChange {
	/** The number of mappings in the gateway's table; `undefined` when the event does not tell. */
	readonly entries: number | undefined;
	/** The number in the event before; `undefined` when there was none. */
	readonly before: number | undefined;
	/** The external address in the event; `undefined` when it has none. */
	readonly address: string | undefined;
	/** Events were missed before this one, so anything may have changed. */
	readonly missed: boolean;
}

/** Counts of what came in at the route. */
export interface EventCounters {
	accepted: number;
	/** From another address, with an unknown identifier, or malformed. */
	rejected: number;
	/** Events that did not arrive before one that did. */
	missed: number;
}

/**
 * Subscribes to a gateway's events and checks those that arrive (IMG-30).
 *
 * An event is only a hint to ask the gateway itself. So a forged event does no harm, and after a missed one the next
 * poll finds the change. Without a callback port, or with a gateway that sends no events, nothing happens.
 * @see UPnP Device Architecture 2.0 §4
 */
export class EventSubscription {
	/** When {@link expire} has to be called next. */
	deadline: Millis = Infinity;
	readonly counters: EventCounters = { accepted: 0, rejected: 0, missed: 0 };
	private igd: Igd | undefined;
	private callbackPort = 0;
	private sid = "";
	/** The sequence number of the next event. */
	private expected = 0;
	/** The number of mappings in the last event; `undefined` before the first. */
	private entries: number | undefined;

	/** @param changed called for each valid event */
	constructor(private readonly changed: (now: Millis, change: GatewayChange) => void) {}

	/** True while the gateway has confirmed a subscription. */
	get active(): boolean {
		return this.sid !== "";
	}

	/** Sets the port of our HTTP server in the LAN; 0 for none. Takes effect at once. */
	setCallbackPort(port: number, out: GatewayOutbox): void {
		if (port === this.callbackPort) return;
		const { igd } = this;
		this.cancel(out);
		this.callbackPort = port;
		if (igd !== undefined) this.begin(igd, out);
	}

	/** Subscribes at a gateway; an earlier subscription is forgotten. */
	begin(igd: Igd, out: GatewayOutbox): void {
		this.stop();
		this.igd = igd;
		if (this.callbackPort !== 0 && igd.service.events !== undefined) this.subscribe(out);
	}

	/** Forgets the subscription without telling the gateway, as when it is gone. */
	stop(): void {
		this.igd = undefined;
		this.sid = "";
		this.deadline = Infinity;
	}

	/** Cancels the subscription at the gateway, and stops. */
	cancel(out: GatewayOutbox): void {
		const { igd, sid } = this;
		this.stop();
		if (igd !== undefined && sid !== "") igd.subscription("UNSUBSCRIBE", unsubscribeHeaders(sid), () => {}, out);
	}

	/** Renews what is due. */
	expire(now: Millis, out: GatewayOutbox): void {
		if (now < this.deadline) return;
		this.deadline = Infinity;
		this.subscribe(out);
	}

	/**
	 * Takes an event.
	 * @returns the status to answer with: 200; 400 for a malformed event; 412 if it belongs to no subscription of ours
	 * @see UPnP Device Architecture 2.0 §4.3.2
	 */
	notify(now: Millis, event: EventNotification): 200 | 400 | 412 {
		const status = this.check(event);
		const properties = status === 200 ? parsePropertySet(event.body) : undefined;
		const key = parseEventKey(event.seq);
		if (properties === undefined || key === undefined) {
			this.counters.rejected++;
			return status === 200 ? 400 : status;
		}
		this.counters.accepted++;
		// Late or repeated: a newer one was taken.
		if (key < this.expected) return 200;
		const missed = key - this.expected;
		this.counters.missed += missed;
		this.expected = nextEventKey(key);
		const before = this.entries;
		const entries = parseEventKey(properties.get("PortMappingNumberOfEntries"));
		this.entries = entries ?? before;
		this.changed(now, { entries, before, address: properties.get("ExternalIPAddress"), missed: missed > 0 });
		return 200;
	}

	private check({ from, nt, nts, sid, body }: EventNotification): 200 | 400 | 412 {
		const { igd } = this;
		if (igd === undefined || from !== igd.service.control.address) return 412;
		if (this.sid === "" || parseSid(sid) !== this.sid) return 412;
		const valid = nt === "upnp:event" && nts === "upnp:propchange" && body.length <= EVENT_BODY_MAX;
		return valid ? 200 : 400;
	}

	private subscribe(out: GatewayOutbox): void {
		const { igd, sid } = this;
		if (igd === undefined) return;
		const callback = `http://${igd.path.address}:${this.callbackPort}${EVENT_CALLBACK_TARGET}`;
		const headers = sid === "" ? subscribeHeaders(callback, LEASE) : renewHeaders(sid, LEASE);
		igd.subscription(
			"SUBSCRIBE",
			headers,
			(now, answer) => {
				if (this.igd === igd) this.answered(now, sid, answer);
			},
			out,
		);
	}

	private answered(now: Millis, before: string, answer: GatewayAnswer): void {
		const sid = answer?.status === 200 ? parseSid(fieldOf(answer, "sid")) : undefined;
		const timeout = parseEventTimeout(fieldOf(answer, "timeout")) ?? LEASE;
		if (sid === undefined) {
			this.sid = "";
			// A renewal that is refused means that the gateway has forgotten us: a new subscription may work at once.
			this.deadline = now + (answer === undefined ? RETRY : before === "" ? REFUSED_RETRY : 0);
			return;
		}
		if (sid !== this.sid) {
			this.sid = sid;
			this.expected = 0;
			this.entries = undefined;
		}
		this.deadline = now + timeout * 500;
	}
}

function fieldOf(answer: GatewayAnswer, name: string): string | undefined {
	for (const [key, value] of answer?.fields ?? []) if (key === name) return value;
	return undefined;
}
