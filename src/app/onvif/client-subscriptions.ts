import type { Handle, Pump } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { HttpReply } from "../../http/http-request";
import { type EventCall, pulled, type Subscriptions } from "../../onvif/event-service";
import type { OnvifAnswer } from "../../onvif/operation";
import type { MotionMessage, PullPoint, PullPointHolder, PullPoints, PullReply } from "../../onvif/pull-points";
import { NO_SUBSCRIPTION } from "../../onvif/soap-fault";

/** The subscriptions as the client of one request may use them. */
export class ClientSubscriptions implements Subscriptions {
	/**
	 * @param utc the date, in milliseconds since 1970; 0: not known
	 * @param holder the client
	 */
	constructor(
		private readonly points: Handle<PullPoints, undefined>,
		private readonly pump: Pick<Pump, "now">,
		private readonly utc: Millis,
		private readonly holder: PullPointHolder,
		private readonly reply: HttpReply,
	) {}

	/** @see Subscriptions */
	get now(): Millis {
		return this.pump.now();
	}

	/** @see Subscriptions */
	create(life: Millis | undefined): PullPoint | undefined {
		return this.points.call((points, now) => points.create(now, life, this.utc, this.holder));
	}

	/** @see Subscriptions */
	renew(id: string, life: Millis | undefined): PullPoint | undefined {
		return this.points.call((points, now) => points.renew(now, id, life));
	}

	/** @see Subscriptions */
	unsubscribe(id: string): boolean {
		return this.points.call((points) => points.unsubscribe(id));
	}

	/** @see Subscriptions */
	synchronize(id: string): boolean {
		return this.points.call((points, now) => points.synchronize(now, id, this.utc));
	}

	/** @see Subscriptions */
	pull(call: EventCall, wait: Millis, limit: number, done: (result: OnvifAnswer) => void): boolean {
		const client = new WaitingClient(call, this.reply, done);
		return this.points.call((points, now) => points.pull(now, call.subscription, wait, limit, client));
	}
}

/** A client that waits for messages. */
class WaitingClient implements PullReply {
	constructor(
		private readonly call: EventCall,
		private readonly reply: HttpReply,
		private readonly done: (result: OnvifAnswer) => void,
	) {}

	/** @see PullReply */
	get isGone(): boolean {
		return this.reply.answered;
	}

	/** @see PullReply */
	working(): void {
		this.reply.working();
	}

	/** @see PullReply */
	answer(messages: readonly MotionMessage[], point: PullPoint): void {
		this.done(pulled(this.call, messages, point));
	}

	/** @see PullReply */
	ended(): void {
		if (!this.isGone) this.done(NO_SUBSCRIPTION);
	}
}
