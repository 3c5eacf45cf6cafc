import assert from "node:assert/strict";
import { ByteWriter } from "../../../src/base/byte-writer";
import type { Path } from "../../../src/core/path";
import { FleetKey } from "../../../src/fleet/fleet-key";
import { FleetReceiver } from "../../../src/fleet/fleet-receiver";
import {
	encodeFleetMessage,
	FLEET_CODE_OCTETS,
	FLEET_MESSAGE_MAX,
	type FleetMessage,
} from "../../../src/wire/fleet-message";

const PATH: Path = { name: "eth0", address: "10.1.0.1", prefix: 16 };
const KEY = new FleetKey("only-these-three-cameras");

function sealed(sequence: number, address: string, more: Partial<FleetMessage> = {}): Uint8Array {
	const message: FleetMessage = {
		type: "bye",
		fleet: 1,
		sender: "0011223344556677",
		boot: 1,
		sequence,
		term: 0,
		answer: false,
		representative: false,
		holds: false,
		...more,
	};
	const writer = new ByteWriter(FLEET_MESSAGE_MAX);
	assert.ok(encodeFleetMessage(message, writer, KEY.number));
	KEY.seal(writer.bytes, writer.length, address);
	return writer.bytes.slice(0, writer.length);
}

/** The same message of an open fleet. */
function withoutSeal(bytes: Uint8Array): Uint8Array {
	const open = bytes.slice(0, -FLEET_CODE_OCTETS);
	open[4] = 0;
	open[6] = open.length >> 8;
	open[7] = open.length;
	return open;
}

const sender = (number: number) => number.toString(16).padStart(16, "0");

describe("fleet/fleet-receiver", () => {
	it("keeps checking the messages of an address while others flood it from 600 forged addresses", () => {
		const receiver = new FleetReceiver(1, "8899aabbccddeeff");
		receiver.keys = [KEY];
		assert.ok(receiver.accept(0, PATH, "10.1.0.2", sealed(1, "10.1.0.2")));
		const forged = sealed(9, "10.1.0.3");
		for (let i = 0; i < 600; i++) receiver.accept(0, PATH, `10.1.${1 + (i >> 8)}.${i & 255}`, forged);
		assert.equal(receiver.refused, 600);
		assert.ok(receiver.accept(0, PATH, "10.1.0.2", sealed(2, "10.1.0.2")));
	});

	/** Counts the seals that are checked while `flood` runs. */
	function checksIn(flood: () => void): number {
		const { check } = FleetKey.prototype;
		let checks = 0;
		FleetKey.prototype.check = function (this: FleetKey, message: Uint8Array, address: string) {
			checks++;
			return check.call(this, message, address);
		};
		try {
			flood();
		} finally {
			FleetKey.prototype.check = check;
		}
		return checks;
	}

	it("checks no seal of a message that came before, is from before a restart, or is its own", () => {
		const receiver = new FleetReceiver(1, "8899aabbccddeeff");
		receiver.keys = [KEY];
		assert.ok(receiver.accept(0, PATH, "10.1.0.2", sealed(100, "10.1.0.2")));
		const cases = [sealed(100, "10.1.0.2"), sealed(60, "10.1.0.2"), sealed(101, "10.1.0.2", { boot: 0 })];
		cases.push(sealed(101, "10.1.0.2", { sender: "8899aabbccddeeff" }), sealed(101, "10.1.0.2", { fleet: 2 }));
		const checks = checksIn(() => {
			for (const bytes of cases) assert.equal(receiver.accept(0, PATH, "10.1.0.2", bytes), undefined);
		});
		assert.equal(checks, 0);
		assert.equal(receiver.refused, cases.length);
	});

	it("checks at most 200 seals of strangers a second on a large network, and 1,000 of known cameras", () => {
		const receiver = new FleetReceiver(1, "8899aabbccddeeff");
		receiver.keys = [KEY];
		const network: Path = { name: "eth0", address: "10.1.0.1", prefix: 8 };
		const address = (i: number) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;
		const strange = Array.from({ length: 1000 }, (_, i) => sealed(1, "10.9.9.9", { sender: sender(i) }));
		const strangers = checksIn(() => {
			for (let i = 0; i < 20000; i++) receiver.accept(0, network, address(i), strange[i % strange.length]);
		});
		assert.equal(strangers, 200);
		for (let i = 0; i < 200; i++) {
			assert.ok(receiver.accept(1000, network, address(i), sealed(1, address(i), { sender: sender(i) })));
		}
		const known = strange.slice(0, 200).map((_, i) => sealed(2, "10.9.9.9", { sender: sender(i) }));
		const members = checksIn(() => {
			for (let i = 0; i < 20000; i++) receiver.accept(2000, network, address(i % 200), known[i % 200]);
		});
		assert.equal(members, 1000);
	});

	it("checks fewer seals of long messages, which take longer", () => {
		const receiver = new FleetReceiver(1, "8899aabbccddeeff");
		receiver.keys = [KEY];
		const long = { secret: new Uint8Array(544) };
		for (let i = 0; i < 20; i++)
			assert.ok(receiver.accept(0, PATH, `10.1.1.${i}`, sealed(1, `10.1.1.${i}`, { sender: sender(i), ...long })));
		const octets = sealed(2, "10.9.9.9", long).length;
		const known = Array.from({ length: 20 }, (_, i) => sealed(2, "10.9.9.9", { sender: sender(i), ...long }));
		const members = checksIn(() => {
			for (let i = 0; i < 4000; i++) receiver.accept(2000, PATH, `10.1.1.${i % 20}`, known[i % 20]);
		});
		assert.ok(members * octets <= 128_000, `${members} checks of ${octets} octets`);
		const strange = Array.from({ length: 400 }, (_, i) => sealed(2, "10.9.9.9", { sender: sender(100 + i), ...long }));
		const strangers = checksIn(() => {
			for (let i = 0; i < 4000; i++) receiver.accept(2000, PATH, `10.1.2.${i % 200}`, strange[i % 400]);
		});
		assert.ok(strangers * octets <= 2 * 25_600, `${strangers} checks of ${octets} octets`);
	});

	it("remembers at most eight cameras outside the fleet, for a while, and none with another number", () => {
		const receiver = new FleetReceiver(1, "8899aabbccddeeff");
		receiver.keys = [KEY];
		const open = (fleet: number, type: FleetMessage["type"] = "announce", number = 1) => {
			const bytes = sealed(1, "10.1.0.2", { fleet, type, sender: sender(number) });
			return withoutSeal(bytes);
		};
		receiver.accept(0, PATH, "10.1.0.2", open(2));
		receiver.accept(0, PATH, "10.1.0.2", open(1, "claim"));
		receiver.accept(0, PATH, "10.1.0.2", sealed(1, "10.1.0.3"));
		assert.deepEqual(receiver.outside(0), []);
		for (let i = 0; i < 2000; i++) receiver.accept(i, PATH, `10.1.${i >> 8}.${i & 255}`, open(1, "announce", i));
		assert.equal(receiver.outside(2000).length, 8);
		assert.deepEqual(receiver.outside(2000).map(({ id, isSealed }) => [id, isSealed])[0], [sender(0), false]);
		const version = receiver.outsideVersion;
		assert.deepEqual(receiver.outside(200000), []);
		assert.notEqual(receiver.outsideVersion, version, "open pages are told");
	});

	it("checks the answer to its last probe whatever else arrives in the same second", () => {
		const receiver = new FleetReceiver(1, "8899aabbccddeeff");
		receiver.keys = [KEY];
		receiver.expectedNonce = 0xcafe;
		assert.ok(receiver.accept(0, PATH, "10.1.0.2", sealed(1, "10.1.0.2")));
		for (let i = 0; i < 3000; i++) receiver.accept(0, PATH, "10.1.0.2", sealed(2, "10.1.0.9"));
		assert.equal(receiver.accept(0, PATH, "10.1.0.2", sealed(2, "10.1.0.2")), undefined, "the budget is spent");
		assert.equal(receiver.accept(0, PATH, "10.1.0.2", sealed(3, "10.1.0.2", { type: "alive", nonce: 7 })), undefined);
		assert.ok(receiver.accept(0, PATH, "10.1.0.2", sealed(4, "10.1.0.2", { type: "alive", nonce: 0xcafe })));
	});

	it("reserves the checks of answers while no probe is pending", () => {
		const receiver = new FleetReceiver(1, "8899aabbccddeeff");
		receiver.keys = [KEY];
		assert.ok(receiver.accept(0, PATH, "10.1.0.2", sealed(1, "10.1.0.2")));
		for (let i = 0; i < 3000; i++) receiver.accept(0, PATH, "10.1.0.2", sealed(2, "10.1.0.9", { type: "alive" }));
		receiver.expectedNonce = 0xcafe;
		assert.ok(receiver.accept(0, PATH, "10.1.0.2", sealed(3, "10.1.0.2", { type: "alive", nonce: 0xcafe })));
	});
});
