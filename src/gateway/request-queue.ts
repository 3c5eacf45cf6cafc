import type { Millis } from "../core/time";
import type { GatewayOutbox, GatewayRequest } from "./gateway-events";

/** What a gateway answered; `undefined` when it did not, or not in a readable way. */
export type GatewayAnswer =
	| {
			readonly status: number;
			/** Names in lower case, with their values. */
			readonly fields: readonly (readonly [string, string])[];
			readonly body: Uint8Array;
	  }
	| undefined;

/** Continues after an answer. */
export type Continuation = (now: Millis, answer: GatewayAnswer, out: GatewayOutbox) => void;

interface Pending {
	readonly request: Omit<GatewayRequest, "id">;
	readonly then: Continuation;
}

/** The most requests that may wait at a time; more is a programmer's error. */
const PENDING_MAX = 64;

/** Makes requests to gateways one after the other, because some gateways fail when two arrive at once (quirk 15). */
export class RequestQueue {
	private readonly waiting: Pending[] = [];
	private current: Pending | undefined;
	private id = 0;
	/** True while a continuation runs: nothing is sent before it has returned, so that {@link askNext} can go first. */
	private held = false;

	/** Adds a request at the end. `then` is called in any case, unless {@link clear} or {@link clearWaiting} comes first. */
	ask(request: Omit<GatewayRequest, "id">, then: Continuation, out: GatewayOutbox): void {
		this.waiting.push(this.pending(request, then));
		this.next(out);
	}

	/** Adds a request at the front: for one that relies on the answer just received still being true. */
	askNext(request: Omit<GatewayRequest, "id">, then: Continuation, out: GatewayOutbox): void {
		this.waiting.unshift(this.pending(request, then));
		this.next(out);
	}

	/** Drops the requests that wait; the one under way continues. */
	clearWaiting(): void {
		this.waiting.length = 0;
	}

	/** Drops all requests; answers to them are ignored. */
	clear(): void {
		this.waiting.length = 0;
		this.current = undefined;
	}

	/** Cancels the request under way by closing its connection; it counts as unanswered. */
	abandon(now: Millis, out: GatewayOutbox): void {
		if (this.current === undefined) return;
		out.abandon();
		this.answered(now, this.id, undefined, out);
	}

	/** Takes the answer to the request `id`, or `undefined` when there will be none. Other identifiers are ignored. */
	answered(now: Millis, id: number, answer: GatewayAnswer, out: GatewayOutbox): void {
		if (this.current === undefined || id !== this.id) return;
		const { then } = this.current;
		this.current = undefined;
		this.held = true;
		then(now, answer, out);
		this.held = false;
		this.next(out);
	}

	private pending(request: Omit<GatewayRequest, "id">, then: Continuation): Pending {
		if (this.waiting.length >= PENDING_MAX) throw new RangeError("Too many requests to the gateway are waiting.");
		return { request, then };
	}

	private next(out: GatewayOutbox): void {
		if (this.held || this.current !== undefined) return;
		this.current = this.waiting.shift();
		if (this.current !== undefined) out.request({ ...this.current.request, id: ++this.id });
	}
}
