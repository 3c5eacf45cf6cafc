import assert from "node:assert/strict";
import { toHex } from "../../../../src/base/hex";
import { Prng } from "../../../../src/base/prng";
import type { Endpoint } from "../../../../src/core/endpoint-table";
import type { Millis } from "../../../../src/core/time";
import { TurnClient, type TurnSink } from "../../../../src/peer/turn/turn-client";
import { TURN_PEERS_MAX } from "../../../../src/peer/turn/turn-peers";
import { longTermKey } from "../../../../src/peer/turn/turn-requests";
import * as stun from "../../../../src/wire/stun";
import { mutateOctets } from "../../../support/mutate";
import { latin1 } from "../../../support/octets";
import { dataIndication, ScriptedTurnServer } from "../../../support/scripted-turn-server";
import { readStun, SeededRandom, type SentDatagram, SentDatagrams } from "../../../support/stun-messages";

const SERVER = { address: "9.0.0.1", port: 3478, username: "1790000000:camera", password: "secret" };
const PEER = "8.0.0.9";

/** A client with a server, a network without delay, and what the client reports. */
class Rig implements TurnSink {
	readonly client: TurnClient;
	readonly server = new ScriptedTurnServer(SERVER.username, SERVER.password);
	readonly events: string[] = [];
	/** What went to the server and was no request. */
	readonly data: SentDatagram[] = [];
	readonly out = new SentDatagrams();
	now: Millis = 0;
	isDead = false;

	constructor(family: 4 | 6 = 4) {
		this.client = new TurnClient(SERVER, new SeededRandom(3), this, family);
	}

	start(): this {
		this.client.start(this.now, this.out);
		return this.flow();
	}

	permit(address: string, port = 7): this {
		this.client.permit(address, port, this.now, this.out);
		return this.flow();
	}

	say(text: string, address = PEER, port = 7): this {
		this.client.send(address, port, latin1(`????${text}`), 4, 4 + text.length, this.now, this.out);
		return this.flow();
	}

	/** Passes what was sent to the server, and its answers back, until nothing more is sent. */
	flow(): this {
		while (this.out.all.length > 0) {
			const sent = this.out.take();
			assert.deepEqual([sent.address, sent.port], [SERVER.address, SERVER.port]);
			const answer = this.isDead ? undefined : this.server.answer(sent);
			if (answer !== undefined) this.client.received(answer, this.now, this.out);
			else if (!this.isDead) this.data.push(sent);
		}
		return this;
	}

	runTo(end: Millis): this {
		while (this.client.deadline <= end) {
			this.now = this.client.deadline;
			this.client.expire(this.now, this.out);
			this.flow();
		}
		this.now = end;
		return this;
	}

	allocated(relayed: Endpoint, mapped: Endpoint | undefined): void {
		this.events.push(`allocated ${relayed.address}:${relayed.port} ${mapped?.address}:${mapped?.port}`);
	}

	received(bytes: Uint8Array, start: number, end: number, from: Endpoint): void {
		this.events.push(`${from.address}:${from.port} ${String.fromCharCode(...bytes.slice(start, end))}`);
	}

	failed(why: string, code: number): void {
		this.events.push(`failed ${why} ${code}`);
	}
}

describe("peer/turn/turn-client (P2P-12)", () => {
	it("makes the key of long-term credentials (RFC 8489 §9.2.2)", () => {
		assert.equal(toHex(longTermKey("user", latin1("realm"), "pass")), "8493fbc53ba582fb4c044c456bdc40eb");
	});

	it("asks without credentials, learns realm and nonce, and asks again with them (RFC 8656 §7.1)", () => {
		const rig = new Rig().start();
		assert.deepEqual(rig.events, ["allocated 9.0.0.1:50000 7.0.0.1:5000"]);
		assert.deepEqual(rig.client.relayed, { address: "9.0.0.1", port: 50000 });
		assert.deepEqual(rig.server.log, ["allocate 600"]);
		rig.start();
		assert.equal(rig.events.length, 1);
	});

	it("permits each address once, renews, and lets a released one lapse (RFC 8656 §9)", () => {
		const rig = new Rig().permit(PEER).start().permit(PEER, 8).permit("8.0.0.10");
		assert.deepEqual(rig.server.log, ["allocate 600", `permission ${PEER}`, "permission 8.0.0.10"]);
		rig.client.release("8.0.0.10", 7);
		rig.server.log.length = 0;
		rig.runTo(500_000);
		assert.deepEqual(rig.server.log, [`permission ${PEER}`, `permission ${PEER}`]);
		rig.runTo(560_000);
		assert.equal(rig.server.log[2], "refresh 600");
		rig.client.release(PEER, 7);
		rig.client.release(PEER, 8);
		rig.server.log.length = 0;
		rig.runTo(1_000_000);
		assert.deepEqual(rig.server.log, []);
	});

	it("sends by indications, and by a channel once there is one (RFC 8656 §11.1, §12.5)", () => {
		const rig = new Rig().start().permit(PEER);
		for (let i = 0; i < 12; i++) rig.say(`n${i}`);
		assert.equal(rig.data.length, 12);
		const first = readStun(rig.data[0].bytes);
		assert.deepEqual([first.kind, first.method], [stun.INDICATION, stun.SEND]);
		assert.deepEqual(first.address(stun.XOR_PEER_ADDRESS), { address: PEER, port: 7 });
		assert.equal(first.text(stun.DATA_VALUE, 9), "n0");
		assert.equal(toHex(rig.data[11].bytes), "400000036e3131");
		assert.ok(rig.server.log.includes(`bind ${PEER}`));
		rig.server.log.length = 0;
		rig.runTo(250_000);
		assert.deepEqual(rig.server.log, [`permission ${PEER}`, `bind ${PEER}`]);
	});

	it("goes on with indications when the server binds no channel", () => {
		const rig = new Rig().start().permit(PEER);
		rig.server.refusals.set("bind", stun.INSUFFICIENT_CAPACITY);
		for (let i = 0; i < 12; i++) rig.say(`n${i}`);
		assert.equal(readStun(rig.data[11].bytes).method, stun.SEND);
		assert.deepEqual(rig.events.length, 1);
	});

	it("receives from permitted addresses, whatever the port, and names each peer by one object", () => {
		const rig = new Rig().start().permit(PEER);
		const take = (bytes: Uint8Array) => rig.client.received(bytes, rig.now, rig.out);
		assert.equal(take(dataIndication(PEER, 7, latin1("one"))), true);
		assert.equal(take(dataIndication(PEER, 9999, latin1("two"))), true);
		assert.equal(take(dataIndication("8.0.0.66", 7, latin1("stranger"))), true);
		for (let i = 0; i < 8; i++) rig.say("x");
		assert.equal(take(latin1("\x40\x00\x00\x03six?")), true);
		assert.deepEqual(rig.events.slice(1), [`${PEER}:7 one`, `${PEER}:9999 two`, `${PEER}:7 six`]);
		assert.equal(take(latin1("\x40\x01\x00\x03six")), false);
		assert.equal(take(latin1("\x40\x00\x00\x05six?")), false);
		assert.equal(take(latin1("\x50tunnel")), false);
		assert.equal(rig.client.received(latin1("\x40"), 0, rig.out), false);
		rig.say("back", PEER, 9999);
		assert.deepEqual(readStun(rig.data[8].bytes).address(stun.XOR_PEER_ADDRESS), { address: PEER, port: 9999 });
	});

	it("remembers a bounded number of peers, and forgets unsolicited ones first", () => {
		const rig = new Rig().start().permit(PEER);
		for (let port = 1000; port < 3000; port++)
			rig.client.received(dataIndication(PEER, port, latin1("x")), port, rig.out);
		assert.equal(rig.events.length, 2001);
		for (let n = 0; n < TURN_PEERS_MAX + 20; n++) rig.permit(`8.0.1.${n}`);
		assert.equal(new Set(rig.server.log.filter((line) => line.startsWith("permission"))).size, TURN_PEERS_MAX);
	});

	it("never asks a server for private, loopback or malformed addresses, nor for the other family", () => {
		const rig = new Rig().start();
		for (const address of [
			"192.168.0.1",
			"10.0.0.1",
			"127.0.0.1",
			"169.254.1.1",
			"224.0.0.1",
			"0.0.0.0",
			"::1",
			"2001:470::1",
			"x",
		])
			rig.permit(address);
		assert.deepEqual(rig.server.log, ["allocate 600"]);
		const six = new Rig(6).start().permit("fd00::1").permit("fe80::1").permit(PEER).permit("2001:470::1");
		assert.deepEqual(six.server.log, ["allocate 600", "permission 2001:470::1"]);
	});

	it("begins again with each new nonce, but not endlessly (RFC 8489 §9.2.5)", () => {
		const rig = new Rig().start().permit(PEER);
		rig.server.nonce = "nonce2";
		rig.permit("8.0.0.10");
		assert.deepEqual(rig.server.log.slice(2), ["permission 8.0.0.10"]);
		const answer = rig.server.answer.bind(rig.server);
		let asked = 0;
		rig.server.answer = (sent) => {
			rig.server.nonce = `nonce${3 + asked++}`;
			return answer(sent);
		};
		rig.permit("8.0.0.11");
		assert.equal(asked, 4);
	});

	const refusals: readonly (readonly [number, string])[] = [
		[stun.FORBIDDEN, "failed refused 403"],
		[stun.UNAUTHENTICATED, "failed refused 401"],
		[stun.ALLOCATION_QUOTA, "failed busy 486"],
		[stun.INSUFFICIENT_CAPACITY, "failed busy 508"],
		[stun.SERVER_ERROR, "failed failed 500"],
	];
	for (const [code, event] of refusals) {
		it(`reports ${event.slice(7)} when the server refuses an address or its renewal`, () => {
			const rig = new Rig();
			rig.server.refusals.set("allocate", code);
			rig.start();
			assert.deepEqual([rig.events, rig.client.deadline], [[event], Infinity]);
			const late = new Rig().start();
			late.server.refusals.set("refresh", code);
			late.runTo(600_000);
			assert.deepEqual([late.events.slice(1), late.client.relayed], [[event], undefined]);
		});
	}

	it("gives back the address of an earlier run, and reports 437 if that does not help", () => {
		const rig = new Rig();
		rig.server.refusals.set("allocate", stun.ALLOCATION_MISMATCH);
		rig.start();
		rig.server.refusals.clear();
		rig.runTo(1000);
		assert.deepEqual(rig.server.log, ["allocate 600", "refresh 0", "allocate 600"]);
		assert.equal(rig.events.length, 1);
		const stuck = new Rig();
		stuck.server.refusals.set("allocate", stun.ALLOCATION_MISMATCH);
		stuck.start().runTo(10_000);
		assert.deepEqual(stuck.events, ["failed failed 437"]);
		assert.equal(stuck.server.log.filter((line) => line === "refresh 0").length, 1);
	});

	it("reports a server that does not answer, at once or later", () => {
		const rig = new Rig();
		rig.isDead = true;
		rig.start().runTo(30_000);
		assert.deepEqual(rig.events, ["failed no-answer 0"]);
		const late = new Rig().start();
		late.isDead = true;
		late.runTo(600_000);
		assert.deepEqual(late.events.slice(1), ["failed no-answer 0"]);
	});

	it("ignores answers whose MESSAGE-INTEGRITY is wrong", () => {
		const rig = new Rig().start();
		const answer = rig.server.answer.bind(rig.server);
		rig.server.answer = (sent) => {
			const bytes = answer(sent);
			if (bytes !== undefined) bytes[bytes.length - 1] ^= 1;
			return bytes;
		};
		rig.runTo(541_000);
		rig.server.answer = answer;
		rig.runTo(600_000);
		assert.deepEqual(rig.events.length, 1);
		assert.equal(rig.client.relayed?.port, 50000);
	});

	it("gives the address back at its end, and is silent from then on", () => {
		const rig = new Rig().start().permit(PEER);
		rig.client.close(rig.out);
		rig.flow();
		assert.equal(rig.server.log[2], "refresh 0");
		rig.client.close(rig.out);
		rig.permit("8.0.0.10").say("x").runTo(2_000_000);
		assert.equal(rig.client.received(dataIndication(PEER, 7, latin1("x")), 0, rig.out), false);
		assert.deepEqual([rig.server.log.length, rig.data.length, rig.events.length], [3, 0, 1]);
		const early = new Rig();
		early.client.start(0, early.out);
		early.client.close(early.out);
		assert.equal(early.out.all.length, 1);
	});

	it("survives mutated messages of a server", () => {
		const random = new Prng(11);
		for (let seed = 0; seed < 400; seed++) {
			const rig = new Rig();
			const answer = rig.server.answer.bind(rig.server);
			rig.server.answer = (sent) => {
				const bytes = answer(sent);
				return bytes === undefined || random.chance(0.6) ? bytes : withLength(mutateOctets(random, bytes), random);
			};
			rig.start().permit(PEER);
			for (let i = 0; i < 10; i++) {
				rig.say("hello");
				rig.client.received(
					withLength(mutateOctets(random, dataIndication(PEER, 7, latin1("data"))), random),
					rig.now,
					rig.out,
				);
				rig.client.received(mutateOctets(random, latin1("\x40\x00\x00\x04data")), rig.now, rig.out);
				rig.flow();
			}
			rig.runTo(700_000);
			assert.ok(rig.events.length > 0, `seed ${seed}`);
		}
	});
});

/** Sets the length in the header to that of the message: otherwise nearly none is looked at. */
function withLength(bytes: Uint8Array, random: Prng): Uint8Array {
	if (bytes.length >= 20 && random.chance(0.9)) {
		bytes[2] = (bytes.length - 20) >> 8;
		bytes[3] = bytes.length - 20;
	}
	return bytes;
}
