import assert from "node:assert/strict";
import { reportOf } from "../../../../src/stream/distribution/stream-report";
import { BandwidthManager } from "../../../../src/stream/reports/bandwidth-manager";

describe("stream/stream-report", () => {
	const units = [{ unit: "RTP sender", bound: "10.1.0.10:5004", advertisedPort: 5004 }];
	const sent = { packets: 20, octets: 28_000, missed: 1, units, bandwidth: new BandwidthManager("JPEG", "udp", 30) };
	const plain = { packets: 20, octets: 28_000, missed: 1, units, oneIn: 1, keyOnly: false };
	const reception = { at: 5, loss: 8 / 256, lost: 9, expected: 200, jitter: 3.4, roundTrip: 20, probedAt: 4 };

	for (const [name, rtcp, expected] of [
		["without RTCP", undefined, plain],
		["before the first report", { ...reception, at: -Infinity }, plain],
		["before the first round trip", { ...reception, roundTrip: undefined }, { ...plain, lossPercent: 3.1, jitter: 3 }],
		["with a report", reception, { ...plain, lossPercent: 3.1, jitter: 3, roundTrip: 20 }],
	] as const) {
		it(`reports units, ports and reception of a stream ${name} (STR-2, STR-10)`, () => {
			assert.deepEqual(reportOf({ ...sent, rtcp }), expected);
		});
	}
});
