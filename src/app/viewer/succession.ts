import { nextPause } from "../../core/backoff";
import type { Millis } from "../../core/time";
import type { FoundPeer } from "../peer/peer-services";
import { portalsFirst } from "./choose-devices";
import { DeviceRace, NEXT_AFTER, type RaceOwner } from "./device-race";

/** The pauses between two searches while no other device can be reached. */
const PAUSE: Millis = 2000;
const PAUSE_MAX: Millis = 30_000;

/** What a {@link Succession} needs, besides the owner of its races. */
export interface SuccessionOwner extends RaceOwner {
	/** Looks for the devices of the home. @param done called once; with text: there is no answer */
	search(done: (found: readonly FoundPeer[] | string) => void): void;
	/** These may take the place of the one that is lost. */
	candidates(found: readonly FoundPeer[]): void;
}

/**
 * Finds another device to show a home by when the one that showed it is lost: the new representative, or any other one that can be
 * reached (ONE-6, ONE-8). The lost one is tried further meanwhile, by its owner: whichever is reached first shows the home.
 */
export class Succession {
	/** The identity of the device that is lost; empty: none is. */
	private lost = "";
	private race: DeviceRace | undefined;
	private isBusy = false;
	private pause: Millis = 0;
	/** What was begun in an earlier turn no longer counts. */
	private turn = 0;

	constructor(private readonly owner: SuccessionOwner) {}

	/** The device that shows the home is lost, or was tried again without success. */
	begin(peer: string): void {
		if (this.lost !== peer) {
			this.end();
			this.lost = peer;
			// Mostly it is only a path that is lost, and found again at once.
			this.plan(NEXT_AFTER);
		} else if (!this.isBusy && this.pause === 0) this.search();
	}

	/** None of those that were found can be reached: they are looked for again later. */
	again(): void {
		if (this.lost === "") return;
		this.race?.close();
		this.race = undefined;
		this.isBusy = false;
		this.pause = nextPause(this.pause, PAUSE, PAUSE_MAX);
		this.plan(this.pause);
	}

	/** The device is reached again, or another one has taken its place; harmless when repeated. */
	end(): void {
		this.turn++;
		this.race?.close();
		this.race = undefined;
		this.isBusy = false;
		this.pause = 0;
		this.lost = "";
	}

	private plan(delay: Millis): void {
		const turn = ++this.turn;
		this.owner.pump.after(delay, () => {
			if (turn === this.turn) this.search();
		});
	}

	private search(): void {
		const turn = ++this.turn;
		this.isBusy = true;
		this.owner.search((found) => {
			if (turn !== this.turn) return;
			const others = typeof found === "string" ? [] : found.filter(({ peer }) => peer !== this.lost);
			if (others.length === 0) return this.again();
			this.owner.candidates(others);
			this.race = new DeviceRace(this.owner, portalsFirst(others));
			this.race.start();
		});
	}
}
