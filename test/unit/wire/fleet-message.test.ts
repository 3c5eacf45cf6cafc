import assert from "node:assert/strict";
import { ByteWriter } from "../../../src/base/byte-writer";
import { toHex } from "../../../src/base/hex";
import { Prng } from "../../../src/base/prng";
import { utf8Encode } from "../../../src/base/text";
import {
	decodeFleetMessage,
	encodeFleetMessage,
	FLEET_MESSAGE_MAX,
	type FleetMessage,
	FleetMessageDecoder,
	isHost,
	isName,
	SECRET_MAX,
} from "../../../src/wire/fleet-message";
import { type FleetService, isServiceKind, isServicePath, SERVICES_MAX } from "../../../src/wire/fleet-service";
import { decodeOldFleetMessage, encodeOldFleetMessage, type OldFleetMessage } from "../../support/old-fleet-message";

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
			name: "Küche 🏡",
			model: "esp32",
			group: "Hof & Garten",
			services: [
				{ kind: "http", port: 8000, externalPort: 65535, path: "/", secure: true },
				{ kind: "rtsp", port: 8554, externalPort: 0, path: "/live", secure: false },
			],
			externalHost: "198.20.0.1",
		},
	],
	["a domain name", { ...plain, type: "announce", externalHost: "cams.example.org" }],
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
		{
			...plain,
			type: "announce",
			name: "n".repeat(48),
			model: "m".repeat(16),
			group: "g".repeat(24),
			externalHost: `${"d".repeat(252)}.`,
			priority: 255,
			login: 1,
			loginCheck: 2,
			services: [service(), ...Array.from({ length: 5 }, () => service({ kind: "k".repeat(15), path: longPath(22) }))],
		},
	],
	["as many services as there may be", { ...plain, type: "announce", services: Array(SERVICES_MAX).fill(service()) }],
	["a service with the longest path", { ...plain, type: "announce", services: [service({ path: longPath(32) })] }],
	["a service with the longest kind", { ...plain, type: "announce", services: [service({ kind: "k".repeat(15) })] }],
	["two services of one kind", { ...plain, type: "announce", services: [service(), service({ port: 8001 })] }],
	[
		"services without pages",
		{ ...plain, type: "announce", services: [service({ kind: "relay", path: "/a_b~c%20d" })] },
	],
];

function service(change: Partial<FleetService> = {}): FleetService {
	return { kind: "http", port: 8000, externalPort: 8081, path: "/", secure: false, ...change };
}

function longPath(length: number): string {
	return `/${"p".repeat(length - 1)}`;
}

/** The result of {@link decodeFleetMessage}, without absent fields. */
function decode(bytes: Uint8Array): FleetMessage | undefined {
	return present(decodeFleetMessage(bytes));
}

function present(message: FleetMessage | undefined): FleetMessage | undefined {
	if (message === undefined) return undefined;
	const fields = Object.entries(message).filter(([, value]) => value !== undefined);
	return Object.fromEntries(fields) as unknown as FleetMessage;
}

function fromHex(digits: string): Uint8Array {
	return new Uint8Array(digits.length / 2).map((_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

/** Appends a field to a message. */
function withField(bytes: Uint8Array, tag: number, ...value: number[]): Uint8Array {
	const longer = new Uint8Array([...bytes, tag, value.length, ...value]);
	longer[6] = longer.length >> 8;
	longer[7] = longer.length;
	return longer;
}

function encode(message: FleetMessage): Uint8Array {
	const writer = new ByteWriter(FLEET_MESSAGE_MAX);
	assert.equal(encodeFleetMessage(message, writer), true);
	return writer.copy();
}

describe("wire/fleet-message", () => {
	for (const [title, message] of cases) {
		it(`encodes and decodes ${title}`, () => assert.deepEqual(decode(encode(message)), message));
	}

	it("fits an ordinary announcement, its code included, into 548 octets, and the longest into 672", () => {
		const writer = new ByteWriter(FLEET_MESSAGE_MAX);
		for (const [title, limit] of [
			["a full announcement", 548],
			["as many services as there may be", 548],
			["the longest announcement", 672],
		] as const) {
			const message = cases.find(([name]) => name === title)?.[1] ?? plain;
			assert.equal(encodeFleetMessage(message, writer, 1), true, title);
			assert.ok(writer.length <= limit, `${title}: ${writer.length}`);
		}
	});

	it("fits the longest login into 672 octets, its code included", () => {
		const writer = new ByteWriter(FLEET_MESSAGE_MAX);
		const login: FleetMessage = { ...plain, type: "login", login: 1, target: plain.sender, secret: octets(SECRET_MAX) };
		assert.equal(encodeFleetMessage(login, writer, 1), true);
		assert.ok(writer.length <= 672, `${writer.length}`);
	});

	it("rejects a longer secret, also in several fields", () => {
		const whole = encode({ ...plain, type: "login", secret: octets(SECRET_MAX) });
		assert.equal(decodeFleetMessage(withField(whole, 12, 0)), undefined);
	});

	it("refuses to encode values out of range", () => {
		const writer = new ByteWriter(FLEET_MESSAGE_MAX);
		assert.equal(encodeFleetMessage({ ...plain, name: "x".repeat(49) }, writer), false);
		assert.equal(encodeFleetMessage({ ...plain, sender: "short" }, writer), false);
		assert.equal(encodeFleetMessage({ ...plain, target: "zzzzzzzzzzzzzzzz" }, writer), false);
		assert.equal(encodeFleetMessage({ ...plain, secret: octets(SECRET_MAX + 1) }, writer), false);
	});

	it("skips fields that it does not know", () => {
		assert.deepEqual(decode(withField(encode(plain), 200, 1, 2, 3)), plain);
	});

	for (const [title, services] of [
		["a seventh service", Array(SERVICES_MAX + 1).fill(service())],
		[
			"services that are too long together",
			Array(SERVICES_MAX).fill(service({ path: longPath(32), kind: "long-kind" })),
		],
		["port 0", [service({ port: 0 })]],
		["a port above 65535", [service({ port: 65536 })]],
		["an external port below 0", [service({ externalPort: -1 })]],
		["a kind in capital letters", [service({ kind: "HTTP" })]],
		["an empty path", [service({ path: "" })]],
		["a path that is too long", [service({ path: longPath(33) })]],
		["a path with a quotation mark", [service({ path: '/"' })]],
	] as const) {
		it(`refuses to encode ${title}`, () => {
			const writer = new ByteWriter(FLEET_MESSAGE_MAX);
			assert.equal(encodeFleetMessage({ ...plain, services }, writer), false);
		});
	}

	const http = [104, 116, 116, 112];
	for (const [title, value] of [
		["nothing", []],
		["port 0", [0, 0, 0, 0, 0, 4, ...http, 47]],
		["no kind", [0, 31, 64, 0, 0, 0, 47]],
		["no path", [0, 31, 64, 0, 0, 4, ...http]],
		["a kind longer than the field", [0, 31, 64, 0, 0, 9, ...http, 47]],
		["a kind of 16 octets", [0, 31, 64, 0, 0, 16, ...Array(16).fill(104), 47]],
		["a kind in capital letters", [0, 31, 64, 0, 0, 4, 72, 84, 84, 80, 47]],
		["a relative path", [0, 31, 64, 0, 0, 4, ...http, 97]],
		["a path of 33 octets", [0, 31, 64, 0, 0, 4, ...http, 47, ...Array(32).fill(97)]],
		["a path with a space", [0, 31, 64, 0, 0, 4, ...http, 47, 32]],
		["a path that is not ASCII", [0, 31, 64, 0, 0, 4, ...http, 47, 195, 188]],
	] as const) {
		it(`refuses a service with ${title}`, () =>
			assert.equal(decodeFleetMessage(withField(encode(plain), 14, ...value)), undefined));
	}

	it("refuses a seventh service, and ignores flags of a service that it does not know", () => {
		const value = [0xfe, 31, 64, 0, 0, 4, ...http, 47];
		let bytes = encode(plain);
		for (let i = 0; i < SERVICES_MAX; i++) bytes = withField(bytes, 14, ...value);
		assert.deepEqual(decode(bytes)?.services, Array(SERVICES_MAX).fill(service({ externalPort: 0 })));
		assert.equal(decodeFleetMessage(withField(bytes, 14, ...value)), undefined);
	});

	it("leaves nothing of one message in the next when a decoder is reused", () => {
		const random = new Prng(1);
		const decoder = new FleetMessageDecoder();
		for (let n = 0; n < 2000; n++) {
			const message = cases[random.below(cases.length)][1];
			const bytes = encode(message);
			if (random.chance(0.3)) {
				bytes[random.below(bytes.length)] = random.below(256);
				assert.deepEqual(present(decoder.decode(bytes)), decode(bytes));
			} else assert.deepEqual(present(decoder.decode(bytes)), message);
		}
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

	it("survives any mutation, and re-encodes everything that it accepts", () => {
		const writer = new ByteWriter(FLEET_MESSAGE_MAX);
		for (let seed = 0; seed < 20000; seed++) {
			const random = new Prng(seed);
			const bytes = encode(cases[random.below(cases.length)][1]);
			for (let n = 1 + random.below(4); n > 0; n--) bytes[random.below(bytes.length)] = random.below(256);
			const message = decodeFleetMessage(random.chance(0.2) ? bytes.subarray(0, random.below(bytes.length)) : bytes);
			if (message !== undefined) assert.equal(encodeFleetMessage(message, writer), true, `seed ${seed}`);
		}
	});

	it("accepts a name as octets exactly when isName accepts its text", () => {
		const pieces = [
			"a",
			"Z",
			" ",
			"~",
			"\t",
			"\u007f",
			"\u0085",
			"\u00a0",
			"ü",
			"\u2028",
			"\u202e",
			"🏡",
			"x".repeat(20),
		];
		for (let seed = 0; seed < 3000; seed++) {
			const random = new Prng(seed);
			let name = "";
			for (let n = random.below(5); n > 0; n--) name += pieces[random.below(pieces.length)];
			const octets = utf8Encode(name);
			if (octets.length > 255) continue;
			assert.equal(decodeFleetMessage(withField(encode(plain), 1, ...octets))?.name, isName(name) ? name : undefined);
		}
	});

	it("accepts and rejects kinds and paths of services", () => {
		for (const kind of ["http", "rtsp", "a-1", "k".repeat(15)]) assert.equal(isServiceKind(kind), true, kind);
		for (const kind of ["", "HTTP", "a b", "ü", "k".repeat(16)]) assert.equal(isServiceKind(kind), false, kind);
		for (const path of ["/", "/live", "/a-b/c.d_e~f%20", longPath(32)]) assert.equal(isServicePath(path), true, path);
		for (const path of ["", "live", "/ ", "/?q", "/<", "/ü", longPath(33)])
			assert.equal(isServicePath(path), false, path);
	});

	it("accepts and rejects names and hosts", () => {
		for (const name of ["a", "server 1", "Küche", "x".repeat(48)]) assert.equal(isName(name), true, name);
		for (const name of ["", " a", "a ", "a\nb", "a\u0000", "\u0085", "x".repeat(49), "ü".repeat(25)])
			assert.equal(isName(name), false, name);
		for (const host of ["localhost", "198.20.0.1", "a-b.example"]) assert.equal(isHost(host), true, host);
		for (const host of ["", "a b", "a/b", "a:80", '"><script>', "ä", "x".repeat(254)])
			assert.equal(isHost(host), false, host);
	});
});

describe("wire/fleet-message: cameras of the old format, without a list of services", () => {
	const common = {
		...plain,
		type: "announce",
		answer: false,
		automaticName: true,
		name: "server 1",
		model: "esp32",
		priority: 100,
		externalHost: "198.20.0.1",
	} as const;
	const old: OldFleetMessage = { ...common, secure: true, httpPort: 8000, externalPort: 8081 };
	const http = service({ secure: true });
	const rtsp = service({ kind: "rtsp", port: 8554, externalPort: 0, path: "/live" });
	const OLD_VECTOR =
		"50480101001400420000000000112233aabbccdd00000001000000020000000301087365727665722031" +
		"0205657370333203021f4004021f910504c6140001080164";
	const NEW_VECTOR =
		"50480101001400600000000000112233aabbccdd00000001000000020000000301087365727665722031" +
		"0205657370333203021f4004021f910504c61400010801640e0b011f401f9104687474702f0e0f00216a000004727473702f6c697665";

	function encodeOld(message: OldFleetMessage): Uint8Array {
		const writer = new ByteWriter(FLEET_MESSAGE_MAX);
		assert.equal(encodeOldFleetMessage(message, writer), true);
		return writer.copy();
	}

	it("decodes the fixed fields into one HTTP service", () => {
		assert.equal(toHex(encodeOld(old)), OLD_VECTOR);
		assert.deepEqual(decode(fromHex(OLD_VECTOR)), { ...common, services: [http] });
	});

	it("encodes the list, and the fixed fields for the HTTP service", () => {
		assert.equal(toHex(encode({ ...common, services: [http, rtsp] })), NEW_VECTOR);
		assert.deepEqual(decode(fromHex(NEW_VECTOR)), { ...common, services: [http, rtsp] });
	});

	it("is understood by cameras of the old format", () => {
		const read = decodeOldFleetMessage(encode({ ...common, services: [rtsp, http] }));
		assert.deepEqual(read, old);
	});

	it("does not tell cameras of the old format about a service that they cannot link to", () => {
		const read = decodeOldFleetMessage(encode({ ...common, services: [{ ...http, path: "/cam/" }, rtsp] }));
		assert.deepEqual([read?.httpPort, read?.externalPort, read?.secure], [undefined, undefined, false]);
	});

	it("uses the list when a message has both", () => {
		const bytes = withField(encodeOld(old), 14, 0, 31, 65, 0, 0, 4, 104, 116, 116, 112, 47);
		assert.deepEqual(decode(bytes)?.services, [service({ port: 8001, externalPort: 0 })]);
	});

	it("finds no service in a message of the old format without a port", () => {
		const { httpPort: _, ...rest } = old;
		assert.equal(decode(encodeOld(rest))?.services, undefined);
	});

	it("survives any mutation of an old message, and understands the rest as the old decoder does", () => {
		let understood = 0;
		for (let seed = 0; seed < 5000; seed++) {
			const random = new Prng(seed);
			const bytes = encodeOld({ ...old, secure: random.chance(0.5), httpPort: 1 + random.below(65535) });
			for (let n = 1 + random.below(3); n > 0; n--) bytes[random.below(bytes.length)] = random.below(256);
			const message = decodeFleetMessage(bytes);
			const expected = decodeOldFleetMessage(bytes);
			// A mutation may make a field of tag 14, which the old decoder skips.
			if (expected === undefined) assert.equal(message, undefined, `seed ${seed}`);
			const first = message?.services?.[0];
			if (first === undefined || expected?.httpPort === undefined || message?.services?.length !== 1) continue;
			if (first.port !== expected.httpPort) continue;
			understood++;
			assert.equal(first.externalPort, expected.externalPort ?? 0, `seed ${seed}`);
			assert.equal(first.secure, expected.secure, `seed ${seed}`);
		}
		assert.ok(understood > 2500, `${understood}`);
	});
});
