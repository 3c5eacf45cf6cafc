import assert from "node:assert/strict";
import { Prng } from "../../src/base/prng";
import { type PlayerOptions, ScriptedPlayer } from "../support/scripted-player";
import { StreamHome } from "../support/stream-home";

/** Longer than a session lives without a sign of life, and a source without viewers. */
const ALL_GONE = 100_000;

/** XS has no compiler: the variable asks for fewer. */
const FEW = process.env["PORTHOLE_TEST_SEEDS"];
const SEEDS = Number(FEW ?? 40);

function start(home: StreamHome, options: PlayerOptions): ScriptedPlayer {
	return new ScriptedPlayer(home.client(), options);
}

describe("simulation/stream-crowd", () => {
	for (const framing of ["udp", "tcp"] as const) {
		for (const content of ["live", "h264"]) {
			it(`plays ${content} by ${framing} to several clients, whole and without a gap (STR-1, STR-8, STR-9, STR-25)`, () => {
				const home = new StreamHome(1);
				const players = Array.from({ length: 4 }, (_, i) => start(home, { framing, content, port: 6000 + 2 * i }));
				home.world.runFor(20_000);
				for (const { checker, refusals, senderReports, announced } of players) {
					assert.deepEqual([checker.faults, refusals, checker.lost, checker.strange], [[], [], 0, 0]);
					assert.ok(checker.pictures >= 190 && checker.pictures <= 200, `${checker.pictures} pictures`);
					assert.ok(senderReports >= 2, `${senderReports} reports`);
					if (announced.sequence >= 0) assert.equal(checker.first?.sequence, announced.sequence);
					if (announced.timestamp >= 0) assert.equal(checker.first?.timestamp, announced.timestamp);
				}
				for (const player of players) player.teardown();
				home.world.runFor(ALL_GONE);
				if (framing === "udp") assert.equal(home.ports, 0);
				assert.deepEqual(home.leaks(), []);
			});
		}

		it(`shows the first picture by ${framing} within a picture's time and a round trip of PLAY (STR-9)`, () => {
			for (let seed = 1; seed <= Number(FEW ?? 20); seed++) {
				const home = new StreamHome(seed);
				start(home, { framing });
				home.world.runFor(3000 + home.prng.below(100));
				const player = new ScriptedPlayer(home.client({ delay: 20 }), { framing });
				home.world.runFor(2000);
				const [first] = player.checker.times;
				assert.ok(first - player.playedAt <= 100 + 2 * 20 + 2, `seed ${seed}: ${first - player.playedAt} ms`);
				assert.deepEqual([player.announced], [player.checker.first], `seed ${seed}`);
			}
		});

		it(`wakes a source for a client by ${framing} that plays without DESCRIBE, and lets it sleep again`, () => {
			const home = new StreamHome(1);
			const player = start(home, { framing, begin: "nothing" });
			home.world.runFor(100);
			player.setup(() => player.play());
			home.world.runFor(100);
			assert.ok(home.source.isRunning);
			home.world.runFor(300);
			assert.ok(player.pictures > 0);
			player.pause();
			home.world.runFor(15_000);
			assert.ok(!home.source.isRunning, "nobody watches");
			player.play();
			home.world.runFor(1000);
			assert.ok(player.pictures > 5);
			assert.deepEqual([player.checker.faults, player.checker.lost], [[], 0]);
		});
	}

	it("frees everything, whatever clients do and whenever they vanish (STR-3)", function () {
		this.timeout(60_000);
		for (let seed = 1; seed <= SEEDS; seed++) {
			const home = new StreamHome(seed, { streams: 12 });
			const prng = new Prng(seed);
			const players: ScriptedPlayer[] = [];
			for (let at = 0; at < 40_000; at += 1000) {
				home.world.runFor(500 + prng.below(1000));
				home.source.mood = prng.chance(0.9) ? "fine" : prng.chance(0.5) ? "still" : "grey";
				if (players.length < 24 && prng.chance(0.6)) {
					const lossy = prng.chance(0.3);
					const machine = home.client({ delay: prng.below(80), loss: lossy ? 0.03 : 0 });
					const framing = prng.chance(0.5) ? "udp" : "tcp";
					const content = prng.chance(0.5) ? "live" : "h264";
					const begin = prng.chance(0.7) ? "start" : "nothing";
					players.push(new ScriptedPlayer(machine, { framing, content, lossy, begin, reports: prng.below(3) * 400 }));
				}
				for (const player of players) if (!player.hasEnded && prng.chance(0.3)) act(player, prng);
			}
			for (const { checker } of players) assert.deepEqual(checker.faults, [], `seed ${seed}`);
			home.source.mood = "fine";
			for (const player of players) if (!player.hasEnded && prng.chance(0.8)) act(player, prng);
			for (const player of players) if (!player.hasEnded) player.abort();
			home.world.runFor(ALL_GONE);
			assert.deepEqual(home.leaks(), [], `seed ${seed}: ${home.log.join("\n")}`);
			assert.equal(home.source.quality.value, 80);
		}
	});

	it("ends all streams when the server stops while they play", () => {
		for (let seed = 1; seed <= Number(FEW ?? 10); seed++) {
			const home = new StreamHome(seed);
			const options = [
				{ framing: "udp" },
				{ framing: "tcp" },
				{ framing: "udp", content: "h264", port: 6010 },
			] as const;
			const players = options.map((each) => start(home, each));
			home.world.runFor(home.prng.below(4000));
			home.close();
			home.world.runFor(ALL_GONE);
			for (const { hasEnded } of players) assert.ok(hasEnded || home.server.connections === 0);
			assert.deepEqual(
				home.leaks().filter((leak) => !leak.endsWith("connections")),
				[],
				`seed ${seed}`,
			);
		}
	});
});

/** Does one of the things that clients do. */
function act(player: ScriptedPlayer, prng: Prng): void {
	switch (prng.below(12)) {
		case 0:
			return player.setup();
		case 1:
			return player.setup(() => player.play());
		case 2:
			return player.describe();
		case 3:
		case 4:
			return player.play();
		case 5:
			return player.pause();
		case 6:
			return player.teardown();
		case 7:
			return player.bye();
		case 8:
			return player.abort();
		case 9:
			// The power fails: nobody hears of it.
			player.hasEnded = true;
			return player.machine.crash();
		case 10:
			return player.stream.reading(false);
		default:
			return player.stream.reading(true);
	}
}
