import assert from "node:assert/strict";
import { VirtualRandom } from "../../../../../hosts/virtual/virtual-random";
import { toHex } from "../../../../../src/base/hex";
import { Prng } from "../../../../../src/base/prng";
import { DeviceTable } from "../../../../../src/peer/rendezvous/server/device-table";
import { KeyedHash } from "../../../../../src/peer/rendezvous/server/keyed-hash";
import { type Leg, LegOctets } from "../../../../../src/peer/rendezvous/server/leg";
import { Slab } from "../../../../../src/peer/rendezvous/server/slab";

interface Known {
	readonly home: number;
	readonly peer: number;
	readonly leg: Leg;
	readonly record: Uint8Array;
	readonly until: number;
}

function idsOf(home: number, peer: number): Uint8Array {
	const ids = new Uint8Array(24);
	ids[3] = home >> 8;
	ids[4] = home;
	ids[22] = peer >> 8;
	ids[23] = peer;
	return ids;
}

function octetsOf(random: Prng, length: number): Uint8Array {
	return new Uint8Array(length).map(() => random.below(256));
}

describe("peer/rendezvous/server/device-table", () => {
	it("does what a map would, whatever comes in whatever order (P2P-2)", () => {
		for (let seed = 1; seed <= 2; seed++) {
			const random = new Prng(seed);
			const table = new DeviceTable(new KeyedHash(new VirtualRandom(random)), 500, seed === 2);
			const model = new Map<string, Known>();
			const homes = new Map<number, Uint8Array>();
			const leg = new LegOctets();
			let now = 0;
			for (let step = 0; step < 2500; step++) {
				const home = random.below(40);
				const peer = random.below(40);
				const ids = idsOf(home, peer);
				let ref = table.findHome(ids, 0);
				const key = homes.get(home) ?? octetsOf(random, 32);
				if (ref === 0) {
					homes.set(home, key);
					ref = table.addHome(ids, 0, key, octetsOf(random, 32), now);
				}
				const found = new Uint8Array(32);
				table.copyKey(ref, found);
				assert.deepEqual(found, homes.get(home));
				const name = toHex(ids);
				const device = table.find(ref, ids, 16);
				const known = model.get(name);
				assert.equal(device !== 0, known !== undefined, `step ${step}`);
				if (known !== undefined) {
					assert.deepEqual(table.record(device), known.record);
					assert.deepEqual(table.legOf(device), known.leg);
					assert.ok(leg.set(known.leg) && table.isFrom(device, leg) && table.hasRecord(device, known.record));
					leg.port++;
					assert.equal(table.isFrom(device, leg), false);
				}
				const kind = random.below(10);
				if (kind < 6) {
					const place: Leg = {
						address: random.chance(0.5) ? `198.18.0.${random.below(256)}` : `2001:db8::${1 + random.below(9)}`,
						port: 1 + random.below(65_000),
						...(random.chance(0.2) ? { stream: 1 + random.below(0xfffffffe) } : {}),
					};
					const record = octetsOf(random, 3 + random.below(random.chance(0.1) ? 398 : 60));
					const until = now + 1 + random.below(100);
					leg.set(place);
					const put = table.put(ref, ids, 16, leg, record, until);
					if (put !== 0) model.set(name, { home, peer, leg: place, record, until });
					else assert.ok(known === undefined && model.size === 500);
				} else if (kind === 6 && known !== undefined) {
					table.remove(ref, device);
					model.delete(name);
				} else if (kind === 7 && known !== undefined) {
					table.touch(device, now + 50);
					model.set(name, { ...known, until: now + 50 });
				} else if (kind === 8) {
					now += 5;
					for (let part = 0; part < 7; part++) table.sweep(now, part, 7);
					for (const [key, { until }] of model) if (until <= now) model.delete(key);
				}
				assert.equal(table.size, model.size);
			}
			for (let home = 0; home < 40; home++) {
				const peers: string[] = [];
				const ref = table.findHome(idsOf(home, 0), 0);
				const peer = new Uint8Array(8);
				for (let device = ref === 0 ? 0 : table.firstOf(ref); device !== 0; device = table.nextOf(device)) {
					table.copyPeer(device, peer);
					peers.push(toHex(peer));
				}
				const wanted = [...model.values()].filter((one) => one.home === home).map((one) => one.peer);
				assert.deepEqual(peers.sort(), wanted.map((one) => toHex(idsOf(0, one), 16)).sort());
			}
			now += 10_000;
			for (let part = 0; part < 7; part++) table.sweep(now, part, 7);
			now += 10_000;
			for (let part = 0; part < 7; part++) table.sweep(now, part, 7);
			assert.deepEqual([table.size, table.homeCount], [0, 0]);
		}
	});

	it("holds 7,500 devices of four in a home in 1 MiB, or 5,500 alone in theirs, and uses again what is freed", () => {
		for (const [perHome, count, rounds] of [
			[4, 7500, 1],
			[1, 5500, 2],
		]) {
			const table = new DeviceTable(new KeyedHash(new VirtualRandom(new Prng(1))), count);
			const leg = new LegOctets();
			leg.set({ address: "198.18.0.1", port: 1 });
			const record = new Uint8Array(100);
			const key = new Uint8Array(32);
			for (let round = 0; round < rounds; round++) {
				for (let i = 0; i < count; i++) {
					const ids = idsOf(Math.floor(i / perHome), i);
					const home = table.findHome(ids, 0) || table.addHome(ids, 0, key, key, round * 9000);
					assert.ok(table.put(home, ids, 16, leg, record, round * 9000 + 1) !== 0);
				}
				assert.ok(table.octets <= (1 << 20) + 4 * 8192, `${table.octets} octets`);
				for (let part = 0; part < 4; part++) table.sweep(round * 9000 + 5, part, 4);
				assert.equal(table.size, 0);
			}
		}
	});

	it("takes 256 devices of a home and no more, and each of them again", () => {
		const table = new DeviceTable(new KeyedHash(new VirtualRandom(new Prng(1))), 1000);
		const leg = new LegOctets();
		leg.set({ address: "2001:db8::1", port: 1 });
		const home = table.addHome(idsOf(1, 0), 0, new Uint8Array(32), new Uint8Array(32), 0);
		const put = (peer: number, record: number) =>
			table.put(home, idsOf(1, peer), 16, leg, new Uint8Array(record), 100) !== 0;
		for (let peer = 0; peer < 256; peer++) assert.equal(put(peer, 50), true);
		assert.equal(put(256, 50), false);
		for (const peer of [0, 255, 100]) assert.equal(put(peer, 51), true);
		assert.equal(table.size, 256);
		table.remove(home, table.find(home, idsOf(1, 7), 16));
		assert.equal(put(256, 50), true);
		assert.equal(put(7, 50), false);
	});

	it("bounds homes that have no devices", () => {
		const table = new DeviceTable(new KeyedHash(new VirtualRandom(new Prng(1))), 100);
		for (let i = 0; i < 6000; i++) {
			assert.notEqual(table.addHome(idsOf(i, 0), 0, new Uint8Array(32), new Uint8Array(32), 0), 0);
			assert.notEqual(table.findHome(idsOf(i, 0), 0), 0, "the newest is never the one that is forgotten");
		}
		assert.equal(table.homeCount, 4096);
		table.sweep(600, 0, 1);
		assert.equal(table.homeCount, 0);
	});

	it("keeps blocks apart, also at the ends of chunks", () => {
		const slab = new Slab(400);
		const random = new Prng(4);
		const blocks = new Map<number, Uint8Array>();
		for (let step = 0; step < 3000; step++) {
			const octets = 1 + random.below(400);
			const block = slab.allocate(octets);
			assert.ok(block !== 0 && !blocks.has(block));
			const content = new Uint8Array(octets).fill(step);
			slab.bytes(block).set(content, slab.at(block));
			blocks.set(block, content);
			if (random.chance(0.6)) {
				for (const [old, bytes] of blocks) {
					assert.deepEqual(slab.bytes(old).slice(slab.at(old), slab.at(old) + bytes.length), bytes);
					slab.release(old, bytes.length);
					blocks.delete(old);
					break;
				}
			}
		}
		assert.ok(slab.octets < 400 * 3000);
	});
});
