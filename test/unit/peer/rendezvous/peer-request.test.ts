import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { HmacSha1 } from "../../../../src/base/sha1";
import { deviceUsername } from "../../../../src/peer/peer-ticket";
import { readIntroduction, readPeerAnswer } from "../../../../src/peer/rendezvous/peer-answer";
import type { PeerCredentials, RequestHead } from "../../../../src/peer/rendezvous/peer-message";
import { writeFind, writeRegister, writeSelect, writeWithdraw } from "../../../../src/peer/rendezvous/peer-request";
import { openTurn, sealTurn } from "../../../../src/peer/rendezvous/turn-seal";
import { BINDING, NONCE, REQUEST, USERNAME } from "../../../../src/wire/stun";
import { StunReader } from "../../../../src/wire/stun-reader";
import { mutateOctets } from "../../../support/mutate";

const HOME = "0123456789abcdef0123456789abcdef";
const PEER = "fedcba9876543210";
const KEY = new Uint8Array(32).fill(9);
const WHO: PeerCredentials = { username: deviceUsername(HOME, PEER), integrity: new HmacSha1(KEY), key: KEY };
const HEAD: RequestHead = {
	transaction: new Uint8Array(12).fill(5),
	nonce: new Uint8Array(20).fill(48),
	roundTrip: 33,
};
const RECORD = {
	name: "v",
	kind: "viewer",
	tags: "",
	isPortal: false,
	isSymmetric: false,
	roundTrip: 0,
	candidates: [],
};

describe("peer/rendezvous/peer-request", () => {
	it("writes requests that any STUN server understands as one for an address (P2P-1)", () => {
		const requests = [
			writeRegister(WHO, HEAD, { lifetime: 90 }),
			writeRegister(WHO, { ...HEAD, homeKey: KEY }, { lifetime: 90, record: RECORD }),
			writeWithdraw(WHO, HEAD),
			writeFind(WHO, HEAD, { name: "Garage", tag: "cars", after: PEER, withAddresses: true }),
			writeSelect(WHO, HEAD, { target: PEER, self: "0000000000000001", record: RECORD }),
		];
		for (const bytes of requests) {
			const message = new StunReader();
			assert.equal(message.read(bytes), true);
			assert.deepEqual([message.kind, message.method], [REQUEST, BINDING]);
			assert.equal(message.hasUnknown([USERNAME, NONCE]), false);
			assert.equal(message.text(USERNAME, 64), WHO.username);
			assert.equal(message.isTransaction(HEAD.transaction), true);
			assert.equal(message.isIntact(WHO.integrity) && message.isFingerprintRight(), true);
		}
	});

	it("is long enough for any answer to strangers, without a nonce yet (P2P-14)", () => {
		const { nonce, ...first } = HEAD;
		assert.notEqual(nonce, undefined);
		// 438 with a NONCE of 20 octets and FINGERPRINT.
		assert.equal(writeRegister(WHO, first, { lifetime: 90 }).length >= 20 + 8 + 24 + 8, true);
	});

	it("encrypts the password of a TURN server for each session", () => {
		const session = new Uint8Array(8).fill(1);
		for (const address of ["192.0.2.1", "2001:db8::1"]) {
			const turn = { address, port: 3478, username: "1800000000:ab", password: "pKFlsb0xN9SzDkP8ExvYc3bKnHo=" };
			const sealed = sealTurn(KEY, session, turn);
			assert.deepEqual(openTurn(KEY, session, sealed, 0, sealed.length), turn);
			assert.notEqual(openTurn(KEY, new Uint8Array(8), sealed, 0, sealed.length)?.password, turn.password);
			assert.equal(openTurn(KEY, session, sealed, 0, 8), undefined);
		}
	});

	it("never throws, whatever an answer or a push contains", () => {
		const random = new Prng(5);
		const message = new StunReader();
		const bytes = writeSelect(WHO, HEAD, { target: PEER, self: PEER, record: RECORD });
		for (let i = 0; i < 3000; i++) {
			if (!message.read(mutateOctets(random, bytes))) continue;
			assert.equal(readPeerAnswer(message, WHO)?.type ?? "refused", "refused");
			assert.equal(readIntroduction(message, WHO), undefined);
		}
	});
});
