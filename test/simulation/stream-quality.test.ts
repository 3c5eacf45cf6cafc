import assert from "node:assert/strict";
import { ScriptedPlayer } from "../support/scripted-player";
import { StreamHome } from "../support/stream-home";

/** Pictures per second of a player in the last seconds. */
function rateOf({ checker }: ScriptedPlayer, now: number, seconds: number): number {
	return checker.times.filter((at) => at > now - seconds * 1000).length / seconds;
}

/** XS has no compiler: the variable asks for fewer. */
const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? 2);

describe("simulation/stream-quality", () => {
	for (const reports of [400, 5000]) {
		it(`lowers the rate for a client by UDP whose path is narrow, recovers, and leaves others alone; reports every ${reports} ms (STR-10)`, () => {
			for (let seed = 1; seed <= SEEDS; seed++) {
				const home = new StreamHome(seed, { interval: 40 });
				home.source.scan = 3000;
				const narrow = home.client({ delay: 10, rate: 40_000, queue: 10_000 });
				const options = { framing: "udp", lossy: true, reports } as const;
				const player = new ScriptedPlayer(narrow, options);
				const other = new ScriptedPlayer(home.client(), { ...options, lossy: false });
				home.world.runFor(90_000);
				const { lost, packets } = player.checker;
				const rate = rateOf(player, home.world.now, 30);
				assert.ok(rate >= 4 && rate <= 14, `seed ${seed}: ${rate} pictures a second through a path for 13`);
				home.world.runFor(60_000);
				const share = (player.checker.lost - lost) / (player.checker.packets - packets);
				assert.ok(share < 0.2, `seed ${seed}: loses ${share}`);
				narrow.nics[0].link.settings.rate = Infinity;
				let after = 0;
				for (let tries = 0; tries < 20 && after <= 20; tries++) {
					home.world.runFor(20_000);
					after = rateOf(player, home.world.now, 20);
				}
				assert.ok(after > 20, `seed ${seed}: ${after} pictures a second once the path is wide`);
				assert.deepEqual([other.checker.faults, other.checker.lost], [[], 0]);
				assert.ok(Math.abs(rateOf(other, home.world.now, 100) - 25) < 0.1, `seed ${seed}`);
				assert.equal(home.source.quality.value, 80);
			}
		});
	}

	it("leaves the rate alone where no reports come (STR-10)", () => {
		const home = new StreamHome(1, { interval: 40 });
		const player = new ScriptedPlayer(home.client({ loss: 0.02 }), { framing: "udp", lossy: true, reports: 0 });
		home.world.runFor(60_000);
		const { pictures, broken } = player.checker;
		assert.ok(pictures + broken > 1450, `${pictures} whole, ${broken} broken`);
	});

	it("lowers the quality for all while several clients lose packets at the lowest rate, and restores it (STR-10)", () => {
		for (let seed = 1; seed <= SEEDS; seed++) {
			const home = new StreamHome(seed, { interval: 100 });
			home.source.scan = 12_000;
			const machines = [1, 2].map(() => home.client({ rate: 9000, queue: 6000 }));
			for (const machine of machines) new ScriptedPlayer(machine, { framing: "udp", lossy: true, reports: 1000 });
			const other = new ScriptedPlayer(home.client(), { framing: "tcp" });
			const { quality } = home.video.qualityOwner;
			home.world.runFor(120_000);
			assert.ok(home.source.quality.value <= 64, `seed ${seed}: quality ${home.source.quality.value}`);
			assert.equal(quality?.value, 80, "the user sees what the user chose");
			for (const machine of machines) machine.nics[0].link.settings.rate = Infinity;
			home.world.runUntil(() => home.source.quality.value === 80, 400_000);
			assert.equal(home.source.quality.value, 80, `seed ${seed}`);
			home.world.runFor(30_000);
			assert.ok(home.source.quality.value <= 80);
			assert.deepEqual(other.checker.faults, []);
		}
	});

	it("lets the user's change of the quality win, and restores it when the clients leave (STR-10)", () => {
		const home = new StreamHome(1, { interval: 100 });
		home.source.scan = 12_000;
		const players = [1, 2].map(() => {
			const machine = home.client({ rate: 9000, queue: 6000 });
			return new ScriptedPlayer(machine, { framing: "udp", lossy: true, reports: 1000 });
		});
		home.world.runUntil(() => home.source.quality.value < 80, 120_000);
		assert.ok(home.source.quality.value < 80);
		home.video.qualityOwner.quality?.set(90);
		assert.equal(home.source.quality.value, 90);
		home.world.runUntil(() => home.source.quality.value < 90, 120_000);
		assert.ok(home.source.quality.value < 90, "the clients still suffer");
		for (const player of players) player.abort();
		home.world.runFor(100_000);
		assert.equal(home.source.quality.value, 90);
		assert.deepEqual(home.leaks(), []);
	});

	it("does not spoil the picture for all because of one client (STR-10)", () => {
		const home = new StreamHome(1, { interval: 100 });
		home.source.scan = 12_000;
		new ScriptedPlayer(home.client({ rate: 9000, queue: 6000 }), { framing: "udp", lossy: true, reports: 1000 });
		new ScriptedPlayer(home.client(), { framing: "udp" });
		home.world.runFor(120_000);
		assert.equal(home.source.quality.value, 80);
	});

	it("does not lower the quality of JPEG for clients that watch H.264 (STR-10, STR-25)", () => {
		const home = new StreamHome(1, { interval: 100 });
		const options = { framing: "udp", content: "h264", lossy: true, reports: 1000 } as const;
		for (let i = 0; i < 2; i++) new ScriptedPlayer(home.client({ rate: 2000, queue: 3000 }), options);
		home.world.runFor(120_000);
		assert.equal(home.source.quality.value, 80);
	});

	for (const content of ["live", "h264"]) {
		it(`lets clients by TCP with a narrow path miss whole pictures of ${content}, and no others (STR-8, STR-25)`, () => {
			for (let seed = 1; seed <= SEEDS; seed++) {
				const home = new StreamHome(seed, { interval: 40 });
				const rate = content === "live" ? 30_000 : 10_000;
				const slow = new ScriptedPlayer(home.client({ rate, queue: 1 << 20 }), { framing: "tcp", content });
				const fast = new ScriptedPlayer(home.client(), { framing: "tcp", content });
				const udp = new ScriptedPlayer(home.client(), { framing: "udp", content });
				home.world.runFor(120_000);
				for (const { checker } of [slow, fast, udp]) assert.deepEqual(checker.faults, [], `seed ${seed}`);
				for (const { pictures, checker } of [fast, udp]) {
					assert.equal(checker.lost, 0);
					assert.ok(pictures > 2900, `seed ${seed}: ${pictures}`);
				}
				assert.ok(slow.pictures > 100 && slow.pictures < 2500, `seed ${seed}: ${slow.pictures}`);
				slow.abort();
				fast.teardown();
				udp.teardown();
				home.world.runFor(100_000);
				assert.deepEqual(home.leaks(), [], `seed ${seed}`);
			}
		});
	}
});
