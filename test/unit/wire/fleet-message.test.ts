import assert from "node:assert/strict";
import { ByteWriter } from "../../../src/base/byte-writer";
import { Prng } from "../../../src/base/prng";
import {
	decodeFleetMessage,
	encodeFleetMessage,
	FLEET_MESSAGE_MAX,
	type FleetMessage,
	isHost,
	isName,
	SECRET_MAX,
} from "../../../src/wire/fleet-message";

const octets = (length: number) => new Uint8Array(length).map((_, i) => i * 31);
const plain: FleetMessage = {
	type: "inquiry",
	fleet: 0,
	sender: "00112233aabbccdd",
	boot: 1,
	sequence: 2,
	term: 3,
	answer: true,
	representative: false,
	holds: false,
	automaticName: false,
	secure: false,
	trouble: false,
};
const cases: [string, FleetMessage][] = [
	["an inquiry", plain],
	[
		"a full announcement",
		{
			...plain,
			type: "announce",
			fleet: 0xffffffff,
			boot: 0xffffffff,
			sequence: 0xfffffffe,
			term: 0x80000000,
			answer: false,
			representative: true,
			automaticName: true,
			secure: true,
			name: "Küche 🏡",
			model: "esp32",
			httpPort: 8000,
			externalPort: 65535,
			externalHost: "198.20.0.1",
		},
	],
	["a domain name", { ...plain, type: "announce", externalPort: 0, externalHost: "cams.example.org" }],
	["a login's version", { ...plain, type: "announce", trouble: true, login: 0xffffffff, loginCheck: 0x80000001 }],
	["a bye", { ...plain, type: "bye", answer: false }],
	["a claim", { ...plain, type: "claim", representative: true, holds: true, priority: 255 }],
	[
		"an inquiry that names heirs",
		{ ...plain, priority: 0, heirs: ["ffeeddccbbaa9988", "0000000000000001", plain.sender] },
	],
	["one that names none", { ...plain, heirs: [] }],
	["a probe", { ...plain, type: "probe", target: "ffeeddccbbaa9988", nonce: 0xffffffff }],
	["its answer", { ...plain, type: "alive", target: "ffeeddccbbaa9988", nonce: 0, age: 65535 }],
	["a new name for another", { ...plain, type: "rename", name: "Hof", target: "ffeeddccbbaa9988" }],
	...[0, 32, 160, 255, 256, 510, 544].map((length): [string, FleetMessage] => [
		`a secret of ${length} octets`,
		{ ...plain, type: "login", login: 7, loginCheck: 0, target: plain.sender, secret: octets(length) },
	]),
	[
		"the longest announcement",
		{ ...plain, type: "announce", name: "n".repeat(48), model: "m".repeat(16), externalHost: `${"d".repeat(252)}.` },
	],
];

function encode(message: FleetMessage): Uint8Array {
	const writer = new ByteWriter(FLEET_MESSAGE_MAX);
	assert.equal(encodeFleetMessage(message, writer), true);
	return writer.copy();
}

describe("wire/fleet-message", () => {
	for (const [title, message] of cases) {
		it(`carries ${title} there and back`, () => assert.deepEqual(decodeFleetMessage(encode(message)), message));
	}

	it("leaves room for an authentication code and a succession's fields in 548 octets", () => {
		const longest = encode(cases[5][1]).length;
		assert.ok(longest + 2 + 3 * 8 + 2 + 8 + 16 <= 548, `${longest}`);
	});

	it("carries the longest login in 640 octets, its code included", () => {
		const writer = new ByteWriter(FLEET_MESSAGE_MAX);
		const login: FleetMessage = { ...plain, type: "login", login: 1, target: plain.sender, secret: octets(SECRET_MAX) };
		assert.equal(encodeFleetMessage(login, writer, 1), true);
		assert.ok(writer.length <= 640, `${writer.length}`);
	});

	it("refuses a longer secret, also in pieces", () => {
		const whole = encode({ ...plain, type: "login", secret: octets(SECRET_MAX) });
		const longer = new Uint8Array([...whole, 12, 1, 0]);
		longer[6] = longer.length >> 8;
		longer[7] = longer.length & 255;
		assert.equal(decodeFleetMessage(longer), undefined);
	});

	it("refuses to encode what is out of range", () => {
		const writer = new ByteWriter(FLEET_MESSAGE_MAX);
		assert.equal(encodeFleetMessage({ ...plain, name: "x".repeat(49) }, writer), false);
		assert.equal(encodeFleetMessage({ ...plain, sender: "short" }, writer), false);
		assert.equal(encodeFleetMessage({ ...plain, target: "zzzzzzzzzzzzzzzz" }, writer), false);
		assert.equal(encodeFleetMessage({ ...plain, secret: octets(SECRET_MAX + 1) }, writer), false);
	});

	it("skips fields that it does not know", () => {
		const bytes = encode(plain);
		const longer = new Uint8Array([...bytes, 200, 3, 1, 2, 3]);
		longer[7] = longer.length;
		assert.deepEqual(decodeFleetMessage(longer), plain);
	});

	const broken: [string, (bytes: Uint8Array) => Uint8Array][] = [
		["nothing", () => new Uint8Array(0)],
		["another magic", (b) => b.fill(0, 0, 1)],
		["another version", (b) => b.fill(2, 2, 3)],
		["type 0", (b) => b.fill(0, 3, 4)],
		["an unknown type", (b) => b.fill(99, 3, 4)],
		["an unknown key", (b) => b.fill(7, 4, 5)],
		["a wrong length", (b) => b.fill(1, 7, 8)],
		["one octet less", (b) => b.subarray(0, b.length - 1)],
		["one octet more", (b) => new Uint8Array([...b, 0])],
	];
	for (const [title, spoil] of broken) {
		it(`refuses ${title}`, () => assert.equal(decodeFleetMessage(spoil(encode(cases[1][1]))), undefined));
	}

	it("stands any mutation, and re-encodes whatever it accepts", () => {
		const writer = new ByteWriter(FLEET_MESSAGE_MAX);
		for (let seed = 0; seed < 20000; seed++) {
			const random = new Prng(seed);
			const bytes = encode(cases[random.below(cases.length)][1]);
			for (let n = 1 + random.below(4); n > 0; n--) bytes[random.below(bytes.length)] = random.below(256);
			const message = decodeFleetMessage(random.chance(0.2) ? bytes.subarray(0, random.below(bytes.length)) : bytes);
			if (message !== undefined) assert.equal(encodeFleetMessage(message, writer), true, `seed ${seed}`);
		}
	});

	it("knows a name and a host when it sees one", () => {
		for (const name of ["a", "server 1", "Küche", "x".repeat(48)]) assert.equal(isName(name), true, name);
		for (const name of ["", " a", "a ", "a\nb", "a\u0000", "\u0085", "x".repeat(49), "ü".repeat(25)])
			assert.equal(isName(name), false, name);
		for (const host of ["localhost", "198.20.0.1", "a-b.example"]) assert.equal(isHost(host), true, host);
		for (const host of ["", "a b", "a/b", "a:80", '"><script>', "ä", "x".repeat(254)])
			assert.equal(isHost(host), false, host);
	});
});
