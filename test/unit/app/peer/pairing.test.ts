import assert from "node:assert/strict";
import { PAIRING_MAX, type Pairing, readPairing, writePairing } from "../../../../src/app/peer/pairing";
import { Prng } from "../../../../src/base/prng";
import { mutate } from "../../../support/mutate";

const KEY = "0123456789abcdef".repeat(4);
const HOME = "00112233445566778899aabbccddeeff";
const octets = (length: number, first: number) => Uint8Array.from({ length }, (_, i) => (first + i) & 255);

const OWNERS: Pairing = {
	name: "Cabin",
	pass: "ou.t9k3-a.0123456789abcdef0123456789abcdef",
	access: {
		home: HOME,
		rendezvous: `${KEY}@meet.example.org,${KEY}@192.0.2.1:3479`,
		ticket: `p.${HOME}.*.t9k3.ab12`,
		ticketSecret: octets(32, 1),
		pinKey: octets(32, 50),
	},
};
const GUESTS: Pairing = {
	name: "Garage",
	pass: "vu.t9k3.0123456789abcdef0123456789abcdef",
	access: {
		home: HOME,
		rendezvous: `${KEY}@meet.example.org`,
		ticket: `p.${HOME}.0123456789abcdef.t9k3.ab12`,
		ticketSecret: octets(32, 1),
		peer: "0123456789abcdef",
		peerKey: octets(32, 90),
		guestId: octets(16, 130),
		guestSecret: octets(32, 200),
	},
};

describe("app/peer/pairing", () => {
	for (const [what, pairing] of [
		["of a viewer", OWNERS],
		["of a guest", GUESTS],
	] as const) {
		it(`reads back the text ${what}`, () => {
			const text = writePairing(pairing);
			assert.ok(text.startsWith("porthole:"));
			assert.ok(text.length < 480, `${text.length} characters fit in a small QR code`);
			assert.deepEqual(readPairing(text), pairing);
		});
	}

	it("takes the text as the fragment of a URL, and ignores blanks and line ends", () => {
		const text = writePairing(GUESTS);
		const code = text.slice("porthole:".length);
		assert.deepEqual(readPairing(`https://meet.example.org/watch#${code}`), GUESTS);
		assert.deepEqual(readPairing(`  ${text.slice(0, 70)}\r\n ${text.slice(70)}\n`), GUESTS);
	});

	it("cuts a long name after a whole character", () => {
		const read = readPairing(writePairing({ ...OWNERS, name: "ä".repeat(40) }));
		assert.ok(typeof read === "object");
		assert.equal(read.name, "ä".repeat(24));
	});

	it("says whether text is foreign, damaged, or of a newer program", () => {
		const text = writePairing(OWNERS);
		assert.equal(readPairing("http://192.168.0.5:8000/"), "foreign");
		assert.equal(readPairing(""), "foreign");
		assert.equal(readPairing("x".repeat(2 * PAIRING_MAX + 1)), "foreign");
		assert.equal(readPairing(text.slice(0, -3)), "damaged");
		assert.equal(readPairing(`${text.slice(0, 40)}${text[40] === "a" ? "b" : "a"}${text.slice(41)}`), "damaged");
		assert.equal(readPairing("porthole:"), "damaged");
		assert.equal(readPairing("porthole:Ag4F5Q"), "damaged");
	});

	it("refuses to write what does not fit", () => {
		assert.throws(() => writePairing({ ...OWNERS, pass: "a".repeat(300) }), RangeError);
		assert.throws(() => writePairing({ ...OWNERS, access: { ...OWNERS.access, rendezvous: "nowhere" } }), RangeError);
	});

	it("never throws on changed text, and takes none of it for a pairing", () => {
		const random = new Prng(15);
		const text = writePairing(GUESTS);
		for (let i = 0; i < 2000; i++) {
			const changed = mutate(random, text, "abcXYZ019-_:#=+/ ");
			const read = readPairing(changed);
			if (typeof read === "object") assert.deepEqual(read, GUESTS, changed);
		}
	});
});
