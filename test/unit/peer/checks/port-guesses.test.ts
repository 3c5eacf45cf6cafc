import assert from "node:assert/strict";
import type { Candidate } from "../../../../src/peer/candidate";
import { GUESS_AFTER } from "../../../../src/peer/checks/check-times";
import { type CheckOutbox, VIA_SOCKET, VIA_SPREAD } from "../../../../src/peer/checks/checks-contract";
import { PortGuesses } from "../../../../src/peer/checks/port-guesses";
import { seededRandom } from "../../../support/check-pair-rig";

const FAR: readonly Candidate[] = [{ kind: "reflexive", address: "203.0.113.2", port: 40_000 }];

/** An outbox whose host has so many additional sockets; notes which of them are kept. */
function outbox(sockets: number, kept: number[] = []): CheckOutbox {
	return { send() {}, emit() {}, spread: (count) => Math.min(count, sockets), gather: (via) => kept.push(via) };
}

/** Runs it to its end. @returns what was sent: via, address and port */
function run(guesses: PortGuesses, out: CheckOutbox): string[] {
	const sent: string[] = [];
	while (guesses.deadline !== Infinity) {
		const target = guesses.next(guesses.deadline, VIA_SOCKET, out);
		if (target !== undefined) sent.push(`${target.via} ${target.address}:${target.port}`);
	}
	return sent;
}

describe("peer/checks/port-guesses", () => {
	it("tries 1,024 ports from 1024 on, none twice, 50 a second, after a while (P2P-12)", () => {
		for (let seed = 1; seed <= 20; seed++) {
			const guesses = new PortGuesses(seededRandom(seed));
			guesses.begin(1000, FAR, false);
			assert.equal(guesses.deadline, 1000 + GUESS_AFTER);
			const sent = run(guesses, outbox(0));
			assert.equal(new Set(sent).size, 1024);
			for (const line of sent) {
				const [, port] = /^0 203\.0\.113\.2:(\d+)$/.exec(line) ?? [];
				assert.ok(Number(port) >= 1024 && Number(port) <= 65_535, line);
			}
		}
		const guesses = new PortGuesses(seededRandom(1));
		guesses.begin(0, FAR, false);
		const start = guesses.deadline;
		guesses.next(start, VIA_SOCKET, outbox(0));
		assert.equal(guesses.deadline - start, 20);
	});

	it("behind the symmetric NAT sends twice from each additional socket to the right port", () => {
		const guesses = new PortGuesses(seededRandom(1));
		guesses.begin(0, FAR, true);
		const sent = run(guesses, outbox(1000));
		assert.equal(sent.length, 512);
		assert.equal(new Set(sent).size, 256);
		assert.equal(sent[0], `${VIA_SPREAD} 203.0.113.2:40000`);
	});

	it("does nothing without additional sockets behind the symmetric NAT, nor without an address", () => {
		for (const candidates of [FAR, []]) {
			const guesses = new PortGuesses(seededRandom(1));
			guesses.begin(0, candidates, candidates.length > 0);
			assert.deepEqual(run(guesses, outbox(0)), []);
		}
	});

	it("ends once a path is found, and later closes all sockets but the one in use", () => {
		const kept: number[] = [];
		const out = outbox(256, kept);
		const guesses = new PortGuesses(seededRandom(1));
		guesses.begin(0, FAR, true);
		guesses.next(guesses.deadline, VIA_SOCKET, out);
		guesses.found(2000);
		const settled = guesses.deadline;
		assert.ok(settled > 3000);
		guesses.found(2500);
		assert.equal(guesses.deadline, settled);
		assert.equal(guesses.next(settled, VIA_SPREAD + 3, out), undefined);
		assert.deepEqual([kept, guesses.deadline], [[VIA_SPREAD + 3], Infinity]);
	});
});
