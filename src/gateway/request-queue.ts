import type { Millis } from "../core/time";
import type { GatewayOutbox, GatewayRequest } from "./gateway-events";

/** What a gateway answered; `undefined` when it did not, or not in a readable way. */
export type GatewayAnswer = { readonly status: number; readonly body: Uint8Array } | undefined;

/** Goes on after an answer. */
export type Continuation = (now: Millis, answer: GatewayAnswer, out: GatewayOutbox) => void;

interface Pending {
	readonly request: Omit<GatewayRequest, "id">;
	readonly then: Continuation;
}

/** Requests waiting at a time; more is a fault of ours. */
const PENDING_MAX = 64;

/** Makes requests to gateways one after the other, as some answer nothing else (quirk 15). */
export class RequestQueue {
	private readonly waiting: Pending[] = [];
	private current: Pending | undefined;
	private id = 0;

	/** Asks when those before are answered; `then` is called in any case, unless {@link clear} comes first. */
	ask(request: Omit<GatewayRequest, "id">, then: Continuation, out: GatewayOutbox): void {
		if (this.waiting.length >= PENDING_MAX) throw new RangeError("too many requests to the gateway");
		this.waiting.push({ request, then });
		this.next(out);
	}

	/** True while requests wait or are under way. */
	get busy(): boolean {
		return this.current !== undefined || this.waiting.length > 0;
	}

	/** Forgets the requests that wait; the one under way goes on. */
	clearWaiting(): void {
		this.waiting.length = 0;
	}

	/** Forgets all requests; answers to them are ignored. */
	clear(): void {
		this.waiting.length = 0;
		this.current = undefined;
	}

	/** Gives the request under way up, as far as that is possible; it counts as not answered. */
	abandon(now: Millis, out: GatewayOutbox): void {
		if (this.current === undefined) return;
		out.abandon();
		this.answered(now, this.id, undefined, out);
	}

	/** An answer came, or (`undefined`) none will. */
	answered(now: Millis, id: number, answer: GatewayAnswer, out: GatewayOutbox): void {
		if (this.current === undefined || id !== this.id) return;
		const { then } = this.current;
		this.current = undefined;
		then(now, answer, out);
		this.next(out);
	}

	private next(out: GatewayOutbox): void {
		if (this.current !== undefined) return;
		this.current = this.waiting.shift();
		if (this.current !== undefined) out.request({ ...this.current.request, id: ++this.id });
	}
}
