import type { FleetMessage } from "../wire/fleet-message";
import type { FormerRepresentative } from "./succession-contract";

/** Cameras remembered that are gone from the place. */
const PREDECESSORS_MAX = 4;

/** Remembers who had the representative's place, or was about to have it, and is gone; the first is forgotten first. */
export class Predecessors {
	/** The last one last. */
	list: readonly FormerRepresentative[] = [];
	private lastWord: Pick<FleetMessage, "sender" | "boot" | "sequence"> | undefined;

	/** @param word the last that was heard of it */
	add(former: FormerRepresentative, word: Pick<FleetMessage, "boot" | "sequence">): void {
		this.list = [...this.list, former].slice(-PREDECESSORS_MAX);
		this.lastWord = { sender: former.id, boot: word.boot, sequence: word.sequence };
	}

	/** The place is taken: they matter no more. */
	clear(): void {
		this.list = [];
	}

	has(id: string): boolean {
		return this.list.some((former) => former.id === id);
	}

	/** True for a message that the last one sent before its last word, and that came later: it does not bring it back. */
	isOvertaken({ sender, boot, sequence }: FleetMessage): boolean {
		const { lastWord } = this;
		return sender === lastWord?.sender && boot === lastWord.boot && sequence <= lastWord.sequence;
	}
}
