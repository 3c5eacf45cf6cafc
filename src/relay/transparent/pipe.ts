import type { StreamOutbox } from "../../core/stream";

/**
 * Passes the octets of one connection on to another, with back-pressure: while the receiver takes no more, the sender is not read,
 * so that one piece of it is kept at most.
 */
export class Pipe {
	/** Octets that were passed on. */
	passed = 0;
	private waiting: Uint8Array[] = [];
	private isEnding = false;
	private isPaused = false;

	/**
	 * @param from returns the connection whose octets are passed on
	 * @param to returns the connection that takes them; `undefined` while there is none
	 */
	constructor(
		private readonly from: () => StreamOutbox | undefined,
		private readonly to: () => StreamOutbox | undefined,
	) {}

	/** Whether all that was given has gone to the receiver. */
	get isEmpty(): boolean {
		return this.waiting.length === 0;
	}

	/** Passes octets on; all of them are taken. */
	take(bytes: Uint8Array): void {
		if (bytes.length === 0 || this.isEnding) return;
		this.passed += bytes.length;
		const sent = this.isEmpty ? this.write(bytes, 0) : 0;
		if (sent === bytes.length) return;
		this.waiting.push(bytes.slice(sent));
		this.pause();
	}

	/** The sender has ended: the receiver's connection ends behind the last octet. */
	end(): void {
		this.isEnding = true;
		if (this.isEmpty) this.to()?.end();
	}

	/** The receiver has room. */
	flush(): void {
		while (this.waiting.length > 0) {
			const bytes = this.waiting[0];
			const sent = this.write(bytes, 0);
			if (sent < bytes.length) {
				this.waiting[0] = bytes.subarray(sent);
				return;
			}
			this.waiting.shift();
		}
		if (this.isEnding) this.to()?.end();
		else this.resume();
	}

	/** The receiver is gone: nothing more is passed on. */
	drop(): void {
		this.waiting = [];
		this.isEnding = true;
		this.resume();
	}

	/** Writes as much as there is room for. @returns where to go on */
	private write(bytes: Uint8Array, start: number): number {
		const to = this.to();
		let at = start;
		while (to !== undefined && at < bytes.length && to.room > 0) {
			const end = Math.min(bytes.length, at + to.room);
			to.write(bytes, at, end);
			at = end;
		}
		return at;
	}

	private resume(): void {
		if (!this.isPaused) return;
		this.isPaused = false;
		this.from()?.reading(true);
	}

	private pause(): void {
		if (this.isPaused) return;
		this.isPaused = true;
		this.from()?.reading(false);
	}
}
