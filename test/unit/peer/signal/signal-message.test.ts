import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { utf8Decode, utf8Encode } from "../../../../src/base/text";
import { type CallData, CallProof, readCallData, SDP_MAX, writeCallData } from "../../../../src/peer/signal/call-data";
import {
	isSameProof,
	loginProof,
	readSignal,
	SIGNAL_DATA_MAX,
	SIGNAL_MESSAGE_MAX,
	type SignalMessage,
	writeSignal,
} from "../../../../src/peer/signal/signal-message";
import { mutate, mutateOctets } from "../../../support/mutate";

const NONCE = "0123456789abcdef0123456789abcdef";
const MAC = NONCE + NONCE;
const PEER = "0011223344556677";

const MESSAGES: readonly SignalMessage[] = [
	{ type: "hello", nonce: NONCE, stunPort: 3478 },
	{ type: "login", user: `d:${NONCE}:${PEER}`, nonce: NONCE, homeKey: MAC, mac: MAC, name: "Tür", kind: "camera" },
	{ type: "login", user: `p.${NONCE}.*.abc.x`, nonce: NONCE, homeKey: "", mac: MAC, name: "", kind: "" },
	{ type: "welcome", mac: MAC, turn: undefined },
	{ type: "welcome", mac: MAC, turn: { address: "192.0.2.1", port: 3478, username: "u:1", password: "p/=" } },
	{ type: "refused", reason: "unknown" },
	{ type: "find" },
	{ type: "device", peer: PEER, name: 'Görlitz "Tor"', kind: "camera" },
	{ type: "found" },
	{ type: "signal", peer: PEER, data: '{"kind":"offer"}\r\n' },
	{ type: "signal", peer: "a-17", data: "" },
	{ type: "gone", peer: PEER },
];

const CALLS: readonly CallData[] = [
	{ kind: "offer", nonce: NONCE, guest: "", sdp: "v=0\r\na=x\r\n", mac: MAC },
	{ kind: "offer", nonce: NONCE, guest: NONCE, sdp: "v=0\r\n", mac: MAC },
	{ kind: "answer", nonce: NONCE, sdp: "v=0\r\n", mac: MAC },
	{ kind: "candidate", nonce: NONCE, candidate: "candidate:1 1 UDP 1 192.0.2.1 5 typ host", mid: "0", mac: MAC },
	{ kind: "refused", nonce: NONCE, reason: "busy" },
];

describe("peer/signal-message", () => {
	for (const message of MESSAGES)
		it(`reads a ${message.type} as it was written`, () =>
			assert.deepEqual(readSignal(utf8Encode(writeSignal(message))), message));

	for (const data of CALLS)
		it(`reads the ${data.kind} of a call as it was written`, () =>
			assert.deepEqual(readCallData(writeCallData(data)), data));

	for (const [what, text] of [
		["no object", "[]"],
		["nested members", '{"type":{"a":1}}'],
		["an unknown type", '{"type":"other"}'],
		["a short nonce", '{"type":"hello","nonce":"00","stunPort":1}'],
		["a port that is none", `{"type":"hello","nonce":"${NONCE}","stunPort":70000}`],
		["no user", `{"type":"login","user":"","nonce":"${NONCE}","mac":"${MAC}"}`],
		["a peer with other characters", '{"type":"signal","peer":"a/b","data":""}'],
		["no data", `{"type":"signal","peer":"${PEER}"}`],
		["a device without an identity", '{"type":"device","peer":"x","name":"n"}'],
	] as const)
		it(`rejects ${what}`, () => assert.equal(readSignal(utf8Encode(text)), undefined));

	it("rejects texts that are too long", () => {
		const data = "x".repeat(SIGNAL_DATA_MAX + 1);
		assert.equal(readSignal(utf8Encode(writeSignal({ type: "signal", peer: PEER, data }))), undefined);
		assert.equal(readSignal(new Uint8Array(SIGNAL_MESSAGE_MAX + 1).fill(32)), undefined);
		const sdp = "x".repeat(SDP_MAX + 1);
		assert.equal(readCallData(writeCallData({ kind: "answer", nonce: NONCE, sdp, mac: MAC })), undefined);
	});

	it("proves a login for these nonces, this user and this side only", () => {
		const key = new Uint8Array(32).fill(1);
		const proof = loginProof(key, "client", NONCE, MAC, "u");
		assert.ok(isSameProof(proof, loginProof(key, "client", NONCE, MAC, "u")));
		for (const other of [
			loginProof(key, "server", NONCE, MAC, "u"),
			loginProof(key, "client", MAC, NONCE, "u"),
			loginProof(key, "client", NONCE, MAC, "v"),
			loginProof(new Uint8Array(32), "client", NONCE, MAC, "u"),
			"",
		])
			assert.ok(!isSameProof(proof, other));
	});

	it("authenticates a description for this device, call and direction only (P2P-14)", () => {
		const secret = new Uint8Array(32).fill(9);
		const proof = new CallProof(secret, PEER);
		const mac = proof.sign("caller", NONCE, "sdp");
		assert.equal(mac, new CallProof(secret, PEER).sign("caller", NONCE, "sdp"));
		assert.notEqual(mac, proof.sign("device", NONCE, "sdp"));
		assert.notEqual(mac, proof.sign("caller", NONCE, "sdq"));
		assert.notEqual(mac, proof.sign("caller", MAC, "sdp"));
		assert.notEqual(mac, new CallProof(secret, "ffff223344556677").sign("caller", NONCE, "sdp"));
		assert.notEqual(mac, new CallProof(new Uint8Array(32), PEER).sign("caller", NONCE, "sdp"));
	});

	it("survives any octets; what it accepts it writes again", () => {
		const random = new Prng(1515);
		for (let i = 0; i < 2000; i++) {
			const text = writeSignal(MESSAGES[random.below(MESSAGES.length)]);
			const bytes = random.chance(0.5)
				? mutateOctets(random, utf8Encode(text))
				: utf8Encode(mutate(random, text, '"{}:,\\'));
			const message = readSignal(bytes);
			if (message !== undefined)
				assert.deepEqual(readSignal(utf8Encode(writeSignal(message))), message, utf8Decode(bytes));
			const call = readCallData(mutate(random, writeCallData(CALLS[random.below(CALLS.length)]), '"{}:,\\'));
			if (call !== undefined) assert.deepEqual(readCallData(writeCallData(call)), call);
		}
	});
});
