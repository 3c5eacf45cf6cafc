import assert from "node:assert/strict";
import { octetsOf, TunnelPair } from "../support/tunnel-pair";

/** More by PORTHOLE_TEST_SEEDS. */
const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "2");
const BYTES = octetsOf(1_000_000);
const SECONDS = 8;

describe("peer tunnel on slow links", () => {
	for (const [title, wire, share, roundTrip] of [
		["10 Mbit/s with a queue of 0.8 s", { delay: 20, rate: 1_250_000, queue: 1_000_000 }, 0.8, 250],
		["10 Mbit/s with a queue of 24 ms", { delay: 20, rate: 1_250_000, queue: 30_000 }, 0.8, 100],
		[
			"10 Mbit/s with a queue of 24 ms and 2 % loss",
			{ delay: 20, rate: 1_250_000, queue: 30_000, loss: 0.02 },
			0.75,
			100,
		],
		["2 Mbit/s with a queue of 2 s", { delay: 30, rate: 250_000, queue: 500_000 }, 0.75, 450],
	] as const) {
		it(`uses ${share * 100} % of ${title}, and keeps the queue short (P2P-13)`, () => {
			for (let seed = 1; seed <= SEEDS; seed++) {
				const pair = new TunnelPair({ seed, wire }).open();
				pair.device.onAccepted = (stream) => {
					let at = 0;
					stream.onRoom = () => {
						while (stream.stream.room > 0) {
							const count = Math.min(stream.stream.room, BYTES.length - at);
							stream.stream.writeShared(BYTES, at, at + count);
							at = (at + count) % BYTES.length;
						}
					};
				};
				const stream = pair.caller.open("http");
				let octets = 0;
				stream.onReceived = (bytes) => {
					octets += bytes.length;
				};
				pair.world.runFor(2000);
				const before = octets;
				let worst = 0;
				for (let n = 0; n < SECONDS * 10; n++) {
					pair.world.runFor(100);
					worst = Math.max(worst, pair.device.tunnel.counters.roundTrip);
				}
				const rate = (octets - before) / SECONDS;
				assert.ok(rate >= wire.rate * share, `seed ${seed}: ${Math.round(rate / 1000)} kB/s`);
				assert.ok(worst <= roundTrip, `seed ${seed}: a round trip of ${worst} ms`);
			}
		});
	}
});
