import assert from "node:assert/strict";
import { ByteWriter } from "../../../src/base/byte-writer";
import { Prng } from "../../../src/base/prng";
import { buildPinholeRequest, parsePinholeAnswer } from "../../../src/wire/pcp-ipv6";
import { mutateOctets } from "../../support/mutate";
import { octetsOf } from "../../support/octets";

const NONCE = octetsOf("000102030405060708090a0b");
const CLIENT = "2a0a2000000000010000000000000011";
/** RFC 6887 §11.1: 120 s, epoch 100, TCP 8000, at the client's own address. */
const ANSWER = `02810000 00000078 00000064 000000000000000000000000 000102030405060708090a0b 06000000 1f401f40 ${CLIENT}`;

describe("wire/pcp for IPv6", () => {
	it("asks for a pinhole at the client's own address, octet by octet (RFC 6887 §11.1, IMG-32)", () => {
		const writer = new ByteWriter(64);
		buildPinholeRequest(writer, "2a0a:2000:0:1::11", NONCE, "TCP", 8000, 600);
		const head = "02010000 00000258";
		assert.deepEqual(writer.copy(), octetsOf(`${head} ${CLIENT} 000102030405060708090a0b 06000000 1f401f40 ${CLIENT}`));
	});

	it("closes it with a lifetime of 0 and no address", () => {
		const writer = new ByteWriter(64);
		buildPinholeRequest(writer, "2a0a:2000:0:1::11", NONCE, "UDP", 8000, 0);
		assert.deepEqual(writer.copy().subarray(4, 8), octetsOf("00000000"));
		assert.deepEqual(writer.copy().subarray(36), octetsOf(`11000000 1f401f40 ${"00".repeat(16)}`));
	});

	it("reads the whole external address, and only with the nonce of the request", () => {
		const answer = parsePinholeAnswer(octetsOf(ANSWER), NONCE);
		assert.equal(answer?.externalAddress, "2a0a:2000:0:1::11");
		assert.deepEqual([answer?.result, answer?.lifetime, answer?.internalPort], [0, 120, 8000]);
		assert.equal(parsePinholeAnswer(octetsOf(ANSWER), new Uint8Array(12)), undefined);
	});

	it("reads an error without the request", () => {
		const answer = parsePinholeAnswer(octetsOf("02810002 00000708 00000064 000000000000000000000000"), NONCE);
		assert.deepEqual([answer?.result, answer?.internalPort, answer?.externalAddress], [2, 0, ""]);
	});

	it("survives 5,000 mutated answers", () => {
		const random = new Prng(32);
		for (let i = 0; i < 5000; i++) {
			const answer = parsePinholeAnswer(mutateOctets(random, octetsOf(ANSWER)), NONCE);
			if (answer !== undefined) assert.ok(answer.externalPort >= 0 && answer.externalPort <= 65535);
		}
	});
});
