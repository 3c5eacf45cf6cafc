import assert from "node:assert/strict";
import { utf8Encode } from "../../../src/base/text";
import { accountKeyOf, HomeKeys, homeOf, proofOf, provesDevice, ticketKeyOf } from "../../../src/peer/home-keys";
import { HOME_DIGITS } from "../../../src/peer/peer-registry";

/** A group in which everybody can compute everything: enough to see which keys meet. */
const OPEN = {
	publicKeyOf: (key: Uint8Array) => key.slice(),
	agree: (mine: Uint8Array, theirs: Uint8Array) =>
		theirs.every((octet) => octet === 0) ? undefined : mine.map((octet, i) => octet ^ theirs[i]),
};
const SERVER = new Uint8Array(32).fill(7);

describe("peer/home keys", () => {
	const home = new HomeKeys(OPEN, utf8Encode("secret of a home"));

	it("gives all devices of a home the same identifier, and other homes another one", () => {
		assert.equal(home.home, new HomeKeys(OPEN, utf8Encode("secret of a home")).home);
		assert.equal(home.home.length, HOME_DIGITS);
		assert.equal(home.home, homeOf(home.accountPublicKey));
		assert.notEqual(home.home, new HomeKeys(OPEN, utf8Encode("another secret")).home);
	});

	it("shares the account key with the server only (P2P-14)", () => {
		const server = OPEN.agree(SERVER, home.accountPublicKey) as Uint8Array;
		assert.deepEqual(home.accountKey(SERVER), accountKeyOf(server));
		assert.notDeepEqual(home.accountKey(SERVER), home.accountKey(new Uint8Array(32).fill(8)));
	});

	it("has no account key with a server key of small order", () => {
		assert.equal(home.accountKey(new Uint8Array(32)), undefined);
	});

	it("derives a different key for each purpose", () => {
		const account = home.accountKey(SERVER) as Uint8Array;
		assert.notDeepEqual(ticketKeyOf(account), account);
		assert.notDeepEqual(home.pinKey, account);
	});

	it("proves the key of a device of the home, and no other key, device or home", () => {
		const key = new Uint8Array(32).fill(9);
		const proof = proofOf(home.pinKey, "00112233445566aa", key);
		const other = new HomeKeys(OPEN, utf8Encode("another secret")).pinKey;
		assert.equal(provesDevice(home.pinKey, "00112233445566aa", key, proof), true);
		assert.equal(provesDevice(home.pinKey, "00112233445566ab", key, proof), false);
		assert.equal(provesDevice(home.pinKey, "00112233445566aa", new Uint8Array(32).fill(8), proof), false);
		assert.equal(provesDevice(other, "00112233445566aa", key, proof), false);
		assert.equal(provesDevice(home.pinKey, "00112233445566aa", key, proof.slice(0, 15)), false);
	});
});
