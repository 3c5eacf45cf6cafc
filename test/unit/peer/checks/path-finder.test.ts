import assert from "node:assert/strict";
import { HmacSha1 } from "../../../../src/base/sha1";
import type { Candidate } from "../../../../src/peer/candidate";
import { TESTS_MAX } from "../../../../src/peer/checks/check-times";
import {
	BINDING,
	ERROR,
	ICE_CONTROLLED,
	ICE_CONTROLLING,
	PRIORITY,
	REQUEST,
	SUCCESS,
	UNKNOWN_ATTRIBUTES,
	USE_CANDIDATE,
	USERNAME,
	XOR_MAPPED_ADDRESS,
} from "../../../../src/wire/stun";
import { StunReader } from "../../../../src/wire/stun-reader";
import { StunWriter } from "../../../../src/wire/stun-writer";
import { introductionOf, LoneFinder, PASSWORD, SESSION } from "../../../support/check-pair-rig";

const A = "198.51.100.1";
const B = "203.0.113.2";
const STRANGER = "192.0.2.66";
const NAME = "0a01020304050607";

function host(address: string, port = 5000): Candidate {
	return { kind: "host", address, port };
}

/** A finder that was told about a peer at B. */
function atA(controlling = true): LoneFinder {
	const a = new LoneFinder(1, A);
	a.introduce(introductionOf(controlling, [host(B)]));
	return a;
}

/** Two finders that know each other; what they send is not handed over yet. */
function both(): [LoneFinder, LoneFinder] {
	const b = new LoneFinder(2, B);
	b.introduce(introductionOf(false, [host(A)]));
	return [atA(), b];
}

/** Hands all messages over until nothing more is sent. */
function exchange(a: LoneFinder, b: LoneFinder): void {
	for (let rounds = 0; rounds < 20 && (a.sent.length > 0 || b.sent.length > 0); rounds++) {
		for (const { bytes } of a.sent.splice(0)) b.take(bytes, A, 5000);
		for (const { bytes } of b.sent.splice(0)) a.take(bytes, B, 5000);
	}
}

/** A check as an agent of others would write it. */
function check(change: (writer: StunWriter) => void = () => {}, key = PASSWORD, name = `${NAME}:${NAME}`): Uint8Array {
	const writer = new StunWriter();
	const id = Uint8Array.from([9, 9, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8]);
	writer.begin(REQUEST, BINDING, id).text(USERNAME, name).u32(PRIORITY, 1);
	change(writer);
	writer.integrity(new HmacSha1(key)).fingerprint();
	return writer.bytes.slice(writer.start, writer.end);
}

function pathOf({ finder }: LoneFinder): string | undefined {
	return finder.path?.address;
}

function tie(attribute: number, value: number): (writer: StunWriter) => void {
	return (writer) => writer.octets(attribute, new Uint8Array(8).fill(value));
}

function read(bytes: Uint8Array): StunReader {
	const reader = new StunReader();
	assert.ok(reader.read(bytes));
	return reader;
}

describe("peer/checks/path-finder", () => {
	it("sends a Binding request with short-term credentials, role and fingerprint (P2P-9, P2P-14)", () => {
		const a = atA();
		assert.deepEqual([a.sent.length, a.sent[0].address, a.sent[0].port], [1, B, 5000]);
		const request = read(a.sent[0].bytes);
		assert.deepEqual([request.kind, request.method], [REQUEST, BINDING]);
		assert.equal(request.text(USERNAME, 100), `${NAME}:${NAME}`);
		assert.ok(request.has(ICE_CONTROLLING) && request.u32(PRIORITY) > 0 && !request.has(USE_CANDIDATE));
		assert.ok(request.isIntact(new HmacSha1(PASSWORD)) && request.isFingerprintRight());
	});

	it("answers with the address that the check came from, and both are connected (P2P-10)", () => {
		const [a, b] = both();
		const asked = a.sent.splice(0)[0].bytes;
		assert.ok(b.take(asked, A, 5000));
		const answer = read(b.sent[1].bytes);
		assert.deepEqual([answer.kind, answer.address(XOR_MAPPED_ADDRESS)], [SUCCESS, { address: A, port: 5000 }]);
		assert.ok(answer.isIntact(new HmacSha1(PASSWORD)) && answer.isTransaction(asked, 8));
		exchange(a, b);
		for (const { events } of [a, b])
			assert.deepEqual(
				events.map(({ type }) => type),
				["checking", "connected"],
			);
	});

	it("the controlling side nominates what it uses, with each check (RFC 8445 §8.1.1)", () => {
		const [a, b] = both();
		b.take(a.sent.splice(0)[0].bytes, A, 5000);
		for (const { bytes } of b.sent.splice(0)) a.take(bytes, B, 5000);
		const requests = a.sent.filter(({ bytes }) => read(bytes).kind === REQUEST);
		const nominates = requests.map(({ bytes }) => read(bytes).has(USE_CANDIDATE));
		assert.deepEqual(nominates, [false, true], "the triggered check, and the one after the answer");
	});

	it("repeats a check after 50 ms, 75 ms …, 12 times, and gives up within the bound (P2P-9)", () => {
		const a = atA();
		const times = [0];
		for (let n = 2; n <= TESTS_MAX; n++) {
			a.run(a.finder.deadline);
			times.push(a.now);
		}
		assert.deepEqual(times.slice(0, 4), [0, 50, 125, 238]);
		a.run(60_000);
		assert.equal(a.sent.length, TESTS_MAX);
		assert.deepEqual(a.events.at(-1), {
			type: "failed",
			why: "no-answer",
			findings: { heardPeer: false, symmetric: false, peerSymmetric: false, hadRelay: false },
		});
		assert.equal(a.finder.deadline, Infinity);
		assert.equal(a.take(check(tie(ICE_CONTROLLED, 1)), B, 5000), false);
	});

	it("tests eight candidates of a peer at most, one each 5 ms", () => {
		const a = new LoneFinder(1, A);
		a.introduce(
			introductionOf(
				true,
				Array.from({ length: 20 }, (_, i) => host(`203.0.113.${i + 1}`)),
			),
		);
		a.run(40);
		assert.equal(a.sent.length, 8);
		assert.deepEqual(new Set(a.sent.map(({ address }) => address)).size, 8);
	});

	it("sends nothing to addresses that do not belong to a peer", () => {
		const a = new LoneFinder(1, A);
		const bad = [
			"127.0.0.1",
			"224.0.0.1",
			"255.255.255.255",
			"0.0.0.0",
			"::1",
			"ff02::1",
			"192.168.0.9",
			"nonsense",
			"",
		];
		a.introduce(introductionOf(true, [...bad.map((address) => host(address)), host(B, 0), host(B, 70_000), host(A)]));
		a.run(100);
		assert.deepEqual(a.sent, []);
	});

	describe("strangers (P2P-14)", () => {
		it("get no answer to a check with another password, another session, or none", () => {
			const a = atA();
			a.sent.length = 0;
			const mine = tie(ICE_CONTROLLED, 1);
			const plain = new StunWriter().begin(REQUEST, BINDING, new Uint8Array(12));
			for (const bytes of [
				check(mine, new Uint8Array(20).fill(8)),
				check(mine, PASSWORD, "0a01020304050608:0a01020304050608"),
				check(mine, PASSWORD, NAME),
				check(mine, PASSWORD, ""),
				plain.bytes.slice(plain.start, plain.end),
			]) {
				assert.equal(a.take(bytes, STRANGER, 1), false);
			}
			assert.deepEqual(a.sent, []);
			assert.equal(a.finder.isPeer(0, STRANGER, 1), false);
		});

		it("get no answer to a repeated check, from wherever it is sent", () => {
			const [a, b] = both();
			const recorded = a.sent.splice(0)[0].bytes;
			b.take(recorded, A, 5000);
			b.sent.length = 0;
			for (const [address, port] of [
				[A, 5000],
				[STRANGER, 1],
			] as const) {
				assert.ok(b.take(recorded, address, port), "it is nobody else's");
				assert.deepEqual(b.sent, []);
			}
			assert.equal(b.finder.isPeer(0, STRANGER, 1), false);
		});

		it("can't send our own messages back", () => {
			const [a, b] = both();
			const own = a.sent.splice(0)[0].bytes;
			assert.equal(a.take(own, B, 5000), false);
			b.take(own, A, 5000);
			const [, answer, triggered] = b.sent;
			assert.equal(b.take(answer.bytes, A, 5000), false);
			assert.equal(b.take(triggered.bytes, A, 5000), false);
			assert.deepEqual([a.sent, a.events.length, b.events.length], [[], 1, 1]);
		});

		it("can't answer: not from elsewhere, not twice, not later", () => {
			const [a, b] = both();
			b.take(a.sent.splice(0)[0].bytes, A, 5000);
			const { bytes } = b.sent[1];
			a.take(bytes, STRANGER, 5000);
			assert.equal(pathOf(a), undefined);
			a.take(bytes, B, 5000);
			assert.equal(pathOf(a), B);
			a.finder.close();
			assert.equal(a.take(bytes, B, 5000), false);
		});

		it("a peer can't make it test more than a bounded number of addresses", () => {
			const a = atA();
			const bytes = check(tie(ICE_CONTROLLED, 1));
			const targets = new Set<string>();
			for (let i = 0; i < 300; i++) {
				a.take(bytes, `192.0.2.${i % 250}`, 1000 + i);
				for (const { bytes: sent, address, port } of a.sent.splice(0)) {
					if (read(sent).kind === REQUEST) targets.add(`${address}:${port}`);
				}
			}
			assert.ok(targets.size > 20);
			assert.ok(targets.size <= 32, `${targets.size}`);
		});
	});

	describe("roles (RFC 8445 §7.3.1.1)", () => {
		it("two that both want to choose agree, and so do two that both don't", () => {
			for (const controlling of [true, false]) {
				for (let seed = 1; seed <= 20; seed++) {
					const [a, b] = [new LoneFinder(seed, A), new LoneFinder(seed + 100, B)];
					a.introduce(introductionOf(controlling, [host(B)]));
					b.introduce(introductionOf(controlling, [host(A)]));
					for (let time = 50; time <= 1000; time += 50) {
						exchange(a, b);
						a.run(time);
						b.run(time);
					}
					exchange(a, b);
					for (const { events } of [a, b])
						assert.deepEqual(
							events.map(({ type }) => type),
							["checking", "connected"],
						);
					a.finder.doubt(a.now, a);
					b.finder.doubt(b.now, b);
					const nominates = [a, b].map(({ sent }) => read(sent[0].bytes).has(USE_CANDIDATE));
					assert.equal(nominates[0] !== nominates[1], true, `one of the two chooses, seed ${seed}`);
				}
			}
		});

		it("refuses with 487 the check of a peer whose tie-breaker is smaller, and changes its role for a larger one", () => {
			for (const [controlling, attribute] of [
				[true, ICE_CONTROLLING],
				[false, ICE_CONTROLLED],
			] as const) {
				for (const value of [0, 0xff]) {
					const a = atA(controlling);
					a.sent.length = 0;
					a.take(check(tie(attribute, value)), B, 5000);
					const answer = read(a.sent[0].bytes);
					const refuses = (value === 0) === controlling;
					assert.deepEqual([answer.kind, answer.errorCode()], refuses ? [ERROR, 487] : [SUCCESS, 0]);
				}
			}
		});
	});

	it("refuses what it must understand and doesn't, with 420 and its type (RFC 8489 §6.3.1)", () => {
		const a = atA();
		a.sent.length = 0;
		a.take(
			check((writer) => writer.u32(0x0031, 1)),
			B,
			5000,
		);
		const answer = read(a.sent[0].bytes);
		assert.deepEqual([answer.errorCode(), answer.octets(UNKNOWN_ATTRIBUTES, 8)], [420, Uint8Array.from([0, 0x31])]);
		assert.equal(a.sent.length, 1);
	});

	it("the answer to a check is smaller than the check (P2P-14)", () => {
		const [a, b] = both();
		const asked = a.sent.splice(0)[0].bytes;
		b.take(asked, A, 5000);
		assert.ok(b.sent[1].bytes.length < asked.length, `${b.sent[1].bytes.length} for ${asked.length}`);
	});

	it("the session's digits are its name", () => {
		assert.equal(atA().finder.sessionName, NAME);
		assert.equal(SESSION.length, 8);
	});
});
