import assert from "node:assert/strict";
import { NodeClock } from "../../hosts/node/clock";
import { NodeNetwork } from "../../hosts/node/network";
import { LargeTransfer } from "../support/large-transfer";

const GIGABYTE = 1e9;
/** What the process may take in addition; its collector lets some garbage of Node's own streams lie. */
const GROWTH_MAX = 150e6;

/** Runs a transfer, and measures the most memory that the process has had meanwhile. */
async function measured<Result>(run: () => Promise<Result>): Promise<{ result: Result; growth: number }> {
	const before = process.memoryUsage.rss();
	let most = before;
	const timer = setInterval(() => {
		most = Math.max(most, process.memoryUsage.rss());
	}, 20);
	try {
		return { result: await run(), growth: most - before };
	} finally {
		clearInterval(timer);
	}
}

describe("HTTP: a file of 1 GB over a socket of Node.js", function () {
	this.timeout(180_000);
	let transfer: LargeTransfer;

	before(async () => {
		transfer = new LargeTransfer(new NodeNetwork(), new NodeClock(), "127.0.0.1");
		await transfer.open();
	});
	after(() => transfer.close());

	it("is uploaded whole, with back-pressure, in bounded memory", async () => {
		const { result, growth } = await measured(() => transfer.upload(GIGABYTE));
		const { outcome, sink } = result;
		assert.deepEqual([outcome, sink.length, sink.wrongAt, sink.ended], ["201", GIGABYTE, undefined, true]);
		assert.ok(sink.pauses > 10, `${sink.pauses} pauses`);
		assert.ok(growth < GROWTH_MAX, `${Math.round(growth / 1e6)} MB more memory`);
	});

	it("is downloaded as a range of a larger one, in bounded memory", async () => {
		const start = 4.5e9;
		const { result, growth } = await measured(() => transfer.download(start, start + GIGABYTE));
		const { outcome, sink } = result;
		assert.deepEqual([outcome, sink.length, sink.wrongAt, sink.ended], ["206", GIGABYTE, undefined, true]);
		assert.ok(growth < GROWTH_MAX, `${Math.round(growth / 1e6)} MB more memory`);
	});
});
