import type { Millis } from "../../core/time";
import type { PeerStep } from "../../peer/peer-link";
import type { PeerPath } from "../../peer/peer-path";
import type { TunnelFailure, TunnelService } from "../../peer/tunnel/tunnel-contract";
import type { Stream, StreamSink } from "../../ports/net";
import { type ConnectionHost, type ConnectionWatcher, PeerConnection } from "../peer/peer-connection";
import type { FoundPeer, HomeAccess } from "../peer/peer-services";
import type { DeviceWaiter, ProxiedDevice } from "./local-proxy";
import { PassCheck } from "./pass-check";
import { failureText } from "./viewer-messages";

/** How far a device is from being shown. `idle`: nobody has asked for it. */
export type DeviceState = "idle" | "connecting" | "connected" | "failed";

/** A step on the way to a device. */
export interface TakenStep {
	readonly at: Millis;
	readonly step: PeerStep;
	readonly detail: string;
}

/** How soon a device that refuses the pass is asked again: it may only not know the date yet. */
export const ASK_AGAIN: Millis = 10_000;

/** The most steps of one attempt that are remembered; there are five kinds. */
const STEPS_MAX = 16;

/** A device of the home that is shown: its connection, and what has become of it (ONE-1). */
export class ViewedDevice implements ConnectionWatcher, ProxiedDevice {
	/** The steps of the latest attempt to reach it. */
	readonly steps: TakenStep[] = [];
	/** Why it could not be reached, or no longer can; empty: it is reached, or nobody has tried. */
	reason = "";
	/** Since when it is connected, or not; monotonic. */
	changedAt: Millis;
	/** The port of this machine for players; 0: none. */
	rtspPort = 0;
	/** Opens its tunnel when somebody asks for it. */
	readonly connection: PeerConnection;
	/** Follows it while it is kept. */
	private follower: ConnectionWatcher | undefined;
	private isNewAttempt = true;
	private wasConnected = false;
	/** It gives no answers any more; whether it is lost will be seen. */
	private isDoubtful = false;
	private readonly waiting = new Set<DeviceWaiter>();
	/** It refuses the pass of the pairing: its owner has revoked it, or it has expired. */
	hasRefused = false;
	/** Whether it accepts the pass of the pairing. */
	private check: PassCheck | undefined;

	/**
	 * @param found as the rendezvous server lists it; replaced when it lists it otherwise
	 * @param pass of the pairing; empty: there is none
	 * @param refused called when it refuses the pass, and again after {@link ASK_AGAIN}
	 */
	constructor(
		public found: FoundPeer,
		private readonly host: ConnectionHost,
		access: HomeAccess,
		private readonly pass = "",
		private readonly refused: (device: ViewedDevice) => void = () => {},
	) {
		this.changedAt = host.pump.now();
		this.connection = new PeerConnection(host, access, found.peer, false, this);
	}

	/** @see ProxiedDevice */
	get isOpen(): boolean {
		return this.connection.isOpen && !this.isDoubtful;
	}

	get state(): DeviceState {
		if (this.isOpen) return "connected";
		if (this.connection.isDialling || this.isDoubtful) return "connecting";
		return this.reason === "" ? "idle" : "failed";
	}

	/** Connects to it, and again after each loss. @param follower learns of it from now on, also when it is connected already */
	keep(follower: ConnectionWatcher): void {
		this.follower = follower;
		this.connection.keep(true);
		if (!this.isOpen) return;
		this.host.pump.after(0, () => {
			if (this.isOpen && this.follower === follower) follower.reached?.(this.connection.path);
		});
	}

	/** It is connected only while somebody asks for it. */
	release(): void {
		this.follower = undefined;
		this.connection.keep(false);
		// Nobody is to wait for what no longer comes.
		if (this.isDoubtful) this.connection.drop();
	}

	/** @see ProxiedDevice */
	open(service: TunnelService, sink: StreamSink): Stream {
		return this.connection.open(service, sink);
	}

	/** @see ProxiedDevice */
	wake(waiter: DeviceWaiter): void {
		this.waiting.add(waiter);
		this.connection.wake();
	}

	/** @see ProxiedDevice */
	leave(waiter: DeviceWaiter): void {
		this.waiting.delete(waiter);
	}

	/** @see ConnectionWatcher */
	step(step: PeerStep, detail: string): void {
		if (this.isNewAttempt) this.steps.length = 0;
		this.isNewAttempt = false;
		if (this.steps.length < STEPS_MAX) this.steps.push({ at: this.host.pump.now(), step, detail });
		this.follower?.step?.(step, detail);
	}

	/** @see ConnectionWatcher */
	reached(path: PeerPath | undefined): void {
		const isNew = !this.wasConnected;
		if (isNew) this.changedAt = this.host.pump.now();
		this.wasConnected = true;
		this.isDoubtful = false;
		this.isNewAttempt = true;
		this.reason = "";
		this.follower?.reached?.(path);
		this.settle();
		if (isNew && this.pass !== "") this.ask(false);
	}

	/** @see ConnectionWatcher */
	interrupted(): void {
		this.isDoubtful = true;
		this.follower?.interrupted?.();
	}

	/** @see ConnectionWatcher */
	lost(why: TunnelFailure, detail: string): void {
		if (this.wasConnected) this.changedAt = this.host.pump.now();
		this.wasConnected = false;
		this.check?.close();
		this.check = undefined;
		this.isDoubtful = false;
		this.isNewAttempt = true;
		// A tunnel that nobody uses is closed.
		this.reason = why === "closed" ? "" : failureText(why, detail);
		this.follower?.lost?.(why, detail);
		this.settle();
	}

	/** Asks whether the pass counts. @param isAgain it was refused already */
	private ask(isAgain: boolean): void {
		const check = new PassCheck(this, this.pass, (isAccepted) => {
			if (isAccepted) this.hasRefused = false;
			else if (isAgain) this.refused(this);
			else
				this.host.pump.after(ASK_AGAIN, () => {
					if (this.isOpen && this.check === check) this.ask(true);
				});
		});
		this.check = check;
	}

	private settle(): void {
		const waiting = [...this.waiting];
		this.waiting.clear();
		for (const waiter of waiting) waiter.settled();
	}
}
