import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { HmacSha1 } from "../../../src/base/sha1";
import { HmacSha256 } from "../../../src/base/sha256";
import * as stun from "../../../src/wire/stun";
import { StunReader } from "../../../src/wire/stun-reader";
import { StunWriter } from "../../../src/wire/stun-writer";
import { mutateOctets } from "../../support/mutate";
import { latin1 } from "../../support/octets";

const ATTRIBUTES = [
	stun.MAPPED_ADDRESS,
	stun.USERNAME,
	stun.ERROR_CODE,
	stun.XOR_MAPPED_ADDRESS,
	stun.NONCE,
	stun.MESSAGE_INTEGRITY,
	stun.MESSAGE_INTEGRITY_SHA256,
	stun.FINGERPRINT,
	0xc0f0,
	0x7fff,
];

describe("wire/stun: hostile input", () => {
	it("reads whatever comes without throwing, reading past its end or changing it", () => {
		const key = new HmacSha1(latin1("key"));
		const key256 = new HmacSha256(latin1("key"));
		const reader = new StunReader();
		let read = 0;
		let intact = 0;
		for (let seed = 0; seed < 6000; seed++) {
			const random = new Prng(seed);
			const writer = new StunWriter(300, random.below(5));
			writer.begin(random.below(4), random.below(0x1000), new Uint8Array(12).fill(seed));
			for (let n = random.below(6); n > 0; n--) {
				const attribute = ATTRIBUTES[random.below(ATTRIBUTES.length)];
				if (random.chance(0.5)) writer.octets(attribute, new Uint8Array(random.below(24)).fill(random.below(256)));
				else writer.address(attribute, random.chance(0.5) ? "192.0.2.1" : "2001:db8::1", random.below(65536));
			}
			if (random.chance(0.5)) writer.integrity(key);
			if (random.chance(0.5)) writer.integrity256(key256, 16 + 4 * random.below(5));
			if (random.chance(0.5)) writer.fingerprint();
			const whole = writer.bytes.slice(writer.start, writer.end);
			const changed = random.chance(0.1) ? whole : mutateOctets(random, whole);
			if (changed.length >= 20 && random.chance(0.8)) {
				changed[2] = (changed.length - 20) >> 8;
				changed[3] = changed.length - 20;
			}
			// Octets behind the end that must not be read.
			const bytes = new Uint8Array(changed.length + 7).fill(0xee);
			bytes.set(changed, 3);
			const before = bytes.join();
			if (!reader.read(bytes, 3, 3 + changed.length)) continue;
			read++;
			for (const attribute of ATTRIBUTES) {
				const at = reader.find(attribute);
				assert.ok(at === -1 || (at >= 23 && at + reader.length <= 3 + changed.length), `seed ${seed}`);
				reader.address(attribute);
				reader.u32(attribute);
				assert.ok((reader.text(attribute, 40)?.length ?? 0) <= 40);
				assert.ok((reader.octets(attribute, 40)?.length ?? 0) <= 40);
			}
			const code = reader.errorCode();
			assert.ok(code === 0 || (code >= 300 && code <= 699), `seed ${seed}`);
			reader.hasUnknown([stun.USERNAME]);
			if (reader.isIntact(key) || reader.isIntact256(key256)) intact++;
			reader.isFingerprintRight();
			assert.equal(bytes.join(), before, `seed ${seed}`);
		}
		assert.ok(read > 800, `${read} were read`);
		assert.ok(intact > 100 && intact < read, `${intact} were intact`);
	});

	it("accepts no message in which one bit was changed", () => {
		const key = new HmacSha1(latin1("key"));
		const key256 = new HmacSha256(latin1("key"));
		const writer = new StunWriter().begin(stun.REQUEST, stun.BINDING, new Uint8Array(12).fill(9));
		writer.text(stun.USERNAME, "someone").u32(stun.PRIORITY, 5).integrity(key).integrity256(key256).fingerprint();
		const reader = new StunReader();
		for (let bit = 0; bit < 8 * writer.end; bit++) {
			const bytes = writer.bytes.slice(0, writer.end);
			bytes[bit >> 3] ^= 1 << (bit & 7);
			const passes =
				reader.read(bytes) && reader.isIntact(key) && reader.isIntact256(key256) && reader.isFingerprintRight();
			assert.equal(passes, false, `bit ${bit}`);
		}
	});
});
