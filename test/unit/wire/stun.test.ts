import assert from "node:assert/strict";
import { toHex } from "../../../src/base/hex";
import { md5 } from "../../../src/base/md5";
import { HmacSha1 } from "../../../src/base/sha1";
import { HmacSha256, sha256 } from "../../../src/base/sha256";
import * as stun from "../../../src/wire/stun";
import { StunReader } from "../../../src/wire/stun-reader";
import { StunWriter } from "../../../src/wire/stun-writer";
import { latin1, octetsOf } from "../../support/octets";

const PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt";
const ID = "b7e7a701bc34d686fa87dfae";
/** RFC 5769 §2.1. */
const REQUEST = octetsOf(`0001 0058 2112a442 ${ID} 8022 0010 5354554e207465737420636c69656e74 0024 0004 6e0001ff
	8029 0008 932ff9b151263b36 0006 0009 6576746a3a68367659202020 0008 0014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2
	8028 0004 e57a3bcf`);
/** RFC 5769 §2.2. */
const RESPONSE4 = octetsOf(`0101 003c 2112a442 ${ID} 8022 000b 7465737420766563746f7220 0020 0008 0001a147e112a643
	0008 0014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7 8028 0004 c07d4c96`);
/** RFC 5769 §2.3. */
const RESPONSE6 = octetsOf(`0101 0048 2112a442 ${ID} 8022 000b 7465737420766563746f7220
	0020 0014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9 0008 0014 a382954e4be67bf11784c97c8292c275bfe3ed41
	8028 0004 c8fb0b4c`);
const NAME = "e3839ee38388e383aae38383e382afe382b9";
/** RFC 5769 §2.4. */
const LONG_TERM = octetsOf(`0001 0060 2112a442 78ad3433c6ad72c029da412e 0006 0012 ${NAME} 0000
	0015 001c 662f2f3439396b39353464364f4c33346f4c394653547679363473410014 000b 6578616d706c652e6f726700
	0008 0014 f67024656dd64a3e02b8e0712e85c9a28ca89666`);
/** RFC 8489 §B.1, as erratum 6268 corrects it. */
const SHA256_REQUEST = octetsOf(`0001 0090 2112a442 78ad3433c6ad72c029da412e
	001e 0020 4a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41407f1704
	0015 0029 6f624d61744a6f733241414143662f2f3439396b39353464364f4c33346f4c39465354767936347341000000
	0014 000b 6578616d706c652e6f726700 001d 0004 00020000
	001c 0020 b5c7bf005b6c52a21c51c5e892f81924136296cb927c43149309278cc6518e65`);

function read(bytes: Uint8Array): StunReader {
	const reader = new StunReader();
	assert.equal(reader.read(bytes), true);
	return reader;
}

describe("wire/stun", () => {
	it("reads the request of RFC 5769 §2.1", () => {
		const reader = read(REQUEST);
		assert.deepEqual([reader.kind, reader.method], [stun.REQUEST, stun.BINDING]);
		assert.equal(reader.isTransaction(octetsOf(ID)), true);
		assert.equal(reader.isTransaction(new Uint8Array(12)), false);
		assert.equal(reader.text(stun.SOFTWARE, 16), "STUN test client");
		assert.equal(reader.text(stun.SOFTWARE, 15), undefined);
		assert.equal(reader.text(stun.USERNAME, 99), "evtj:h6vY");
		assert.equal(reader.u32(stun.PRIORITY), 0x6e0001ff);
		assert.equal(toHex(reader.octets(stun.ICE_CONTROLLED, 8) ?? REQUEST), "932ff9b151263b36");
		assert.equal(reader.isIntact(new HmacSha1(latin1(PASSWORD))), true);
		assert.equal(reader.isIntact(new HmacSha1(latin1("another"))), false);
		assert.equal(reader.isFingerprintRight(), true);
		assert.equal(reader.hasUnknown([stun.USERNAME, stun.PRIORITY]), false);
	});

	it("reads the responses of RFC 5769 §2.2 and §2.3, with IPv4 and IPv6", () => {
		const key = new HmacSha1(latin1(PASSWORD));
		const four = read(RESPONSE4);
		assert.equal(four.kind, stun.SUCCESS);
		assert.deepEqual(four.address(stun.XOR_MAPPED_ADDRESS), { address: "192.0.2.1", port: 32853 });
		assert.deepEqual([four.isIntact(key), four.isFingerprintRight()], [true, true]);
		const six = read(RESPONSE6);
		assert.deepEqual(six.address(stun.XOR_MAPPED_ADDRESS), {
			address: "2001:db8:1234:5678:11:2233:4455:6677",
			port: 32853,
		});
		assert.deepEqual([six.isIntact(key), six.isFingerprintRight()], [true, true]);
	});

	it("checks long-term credentials with MD5 (RFC 5769 §2.4) and with SHA-256 (RFC 8489 §B.1)", () => {
		const old = read(LONG_TERM);
		const words = Array.from(octetsOf(NAME), (octet) => String.fromCharCode(octet)).join("");
		const secret = latin1(`${words}:example.org:TheMatrIX`);
		assert.equal(old.text(stun.USERNAME, 99), words);
		assert.equal(old.isIntact(new HmacSha1(md5(secret))), true);
		assert.deepEqual([old.hasFingerprint, old.isFingerprintRight()], [false, false]);
		const modern = read(SHA256_REQUEST);
		assert.equal(modern.isIntact256(new HmacSha256(sha256(secret))), true);
		assert.equal(modern.isIntact256(new HmacSha256(md5(secret))), false);
	});

	it("writes the messages of RFC 5769 octet by octet", () => {
		const key = new HmacSha1(latin1(PASSWORD));
		const writer = new StunWriter(200, 4);
		writer
			.begin(stun.REQUEST, stun.BINDING, octetsOf(`ff ${ID}`), 1)
			.text(stun.SOFTWARE, "STUN test client")
			.u32(stun.PRIORITY, 0x6e0001ff)
			.octets(stun.ICE_CONTROLLED, octetsOf("00 932ff9b151263b36"), 1)
			.text(stun.USERNAME, "evtj:h6vY");
		// The RFC pads with spaces, and any octets will do: ours are zeros.
		assert.equal(toHex(writer.bytes, writer.end - 3, writer.end), "000000");
		writer.bytes.fill(0x20, writer.end - 3, writer.end);
		writer.integrity(key).fingerprint();
		assert.equal(toHex(writer.bytes, writer.start, writer.end), toHex(REQUEST));
		const reader = new StunReader();
		assert.equal(reader.read(writer.bytes, writer.start, writer.end), true);
		const addresses = [
			["192.0.2.1", RESPONSE4],
			["2001:db8:1234:5678:11:2233:4455:6677", RESPONSE6],
		] as const;
		for (const [address, expected] of addresses) {
			const answer = new StunWriter(200);
			answer.respond(stun.SUCCESS, reader).text(stun.SOFTWARE, "test vector");
			answer.bytes[answer.end - 1] = 0x20;
			answer.address(stun.XOR_MAPPED_ADDRESS, address, 32853).integrity(key).fingerprint();
			assert.equal(toHex(answer.bytes, 0, answer.end), toHex(expected));
			assert.equal(answer.overflowed, false);
		}
	});

	it("writes and reads back each class, method, address and error", () => {
		const writer = new StunWriter();
		const id = octetsOf(ID);
		for (const kind of [stun.REQUEST, stun.INDICATION, stun.SUCCESS, stun.ERROR]) {
			for (const method of [stun.BINDING, stun.ALLOCATE, stun.DATA, stun.CHANNEL_BIND, 0xfff, 0x555]) {
				writer.begin(kind, method, id);
				const reader = read(writer.bytes.slice(0, writer.end));
				assert.deepEqual([reader.kind, reader.method], [kind, method]);
			}
		}
		for (const attribute of [stun.MAPPED_ADDRESS, stun.OTHER_ADDRESS, stun.XOR_PEER_ADDRESS, 0xc0f0]) {
			for (const [address, port] of [
				["255.0.0.1", 65535],
				["::1", 1],
				["fe80::1", 3478],
			] as const) {
				writer.begin(stun.REQUEST, stun.BINDING, id).address(attribute, address, port);
				assert.deepEqual(read(writer.bytes.slice(0, writer.end)).address(attribute), { address, port });
			}
		}
		for (const code of [300, 401, 420, 438, 487, 699]) {
			writer.begin(stun.ERROR, stun.BINDING, id).error(code, code === 401 ? "Unauthenticated" : "");
			assert.equal(read(writer.bytes.slice(0, writer.end)).errorCode(), code);
		}
	});

	it("lists what it does not understand, and not what may be ignored (RFC 8489 §14)", () => {
		const writer = new StunWriter();
		writer.begin(stun.REQUEST, stun.BINDING, octetsOf(ID)).flag(0x7fff).flag(0x8000).u32(stun.CHANGE_REQUEST, 6);
		const reader = read(writer.bytes.slice(0, writer.end));
		assert.equal(reader.hasUnknown([]), true);
		assert.deepEqual(Array.from(reader.unknown.subarray(0, reader.unknownCount)), [0x7fff, stun.CHANGE_REQUEST]);
		assert.equal(reader.hasUnknown([stun.CHANGE_REQUEST, 0x7fff]), false);
		reader.hasUnknown([stun.CHANGE_REQUEST]);
		const answer = new StunWriter();
		answer.respond(stun.ERROR, reader).error(stun.UNKNOWN_ATTRIBUTE).unknown(reader);
		const octets = read(answer.bytes.slice(0, answer.end)).octets(stun.UNKNOWN_ATTRIBUTES, 9);
		assert.equal(toHex(octets ?? REQUEST), "7fff");
		writer.begin(stun.REQUEST, stun.BINDING, octetsOf(ID));
		for (let i = 0; i < 40; i++) writer.flag(0x7000 + i);
		const many = read(writer.bytes.slice(0, writer.end));
		assert.deepEqual([many.hasUnknown([]), many.unknownCount], [true, 8]);
	});

	it("finds nothing behind MESSAGE-INTEGRITY, which does not cover it (RFC 8489 §14.5)", () => {
		const writer = new StunWriter();
		const key = new HmacSha1(latin1("key"));
		const key256 = new HmacSha256(latin1("key"));
		writer.begin(stun.REQUEST, stun.BINDING, octetsOf(ID)).u32(stun.PRIORITY, 1).integrity(key);
		writer.flag(stun.USE_CANDIDATE).integrity256(key256, 16).text(stun.USERNAME, "me").fingerprint();
		const reader = read(writer.bytes.slice(0, writer.end));
		assert.deepEqual(
			[reader.isIntact(key), reader.isIntact256(key256), reader.isFingerprintRight()],
			[true, true, true],
		);
		assert.deepEqual(
			[reader.u32(stun.PRIORITY), reader.has(stun.USE_CANDIDATE), reader.has(stun.USERNAME)],
			[1, false, false],
		);
		assert.equal(reader.hasUnknown([stun.PRIORITY]), false);
		writer.begin(stun.REQUEST, stun.BINDING, octetsOf(ID)).integrity256(key256).integrity(key);
		const other = read(writer.bytes.slice(0, writer.end));
		assert.deepEqual([other.hasIntegrity, other.hasIntegrity256, other.isIntact256(key256)], [false, true, true]);
	});

	it("leaves out what does not fit and says so", () => {
		const writer = new StunWriter(32);
		writer.begin(stun.REQUEST, stun.BINDING, octetsOf(ID)).text(stun.USERNAME, "nine char").u32(stun.PRIORITY, 7);
		assert.deepEqual([writer.overflowed, writer.end], [true, 28]);
		assert.equal(read(writer.bytes.slice(0, writer.end)).u32(stun.PRIORITY), 7);
		writer.begin(stun.REQUEST, stun.BINDING, octetsOf(ID));
		assert.equal(writer.overflowed, false);
		assert.equal(writer.address(stun.XOR_MAPPED_ADDRESS, "no address", 1).overflowed, true);
		assert.equal(writer.begin(stun.REQUEST, stun.BINDING, octetsOf(ID)).integrity(new HmacSha1(latin1("k"))).end, 20);
	});

	it("rejects what is malformed", () => {
		const bad: Record<string, Uint8Array> = {
			empty: new Uint8Array(0),
			"no header": REQUEST.subarray(0, 19),
			"another cookie": octetsOf("0001 0000 2112a443 000000000000000000000000"),
			"the two bits": octetsOf("4001 0000 2112a442 000000000000000000000000"),
			"a length that is not a multiple of four": octetsOf("0001 0001 2112a442 000000000000000000000000 00"),
			"more than the length": octetsOf("0001 0000 2112a442 000000000000000000000000 00000000"),
			"an attribute beyond the end": octetsOf("0001 0004 2112a442 000000000000000000000000 00060001"),
			"a short MESSAGE-INTEGRITY": octetsOf("0001 0008 2112a442 000000000000000000000000 00080004 00000000"),
			"a short MESSAGE-INTEGRITY-SHA256": octetsOf(
				"0001 0010 2112a442 000000000000000000000000 001c000c 000000000000000000000000",
			),
			"something behind FINGERPRINT": octetsOf(
				"0001 000c 2112a442 000000000000000000000000 80280004 00000000 00250000",
			),
			"too long": new StunWriter(2200)
				.begin(0, 1, new Uint8Array(12))
				.text(stun.SOFTWARE, "x".repeat(2040))
				.bytes.slice(0, 2064),
		};
		const reader = new StunReader();
		for (const why of Object.keys(bad)) assert.equal(reader.read(bad[why]), false, why);
		assert.equal(stun.isStun(octetsOf("0001 0004 2112a442 000000000000000000000000 00060001")), true);
	});

	it("rejects addresses and errors of other lengths, families and codes", () => {
		const value = (hex: string) => {
			const writer = new StunWriter().begin(stun.SUCCESS, stun.BINDING, octetsOf(ID));
			return read(
				writer
					.octets(stun.XOR_MAPPED_ADDRESS, octetsOf(hex))
					.octets(stun.ERROR_CODE, octetsOf(hex))
					.bytes.slice(0, writer.end),
			);
		};
		for (const hex of [
			"",
			"00",
			"00010001",
			"0001000100000000 00",
			"0002000100000000",
			"0003000100000000",
			"000100010000",
		])
			assert.equal(value(hex).address(stun.XOR_MAPPED_ADDRESS), undefined, hex);
		for (const hex of ["", "000004", "00000264", "00000700", "00000464"]) assert.equal(value(hex).errorCode(), 0, hex);
		assert.equal(value("ffffff63").errorCode(), 0);
		assert.equal(value("00000363").errorCode(), 399);
	});
});
