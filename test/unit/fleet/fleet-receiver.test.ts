import assert from "node:assert/strict";
import { ByteWriter } from "../../../src/base/byte-writer";
import type { Path } from "../../../src/core/path";
import { FleetKey } from "../../../src/fleet/fleet-key";
import { FleetReceiver } from "../../../src/fleet/fleet-receiver";
import { encodeFleetMessage, FLEET_MESSAGE_MAX, type FleetMessage } from "../../../src/wire/fleet-message";

const PATH: Path = { name: "eth0", address: "10.1.0.1", prefix: 16 };
const KEY = new FleetKey("only-these-three-cameras");

function sealed(sequence: number, address: string): Uint8Array {
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
	};
	const writer = new ByteWriter(FLEET_MESSAGE_MAX);
	assert.ok(encodeFleetMessage(message, writer, KEY.number));
	KEY.seal(writer.bytes, writer.length, address);
	return writer.bytes.slice(0, writer.length);
}

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
});
