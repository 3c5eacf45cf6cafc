import { nextPause } from "../../core/backoff";
import type { Machine, Outlet } from "../../core/machine";
import type { Millis, Seconds } from "../../core/time";
import { Timers } from "../../core/timers";
import type { Random } from "../../ports/random";
import type { DeviceRecord } from "../rendezvous/device-record";
import { type KeepAliveMode, NOT_FOUND } from "../rendezvous/peer-attributes";
import type { PeerAnswer, RegisterRequest } from "../rendezvous/peer-message";

/** How long the server is asked to keep a registration. */
export const REGISTRATION_LIFETIME: Seconds = 120;
/** The pauses before another attempt, when no server answers or it refuses. */
const RETRY: Millis = 2000;
const RETRY_MAX: Millis = 120_000;
/** Changes that come one after another are told together. */
const GATHER: Millis = 200;

const REFRESH = 0;

/** What the registration manager reports. */
export type RegistrationEvent =
	/** A server keeps the device registered, for the first time, again, or at another address. */
	| { readonly type: "registered"; readonly address: string; readonly port: number; readonly keepAlive: KeepAliveMode }
	/** The server refuses; the device tries again later. @see PeerAnswer */
	| { readonly type: "refused"; readonly code: number }
	/** No server answers; the device goes on trying. */
	| { readonly type: "unreachable" }
	/** The registration is withdrawn, or was never made. */
	| { readonly type: "withdrawn" };

/** What the registration manager does. {@link RegistrationManager.answered} is called with the answer. */
export interface RegistrationOutbox extends Outlet<RegistrationEvent> {
	register(request: RegisterRequest): void;
	unregister(): void;
}

/**
 * Keeps a device registered at a matching server: registers it, refreshes the registration, tells changes, withdraws it (P2P-6).
 */
export class RegistrationManager implements Machine<RegistrationOutbox> {
	/** `off`: not wanted. `trying`: no server has answered yet, or it refuses. */
	state: "off" | "trying" | "registered" | "leaving" = "off";
	/** Why the server refused last; 0: it did not. */
	refusal = 0;
	private readonly timers = new Timers(1);
	private record: DeviceRecord | undefined;
	/** True: the server has the record as it is. */
	private isKnown = false;
	/** True: the request that is under way has it. */
	private hasSentRecord = false;
	/** True: a request is under way. */
	private isAsking = false;
	/** True: something has changed since the request that is under way. */
	private hasChanged = false;
	private pause: Millis = 0;
	private address = "";
	private port = 0;

	constructor(private readonly random: Pick<Random, "unit">) {}

	/** True: the last attempt failed. */
	get hasFailed(): boolean {
		return this.pause > 0;
	}

	get deadline(): Millis {
		return this.timers.deadline;
	}

	/** Registers the device from now on, or tells the server that it has changed. */
	publish(now: Millis, record: DeviceRecord): void {
		this.record = record;
		this.isKnown = false;
		this.hasChanged = true;
		if (this.state === "off") {
			this.state = "trying";
			this.pause = 0;
		}
		if (this.state !== "leaving" && !this.isAsking) this.timers.setEarlier(REFRESH, now + GATHER);
	}

	/** Asks now: the mapping has changed, a network has come, or the refreshed registration serves as keep-alive (P2P-4, mode `none`). */
	refresh(out: RegistrationOutbox): void {
		if (this.state === "off" || this.state === "leaving") return;
		if (this.isAsking) this.hasChanged = true;
		else this.ask(out);
	}

	/** The mapping may be another one, so that the server must see the device again, and all of it. */
	moved(out: RegistrationOutbox): void {
		this.isKnown = false;
		this.pause = 0;
		this.refresh(out);
	}

	/** Withdraws the registration; `withdrawn` follows in any case. */
	withdraw(out: RegistrationOutbox): void {
		this.timers.clear(REFRESH);
		if (this.state === "registered" || (this.state === "trying" && this.isAsking)) {
			this.state = "leaving";
			this.isAsking = true;
			out.unregister();
		} else if (this.state !== "leaving") {
			this.state = "off";
			this.isAsking = false;
			out.emit({ type: "withdrawn" });
		}
	}

	/** The answer to a request is there; `undefined`: there is none. */
	answered(now: Millis, answer: PeerAnswer | undefined, out: RegistrationOutbox): void {
		// An answer to a request from before `withdraw`.
		if (!this.isAsking) return;
		if (this.state === "leaving") {
			if (answer?.type === "registered") return;
			this.isAsking = false;
			this.state = "off";
			out.emit({ type: "withdrawn" });
			return;
		}
		this.isAsking = false;
		if (answer?.type === "registered") this.registered(now, answer, out);
		else if (answer?.type === "refused" && answer.code === NOT_FOUND && !this.hasSentRecord) {
			this.isKnown = false;
			this.ask(out);
		} else this.failed(now, answer?.type === "refused" ? answer.code : 0, out);
	}

	expire(now: Millis, out: RegistrationOutbox): void {
		if (this.timers.due(now) === REFRESH) this.ask(out);
	}

	private ask(out: RegistrationOutbox): void {
		if (this.record === undefined || this.isAsking) return;
		this.timers.set(REFRESH, Infinity);
		this.isAsking = true;
		this.hasChanged = false;
		const { record, isKnown } = this;
		this.hasSentRecord = !isKnown;
		out.register(isKnown ? { lifetime: REGISTRATION_LIFETIME } : { lifetime: REGISTRATION_LIFETIME, record });
		// Unless something changes meanwhile, the server knows it when it has answered.
		this.isKnown = true;
	}

	private registered(
		now: Millis,
		{ lifetime, address, port, keepAlive }: Extract<PeerAnswer, { type: "registered" }>,
		out: RegistrationOutbox,
	): void {
		const isNew = this.state !== "registered" || address !== this.address || port !== this.port;
		this.state = "registered";
		this.refusal = 0;
		this.pause = 0;
		this.address = address;
		this.port = port;
		if (isNew) out.emit({ type: "registered", address, port, keepAlive });
		const half = (lifetime * 1000) / 2;
		this.timers.set(
			REFRESH,
			this.hasChanged ? now + GATHER : now + Math.floor(half * (0.8 + 0.2 * this.random.unit())),
		);
	}

	private failed(now: Millis, code: number, out: RegistrationOutbox): void {
		const isNew = this.state !== "trying" || this.refusal !== code || this.pause === 0;
		this.state = "trying";
		this.refusal = code;
		this.isKnown = false;
		this.pause = nextPause(this.pause, RETRY, RETRY_MAX);
		this.timers.set(REFRESH, now + Math.floor(this.pause * (0.75 + 0.5 * this.random.unit())));
		if (isNew) out.emit(code === 0 ? { type: "unreachable" } : { type: "refused", code });
	}
}
