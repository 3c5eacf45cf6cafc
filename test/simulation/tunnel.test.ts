import assert from "node:assert/strict";
import { SMALL_TUNNEL } from "../../src/peer/tunnel/tunnel-limits";
import { isSame, octetsOf, TunnelPair } from "../support/tunnel-pair";

/** More by PORTHOLE_TEST_SEEDS. */
const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "4");

describe("peer tunnel in a network that loses packets", () => {
	it("opens within one round trip and half (P2P-13)", () => {
		const pair = new TunnelPair().connect();
		pair.until("open", () => pair.caller.tunnel.isOpen, 41);
		pair.until("open", () => pair.device.tunnel.isOpen, 21);
		assert.deepEqual(pair.device.remoteKey, pair.ciphers.publicKeyOf(pair.callerKey));
		assert.deepEqual(pair.caller.remoteKey, pair.ciphers.publicKeyOf(pair.deviceKey));
	});

	for (const [title, wire, limits] of [
		["without loss", {}, undefined],
		["with 2 % loss", { loss: 0.02 }, undefined],
		["with 20 % loss, repetition and reordering", { loss: 0.2, duplication: 0.1, reordering: 0.2 }, undefined],
		["between boards, with 5 % loss", { loss: 0.05, reordering: 0.05 }, SMALL_TUNNEL],
	] as const) {
		it(`carries streams whole and in order both ways, ${title} (P2P-13)`, () => {
			for (let seed = 1; seed <= SEEDS; seed++) {
				const pair = new TunnelPair({ seed, wire, ...(limits !== undefined && { limits }) }).open();
				const bytes = octetsOf(200_000);
				pair.device.onAccepted = (stream) => stream.pour(bytes);
				const streams = [1, 2, 3].map(() => pair.caller.open("http"));
				for (const stream of streams) stream.pour(bytes.subarray(0, 100_000));
				pair.until("gone", () => streams.every((stream) => stream.goings === 1), 300_000);
				for (const [i, stream] of streams.entries()) {
					assert.deepEqual(stream.ends, ["closed"]);
					assert.ok(isSame(stream.content, bytes), `seed ${seed}`);
					assert.ok(isSame(pair.device.streams[i].content, bytes.subarray(0, 100_000)), `seed ${seed}`);
				}
				pair.until("gone there", () => pair.device.streams.every((stream) => stream.goings === 1));
			}
		});
	}
});
