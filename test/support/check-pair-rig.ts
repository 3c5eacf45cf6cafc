import { Prng } from "../../src/base/prng";
import type { Candidate } from "../../src/peer/candidate";
import type { CheckOutbox, OwnSide, PathEvent, Via } from "../../src/peer/checks/checks-contract";
import { PathFinder } from "../../src/peer/checks/path-finder";
import type { Introduction } from "../../src/peer/introduction";
import type { Random } from "../../src/ports/random";

/** Random numbers of a seed. */
export function seededRandom(seed: number): Random {
	const prng = new Prng(seed);
	return {
		unit: () => prng.unit(),
		fill(bytes) {
			for (let i = 0; i < bytes.length; i++) bytes[i] = prng.below(256);
		},
	};
}

/** A STUN message that was sent. */
export interface SentCheck {
	readonly via: Via;
	readonly address: string;
	readonly port: number;
	readonly bytes: Uint8Array;
}

/** The session and the password of {@link introductionOf}. */
export const SESSION = Uint8Array.from([0x0a, 1, 2, 3, 4, 5, 6, 7]);
export const PASSWORD = new Uint8Array(20).fill(7);

/** An introduction to a peer at some candidates. */
export function introductionOf(
	controlling: boolean,
	candidates: readonly Candidate[],
	more: Partial<Introduction> = {},
): Introduction {
	const base = { session: SESSION, password: PASSWORD, peer: "0011223344556677", name: "", startDelay: 0 };
	return { ...base, controlling, candidates, ...more };
}

/** One path finder whose messages are kept, to be handed to another one, changed, or repeated. */
export class LoneFinder implements CheckOutbox {
	readonly finder: PathFinder;
	readonly sent: SentCheck[] = [];
	readonly events: PathEvent[] = [];
	now = 0;

	constructor(
		seed: number,
		readonly address: string,
		readonly port = 5000,
	) {
		this.finder = new PathFinder(seededRandom(seed));
	}

	get own(): OwnSide {
		return { candidates: [{ kind: "host", address: this.address, port: this.port }], symmetric: false, hasIpv6: false };
	}

	introduce(introduction: Introduction): void {
		this.finder.introduce(this.now, introduction, this.own, this);
	}

	/** Lets time pass. */
	run(until: number): void {
		while (this.finder.deadline <= until) {
			this.now = Math.max(this.now, this.finder.deadline);
			this.finder.expire(this.now, this);
		}
		this.now = until;
	}

	/** Hands a message over. @returns whether it was for this finder */
	take(bytes: Uint8Array, address: string, port: number, via = 0): boolean {
		return this.finder.receive(this.now, via, address, port, bytes, 0, bytes.length, this);
	}

	send(via: Via, address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		this.sent.push({ via, address, port, bytes: bytes.slice(start, end) });
	}

	emit(event: PathEvent): void {
		this.events.push(event);
	}

	spread(): number {
		return 0;
	}

	gather(): void {}
}
