import assert from "node:assert/strict";
import { Prng } from "../../src/base/prng";
import type { Millis } from "../../src/core/time";
import type { StunOutbox } from "../../src/peer/stun/stun-transactions";
import type { Random } from "../../src/ports/random";
import { StunReader } from "../../src/wire/stun-reader";

/** Random numbers from a seed. */
export class SeededRandom implements Random {
	private readonly prng: Prng;

	constructor(seed: number) {
		this.prng = new Prng(seed);
	}

	fill(bytes: Uint8Array): void {
		for (let i = 0; i < bytes.length; i++) bytes[i] = this.prng.below(256);
	}

	unit(): number {
		return this.prng.unit();
	}
}

/** A datagram that was sent. */
export interface SentDatagram {
	readonly bytes: Uint8Array;
	readonly address: string;
	readonly port: number;
}

/** Keeps what is sent. */
export class SentDatagrams implements StunOutbox {
	readonly all: SentDatagram[] = [];

	send(bytes: Uint8Array, start: number, end: number, address: string, port: number): void {
		this.all.push({ bytes: bytes.slice(start, end), address, port });
	}

	/** Takes the oldest one out. */
	take(): SentDatagram {
		const first = this.all.shift();
		assert.ok(first !== undefined, "nothing was sent");
		return first;
	}
}

/** Reads a message that must be valid. */
export function readStun(bytes: Uint8Array): StunReader {
	const reader = new StunReader();
	assert.equal(reader.read(bytes), true);
	return reader;
}

/** Calls a machine whenever it is due, until `end`. */
export function expireUntil<Out>(
	machine: { readonly deadline: Millis; expire(now: Millis, out: Out): void },
	end: Millis,
	out: Out,
): void {
	while (machine.deadline <= end) machine.expire(machine.deadline, out);
}
