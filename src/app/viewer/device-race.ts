import type { Pump } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { PeerPath } from "../../peer/peer-path";
import type { TunnelFailure } from "../../peer/tunnel/tunnel-contract";
import type { ConnectionWatcher } from "../peer/peer-connection";
import type { FoundPeer } from "../peer/peer-services";

/** How long a device may take before the next one is tried, too: longer than connecting by a TURN server takes. */
export const NEXT_AFTER: Millis = 1500;
/** How many devices are tried at most: a home's dead entries, and some that live. */
const TRIED_MAX = 8;

/** A connection of a {@link DeviceRace}. */
export interface Racer {
	/** It is no longer wanted. */
	close(): void;
}

/** What a {@link DeviceRace} needs and tells. */
export interface RaceOwner {
	readonly pump: Pump;
	/** Begins a connection that is kept. */
	connect(device: FoundPeer, watcher: ConnectionWatcher): Racer;
	/** A device was reached first; its connection goes on, with the same watcher. Called once at most. */
	won(device: FoundPeer): void;
	/** The device that has won is reached, or its path has changed. */
	reached(device: FoundPeer, path: PeerPath | undefined): void;
	/** The device that has won gives no answers any more: `reached` follows, or `lost`. */
	interrupted(device: FoundPeer): void;
	/** A device can't be reached, or is lost. @param isLast true: none was reached, and there is no other one to try */
	lost(device: FoundPeer, why: TunnelFailure, detail: string, isLast: boolean): void;
	/** @see ConnectionWatcher.step */
	step(device: FoundPeer, ...step: Parameters<NonNullable<ConnectionWatcher["step"]>>): void;
}

/**
 * Reaches one of several devices: a representative that has lost its power stays listed until its registration ends, so its successor is
 * listed beside it (ONE-6). All entries of representatives are tried at once, then the other devices one by one.
 */
export class DeviceRace {
	private readonly running = new Map<FoundPeer, Racer>();
	private readonly waiting: FoundPeer[];
	private winner: FoundPeer | undefined;
	private isOver = false;

	/** @param devices in the order in which they are tried; the first one always is */
	constructor(
		private readonly owner: RaceOwner,
		devices: readonly FoundPeer[],
	) {
		this.waiting = devices.slice(0, TRIED_MAX);
	}

	/** Begins with the first device, and all others that are representatives. */
	start(): void {
		do this.tryNext();
		while (this.waiting[0]?.isPortal === true);
		this.planNext();
	}

	/** Ends all attempts; the connection of the winner is the owner's. */
	close(): void {
		this.isOver = true;
		for (const racer of this.running.values()) racer.close();
		this.running.clear();
	}

	private planNext(): void {
		if (this.waiting.length === 0) return;
		this.owner.pump.after(NEXT_AFTER, () => {
			if (this.isOver || this.winner !== undefined) return;
			this.tryNext();
			this.planNext();
		});
	}

	private tryNext(): void {
		const device = this.waiting.shift();
		if (device === undefined) return;
		const racer = this.owner.connect(device, {
			step: (step, detail) => this.owner.step(device, step, detail),
			reached: (path) => this.reached(device, path),
			interrupted: () => {
				if (device === this.winner) this.owner.interrupted(device);
			},
			lost: (why, detail) => this.lost(device, why, detail),
		});
		this.running.set(device, racer);
	}

	private reached(device: FoundPeer, path: PeerPath | undefined): void {
		if (this.winner === undefined && this.running.delete(device)) {
			this.winner = device;
			for (const other of this.running.values()) other.close();
			this.running.clear();
			this.owner.won(device);
		}
		if (device === this.winner) this.owner.reached(device, path);
	}

	private lost(device: FoundPeer, why: TunnelFailure, detail: string): void {
		if (device === this.winner) return this.owner.lost(device, why, detail, false);
		this.running.get(device)?.close();
		if (!this.running.delete(device)) return;
		if (this.running.size === 0) this.tryNext();
		this.owner.lost(device, why, detail, this.running.size === 0);
	}
}
