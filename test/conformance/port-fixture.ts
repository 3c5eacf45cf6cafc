import assert from "node:assert/strict";
import type { IpFamily } from "../../src/core/ip-address";
import type { Millis } from "../../src/core/time";
import type { Clock } from "../../src/ports/clock";
import type { Log } from "../../src/ports/log";
import type { Network } from "../../src/ports/net";
import type { Random } from "../../src/ports/random";
import type { Store } from "../../src/ports/store";
import { skipBecause } from "../support/skip-reasons";

/** What a host gives to one program. */
export interface HostPorts {
	readonly network: Network;
	readonly clock: Clock;
	readonly random: Random;
	readonly store: Store;
	readonly log: Log;
	/** The address by which the other one reaches it: that of the first path. */
	readonly address: string;
	/** The same for IPv6; absent: this host or this machine has none, and such tests are skipped. */
	readonly ipv6?: string;
}

/** Two programs on one network (on Node.js both are on this machine), and time. */
export interface PortFixture {
	readonly a: HostPorts;
	readonly b: HostPorts;
	/** What this machine's own network can't do, found without the ports under test: such tests are skipped. */
	readonly lacks?: readonly ("multicast" | "broadcast")[];
	/** Lets time pass until `until()` is true or `limit` is over, whichever comes first. */
	run(until: () => boolean, limit: Millis): Promise<void>;
	close(): Promise<void>;
}

/** How long a test waits for what must come. */
export const LIMIT: Millis = 30_000;
/** How long a test waits for what must not come. */
export const QUIET: Millis = 100;

/** Finds sinks that are called inside a call of a socket. */
export class Guard {
	readonly faults: string[] = [];
	private depth = 0;

	/** Makes a call of a socket. */
	call<Result>(make: () => Result): Result {
		this.depth++;
		try {
			return make();
		} finally {
			this.depth--;
		}
	}

	/** A sink was called. */
	called(what: string): void {
		if (this.depth > 0) this.faults.push(`${what} inside a call`);
	}
}

/** A fixture with its guard, and waits that fail with a message. */
export class Bench {
	readonly guard = new Guard();

	constructor(readonly fixture: PortFixture) {}

	get a(): HostPorts {
		return this.fixture.a;
	}

	get b(): HostPorts {
		return this.fixture.b;
	}

	/** Waits until something is true. */
	async until(what: string, is: () => boolean): Promise<void> {
		await this.fixture.run(is, LIMIT);
		assert.ok(is(), `not in time: ${what}`);
	}

	/** Lets a little time pass. */
	async quiet(): Promise<void> {
		await this.fixture.run(() => false, QUIET);
	}

	/** Ends the test: nothing may have been called inside a call, and nothing may still come. */
	async close(): Promise<void> {
		await this.quiet();
		await this.fixture.close();
		assert.deepEqual(this.guard.faults, []);
	}
}

/** The addresses by which both programs reach each other in a family; skips the test if there are none. */
export function bothAddresses(context: Mocha.Context, bench: Bench, family: IpFamily): [string, string] {
	const { a, b } = bench;
	if (family === 4) return [a.address, b.address];
	if (a.ipv6 !== undefined && b.ipv6 !== undefined) return [a.ipv6, b.ipv6];
	skipBecause(context, ["no IPv6 on this machine"]);
}

/** Octets with a pattern that shows every slip, at an offset in their buffer. */
export function pattern(length: number): Uint8Array {
	const bytes = new Uint8Array(length + 7).subarray(7);
	for (let i = 0; i < length; i++) bytes[i] = (i * 31 + (i >> 8) * 7 + (i >> 16)) & 255;
	return bytes;
}
