import assert from "node:assert/strict";
import { ByteWriter } from "../../../src/base/byte-writer";
import { Prng } from "../../../src/base/prng";
import { buildNatPmpAddress, buildNatPmpMap, parseNatPmpAnswer } from "../../../src/wire/nat-pmp";
import { buildPcpMap, parsePcpAnswer } from "../../../src/wire/pcp";

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));
const nonce = hex("000102030405060708090a0b");
/** RFC 6887 §11.1: MAP response; 120 s, epoch 100, TCP 8000 → 8080 at 198.20.0.1. */
const PCP_ANSWER =
	"02 81 00 00 00000078 00000064 000000000000000000000000 000102030405060708090a0b 06 000000 1f40 1f90 00000000000000000000ffff c6140001";

describe("wire/pcp", () => {
	it("builds a MAP request octet by octet (RFC 6887 §11.1)", () => {
		const writer = new ByteWriter(64);
		buildPcpMap(writer, "192.168.0.11", nonce, "TCP", 8000, 8080, 600);
		assert.deepEqual(
			writer.copy(),
			hex(
				"02 01 0000 00000258 00000000000000000000ffffc0a8000b 000102030405060708090a0b 06 000000 1f40 1f90 00000000000000000000ffff00000000",
			),
		);
	});

	it("reads a response only if it has the nonce of the request", () => {
		assert.deepEqual(parsePcpAnswer(hex(PCP_ANSWER), nonce), {
			result: 0,
			lifetime: 120,
			epoch: 100,
			protocol: "TCP",
			internalPort: 8000,
			externalPort: 8080,
			externalAddress: "198.20.0.1",
		});
		assert.equal(parsePcpAnswer(hex(PCP_ANSWER), new Uint8Array(12)), undefined);
		assert.equal(parsePcpAnswer(hex(PCP_ANSWER).subarray(0, 59), nonce), undefined);
	});

	it("maps UDP with protocol number 17, and reads it back", () => {
		const writer = new ByteWriter(64);
		buildPcpMap(writer, "192.168.0.11", nonce, "UDP", 5000, 5001, 600);
		assert.deepEqual(writer.copy().subarray(36), hex("11 000000 1388 1389 00000000000000000000ffff00000000"));
		const answer = hex(PCP_ANSWER);
		answer[36] = 17;
		assert.equal(parsePcpAnswer(answer, nonce)?.protocol, "UDP");
		answer[36] = 1;
		assert.equal(parsePcpAnswer(answer, nonce), undefined);
	});

	it("recognizes a server of another version", () => {
		const answer = hex(PCP_ANSWER);
		answer[0] = 1;
		assert.equal(parsePcpAnswer(answer, nonce)?.result, 1);
	});
});

describe("wire/nat-pmp", () => {
	it("builds its requests octet by octet (RFC 6886 §3.2, §3.3)", () => {
		const writer = new ByteWriter(64);
		buildNatPmpAddress(writer);
		assert.deepEqual(writer.copy(), hex("0000"));
		buildNatPmpMap(writer, "TCP", 8000, 8080, 7200);
		assert.deepEqual(writer.copy(), hex("00 02 0000 1f40 1f90 00001c20"));
		buildNatPmpMap(writer, "UDP", 5000, 5001, 7200);
		assert.deepEqual(writer.copy(), hex("00 01 0000 1388 1389 00001c20"));
	});

	it("reads both responses", () => {
		assert.deepEqual(parseNatPmpAnswer(hex("00 80 0000 00000064 c6140001")), {
			kind: "address",
			result: 0,
			epoch: 100,
			externalAddress: "198.20.0.1",
			protocol: "TCP",
			internalPort: 0,
			externalPort: 0,
			lifetime: 0,
		});
		assert.deepEqual(parseNatPmpAnswer(hex("00 82 0000 00000064 1f40 1f91 00001c20")), {
			kind: "map",
			result: 0,
			epoch: 100,
			externalAddress: "",
			protocol: "TCP",
			internalPort: 8000,
			externalPort: 8081,
			lifetime: 7200,
		});
		assert.equal(parseNatPmpAnswer(hex("00 81 0000 00000064 1388 1389 00001c20"))?.protocol, "UDP");
		for (const bad of [
			"",
			"00",
			"0080",
			"01 80 0000 00000064 c6140001",
			"00 83 0000 00000064 1f40 1f91 00001c20",
			"00 82 0000 00000064 1f40",
		])
			assert.equal(parseNatPmpAnswer(hex(bad)), undefined, bad);
	});

	it("survives 20,000 random datagrams, as the PCP parser does", () => {
		for (let seed = 0; seed < 20000; seed++) {
			const random = new Prng(seed);
			const bytes = new Uint8Array(random.below(70)).map(() => (random.chance(0.3) ? 0 : random.below(256)));
			assert.doesNotThrow(() => [parseNatPmpAnswer(bytes), parsePcpAnswer(bytes, nonce)], `seed ${seed}`);
		}
	});
});
