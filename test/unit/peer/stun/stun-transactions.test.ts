import assert from "node:assert/strict";
import type { Millis } from "../../../../src/core/time";
import { type StunDone, StunTransactions, TRANSACTIONS_MAX } from "../../../../src/peer/stun/stun-transactions";
import { BINDING, ERROR, INDICATION, REQUEST, SUCCESS } from "../../../../src/wire/stun";
import { StunWriter } from "../../../../src/wire/stun-writer";
import { expireUntil, readStun, SeededRandom, SentDatagrams } from "../../../support/stun-messages";

const SERVER = { address: "8.0.0.1", port: 3478 };

interface Rig {
	transactions: StunTransactions;
	sent: SentDatagrams;
	ends: string[];
	done: StunDone;
}

function rig(): Rig {
	const ends: string[] = [];
	return {
		transactions: new StunTransactions(new SeededRandom(1)),
		sent: new SentDatagrams(),
		ends,
		done: (answer, roundTrip, now) => ends.push(`${answer?.kind ?? "none"} ${roundTrip} at ${now}`),
	};
}

function answer(to: Uint8Array, kind = SUCCESS): Uint8Array {
	const writer = new StunWriter().respond(kind, readStun(to));
	return writer.bytes.slice(0, writer.end);
}

describe("peer/stun/stun-transactions (P2P-5)", () => {
	it("repeats a request with doubled intervals until it is answered (RFC 8489 §6.2.1)", () => {
		const { transactions, sent, ends, done } = rig();
		const times: Millis[] = [];
		transactions.begin(BINDING);
		transactions.start({ ...SERVER, done }, 1000, { send: () => times.push(1000) });
		while (transactions.deadline < 4000) {
			const now = transactions.deadline;
			transactions.expire(now, { send: () => times.push(now) });
		}
		assert.deepEqual(times, [1000, 1250, 1750, 2750]);
		transactions.expire(4750, sent);
		assert.equal(transactions.receivedBytes(answer(sent.take().bytes), SERVER.address, SERVER.port, 4800, sent), true);
		assert.deepEqual([ends, transactions.deadline, transactions.count], [["2 -1 at 4800"], Infinity, 0]);
	});

	it("gives up after the last interval, and reports the round trip of a request that was sent once", () => {
		const { transactions, sent, ends, done } = rig();
		transactions.begin(BINDING);
		transactions.start({ ...SERVER, done, repeatAfter: 100, tries: 3 }, 0, sent);
		transactions.begin(BINDING);
		transactions.start({ ...SERVER, done, repeatAfter: 100, tries: 3 }, 0, sent);
		transactions.receivedBytes(answer(sent.all[1].bytes, ERROR), SERVER.address, SERVER.port, 40, sent);
		expireUntil(transactions, 10_000, sent);
		assert.deepEqual(ends, ["3 40 at 40", "none -1 at 700"]);
		assert.equal(sent.all.length, 4);
	});

	it("takes a response only from where the request went, or from elsewhere if that was asked for", () => {
		const { transactions, sent, ends, done } = rig();
		transactions.begin(BINDING);
		transactions.start({ ...SERVER, done }, 0, sent);
		transactions.begin(BINDING);
		transactions.start({ ...SERVER, done, isFromElsewhere: true }, 0, sent);
		const [one, two] = sent.all.map(({ bytes }) => answer(bytes));
		transactions.receivedBytes(one, "8.0.0.2", SERVER.port, 1, sent);
		transactions.receivedBytes(one, SERVER.address, 3479, 1, sent);
		transactions.receivedBytes(two, SERVER.address, SERVER.port, 1, sent);
		assert.deepEqual(ends, []);
		transactions.receivedBytes(two, SERVER.address, 3479, 2, sent);
		transactions.receivedBytes(one, SERVER.address, SERVER.port, 3, sent);
		assert.deepEqual(ends, ["2 2 at 2", "2 3 at 3"]);
	});

	it("ignores responses that the check does not accept, and all that answers nothing", () => {
		const { transactions, sent, ends, done } = rig();
		let isRight = false;
		transactions.begin(BINDING);
		transactions.start({ ...SERVER, done, check: () => isRight }, 0, sent);
		const { bytes } = sent.take();
		const take = (message: Uint8Array) => transactions.receivedBytes(message, SERVER.address, SERVER.port, 5, sent);
		assert.deepEqual([take(answer(bytes)), ends.length], [true, 0]);
		assert.equal(take(answer(bytes, REQUEST)), false);
		assert.equal(take(answer(bytes, INDICATION)), false);
		assert.equal(take(new Uint8Array(20)), false);
		const foreign = answer(bytes);
		foreign[19] ^= 1;
		assert.equal(take(foreign), false);
		isRight = true;
		assert.deepEqual([take(answer(bytes)), take(answer(bytes)), ends.length], [true, false, 1]);
	});

	it("ends a test of a loop with the request that comes back", () => {
		const { transactions, sent, ends, done } = rig();
		transactions.begin(BINDING);
		transactions.start({ ...SERVER, done, isLoop: true }, 0, sent);
		transactions.receivedBytes(sent.take().bytes, "8.0.0.9", 5, 7, sent);
		assert.deepEqual(ends, ["0 7 at 7"]);
	});

	it("forgets what is cancelled, and lets no more than it may be under way", () => {
		const { transactions, sent, ends, done } = rig();
		transactions.begin(BINDING);
		const name = transactions.start({ ...SERVER, done }, 0, sent);
		transactions.cancel(name);
		transactions.cancel(name);
		assert.equal(transactions.deadline, Infinity);
		for (let i = 0; i < TRANSACTIONS_MAX; i++) {
			transactions.begin(BINDING);
			transactions.start({ ...SERVER, done }, 0, sent);
		}
		assert.equal(transactions.isFull, true);
		assert.throws(() => transactions.start({ ...SERVER, done }, 0, sent), RangeError);
		assert.equal(new Set(sent.all.map(({ bytes }) => bytes.slice(8).join())).size, TRANSACTIONS_MAX + 1);
		transactions.clear();
		expireUntil(transactions, 60_000, sent);
		assert.deepEqual([ends, transactions.deadline], [[], Infinity]);
	});
});
