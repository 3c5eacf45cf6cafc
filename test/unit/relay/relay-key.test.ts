import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { utf8Encode } from "../../../src/base/text";
import { parseRelayKey, RelaySigner, relayKeyOf, relayKeyText } from "../../../src/relay/relay-key";

const FLEET_KEY = "a-key-that-nobody-guesses";

describe("relay/relay-key", () => {
	it("is HMAC-SHA-256 of the relay's name under the fleet's key", () => {
		const wanted = createHmac("sha256", FLEET_KEY).update("porthole relay east").digest("hex");
		assert.equal(relayKeyText(relayKeyOf(FLEET_KEY, "east")), wanted);
		assert.notEqual(relayKeyText(relayKeyOf(FLEET_KEY, "west")), wanted);
		assert.notEqual(relayKeyText(relayKeyOf(`${FLEET_KEY}.`, "east")), wanted);
	});

	it("is read as people copy it, and as nothing else", () => {
		const key = relayKeyOf(FLEET_KEY, "east");
		assert.deepEqual(parseRelayKey(relayKeyText(key)), key);
		for (const text of ["", "00", relayKeyText(key).toUpperCase(), `${relayKeyText(key)}0`, "g".repeat(64)])
			assert.equal(parseRelayKey(text), undefined, text);
	});

	it("signs each purpose under a key of its own", () => {
		const key = relayKeyOf(FLEET_KEY, "east");
		const message = utf8Encode("message");
		const derived = createHmac("sha256", key).update("porthole tickets").digest();
		const wanted = createHmac("sha256", derived).update(message).digest("hex").slice(0, 32);
		const tickets = new RelaySigner(key, "tickets");
		assert.equal(tickets.sign(message), wanted);
		assert.equal(tickets.verify(message, wanted), true);
		assert.equal(new RelaySigner(key, "registration").verify(message, wanted), false);
		for (const hex of ["", wanted.slice(1), wanted.toUpperCase(), `${wanted}0`, wanted.replace(/^./, "ä")])
			assert.equal(tickets.verify(message, hex), false, hex);
		assert.equal(tickets.verify(utf8Encode("messagf"), wanted), false);
	});
});
