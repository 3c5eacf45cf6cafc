import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import type { Path } from "../../../src/core/path";
import { FleetJoin, INVITATION, type JoinEvent, type JoinOutbox, joinKey } from "../../../src/fleet/fleet-join";
import { FLEET_GROUP } from "../../../src/fleet/fleet-settings";
import { drawCode, readJoinCode } from "../../../src/wire/join-code";
import { FLEET_SETTINGS } from "../../support/fleet-settings";

const KEY = "the-key-of-the-whole-fleet";
const CODE = "ABCDEFGHIJKLMNOP";

class Side implements JoinOutbox {
	readonly events: JoinEvent[] = [];
	readonly sent: { address: string; bytes: Uint8Array }[] = [];
	readonly path: Path;
	readonly join: FleetJoin;

	constructor(readonly number: number) {
		const random = new Prng(number);
		this.path = { name: "eth0", address: `192.168.0.${10 + number}`, prefix: 24 };
		const fill = (bytes: Uint8Array) => {
			for (let i = 0; i < bytes.length; i++) bytes[i] = random.below(256);
		};
		this.join = new FleetJoin({ ...FLEET_SETTINGS, id: `000000000000000${number}` }, { fill });
		this.join.setPaths([this.path]);
	}

	send(_path: Path, address: string, _port: number, bytes: Uint8Array, start: number, end: number): void {
		this.sent.push({ address, bytes: bytes.slice(start, end) });
	}

	emit(event: JoinEvent): void {
		this.events.push(event);
	}

	/** Delivers all that the other has sent. */
	hear(now: number, other: Side): void {
		for (const { bytes } of other.sent.splice(0))
			this.join.receive(now, this.path, other.path.address, 40000, bytes, this);
	}
}

describe("fleet/fleet-join", () => {
	it("hands the key to a camera that knows the code, unreadable on the wire", () => {
		const [host, guest] = [new Side(1), new Side(2)];
		host.join.invite(0, CODE, KEY);
		guest.join.join(0, CODE, guest);
		assert.deepEqual(
			guest.sent.map((d) => d.address),
			[FLEET_GROUP],
		);
		host.hear(1, guest);
		assert.equal(host.sent[0].address, guest.path.address, "one answer, to one camera");
		assert.ok(!Buffer.from(host.sent[0].bytes).toString("latin1").includes(KEY));
		guest.hear(2, host);
		assert.deepEqual(guest.events, [{ type: "joined", key: KEY }]);
		assert.equal(guest.join.deadline, Infinity, "it asks no more");
	});

	it("does not answer a camera without the code, from outside the LAN, or after ten minutes", () => {
		const [host, stranger, guest] = [new Side(1), new Side(2), new Side(3)];
		host.join.invite(0, CODE, KEY);
		stranger.join.join(0, "ABCDEFGHIJKLMNOQ", stranger);
		host.hear(1, stranger);
		guest.join.join(1, CODE, guest);
		host.join.receive(1, host.path, "8.8.8.8", 40000, guest.sent[0].bytes, host);
		host.join.expire(INVITATION, host);
		host.hear(INVITATION, guest);
		assert.equal(host.sent.length, 0);
	});

	it("asks every second, gives up after a minute, and reports it", () => {
		const guest = new Side(1);
		guest.join.join(0, CODE, guest);
		for (let now = 0; now <= 70000 && guest.join.deadline !== Infinity; now += 100) guest.join.expire(now, guest);
		assert.ok(guest.sent.length >= 55 && guest.sent.length <= 61, `${guest.sent.length}`);
		assert.equal(guest.events[0]?.type, "unanswered");
	});

	it("refuses an answer that was recorded for another camera or another request", () => {
		const [host, guest, other] = [new Side(1), new Side(2), new Side(3)];
		host.join.invite(0, CODE, KEY);
		guest.join.join(0, CODE, guest);
		host.hear(1, guest);
		const [recorded] = host.sent;
		other.join.join(2, CODE, other);
		other.join.receive(3, other.path, host.path.address, 40000, recorded.bytes, other);
		guest.join.join(4, CODE, guest);
		guest.join.receive(5, guest.path, host.path.address, 40000, recorded.bytes, guest);
		assert.deepEqual([...other.events, ...guest.events], []);
	});

	it("ignores requests and answers from another address than they were sealed for", () => {
		const [host, guest] = [new Side(1), new Side(2)];
		host.join.invite(0, CODE, KEY);
		guest.join.join(0, CODE, guest);
		const [call] = guest.sent;
		host.join.receive(1, host.path, "192.168.0.66", 40000, call.bytes, host);
		assert.equal(host.sent.length, 0);
		host.hear(1, guest);
		const [answer] = host.sent;
		guest.join.receive(2, guest.path, "192.168.0.66", 40000, answer.bytes, guest);
		assert.deepEqual(guest.events, []);
		guest.hear(2, host);
		assert.deepEqual(guest.events, [{ type: "joined", key: KEY }]);
	});

	it("masks the key differently each time, and answers at most five times a second", () => {
		const [host, guest] = [new Side(1), new Side(2)];
		host.join.invite(0, CODE, KEY);
		guest.join.join(0, CODE, guest);
		const [ask] = guest.sent;
		for (let i = 0; i < 20; i++) host.join.receive(1, host.path, guest.path.address, 40000, ask.bytes, host);
		assert.equal(host.sent.length, 5);
		assert.equal(new Set(host.sent.map((d) => Buffer.from(d.bytes).toString("hex"))).size, 5);
	});

	describe("adopts a device that knows the code without its owner's help there", () => {
		const id = (side: Side) => `000000000000000${side.number}`;
		/** The messages by which `host` offers the key. */
		const offers = (host: Side) => host.sent.splice(0).map(({ bytes }) => bytes);
		const offerIn = (side: Side, bytes: Uint8Array, from: Side, code = CODE, address = from.path.address) =>
			side.join.offerIn(side.path, address, bytes, joinKey(code));
		const isOffer = (...given: Parameters<typeof offerIn>) => offerIn(...given) !== undefined;
		/** The number of the offer that `host` makes to `guest`. */
		const accept = (guest: Side, host: Side): number =>
			offerIn(guest, offers(host)[0], host) ?? assert.fail("no offer");

		it("tells it to join, and hands the key to it alone", () => {
			const [host, guest, other] = [new Side(1), new Side(2), new Side(3)];
			host.join.adopt(0, CODE, KEY, id(guest), host);
			const [offer] = offers(host);
			const number = offerIn(guest, offer, host);
			assert.ok(!Buffer.from(offer).toString("latin1").includes(KEY));
			assert.equal(isOffer(guest, offer, host), true);
			assert.equal(isOffer(other, offer, host), false, "meant for another");
			assert.equal(isOffer(guest, offer, host, "ABCDEFGHIJKLMNOQ"), false, "another password");
			assert.equal(isOffer(guest, offer, host, CODE, "192.168.0.66"), false, "repeated from another address");
			assert.equal(isOffer(guest, offer, host, CODE, "8.8.8.8"), false, "from outside the LAN");
			other.join.join(1, CODE, other, number);
			host.hear(2, other);
			assert.deepEqual(host.sent, [], "a device of another identity gets nothing, even with the code");
			guest.join.join(3, CODE, guest, number);
			host.hear(4, guest);
			assert.deepEqual(host.events, [{ type: "adopted" }]);
			guest.hear(5, host);
			assert.deepEqual(guest.events, [{ type: "joined", key: KEY }]);
		});

		it("repeats the offer each second, and says after ten that it was not accepted", () => {
			const host = new Side(1);
			const late = new Side(2);
			host.join.adopt(0, CODE, KEY, id(late), host);
			const number = offerIn(late, host.sent[0].bytes, host);
			for (let now = 0; now <= 30000 && host.join.deadline !== Infinity; now += 100) host.join.expire(now, host);
			assert.ok(host.sent.length >= 9 && host.sent.length <= 11, `${host.sent.length}`);
			assert.deepEqual(host.events, [{ type: "unanswered" }]);
			late.join.join(40000, CODE, late, number);
			host.sent.length = 0;
			host.hear(40001, late);
			assert.deepEqual(host.sent, [], "too late");
		});

		it("answers again when its answer was lost, reports success once, and then ends", () => {
			const [host, guest] = [new Side(1), new Side(2)];
			host.join.adopt(0, CODE, KEY, id(guest), host);
			guest.join.join(1, CODE, guest, accept(guest, host));
			host.hear(2, guest);
			offers(host);
			guest.join.expire(1001, guest);
			host.hear(1002, guest);
			assert.equal(host.sent.length, 1);
			guest.hear(1003, host);
			assert.equal(guest.events.length, 1);
			for (let now = 1003; now <= 30000 && host.join.deadline !== Infinity; now += 100) host.join.expire(now, host);
			assert.deepEqual(host.events, [{ type: "adopted" }]);
			assert.equal(host.join.deadline, Infinity);
			assert.deepEqual(host.sent, [], "it offers nothing more");
		});

		it("asks for a key only when the device has proved the code, and hands it over then", () => {
			const [host, guest, stranger] = [new Side(1), new Side(2), new Side(3)];
			host.join.adopt(0, CODE, "", id(guest), host);
			const number = accept(guest, host);
			stranger.join.join(1, "ABCDEFGHIJKLMNOQ", stranger, number);
			host.hear(2, stranger);
			assert.deepEqual(host.events, []);
			guest.join.join(3, CODE, guest, number);
			host.hear(4, guest);
			assert.deepEqual(host.events, [{ type: "proved" }]);
			assert.deepEqual(host.sent, []);
			host.join.hand(5, KEY, host);
			assert.deepEqual(host.events.slice(1), [{ type: "adopted" }]);
			guest.hear(6, host);
			assert.deepEqual(guest.events, [{ type: "joined", key: KEY }]);
		});

		it("sends nothing of a key that came after it was stopped, or too late", () => {
			for (const stop of [true, false]) {
				const [host, guest] = [new Side(1), new Side(2)];
				host.join.adopt(0, CODE, "", id(guest), host);
				guest.join.join(1, CODE, guest, accept(guest, host));
				host.hear(2, guest);
				if (stop) host.join.stop();
				host.join.hand(stop ? 3 : 20000, KEY, host);
				assert.deepEqual(host.sent, []);
				assert.deepEqual(host.events, [{ type: "proved" }]);
			}
		});

		it("takes no request that was recorded when the device was offered a key before", () => {
			const [host, guest] = [new Side(1), new Side(2)];
			host.join.adopt(0, CODE, "", id(guest), host);
			guest.join.join(1, CODE, guest, accept(guest, host));
			const [{ bytes }] = guest.sent;
			host.join.adopt(20000, CODE, "", id(guest), host);
			host.join.receive(20001, host.path, guest.path.address, 40000, bytes, host);
			assert.deepEqual(host.events, []);
			guest.join.join(20002, CODE, guest);
			host.hear(20003, guest);
			assert.deepEqual(host.events, [], "nor one that answers no offer");
		});

		it("takes no mutated offer", () => {
			const [host, guest] = [new Side(1), new Side(2)];
			host.join.adopt(0, CODE, KEY, id(guest), host);
			const [offer] = offers(host);
			for (let at = 0; at < offer.length; at++) {
				const bytes = offer.slice();
				bytes[at] ^= 1 << (at % 8);
				assert.equal(isOffer(guest, bytes, host), false, `octet ${at}`);
				assert.equal(isOffer(guest, offer.slice(0, at), host), false, `length ${at}`);
			}
		});
	});

	it("generates codes that are read correctly however they are typed", () => {
		const random = new Prng(3);
		const source = {
			fill(bytes: Uint8Array) {
				for (let i = 0; i < bytes.length; i++) bytes[i] = random.below(256);
			},
		};
		const code = drawCode(source);
		assert.match(code, /^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/);
		const plain = code.replaceAll("-", "");
		for (const typed of [code, plain, plain.toLowerCase(), ` ${code.replaceAll("-", " ")} `])
			assert.equal(readJoinCode(typed), plain);
		for (const typed of ["", "ABCD", `${plain}A`, plain.replace(/.$/, "1"), "x".repeat(9999)])
			assert.equal(readJoinCode(typed), undefined, typed.slice(0, 20));
	});
});
