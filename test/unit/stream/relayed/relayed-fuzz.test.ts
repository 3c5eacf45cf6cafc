import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { RtpPacket, writeRtpHeader } from "../../../../src/wire/rtp";
import { mutateOctets } from "../../../support/mutate";
import { type RelayClient, RelayStage } from "../../../support/relay-stage";

const SEEDS = Array.from({ length: Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "2") }, (_, i) => i + 1);
/** Payloads that real origins send, to begin with. */
const PAYLOADS: readonly Uint8Array[] = [
	new Uint8Array([24, 0, 4, 0x67, 66, 0, 30, 0, 2, 0x68, 2]),
	new Uint8Array([0x7c, 0x85, 1, 2, 3, 4, 5, 6, 7, 8]),
	new Uint8Array([0x65, 0x88, 1, 2, 3, 4, 5]),
	new Uint8Array([9, 0xf0]),
	new Uint8Array([0, 0, 0, 0, 65, 255, 80, 60, 0, 4, 0xff, 0xff, 0, 0, 0, 128, 1, 2, 3]),
];

describe("stream/relayed: any packets of an origin", () => {
	for (const encoding of ["JPEG", "H264"] as const)
		for (const seed of SEEDS)
			it(`are borne, and every viewer gets running packets of one source (${encoding}, seed ${seed})`, () => {
				const prng = new Prng(seed);
				const stage = new RelayStage(encoding, seed);
				stage.begin();
				const clients: RelayClient[] = [];
				const received = new Map<RelayClient, { sequence: number; count: number }>();
				const packet = new RtpPacket();
				const check = (client: RelayClient): void => {
					const { ssrc } = client.setup as { ssrc: number };
					for (const got of client.relayed()) {
						const before = received.get(client);
						assert.equal(got.ssrc, ssrc);
						if (before !== undefined) assert.ok(((got.sequence - before.sequence) & 0xffff) < 0x8000);
						received.set(client, { sequence: got.sequence, count: (before?.count ?? 0) + 1 });
					}
				};
				for (let step = 0; step < 700; step++) {
					const dice = prng.below(100);
					if (dice < 4 && clients.length < 12) {
						const room = prng.below(3) === 0 ? 2000 : 1 << 24;
						clients.push(stage.play(prng.below(2) === 0 ? "udp" : "tcp", { room }));
					} else if (dice < 6 && clients.length > 0) {
						const [gone] = clients.splice(prng.below(clients.length), 1);
						check(gone);
						gone.teardown();
					} else if (dice < 8) stage.begin([]);
					else if (dice < 10) stage.lose(prng.below(3) === 0 ? 0 : prng.below(200));
					else if (dice < 20) for (const client of clients) client.take(prng.below(5000));
					else if (dice < 40) stage.pass(prng.below(100));
					const seedOf = PAYLOADS[prng.below(PAYLOADS.length)];
					const base = new Uint8Array(prng.below(30) === 0 ? 20_000 : seedOf.length + prng.below(40));
					base.set(seedOf.subarray(0, base.length));
					const payload = mutateOctets(prng, base);
					const bytes = new Uint8Array(12 + payload.length);
					writeRtpHeader(bytes, 0, 98, prng.below(4) === 0, stage.sequence, stage.timestamp, stage.ssrc);
					bytes.set(payload, 12);
					stage.sequence = (stage.sequence + 1) & 0xffff;
					if (prng.below(3) === 0) stage.timestamp = (stage.timestamp + prng.below(90_000)) >>> 0;
					if (packet.read(bytes, 0, bytes.length)) stage.video.packet(stage.now, packet, bytes);
				}
				stage.pass(100);
				for (const client of clients) check(client);
				assert.ok([...received.values()].some(({ count }) => count > 50));
				for (const client of clients) {
					const { payload, packets, frames, drops, total } = client.viewerOf(stage);
					for (const number of [payload, packets, frames, drops, total]) assert.ok(number >= 0);
					assert.ok(payload >= 12 * packets);
				}
			});
});
