import assert from "node:assert/strict";
import { CHECKPOINT } from "../../src/relay/metering-manager";
import { INTERRUPTED } from "../../src/relay/outbox-history";
import { assertExact, assertOneSession, MeteringRig, sumOf, type ToySession } from "../support/metering-rig";

const MINUTE = 60_000;

describe("simulation: metering of a relay, at length", () => {
	it("stores each record once, whatever reports and answers are lost (REP-6)", () => {
		for (let seed = 100; seed < 110; seed++) {
			const rig = new MeteringRig(seed, MINUTE);
			rig.origin.loss = 0.4;
			const random = rig.world.fork();
			for (let i = 0; i < 300; i++) {
				if (random.chance(0.3)) rig.join(`v${i}`);
				for (const session of rig.sessions) {
					if (session.endedAt !== undefined) continue;
					session.counters.frame(random.below(9000), 1 + random.below(7));
					if (random.chance(0.05)) rig.leave(session);
				}
				rig.run(random.below(2000));
			}
			for (const session of rig.sessions) if (session.endedAt === undefined) rig.leave(session);
			rig.origin.loss = 0;
			rig.run(10 * MINUTE);
			for (const session of rig.sessions) assertExact(rig, session);
			assert(rig.origin.repeated > 0, `seed ${seed}`);
			assert.equal(rig.manager.outbox.waiting, 0);
		}
	});

	it("loses and doubles no record in power cuts; a session that lasted ends with its last checkpoint (REP-6)", () => {
		for (let seed = 200; seed < 240; seed++) {
			const rig = new MeteringRig(seed, MINUTE);
			const random = rig.world.fork();
			const lasting: { session: ToySession; at: number; total: number; early: number }[] = [];
			let live: ToySession[] = [];
			/** What each session's viewer had got at times before. */
			const history = new Map<ToySession, [at: number, total: number][]>();
			for (let cut = 0; cut < 8; cut++) {
				rig.origin.loss = random.chance(0.5) ? 0.3 : 0;
				rig.origin.outcome = random.chance(0.3) ? "failed" : undefined;
				const steps = 20 + random.below(200);
				for (let i = 0; i < steps; i++) {
					if (random.chance(0.2)) live.push(rig.join());
					for (const session of live) {
						session.counters.frame(random.below(9000), 1 + random.below(7));
						const past = history.get(session) ?? [];
						past.push([rig.world.now, session.counters.total]);
						history.set(session, past);
						if (random.chance(0.05)) rig.leave(session);
					}
					live = live.filter(({ endedAt }) => endedAt === undefined);
					rig.run(random.below(1500));
				}
				const now = rig.world.now;
				// What ended within the time of a write is uncertain; it must be whole or as at a checkpoint.
				const uncertain = rig.sessions.filter(({ endedAt }) => endedAt !== undefined && now - endedAt < 100);
				for (const session of [...live, ...uncertain]) {
					const past = history.get(session) ?? [];
					const early = past.filter(([at]) => at <= now - CHECKPOINT - 100).at(-1)?.[1] ?? 0;
					lasting.push({ session, at: now, total: session.counters.total, early });
				}
				live = [];
				rig.crash();
				rig.run(random.below(5000));
				rig.boot();
				// Sometimes the power fails again at once.
				if (random.chance(0.3)) {
					rig.run(random.below(10));
					rig.crash();
					rig.boot();
				}
			}
			rig.origin.loss = 0;
			rig.origin.outcome = undefined;
			rig.run(10 * MINUTE);
			const name = `seed ${seed}`;
			const cutOff = new Set(lasting.map(({ session }) => session));
			for (const session of rig.sessions) if (!cutOff.has(session)) assertExact(rig, session);
			for (const { session, total, early } of lasting) {
				const records = rig.origin.session(session.account.id);
				assertOneSession(records);
				const known = sumOf(records as never, "total");
				assert(known <= total && known >= early, `${name}: ${early} <= ${known} <= ${total}`);
				if (records.length > 0 && records.at(-1)?.reason !== "the viewer left")
					assert.equal(records.at(-1)?.reason, INTERRUPTED, name);
			}
			assert.equal(rig.manager.outbox.unreadable, 0, name);
			assert.equal(rig.manager.outbox.waiting, 0, name);
		}
	});

	it("stops interim reports when its room is half full, and says what it loses beyond that", () => {
		const rig = new MeteringRig(8, 30_000);
		rig.hasFallback = false;
		rig.run(1000);
		const { outbox } = rig.manager;
		const session = rig.join();
		while (!outbox.isStrained) rig.leave(rig.join("x".repeat(64)));
		rig.run(5 * MINUTE);
		const { waiting } = outbox;
		rig.run(5 * MINUTE);
		assert.equal(outbox.waiting, waiting);
		while (outbox.lost === 0) rig.leave(rig.join("x".repeat(64)));
		assert(rig.machine.log.lines.some(({ text }) => text.includes("the outbox is full")));
		assert(session.endedAt === undefined && outbox.octets <= 8 * 1024 * 1024);
	});

	it("replaces its file when most of it is not needed any more", () => {
		const rig = new MeteringRig(11);
		rig.run(100);
		for (let i = 0; i < 6000; i++) {
			rig.leave(rig.join());
			if (i % 20 === 0) rig.run(500);
		}
		rig.run(MINUTE);
		assert.equal(rig.origin.ledger.size, 6000);
		assert((rig.machine.disk.counts.get("rename") ?? 0) > 2);
		assert(rig.machine.disk.used < 1_500_000);
	});
});
