import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import type { PacketBox } from "../../../../src/peer/tunnel/packet-box";
import { FrameReader, PacketWriter } from "../../../../src/peer/tunnel/packet-format";
import { SMALL_TUNNEL } from "../../../../src/peer/tunnel/tunnel-limits";
import { mutateOctets } from "../../../support/mutate";
import { octetsOf, TunnelPair, type TunnelSide } from "../../../support/tunnel-pair";

const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "12");

/** A peer that has the keys and sends what it likes. */
class HostilePeer {
	private readonly box: PacketBox;
	private readonly writer = new PacketWriter();

	constructor(
		own: TunnelSide,
		private readonly victim: TunnelSide,
	) {
		this.box = (own.tunnel as unknown as { box: PacketBox }).box;
	}

	/** Seals frames into a packet. */
	send(frames: Uint8Array): void {
		const { box, writer } = this;
		box.begin(writer);
		writer.octets(frames.subarray(0, writer.room));
		const end = box.seal(writer);
		this.victim.tunnel.received(writer.bytes.slice(writer.start, end));
	}
}

/** A frame of a type with numbers that are mostly near those in use. */
function frame(random: Prng): Uint8Array {
	const type = random.chance(0.001) ? 9 : random.below(9);
	const bytes = octetsOf(1 + random.below(40), random.u32());
	bytes[0] = type;
	const id = random.chance(0.7) ? random.below(8) : random.u32();
	bytes.set([id >>> 24, id >>> 16, id >>> 8, id].slice(0, bytes.length - 1), 1);
	if (type >= 4 && random.chance(0.7)) for (let at = 5; at < Math.min(9, bytes.length); at++) bytes[at] = 0;
	if (random.chance(0.6) && (type === 6 || type === 7) && bytes.length > 13) bytes.set([0, bytes.length - 13], 11);
	if (random.chance(0.6) && type === 8 && bytes.length > 20)
		bytes.set([255, 255, 0, 0, 0, 0, 0, 0, 0, bytes.length - 19], 9);
	return bytes;
}

describe("peer/tunnel with hostile peers", () => {
	it("survives packets that were changed on the way, and is not disturbed by them", () => {
		for (let seed = 1; seed <= SEEDS; seed++) {
			const random = new Prng(seed);
			const pair = new TunnelPair({ seed });
			pair.tap = (bytes, fromCaller) => {
				const to = fromCaller ? pair.device : pair.caller;
				for (let n = 0; n < 3; n++) {
					const changed = mutateOctets(random, bytes);
					if (changed.length !== bytes.length || changed.some((octet, i) => octet !== bytes[i]))
						to.tunnel.received(changed);
				}
				return true;
			};
			pair.open();
			const bytes = octetsOf(20_000);
			const stream = pair.caller.open("http");
			pair.device.onAccepted = (accepted) => accepted.pour(bytes);
			stream.pour(bytes);
			pair.until("all", () => stream.goings === 1, 60_000);
			assert.deepEqual(stream.content, bytes);
			assert.ok(pair.device.tunnel.counters.dropped > 30);
		}
	});

	it("survives any frames of a peer that has the keys, and keeps what it holds bounded", () => {
		for (let seed = 1; seed <= SEEDS; seed++) {
			const random = new Prng(seed);
			const pair = new TunnelPair({ seed, limits: SMALL_TUNNEL }).open();
			pair.device.onAccepted = (stream) => {
				if (random.chance(0.2)) stream.stream.reading(false);
				if (random.chance(0.5)) stream.pour(octetsOf(3000));
				if (random.chance(0.1)) stream.stream.abort();
			};
			const hostile = new HostilePeer(pair.caller, pair.device);
			for (let n = 0; n < 600; n++) {
				const frames: number[] = [];
				for (let count = random.below(5); count >= 0; count--) frames.push(...frame(random));
				const bytes = new Uint8Array(frames);
				hostile.send(random.chance(0.02) ? mutateOctets(random, bytes) : bytes);
				if (random.chance(0.2)) pair.world.runFor(random.below(60));
				if (pair.device.ending !== undefined) break;
				const { core } = pair.device.tunnel as unknown as { core: { streams: { size: number } } };
				assert.ok(core.streams.size <= 2 * SMALL_TUNNEL.streams);
			}
			// A CLOSE among the frames is an end like any other.
			if (pair.device.ending === undefined) pair.device.tunnel.close();
			pair.world.runFor(5000);
			assert.equal(pair.device.ending, "closed", `seed ${seed}`);
			for (const stream of pair.device.streams) assert.equal(stream.goings, 1);
		}
	});

	it("reads any octets as frames without reading past their end", () => {
		const random = new Prng(1);
		for (let n = 0; n < 20_000; n++) {
			const bytes = octetsOf(random.below(60), n);
			if (bytes.length > 0 && random.chance(0.8)) bytes[0] = random.below(10);
			const reader = new FrameReader().begin(bytes, 0, bytes.length);
			for (let count = 0; reader.next(); count++) {
				assert.ok(count < 60 && reader.end <= bytes.length && reader.start <= reader.end);
				assert.ok(reader.type >= 1 && reader.type <= 9);
			}
		}
	});
});
