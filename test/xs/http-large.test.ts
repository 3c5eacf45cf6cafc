import assert from "node:assert/strict";
import process from "porthole:process";
import { LinuxClock } from "../../hosts/linux/adapters/clock";
import { LinuxInterfaces } from "../../hosts/linux/adapters/interface-source";
import { LinuxNetwork } from "../../hosts/linux/adapters/network";
import { LargeTransfer } from "../support/large-transfer";

/** A file of 1 GB, over sockets of this host. */
const OCTETS = Number(process.environment("PORTHOLE_TEST_LARGE") ?? 1e9);

describe("HTTP: a large file over a socket of hosts/linux on XS", () => {
	let transfer: LargeTransfer;

	before(async () => {
		transfer = new LargeTransfer(new LinuxNetwork(new LinuxInterfaces()), new LinuxClock(), "127.0.0.1");
		await transfer.open();
	});
	after(() => transfer.close());

	it("is uploaded whole, with back-pressure", async () => {
		const { outcome, sink } = await transfer.upload(OCTETS);
		assert.deepEqual([outcome, sink.length, sink.wrongAt, sink.ended], ["201", OCTETS, undefined, true]);
	});

	it("is downloaded as a range of a larger one", async () => {
		const start = 4.5e9;
		const { outcome, sink } = await transfer.download(start, start + OCTETS);
		assert.deepEqual([outcome, sink.length, sink.wrongAt, sink.ended], ["206", OCTETS, undefined, true]);
	});
});
