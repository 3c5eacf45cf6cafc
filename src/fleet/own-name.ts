import type { Millis } from "../core/time";
import { isName } from "../wire/fleet-message";
import type { FleetChannel } from "./fleet-channel";
import type { FleetOutbox } from "./fleet-contract";
import type { Member } from "./member";

/** A camera without a port gives itself a name after this time. */
const NAMING_DELAY: Millis = 3000;
/** Other cameras can change this one's name once in this time on average; a few times at once. */
const RENAME_SPACING: Millis = 10000;
const RENAME_BURST: Millis = 2 * RENAME_SPACING;
/** How automatic names begin; a number follows (IMG-15). */
const STEM = "Camera ";
/** The most numbers tried for an automatic name; more than a fleet has cameras. */
const NUMBERS_MAX = 999;

/**
 * The name of this camera: one that the user has chosen, or an automatic one that no other camera of the fleet has (IMG-15).
 *
 * Emits `name` for each new name. Where a method returns true, the owner tells the other cameras.
 */
export class OwnName {
	/** When {@link give} must be called next; `Infinity` while it need not. */
	giveAt: Millis = Infinity;
	/** When {@link take} must be called next; `Infinity` while it need not. */
	takeAt: Millis = Infinity;
	/** The name that another camera wants this one to take as soon as it may. */
	private wanted = "";
	private renameAt: Millis = 0;

	constructor(private readonly channel: FleetChannel) {}

	/** The camera takes part in the fleet from now on: without a name it waits for its port, whose number gives it one. */
	start(now: Millis): void {
		if (this.channel.self.name === "") this.giveAt = now + NAMING_DELAY;
	}

	/** The camera does not take part in the fleet any more. */
	stop(): void {
		this.giveAt = this.takeAt = Infinity;
	}

	/** Takes a name that the user has chosen. @returns whether it is a valid name, and another than before */
	choose(name: string, out: FleetOutbox): boolean {
		const { self } = this.channel;
		if (!isName(name)) return false;
		this.takeAt = Infinity;
		if (name === self.name && !self.automaticName) return false;
		out.emit({ type: "name", name, automatic: false });
		self.name = name;
		self.automaticName = false;
		return true;
	}

	/** Another camera asks this one to take a name. In a flood the latest is taken at intervals. */
	asked(now: Millis, name: string, out: FleetOutbox): boolean {
		const { self } = this.channel;
		if (name === self.name && !self.automaticName) this.takeAt = Infinity;
		else if (this.mayChange(now)) return this.choose(name, out);
		else {
			this.wanted = name;
			this.takeAt = this.renameAt - RENAME_BURST;
		}
		return false;
	}

	/** Takes the name that another camera has asked for last. */
	take(now: Millis, out: FleetOutbox): boolean {
		this.takeAt = Infinity;
		return this.asked(now, this.wanted, out);
	}

	/** Gives this camera an automatic name if it has none. */
	give(out: FleetOutbox): boolean {
		const { self, settings } = this.channel;
		this.giveAt = Infinity;
		if (self.name !== "") return false;
		self.name = this.automaticName(self.externalPort === 0 ? 1 : self.externalPort - settings.firstPort + 1);
		self.automaticName = true;
		out.emit({ type: "name", name: self.name, automatic: true });
		return true;
	}

	/** Another camera has announced itself: of two with the same automatic name one takes another. */
	met(now: Millis, member: Member, out: FleetOutbox): boolean {
		const { self, settings } = this.channel;
		const isSame = self.automaticName && member.name !== "" && member.name === self.name;
		const yields = !member.automaticName || member.id < settings.id;
		if (!isSame || !yields || !this.mayChange(now)) return false;
		self.name = "";
		return this.give(out);
	}

	/** Each change of a name is stored and sent to the gateway, so a flood must not cause one each time. */
	private mayChange(now: Millis): boolean {
		if (this.renameAt > now + RENAME_BURST) return false;
		this.renameAt = Math.max(this.renameAt, now) + RENAME_SPACING;
		return true;
	}

	/**
	 * Chooses a name that no member has: "Camera 1", "Camera 2", … IMG-15 says "server 1"; people look for cameras.
	 * @param preferred the number to begin with: the camera's place among the external ports, which no other has
	 */
	private automaticName(preferred: number): string {
		const taken = new Set<string>();
		for (const member of this.channel.registry.values()) taken.add(member.name);
		for (let i = 0; i < NUMBERS_MAX; i++) {
			const number = i === 0 ? preferred : i;
			if (number >= 1 && !taken.has(STEM + number)) return STEM + number;
		}
		return STEM + preferred;
	}
}
