import assert from "node:assert/strict";
import { assertExact, MeteringRig, sumOf } from "../support/metering-rig";

const MINUTE = 60_000;

describe("simulation: metering of a relay", () => {
	it("delivers one record of a session, with all that the viewer was sent (REP-5, REP-6)", () => {
		const rig = new MeteringRig(1);
		const session = rig.join();
		for (let i = 0; i < 100; i++) session.counters.frame(12_000 + i, 10);
		rig.run(10_000);
		rig.leave(session);
		rig.run(2000);
		assertExact(rig, session);
		const [record] = rig.origin.session(session.account.id);
		assert.equal(record.end - record.start, 10_000);
		assert.equal(record.viewer, "anna");
		assert.equal(record.reason, "the viewer left");
		assert.equal(rig.manager.outbox.waiting, 0);
	});

	it("reports sessions that last now and then, without gap or overlap; amounts add up to that of the whole (REP-5, REP-13)", () => {
		const rig = new MeteringRig(2, MINUTE);
		const session = rig.join();
		for (let i = 0; i < 600; i++) {
			session.counters.frame(1234 + i, 2);
			rig.run(1000);
		}
		rig.leave(session);
		rig.run(2000);
		assertExact(rig, session);
		const records = rig.origin.session(session.account.id);
		assert(records.length >= 10 && records.length <= 11, `${records.length}`);
		assert.equal(sumOf(records as never, "amount"), Math.floor((session.counters.payload * 7) / 1000));
	});

	it("sends reports over the upstream session, and settles before that ends (REP-6, REP-7)", () => {
		const rig = new MeteringRig(3);
		rig.hasFallback = false;
		const session = rig.join();
		rig.manager.reach(rig.now, rig.content, rig.channel());
		session.counters.frame(5000, 4);
		rig.run(5000);
		rig.leave(session);
		let settledAt = -1;
		rig.manager.settle(rig.now, rig.content, (now) => {
			settledAt = now;
			rig.manager.reach(now, rig.content, undefined);
		});
		const before = rig.now;
		rig.run(5000);
		assert(settledAt > before && settledAt < before + 200, `${settledAt - before} ms`);
		assertExact(rig, session);
	});

	it("sends reports to the ledger that the table names, over no upstream session (REP-6, ONE-9)", () => {
		const rig = new MeteringRig(3);
		rig.crash();
		rig.url = "http://192.0.2.8";
		rig.boot();
		let asked = 0;
		rig.manager.reach(rig.now, rig.content, { report: () => asked++ });
		const session = rig.join();
		session.counters.frame(5000, 4);
		rig.run(5000);
		rig.leave(session);
		rig.run(5000);
		assert.equal(asked, 0);
		assertExact(rig, session);
	});

	it("keeps a report that can't be delivered for the next upstream session (REP-6)", () => {
		const rig = new MeteringRig(4);
		rig.hasFallback = false;
		const session = rig.join();
		rig.run(1000);
		rig.leave(session);
		let isSettled = false;
		rig.manager.settle(rig.now, rig.content, () => {
			isSettled = true;
		});
		rig.run(10 * MINUTE);
		assert(isSettled);
		assert.equal(rig.origin.ledger.size, 0);
		rig.manager.reach(rig.now, rig.content, rig.channel());
		rig.run(500);
		assertExact(rig, session);
	});

	it("does not keep an upstream session for an origin that does not answer longer than a few seconds (REP-7)", () => {
		const rig = new MeteringRig(5);
		rig.origin.outcome = "silent";
		const session = rig.join();
		rig.leave(session);
		const before = rig.now;
		let after = 0;
		rig.manager.settle(before, rig.content, (now) => {
			after = now;
		});
		rig.run(30_000);
		assert.equal(after - before, 3000);
		rig.origin.outcome = undefined;
		rig.run(3 * MINUTE);
		assertExact(rig, session);
	});

	it("does not believe an answer without a valid receipt", () => {
		const rig = new MeteringRig(12);
		const channel = rig.channel();
		rig.channel = () => ({
			report: (now, body, field, answered) =>
				channel.report(now, body, field, (at, outcome, detail) =>
					answered(at, outcome, rig.now < MINUTE ? detail.replace(/[0-7]/g, "8") : detail),
				),
		});
		const session = rig.join();
		rig.leave(session);
		rig.run(MINUTE / 2);
		assert.equal(rig.manager.outbox.waiting, 1);
		const [reporter] = rig.manager.reporters;
		assert.match(reporter.fault, /receipt/);
		rig.run(2 * MINUTE);
		assert.equal(rig.manager.outbox.waiting, 0);
		assertExact(rig, session);
	});

	it("asks an origin that refuses reports rarely, and tells the owner", () => {
		const rig = new MeteringRig(6);
		rig.origin.outcome = "refused";
		let asked = 0;
		const report = rig.origin.report.bind(rig.origin);
		rig.origin.report = (...all) => {
			asked++;
			report(...all);
		};
		rig.leave(rig.join());
		rig.run(600 * MINUTE);
		assert(asked > 8 && asked < 20, `${asked}`);
		const [reporter] = rig.manager.reporters;
		assert(reporter.isRefused);
		rig.origin.outcome = undefined;
		rig.run(60 * MINUTE);
		assert.equal(rig.origin.ledger.size, 1);
		assert(!reporter.isRefused);
	});

	it("delivers from memory while the medium is full or fails, and writes when it works again", () => {
		for (const failure of ["full", "failed"] as const) {
			const rig = new MeteringRig(7);
			rig.run(1000);
			rig.origin.outcome = "failed";
			for (const operation of ["write", "truncate", "sync"] as const)
				for (let i = 0; i < 20; i++) rig.machine.disk.fail(operation, failure);
			const first = rig.join();
			first.counters.frame(3000, 2);
			rig.run(5000);
			rig.leave(first);
			rig.run(1000);
			const { outbox } = rig.manager;
			assert.notEqual(outbox.fault, "");
			rig.origin.outcome = undefined;
			rig.run(30_000);
			assertExact(rig, first);
			const second = rig.join();
			rig.run(20 * MINUTE);
			assert.equal(outbox.fault, "");
			rig.origin.outcome = "failed";
			rig.leave(second);
			rig.run(1000);
			rig.crash();
			rig.boot();
			rig.origin.outcome = undefined;
			rig.run(5 * MINUTE);
			assertExact(rig, second);
		}
	});

	it("ends with all records on the medium, delivered if the origin answers", () => {
		for (const outcome of [undefined, "failed", "silent"] as const) {
			const rig = new MeteringRig(9);
			rig.origin.outcome = outcome;
			const session = rig.join();
			session.counters.frame(1000, 1);
			rig.run(1000);
			let isClosed = false;
			rig.manager.close(rig.now, () => {
				isClosed = true;
			});
			rig.run(3000);
			assert(isClosed);
			assert.equal(rig.origin.ledger.size, outcome === undefined ? 1 : 0);
			rig.crash();
			rig.origin.outcome = undefined;
			rig.boot();
			rig.run(MINUTE);
			assertExact(rig, session);
		}
	});

	for (const [what, damage] of [
		[
			"a line that was changed",
			(octets: Uint8Array) => spliced(octets, octets.indexOf(10) + 20, 1, new Uint8Array([0])),
		],
		["a line that is too long", (octets: Uint8Array) => spliced(octets, 0, 0, new Uint8Array(5000).fill(65), [10])],
		[
			"a last line that is too long",
			(octets: Uint8Array) => spliced(octets, octets.length, 0, new Uint8Array(5000).fill(65)),
		],
	] as const)
		it(`keeps a file with ${what} under another name, tells of it, and delivers the others`, () => {
			const rig = new MeteringRig(10);
			rig.origin.outcome = "failed";
			const sessions = Array.from({ length: 5 }, () => rig.join());
			rig.run(1000);
			for (const session of sessions) rig.leave(session);
			rig.run(1000);
			const file = rig.machine.disk.root.entries.get("outbox");
			assert(file?.kind === "file");
			file.write(0, damage(file.read(0, file.size).slice()));
			file.sync();
			rig.crash();
			rig.boot();
			rig.origin.outcome = undefined;
			rig.run(MINUTE);
			assert.equal(rig.manager.outbox.unreadable, 1);
			assert.deepEqual([...rig.machine.disk.root.entries.keys()].sort(), ["outbox", "outbox.damaged"]);
			assert(rig.origin.ledger.size >= 4);
		});
});

/** Octets with some in the place of others. */
function spliced(octets: Uint8Array, at: number, removed: number, ...added: readonly ArrayLike<number>[]): Uint8Array {
	return Uint8Array.from(
		[octets.subarray(0, at), ...added, octets.subarray(at + removed)].flatMap((part) => Array.from(part)),
	);
}
