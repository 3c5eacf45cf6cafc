import assert from "node:assert/strict";
import { ToyCiphers } from "../../../../hosts/virtual/toy-ciphers";
import { VirtualRandom } from "../../../../hosts/virtual/virtual-random";
import { Prng } from "../../../../src/base/prng";
import type { TunnelCaller } from "../../../../src/peer/tunnel/tunnel-contract";
import { LARGE_TUNNEL } from "../../../../src/peer/tunnel/tunnel-limits";
import type { Ciphers } from "../../../../src/ports/ciphers";
import { isSame, octetsOf, type TestStream, TunnelPair } from "../../../support/tunnel-pair";

const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "6");

/** Types of packets. */
const HELLO = 0x50;
const GUEST_HELLO = 0x51;
const ANSWER = 0x52;

function toyCiphers(): ToyCiphers {
	return new ToyCiphers(new VirtualRandom(new Prng(9)));
}

describe("peer/tunnel/handshake", () => {
	it("shows the device the caller's key and its pass, and opens only after a packet that nobody could replay (P2P-13)", () => {
		const callers: TunnelCaller[] = [];
		const admit = (caller: TunnelCaller): boolean => {
			callers.push({ ...caller, payload: caller.payload.slice() });
			return true;
		};
		const pair = new TunnelPair({ acceptance: { admit } });
		pair.tap = (bytes) => bytes[0] < 0x54;
		pair.connect();
		pair.world.runFor(1000);
		assert.deepEqual(callers[0].payload, new Uint8Array([1, 2, 3]));
		assert.deepEqual(callers[0].key, pair.ciphers.publicKeyOf(pair.callerKey));
		assert.equal(callers[0].guest, undefined);
		assert.equal(pair.caller.tunnel.isOpen, true);
		assert.equal(pair.device.tunnel.isOpen, false, "a copy of the first message would come as far");
		pair.tap = () => true;
		pair.until("open", () => pair.device.tunnel.isOpen);
		assert.equal(callers.length, 1);
		assert.deepEqual(pair.device.log, ["path 203.0.113.1", "opened"]);
	});

	it("opens although every third message is lost", () => {
		let count = 0;
		const pair = new TunnelPair();
		pair.tap = () => ++count % 3 !== 1;
		pair.connect();
		pair.until("open", () => pair.caller.tunnel.isOpen && pair.device.tunnel.isOpen);
	});

	it("ends with refused on both sides when the device does not admit the caller", () => {
		const pair = new TunnelPair({ acceptance: { admit: () => false } }).connect();
		pair.until("refused", () => pair.caller.ending !== undefined, 100);
		assert.deepEqual([pair.caller.ending, pair.device.ending], ["refused", "refused"]);
		assert.deepEqual([pair.caller.isClosed, pair.device.isClosed], [true, true]);
	});

	it("ends with key when the introduction has no key that the caller accepts, and sends nothing", () => {
		const pair = new TunnelPair({ offer: { deviceKey: () => undefined } });
		let sent = 0;
		pair.tap = () => ++sent > 0;
		pair.connect();
		assert.deepEqual([pair.caller.ending, sent], ["key", 0]);
	});

	it("ends with key when the device's key is of small order", () => {
		const pair = new TunnelPair({ offer: { deviceKey: () => new Uint8Array(32) } }).connect();
		assert.equal(pair.caller.ending, "key");
	});

	it("gets no answer from a device with another key, and ends with handshake", () => {
		const ciphers = toyCiphers();
		const other = ciphers.publicKeyOf(ciphers.drawKey());
		const answers: number[] = [];
		const pair = new TunnelPair({ ciphers, offer: { deviceKey: () => other } });
		pair.tap = (bytes, fromCaller) => {
			if (!fromCaller) answers.push(bytes[0]);
			return true;
		};
		pair.connect();
		pair.until("ended", () => pair.caller.ending !== undefined && pair.device.ending !== undefined);
		assert.deepEqual([pair.caller.ending, pair.device.ending], ["handshake", "handshake"]);
		assert.deepEqual(answers, []);
	});

	it("lets a guest in that knows the secret of its link, and shows no key (P2P-13)", () => {
		const secret = octetsOf(32);
		const id = octetsOf(16, 2);
		const callers: TunnelCaller[] = [];
		const pair = new TunnelPair({
			offer: { guest: { id, secret } },
			acceptance: {
				guestSecret: (of) => (isSame(of, id) ? secret : undefined),
				admit: (caller) => callers.push({ ...caller }) > 0,
			},
		}).open();
		assert.deepEqual([callers[0].key, callers[0].guest], [undefined, id]);
		assert.equal(pair.device.remoteKey, undefined);
		assert.deepEqual(pair.caller.remoteKey, pair.ciphers.publicKeyOf(pair.deviceKey));
	});

	for (const [title, guestSecret] of [
		["whose secret is another", () => octetsOf(32, 7)],
		["whose link is not valid any more", () => undefined],
		["of a device without guests", undefined],
	] as const) {
		it(`does not answer a guest ${title}`, () => {
			const guest = { id: octetsOf(16, 2), secret: octetsOf(32) };
			const admit = (): boolean => assert.fail("asked about a stranger");
			const pair = new TunnelPair({
				offer: { guest },
				acceptance: { admit, ...(guestSecret !== undefined && { guestSecret }) },
			}).connect();
			pair.until("ended", () => pair.caller.ending !== undefined);
			assert.equal(pair.caller.ending, "handshake");
		});
	}

	it("answers a repeated first message by a copy, without agreeing on keys again", () => {
		const ciphers = toyCiphers();
		const pair = new TunnelPair({ ciphers });
		const hellos: Uint8Array[] = [];
		pair.tap = (bytes, fromCaller) => {
			if (fromCaller && bytes[0] === HELLO) hellos.push(bytes.slice());
			return fromCaller || bytes[0] !== ANSWER;
		};
		pair.connect();
		pair.world.runFor(3000);
		assert.ok(hellos.length >= 5);
		// Two for the first message, two for the answer, and two for the caller's first message.
		assert.equal(ciphers.agreements, 6);
	});

	it("answers a bounded number of first messages in a second, and none for long after it is open", () => {
		const ciphers = toyCiphers();
		const pair = new TunnelPair({ ciphers, deviceLimits: { ...LARGE_TUNNEL, handshakesPerSecond: 5 } });
		let hello = new Uint8Array(0);
		pair.tap = (bytes, fromCaller) => {
			if (fromCaller && bytes[0] === HELLO) hello = bytes.slice();
			return !fromCaller;
		};
		pair.connect();
		const before = ciphers.agreements;
		for (let n = 0; n < 100; n++) {
			const forged = hello.slice();
			forged[forged.length - 1 - (n % 40)] ^= 1 + n;
			pair.device.tunnel.received(forged);
		}
		assert.ok(ciphers.agreements - before <= 5 * 2, `${ciphers.agreements - before} agreements`);
		assert.ok(pair.device.tunnel.counters.dropped >= 95);
		pair.tap = () => true;
		pair.until("open all the same", () => pair.device.tunnel.isOpen);
		const after = ciphers.agreements;
		for (let n = 0; n < 100; n++) pair.device.tunnel.received(hello.slice());
		assert.equal(ciphers.agreements, after);
	});

	it("is not spoilt by a forged answer", () => {
		const pair = new TunnelPair();
		pair.tap = (bytes, fromCaller) => {
			if (!fromCaller && bytes[0] === ANSWER) {
				for (const at of [5, 6, 20, bytes.length - 1]) {
					const forged = bytes.slice();
					forged[at] ^= 4;
					pair.caller.tunnel.received(forged);
				}
			}
			return true;
		};
		pair.open();
		assert.ok(pair.caller.tunnel.counters.dropped >= 4);
	});

	it("accepts no first message of another session", () => {
		const pair = new TunnelPair({ acceptance: { admit: () => assert.fail("replayed") } });
		const replayed: Uint8Array[] = [];
		const other = new TunnelPair();
		other.tap = (bytes, fromCaller) => {
			if (fromCaller) replayed.push(bytes.slice());
			return true;
		};
		other.open();
		pair.tap = () => false;
		pair.connect();
		for (const bytes of replayed) {
			for (let at = 1; at <= 4; at++) bytes[at] ^= 255;
			pair.device.tunnel.received(bytes);
		}
		assert.equal(pair.device.tunnel.isOpen, false);
	});

	it("agrees on new keys every ten minutes while a stream goes on, and asks about the caller once", () => {
		let asked = 0;
		const pair = new TunnelPair({ wire: { loss: 0.05 }, acceptance: { admit: () => ++asked > 0 } }).open();
		const epochs = new Set<number>();
		pair.tap = (bytes) => {
			if (bytes[0] >= 0x54) epochs.add(bytes[0]);
			return true;
		};
		const stream = pair.caller.open("http");
		pair.until("open", () => stream.rooms > 0);
		const bytes = octetsOf(1000);
		for (let minute = 0; minute < 45; minute++) {
			pair.world.runFor(60_000);
			stream.stream.write(bytes, 0, bytes.length);
		}
		pair.until("all", () => pair.device.streams[0].length === 45_000);
		assert.deepEqual([asked, epochs.size], [1, 4]);
		assert.deepEqual(pair.caller.log, ["path 203.0.113.1", "opened"]);
	});

	it("agrees on new keys after four million packets", function () {
		this.timeout(20_000);
		const pair = new TunnelPair({ wire: { delay: 1 } }).open();
		const epochs = new Set<number>();
		pair.tap = (bytes) => {
			// The number of a packet is not secret; a peer may skip some.
			if (bytes[0] >= 0x54) epochs.add(bytes[0]);
			return true;
		};
		const { box } = pair.caller.tunnel as unknown as { box: { next: number } };
		box.next += 2 ** 22;
		const stream = pair.caller.open("http");
		pair.until("open", () => stream.rooms > 0 && epochs.size === 2);
		pair.device.streams[0].stream.write(octetsOf(500), 0, 500);
		pair.until("octets", () => stream.length === 500);
	});

	it("leaves no cipher open: boards have places for a few keys only", () => {
		let count = 0;
		const toy = toyCiphers();
		const ciphers: Ciphers = {
			drawKey: () => toy.drawKey(),
			publicKeyOf: (key) => toy.publicKeyOf(key),
			agree: (own, other) => toy.agree(own, other),
			cipher: (key) => {
				const cipher = toy.cipher(key);
				let isOpen = true;
				count++;
				return {
					seal: (...args) => cipher.seal(...args),
					open: (...args) => cipher.open(...args),
					close: () => {
						if (isOpen) count--;
						isOpen = false;
					},
				};
			},
		};
		for (const admit of [true, false]) {
			const pair = new TunnelPair({ ciphers, wire: { loss: 0.2 }, acceptance: { admit: () => admit } });
			pair.tap = (bytes, fromCaller) => {
				for (let n = 0; n < 4; n++) {
					const forged = bytes.slice();
					forged[6 + n * 11] ^= 1;
					(fromCaller ? pair.device : pair.caller).tunnel.received(forged);
				}
				return true;
			};
			pair.connect();
			pair.world.runFor(3000);
			assert.ok(count <= 4, `${count} ciphers of an open tunnel`);
			for (let minute = 0; admit && minute < 25; minute++) pair.world.runFor(60_000);
			assert.ok(count <= 4, `${count} ciphers after new keys`);
			pair.caller.tunnel.close();
			pair.device.tunnel.close();
			pair.world.runFor(1000);
			assert.equal(count, 0);
		}
		const lone = new TunnelPair({ ciphers });
		lone.tap = () => false;
		lone.connect();
		lone.world.runFor(20_000);
		assert.equal(count, 0);
	});

	it("drops guests' and devices' messages on the wrong side", () => {
		const pair = new TunnelPair().open();
		for (const type of [HELLO, GUEST_HELLO, 0x53, 0x58, 0x5f]) {
			const bytes = new Uint8Array(200);
			bytes.set([type, 1, 2, 3, 4]);
			pair.caller.tunnel.received(bytes);
		}
		const bytes = new Uint8Array(200);
		bytes.set([ANSWER, 1, 2, 3, 4]);
		pair.device.tunnel.received(bytes);
		pair.device.tunnel.received(new Uint8Array(0));
		assert.equal(pair.caller.tunnel.counters.dropped, 5);
		assert.equal(pair.device.tunnel.counters.dropped, 2);
	});
});

describe("peer/tunnel/tunnel", () => {
	it("ends both sides and their streams when one closes it, although packets are lost", () => {
		const pair = new TunnelPair().open();
		const stream = pair.caller.open("http");
		pair.until("open", () => stream.rooms > 0);
		let closes = 0;
		pair.tap = (_bytes, fromCaller) => fromCaller || ++closes > 1;
		pair.device.tunnel.close();
		pair.device.tunnel.close();
		pair.until("ended", () => pair.caller.ending !== undefined, 100);
		assert.deepEqual([pair.caller.ending, pair.device.ending], ["closed", "closed"]);
		assert.deepEqual([stream.ends, stream.goings], [["reset"], 1]);
		assert.deepEqual([pair.device.streams[0].ends, pair.device.streams[0].goings], [["reset"], 1]);
		assert.equal(pair.caller.isClosed, true);
		pair.caller.tunnel.close();
		pair.caller.tunnel.received(new Uint8Array(100));
	});

	it("ends its streams with timeout when the path is lost", () => {
		const pair = new TunnelPair().open();
		const stream = pair.caller.open("http");
		pair.until("open", () => stream.rooms > 0);
		pair.caller.tunnel.ended("lost", "no consent");
		assert.deepEqual([stream.ends, stream.goings, pair.caller.ending], [["timeout"], 1, "lost"]);
	});

	it("ends a stream with unreachable that is opened before the tunnel is, and after its end", () => {
		const pair = new TunnelPair();
		const early = pair.caller.open("http");
		assert.deepEqual(early.ends, [], "not during the call");
		pair.open();
		assert.deepEqual([early.ends, early.goings, early.rooms], [["unreachable"], 1, 0]);
		pair.caller.tunnel.close();
		const late = pair.caller.open("http");
		pair.world.runFor(100);
		assert.deepEqual([late.ends, late.goings], [["unreachable"], 1]);
		const last = pair.caller.open("http");
		pair.world.runFor(100);
		assert.deepEqual([last.ends, last.goings], [["unreachable"], 1]);
	});

	it("has a bounded number of streams, of both sides", () => {
		const limits = { ...LARGE_TUNNEL, streams: 4 };
		const pair = new TunnelPair({ limits, deviceLimits: { ...limits, streams: 2 } }).open();
		const streams = [1, 2, 3, 4, 5].map(() => pair.caller.open("http"));
		pair.until("answers", () => streams.every(({ rooms, goings }) => rooms + goings > 0));
		assert.deepEqual(
			streams.map(({ ends }) => ends),
			[[], [], ["refused"], ["refused"], ["unreachable"]],
		);
		streams[0].stream.abort();
		pair.world.runFor(1000);
		const again = pair.caller.open("http");
		pair.until("open", () => again.rooms > 0);
	});

	it("goes on after an outage and a change of the path, within half a second (P2P-13)", () => {
		for (let seed = 1; seed <= SEEDS; seed++) {
			const pair = new TunnelPair({ seed, wire: { rate: 1_000_000 } }).open();
			const bytes = octetsOf(2_000_000);
			pair.device.onAccepted = (stream) => stream.pour(bytes);
			const stream = pair.caller.open("http");
			pair.world.runFor(500);
			pair.tap = () => false;
			for (const side of [pair.caller, pair.device]) side.path = undefined;
			pair.world.runFor(1700);
			pair.tap = () => true;
			const before = stream.length;
			pair.move("198.51.100.7");
			pair.until("octets", () => stream.length > before, 500);
			pair.until("all", () => stream.goings + stream.ends.length > 0);
			assert.ok(isSame(stream.content, bytes), `seed ${seed}`);
			assert.deepEqual(pair.caller.log, ["path 203.0.113.1", "opened", "path 198.51.100.7"]);
		}
	});

	it("has the path tested half a second after a flow has stopped, once, by the side that has made the link (P2P-9)", () => {
		const pair = new TunnelPair().open();
		let sender: TestStream | undefined;
		pair.device.onAccepted = (stream) => {
			sender = stream;
		};
		pair.caller.open("http");
		pair.until("accepted", () => sender !== undefined);
		const send = (pictures: number, pause: number): void => {
			for (let i = 0; i < pictures; i++) {
				sender?.stream.write(octetsOf(500), 0, 500);
				pair.world.runFor(pause);
			}
		};
		pair.world.runFor(5000);
		const { probes } = pair.caller;
		send(20, 100);
		send(1, 400);
		assert.equal(pair.caller.probes, probes, "it flows");
		pair.tap = () => false;
		send(20, 100);
		assert.equal(pair.caller.probes, probes + 1);
		pair.tap = () => true;
		pair.world.runFor(5000);
		const after = pair.caller.probes;
		send(20, 2000);
		assert.equal(pair.caller.probes, after, "single packets are no flow");
		assert.equal(pair.device.probes, 0);
	});

	it("never waits when all users write from within room", () => {
		const pair = new TunnelPair({ wire: { delay: 1 } }).open();
		const stream = pair.caller.open("http");
		let left = 5000;
		stream.onRoom = () => {
			if (left-- > 0) stream.stream.write(octetsOf(10), 0, 10);
		};
		pair.until("all", () => pair.device.streams[0]?.length === 50_000);
	});

	it("releases the octets that were lent when they have arrived, or when the stream ends", () => {
		const pair = new TunnelPair({ wire: { loss: 0.1 } }).open();
		let held = 0;
		const lease = { retain: () => void held++, release: () => void held-- };
		for (const service of ["http", "rtsp"] as const) {
			const stream = pair.caller.open(service);
			pair.until("open", () => stream.rooms > 0);
			const bytes = octetsOf(30_000);
			bytes.set([36, 0, 29_996 >> 8, 29_996 & 255]);
			assert.equal(stream.stream.offer(bytes, 0, bytes.length, lease), true);
			assert.equal(stream.stream.offer(bytes, 0, bytes.length, lease), false, "something is queued");
			assert.equal(held, 1);
			pair.until("released", () => held === 0);
			assert.equal(stream.stream.offer(bytes, 0, bytes.length, lease), true);
			stream.stream.abort();
			assert.equal(held, 0);
		}
	});
});
