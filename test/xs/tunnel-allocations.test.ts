import assert from "node:assert/strict";
import process from "porthole:process";
import { SMALL_TUNNEL } from "../../src/peer/tunnel/tunnel-limits";
import { pictureOf } from "../support/tunnel-camera";
import { type TestStream, TunnelPair } from "../support/tunnel-pair";

/** Octets of a slot on boards; it has twice as many here. */
const BOARD_SLOT = 16;
const PAIRS = 8;

interface Used {
	readonly slots: number;
	readonly chunks: number;
}

function used(): Used {
	process.collect();
	return { slots: process.slots, chunks: process.chunks };
}

/** Lets a viewer watch: a page and a stream. @returns the camera's end of the stream */
function watch(pair: TunnelPair): TestStream {
	pair.open();
	const page = pair.caller.open("http");
	const stream = pair.caller.open("rtsp");
	page.onReceived = () => undefined;
	stream.onReceived = () => undefined;
	pair.until("open", () => page.rooms > 0 && stream.rooms > 0);
	return pair.device.streams[1];
}

function newPair(seed: number): TunnelPair {
	return new TunnelPair({ seed, limits: SMALL_TUNNEL, wire: { delay: 5 } });
}

describe("tunnels of boards", () => {
	const picture = pictureOf(1).subarray(0, 14 * 1404);

	function send(pair: TunnelPair): void {
		const [, camera] = pair.device.streams;
		assert.equal(camera.stream.offer(picture, 0, picture.length), true);
		pair.until("sent", () => camera.stream.queued === 0);
		pair.world.runFor(100);
	}

	it("take about 30 kB for each viewer, so that two fit into a heap of 80 kB (P2P-13)", () => {
		// The first one draws names and grows tables.
		const first = newPair(100);
		watch(first);
		send(first);
		const pairs = Array.from({ length: PAIRS }, (_, seed) => newPair(seed));
		const before = used();
		for (const pair of pairs) {
			watch(pair);
			send(pair);
		}
		const after = used();
		const slots = (after.slots - before.slots) / (2 * PAIRS);
		const chunks = (after.chunks - before.chunks) / (2 * PAIRS);
		console.log(`      ${Math.round(slots)} slots and ${Math.round(chunks)} octets for each end of a tunnel`);
		assert.ok(slots * BOARD_SLOT + chunks < 32_000, `${slots * BOARD_SLOT + chunks} octets`);
		for (const pair of pairs) pair.caller.tunnel.close();
	});
});
