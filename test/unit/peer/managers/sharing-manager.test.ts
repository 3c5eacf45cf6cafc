import assert from "node:assert/strict";
import { credentialsOf } from "../../../../src/app/peer/rendezvous-service";
import { SharingManager, type SharingRefusal } from "../../../../src/peer/managers/sharing-manager";
import type { DeviceRecord } from "../../../../src/peer/rendezvous/device-record";
import { ACTION, WITH_ADDRESSES } from "../../../../src/peer/rendezvous/peer-attributes";
import type { FoundDevice, PeerAnswer, PushedIntroduction } from "../../../../src/peer/rendezvous/peer-message";
import { StunReader } from "../../../../src/wire/stun-reader";

const RECORD: DeviceRecord = {
	name: "Garage",
	kind: "camera",
	tags: "",
	isPortal: false,
	isSymmetric: false,
	roundTrip: 0,
	candidates: [],
};

function device(number: number): FoundDevice {
	return { peer: number.toString(16).padStart(16, "0"), record: RECORD };
}

function pushed(session: number, stamp = 1000, candidates = 1): PushedIntroduction {
	const list = Array.from({ length: candidates }, (_, i) => ({
		kind: "host" as const,
		address: "192.0.2.1",
		port: i + 1,
	}));
	return {
		peer: device(1).peer,
		record: { ...RECORD, candidates: list },
		session: new Uint8Array(8).fill(session),
		startDelay: 0,
		transaction: new Uint8Array(12),
		stamp,
		ticket: "p.x",
	};
}

describe("peer/sharing manager (P2P-3, P2P-7)", () => {
	it("collects a list that comes in several answers", () => {
		let asked = 0;
		const sharing = new SharingManager((_write, done) => {
			const from = 3 * asked++;
			const devices = [device(from), device(from + 1), device(from + 2)];
			done({ type: "found", stamp: 1, devices, left: Math.max(0, 9 - from - 3) });
		});
		let found: readonly FoundDevice[] | SharingRefusal = 0;
		sharing.find("", "", false, (answer) => {
			found = answer;
		});
		assert.equal(asked, 3);
		assert.deepEqual(
			(found as unknown as FoundDevice[]).map(({ peer }) => Number.parseInt(peer, 16)),
			[0, 1, 2, 3, 4, 5, 6, 7, 8],
		);
	});

	it("asks for addresses in the list, on each of its pages, or leaves them to the selection (P2P-3)", () => {
		for (const withAddresses of [true, false]) {
			const flags: (number | undefined)[] = [];
			const sharing = new SharingManager((write, done) => {
				const who = credentialsOf("d:x", new Uint8Array(20));
				const reader = new StunReader();
				assert.ok(reader.read(write(who, { transaction: new Uint8Array(12), roundTrip: 0 })));
				flags.push(reader.bytes[reader.find(ACTION) + 1]);
				done({ type: "found", stamp: 1, devices: [device(flags.length)], left: 2 - flags.length });
			});
			sharing.find("", "", withAddresses, () => {});
			const flag = withAddresses ? WITH_ADDRESSES : 0;
			assert.deepEqual(flags, [flag, flag]);
		}
	});

	it("stops even if a server always says that more follows", () => {
		let asked = 0;
		const sharing = new SharingManager((_write, done) => {
			asked++;
			done({ type: "found", stamp: 1, devices: [device(1)], left: 5 });
		});
		let count = 0;
		sharing.find("", "", false, (answer) => {
			count = (answer as FoundDevice[]).length;
		});
		assert.ok(asked <= 64 && count === asked);
	});

	for (const [answer, code] of [
		[undefined, 0],
		[{ type: "refused", code: 404 }, 404],
		[{ type: "withdrawn", stamp: 1 }, 0],
	] as readonly (readonly [PeerAnswer | undefined, number])[]) {
		it(`passes on why there is no list and no introduction: ${JSON.stringify(answer)}`, () => {
			const sharing = new SharingManager((_write, done) => done(answer));
			const codes: unknown[] = [];
			sharing.find("", "", false, (found) => codes.push(found));
			sharing.select(device(1).peer, device(2).peer, RECORD, undefined, (found) => codes.push(found));
			assert.deepEqual(codes, [code, code]);
		});
	}

	it("tells new introductions from repetitions, from more candidates, and from old copies (P2P-14)", () => {
		const sharing = new SharingManager(() => {});
		assert.equal(sharing.pushed(pushed(1), 1000), "new");
		assert.equal(sharing.pushed(pushed(1), 1000), "known");
		assert.equal(sharing.pushed(pushed(1, 1000, 2), 1000), "more");
		assert.equal(sharing.pushed(pushed(1, 1000, 2), 1000), "known");
		assert.equal(sharing.pushed(pushed(2), 1061), "old");
		assert.equal(sharing.pushed(pushed(2), 1060), "new");
	});

	it("remembers a bounded number of introductions", () => {
		const sharing = new SharingManager(() => {});
		for (let i = 0; i < 200; i++) assert.equal(sharing.pushed(pushed(i), 1000), "new");
		assert.equal(sharing.pushed(pushed(199), 1000), "known");
	});
});
