import assert from "node:assert/strict";
import { toHex } from "../../../../src/base/hex";
import { Prng } from "../../../../src/base/prng";
import { HmacSha1 } from "../../../../src/base/sha1";
import { AddressServer } from "../../../../src/peer/stun/address-server";
import * as stun from "../../../../src/wire/stun";
import type { StunReader } from "../../../../src/wire/stun-reader";
import { StunWriter } from "../../../../src/wire/stun-writer";
import { mutateOctets } from "../../../support/mutate";
import { latin1, octetsOf } from "../../../support/octets";
import { readStun } from "../../../support/stun-messages";

const ID = octetsOf("0102030405060708090a0b0c");
const FROM = { address: "192.0.2.1", port: 32853 };
const FROM6 = { address: "2001:db8::1", port: 1 };
const TWO = { addresses: ["8.0.0.1", "9.0.0.1"], ports: [3478, 3479] } as const;

function request(fill: (writer: StunWriter) => void = () => {}): Uint8Array {
	const writer = new StunWriter(2000).begin(stun.REQUEST, stun.BINDING, ID);
	fill(writer);
	return writer.bytes.slice(writer.start, writer.end);
}

function ask(server: AddressServer, bytes: Uint8Array, from = FROM, at = 0): StunReader | undefined {
	const length = server.respond(bytes, from, at);
	return length === 0 ? undefined : readStun(server.bytes.slice(0, length));
}

describe("peer/stun/address-server (P2P-1)", () => {
	it("answers a bare request of 20 octets with 32, octet by octet (P2P-14)", () => {
		const server = new AddressServer();
		assert.equal(server.respond(request(), FROM), 32);
		assert.equal(toHex(server.bytes, 0, 32), "0101000c2112a4420102030405060708090a0b0c" + "002000080001a147e112a643");
		assert.deepEqual(ask(new AddressServer(TWO), request(), FROM6)?.address(stun.XOR_MAPPED_ADDRESS), FROM6);
		assert.equal(server.respond(request(), FROM6), 44);
		assert.equal(server.answered, 2);
	});

	it("never answers with more than the plain answer unless the request was as long (P2P-14)", () => {
		const random = new Prng(5);
		for (const server of [new AddressServer(), new AddressServer(TWO)]) {
			for (let i = 0; i < 4000; i++) {
				const bytes = request((writer) => {
					if (random.chance(0.3)) writer.u32(stun.CHANGE_REQUEST, random.below(8));
					if (random.chance(0.3)) writer.flag(random.below(0x10000));
					if (random.chance(0.5)) writer.pad(4 * random.below(40));
					if (random.chance(0.2)) writer.text(stun.USERNAME, "somebody");
					if (random.chance(0.3)) writer.fingerprint();
				});
				const from = random.chance(0.5) ? FROM : FROM6;
				const length = server.respond(bytes, from, random.below(4));
				assert.ok(length <= Math.max(bytes.length, from === FROM ? 32 : 44), `${toHex(bytes)}: ${length}`);
			}
		}
	});

	it("answers with a fingerprint a request that has one and room for it", () => {
		const server = new AddressServer();
		assert.equal(
			ask(
				server,
				request((writer) => writer.fingerprint()),
			)?.hasFingerprint,
			false,
		);
		assert.equal(
			ask(
				server,
				request((writer) => writer.pad(32).fingerprint()),
			)?.isFingerprintRight(),
			true,
		);
		assert.equal(
			ask(
				server,
				request((writer) => writer.pad(32)),
			)?.hasFingerprint,
			false,
		);
	});

	it("tells members and viewers who ask with their credentials their address, too, as a stranger's server would", () => {
		const signed = request((writer) =>
			writer
				.text(stun.USERNAME, "d:1:2")
				.octets(0xc0f0, ID)
				.integrity(new HmacSha1(latin1("key")))
				.fingerprint(),
		);
		assert.deepEqual(ask(new AddressServer(), signed)?.address(stun.XOR_MAPPED_ADDRESS), FROM);
	});

	it("refuses what it does not understand with 420 if the request pays for the answer, and is silent if not", () => {
		const server = new AddressServer();
		assert.equal(
			ask(
				server,
				request((writer) => writer.u32(stun.CHANGE_REQUEST, 2)),
			),
			undefined,
		);
		assert.equal(server.ignored, 1);
		const refusal = ask(
			server,
			request((writer) => writer.u32(stun.CHANGE_REQUEST, 2).pad(60)),
		);
		assert.deepEqual([refusal?.kind, refusal?.errorCode()], [stun.ERROR, 420]);
		assert.equal(toHex(refusal?.octets(stun.UNKNOWN_ATTRIBUTES, 2) ?? ID), "0003");
		assert.equal(
			ask(
				server,
				request((writer) => writer.u32(stun.RESPONSE_PORT, 0x00350000).pad(60)),
			)?.errorCode(),
			420,
		);
	});

	it("answers from where CHANGE-REQUEST asks, and names its other address (RFC 5780 §6.1)", () => {
		const server = new AddressServer(TWO);
		const endpoints = [0, 1, 2, 3].map((via) => ({ address: TWO.addresses[via >> 1], port: TWO.ports[via & 1] }));
		for (let at = 0; at < 4; at++) {
			for (const [change, via] of [
				[0, at],
				[2, at ^ 1],
				[4, at ^ 2],
				[6, at ^ 3],
			]) {
				const found = ask(
					server,
					request((writer) => writer.u32(stun.CHANGE_REQUEST, change).pad(60)),
					FROM,
					at,
				);
				assert.equal(server.via, via);
				assert.deepEqual(found?.address(stun.RESPONSE_ORIGIN), endpoints[via]);
				assert.deepEqual(found?.address(stun.OTHER_ADDRESS), endpoints[at ^ 3]);
				assert.deepEqual(found?.address(stun.XOR_MAPPED_ADDRESS), FROM);
			}
		}
		const short = ask(
			server,
			request((writer) => writer.u32(stun.CHANGE_REQUEST, 6)),
			FROM,
			1,
		);
		assert.deepEqual(
			[server.via, short?.has(stun.OTHER_ADDRESS), short?.has(stun.XOR_MAPPED_ADDRESS)],
			[2, false, true],
		);
	});

	it("ignores everything but Binding requests", () => {
		const server = new AddressServer(TWO);
		const writer = new StunWriter();
		for (const kind of [stun.INDICATION, stun.SUCCESS, stun.ERROR])
			assert.equal(server.respond(writer.begin(kind, stun.BINDING, ID).bytes.slice(0, 20), FROM), 0);
		for (const method of [0, stun.ALLOCATE, stun.SEND, 0xfff])
			assert.equal(server.respond(writer.begin(stun.REQUEST, method, ID).bytes.slice(0, 20), FROM), 0);
		assert.equal(server.respond(latin1("GET / HTTP/1.1\r\n\r\n"), FROM), 0);
		assert.deepEqual([server.answered, server.ignored], [0, 8]);
	});

	it("survives mutated requests, and answers none with more than it may", () => {
		const random = new Prng(77);
		const server = new AddressServer(TWO);
		const whole = request((writer) =>
			writer.u32(stun.CHANGE_REQUEST, 6).text(stun.USERNAME, "me").pad(80).integrity(new HmacSha1(ID)).fingerprint(),
		);
		for (let i = 0; i < 20_000; i++) {
			const bytes = mutateOctets(random, whole);
			// Otherwise nearly none gets past the length.
			if (bytes.length >= 20 && random.chance(0.9)) {
				bytes[2] = (bytes.length - 20) >> 8;
				bytes[3] = bytes.length - 20;
			}
			const before = bytes.slice();
			const length = server.respond(bytes, FROM, random.below(4));
			assert.ok(length <= Math.max(32, bytes.length), `${toHex(before)}`);
			assert.deepEqual(bytes, before);
		}
		assert.ok(server.answered > 500, `${server.answered}`);
		assert.ok(server.ignored > 500, `${server.ignored}`);
	});
});
