import assert from "node:assert/strict";
import { toHex } from "../../../src/base/hex";
import { Prng } from "../../../src/base/prng";
import {
	checkPasswordOf,
	isPeerTicketGood,
	issuePeerTicket,
	NEVER,
	PEER_TICKET_LIFE_MAX,
	PEER_TICKET_MAX,
	parsePeerTicket,
	peerTicketSecret,
} from "../../../src/peer/peer-ticket";
import { mutate } from "../../support/mutate";

const HOME = "0123456789abcdef0123456789abcdef";
const PEER = "fedcba9876543210";
const NOW = 1_800_000_000;

describe("peer/peer-ticket", () => {
	it("writes and reads tickets for a home and for one device (P2P-3)", () => {
		for (const scope of ["*", PEER]) {
			const ticket = { home: HOME, scope, until: NOW + 60, id: "a1" };
			const text = issuePeerTicket(ticket);
			assert.equal(text, `p.${HOME}.${scope}.${(NOW + 60).toString(36)}.a1`);
			assert.deepEqual(parsePeerTicket(text), ticket);
		}
		assert.equal(
			issuePeerTicket({ home: HOME, scope: PEER, until: NEVER, id: "0123456789abcdef" }).length,
			PEER_TICKET_MAX,
		);
	});

	it("refuses to write what can't be read", () => {
		const good = { home: HOME, scope: "*", until: NOW, id: "a" };
		for (const wrong of [{ home: "x" }, { scope: "" }, { scope: HOME }, { until: 36 ** 7 }, { id: "" }, { id: "A" }]) {
			assert.throws(() => issuePeerTicket({ ...good, ...wrong }), RangeError);
		}
	});

	it("is good for its scope until it ends, and without a date only if it never ends", () => {
		const ticket = { home: HOME, scope: PEER, until: NOW, id: "a" };
		assert.equal(isPeerTicketGood(ticket, NOW - 1, PEER), true);
		assert.equal(isPeerTicketGood(ticket, NOW - 1, ""), true, "a search");
		assert.equal(isPeerTicketGood(ticket, NOW - 1, "0000000000000000"), false);
		assert.equal(isPeerTicketGood({ ...ticket, scope: "*" }, NOW - 1, "0000000000000000"), true);
		assert.equal(isPeerTicketGood(ticket, NOW, PEER), false);
		assert.equal(isPeerTicketGood(ticket, undefined, PEER), false);
		assert.equal(isPeerTicketGood({ ...ticket, until: NEVER }, undefined, PEER), true);
		assert.equal(isPeerTicketGood({ ...ticket, until: NOW + PEER_TICKET_LIFE_MAX + 1000 }, NOW, PEER), false);
	});

	it("has a secret that depends on all of the text, and a password of checks for each session (P2P-14)", () => {
		const key = new Uint8Array(32).fill(7);
		const secret = peerTicketSecret(key, "p.a");
		assert.equal(secret.length, 32);
		assert.notDeepEqual(secret, peerTicketSecret(key, "p.b"));
		const one = checkPasswordOf(secret, new Uint8Array(8).fill(1));
		assert.equal(one.length, 20);
		assert.notDeepEqual(one, checkPasswordOf(secret, new Uint8Array(8).fill(2)));
		// By Python's hmac: the same for all who compute it.
		assert.equal(toHex(secret), "bb645c88afac7106e1acbb280683c6f9bd4fba4d2191770cf70ff9fe3f4eb724");
		assert.equal(toHex(one), "f0b5178f73fb15610bfa30c8b66a26efb75ae8cd");
	});

	it("never throws, and reads only what it would write, whatever comes", () => {
		const random = new Prng(7);
		const text = issuePeerTicket({ home: HOME, scope: PEER, until: NOW, id: "abc" });
		for (let i = 0; i < 3000; i++) {
			const changed = mutate(random, text, "p.*0129azAZ:");
			const read = parsePeerTicket(changed);
			if (read !== undefined) assert.equal(parsePeerTicket(issuePeerTicket(read))?.id, read.id);
		}
	});
});
