import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { emptyMessage, type TextMessage } from "../../../src/wire/text-message";
import {
	applyMask,
	BINARY,
	CLOSE,
	FRAME_HEADER_MAX,
	FrameHeader,
	isCloseCode,
	MALFORMED,
	PING,
	TEXT,
	writeFrameHeader,
} from "../../../src/wire/websocket-frame";
import {
	isWebSocketAnswer,
	parseWebSocketRequest,
	webSocketAnswer,
	webSocketQuestion,
} from "../../../src/wire/websocket-handshake";
import { mutateOctets } from "../../support/mutate";

const of = (...octets: number[]): Uint8Array => new Uint8Array(octets);

function request(fields: [string, string][], method = "GET", minor = 1): TextMessage {
	const message = emptyMessage();
	message.method = method;
	message.minor = minor;
	message.fields.push(...fields);
	return message;
}

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const FIELDS: [string, string][] = [
	["upgrade", "websocket"],
	["connection", "keep-alive, Upgrade"],
	["sec-websocket-key", KEY],
	["sec-websocket-version", "13"],
	["sec-websocket-protocol", "chat, superchat"],
];
const without = (name: string): [string, string][] => FIELDS.filter(([key]) => key !== name);

describe("wire/websocket", () => {
	it("reads the frames of RFC 6455 §5.7", () => {
		const header = new FrameHeader();
		assert.equal(header.read(of(0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f), 0, 7), 2);
		assert.deepEqual([header.opcode, header.isFinal, header.isMasked, header.length], [TEXT, true, false, 5]);
		const masked = of(0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58);
		assert.equal(header.read(masked, 0, masked.length), 6);
		applyMask(masked, 6, 11, header.mask, 0);
		assert.deepEqual([...masked.subarray(6)], [0x48, 0x65, 0x6c, 0x6c, 0x6f]);
		assert.equal(header.read(of(0x01, 0x03), 0, 2), 2);
		assert.deepEqual([header.opcode, header.isFinal], [TEXT, false]);
		assert.equal(header.read(of(0x89, 0x05), 0, 2), 2);
		assert.deepEqual([header.opcode, header.isControl], [PING, true]);
		assert.equal(header.read(of(0x82, 0x7e, 0x01, 0x00), 0, 4), 4);
		assert.equal(header.length, 256);
		assert.equal(header.read(of(0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0), 0, 10), 10);
		assert.equal(header.length, 65536);
	});

	it("reads what it writes, at each length where the form changes, and not before it is complete", () => {
		const header = new FrameHeader();
		const mask = of(1, 2, 3, 4);
		for (const length of [0, 1, 125, 126, 127, 65535, 65536, 0xffffffff, 2 ** 52]) {
			for (const key of [undefined, mask]) {
				const bytes = new Uint8Array(FRAME_HEADER_MAX);
				const end = writeFrameHeader(bytes, 0, BINARY, true, length, key);
				for (let cut = 0; cut < end; cut++) assert.equal(header.read(bytes, 0, cut), 0);
				assert.equal(header.read(bytes, 0, end), end);
				assert.equal(header.length, length);
				assert.equal(header.isMasked, key !== undefined);
				if (key !== undefined) assert.deepEqual([...header.mask], [...mask]);
			}
		}
	});

	for (const [what, bytes] of [
		["a reserved bit", of(0xc2, 0x00)],
		["an unknown opcode", of(0x83, 0x00)],
		["an unknown control opcode", of(0x8b, 0x00)],
		["a control frame in parts", of(0x09, 0x00)],
		["a control frame of more than 125 octets", of(0x89, 0x7e, 0x00, 0x7e)],
		["a length of 16 bits that fits 7", of(0x82, 0x7e, 0x00, 0x7d)],
		["a length of 64 bits that fits 16", of(0x82, 0x7f, 0, 0, 0, 0, 0, 0, 0xff, 0xff)],
		["a length with the highest bit", of(0x82, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 0)],
		["a length that no number holds", of(0x82, 0x7f, 0x00, 0x20, 0, 0, 0, 0, 0, 0)],
	] as const)
		it(`rejects ${what}`, () => assert.equal(new FrameHeader().read(bytes, 0, bytes.length), MALFORMED));

	it("masks in pieces as in one", () => {
		const random = new Prng(1);
		const mask = of(9, 8, 7, 6);
		const whole = new Uint8Array(100).map(() => random.below(256));
		const pieces = whole.slice();
		applyMask(whole, 0, 100, mask, 0);
		for (let at = 0; at < 100; ) {
			const end = Math.min(100, at + 1 + random.below(9));
			applyMask(pieces, at, end, mask, at);
			at = end;
		}
		assert.deepEqual(pieces, whole);
	});

	it("knows which codes a CLOSE may have (RFC 6455 §7.4)", () => {
		for (const code of [1000, 1001, 1003, 1007, 1011, 1014, 3000, 4999]) assert.ok(isCloseCode(code), `${code}`);
		for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000]) assert.ok(!isCloseCode(code), `${code}`);
	});

	it("survives any octets where a header should be", () => {
		const random = new Prng(6455);
		const header = new FrameHeader();
		const bytes = new Uint8Array(FRAME_HEADER_MAX);
		for (let i = 0; i < 3000; i++) {
			const length = random.chance(0.5) ? random.below(200) : random.below(100_000);
			const end = writeFrameHeader(bytes, 0, random.chance(0.2) ? CLOSE : BINARY, true, length, of(1, 2, 3, 4));
			const changed = mutateOctets(random, bytes.subarray(0, end));
			const taken = header.read(changed, 0, changed.length);
			assert.ok(taken >= MALFORMED && taken <= changed.length);
			if (taken > 0) assert.ok(header.length >= 0 && Number.isSafeInteger(header.length));
		}
	});

	it("answers the key of RFC 6455 §1.3", () => {
		const fields = webSocketAnswer(KEY, "chat");
		assert.deepEqual(fields[2], ["Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="]);
		assert.deepEqual(parseWebSocketRequest(request(FIELDS)), { key: KEY, protocols: ["chat", "superchat"] });
	});

	it("tells an ordinary request, another version and a malformed one", () => {
		assert.equal(parseWebSocketRequest(request(without("upgrade"))), "not-upgrade");
		assert.equal(parseWebSocketRequest(request(without("connection"))), "not-upgrade");
		assert.equal(parseWebSocketRequest(request(without("sec-websocket-key"))), "malformed");
		assert.equal(parseWebSocketRequest(request(FIELDS, "POST")), "malformed");
		assert.equal(parseWebSocketRequest(request(FIELDS, "GET", 0)), "malformed");
		const short: [string, string] = ["sec-websocket-key", "c2hvcnQ="];
		assert.equal(parseWebSocketRequest(request([...without("sec-websocket-key"), short])), "malformed");
		assert.equal(parseWebSocketRequest(request(without("sec-websocket-version"))), "version");
		const other: [string, string] = ["sec-websocket-version", "8"];
		assert.equal(parseWebSocketRequest(request([...without("sec-websocket-version"), other])), "version");
	});

	it("accepts the answer to its own question and no other", () => {
		const random = new Uint8Array(16).fill(7);
		const question = webSocketQuestion(random, "p");
		const asked = request(question.map(([name, value]): [string, string] => [name.toLowerCase(), value]));
		const wish = parseWebSocketRequest(asked);
		assert.ok(typeof wish === "object");
		const answer = (change: (fields: [string, string][]) => [string, string][], status = 101): boolean => {
			const message = emptyMessage();
			message.status = status;
			const fields = webSocketAnswer(wish.key, "p").map(([name, value]): [string, string] => [
				name.toLowerCase(),
				value,
			]);
			message.fields.push(...change(fields));
			return isWebSocketAnswer(message, random, "p");
		};
		assert.ok(answer((fields) => fields));
		assert.ok(!answer((fields) => fields, 200));
		for (let i = 0; i < 4; i++) assert.ok(!answer((fields) => fields.filter((_, index) => index !== i)));
		assert.ok(!answer((fields) => [...fields, ["sec-websocket-extensions", "permessage-deflate"]]));
	});
});
