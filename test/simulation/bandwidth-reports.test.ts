import assert from "node:assert/strict";
import { Lan } from "../../hosts/virtual/lan";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { World } from "../../hosts/virtual/world";
import { UnitRig } from "../support/unit-rig";
import { VirtualRtpPlayer } from "../support/virtual-rtp-player";

const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "4");
const RATE = 15;
const PACKETS = 8;

/** A server with clients in one LAN, each with a link of its own. */
function scene(seed: number, intervals: readonly number[]) {
	const world = new World(seed);
	const lan = new Lan(world);
	const server = new VirtualMachine(world, "server");
	server.attach(lan, { address: "192.168.0.2" });
	const rig = new UnitRig(server, [], true, RATE, PACKETS);
	const viewers = intervals.map((interval, i) => {
		const client = `192.168.0.${10 + i}`;
		const machine = new VirtualMachine(world, client);
		const { link } = machine.attach(lan, { address: client });
		const player = new VirtualRtpPlayer(machine, 6000, { interval });
		const stream = rig.open(client, "192.168.0.2", 6000, 40 + i);
		world.runFor(5);
		const { path } = stream;
		assert.ok(path !== undefined);
		player.play({ address: "192.168.0.2", rtpPort: path.rtpPort, rtcpPort: path.rtcpPort });
		stream.play();
		return { link, player, stream, manager: stream.manager };
	});
	return { world, rig, viewers };
}

const forSeeds = (intervals: readonly number[], run: (at: ReturnType<typeof scene>, seed: number) => void) => {
	for (let seed = 0; seed < SEEDS; seed++) run(scene(seed, intervals), seed);
};

describe("simulation/bandwidth-reports", () => {
	it("gives all pictures to players that lose nothing or little, and fewer to those that lose much, without disturbing others (STR-10)", () => {
		forSeeds([400, 5000, 400, 5000, 400, 5000, 0], ({ world, viewers }, seed) => {
			for (const [i, loss] of [0, 0, 0.02, 0.02, 0.2, 0.2, 0.2].entries()) viewers[i].link.settings.loss = loss;
			world.runFor(80_000);
			const shares = viewers.map(({ manager }) => manager.divisor);
			const note = `seed ${seed}: ${shares.join(" ")}`;
			assert.deepEqual(shares.slice(0, 4), [1, 1, 1, 1], note);
			assert.ok(shares[4] >= 8 && shares[5] >= 8, note);
			// The last one never reports; those that do lose reports as well.
			assert.equal(shares[6], 1, note);
			for (const { manager } of viewers.slice(0, 4)) assert.equal(manager.changes, 0, note);
			for (const { manager } of viewers) assert.ok(manager.changes <= 16, note);
		});
	});

	it("follows loss that comes and goes, for reports every 0.4 s and every 5 s (STR-10)", () => {
		forSeeds([400, 5000], ({ world, viewers }, seed) => {
			world.runFor(20_000);
			for (const { link } of viewers) link.settings.loss = 0.2;
			world.runFor(60_000);
			for (const { manager } of viewers) assert.ok(manager.divisor >= 4, `seed ${seed}: 1/${manager.divisor}`);
			for (const { link } of viewers) link.settings.loss = 0;
			world.runFor(150_000);
			for (const { manager } of viewers) {
				assert.deepEqual([manager.divisor, manager.demand], [1, 0], `seed ${seed}`);
				assert.ok(manager.changes <= 24, `seed ${seed}: ${manager.changes} changes`);
			}
		});
	});

	it("shares a link that carries half of the pictures: whole ones arrive, and it does not oscillate (STR-10)", () => {
		forSeeds([400, 5000], ({ world, viewers }, seed) => {
			// 120 packets of 1,428 octets a second are 171 kB; 90 kB pass, with a queue of a third of a second.
			for (const { link } of viewers) Object.assign(link.settings, { rate: 90_000, queue: 30_000, delay: 20 });
			world.runFor(60_000);
			const before = viewers.map(({ player, manager }) => [player.pictures, manager.changes]);
			world.runFor(150_000);
			for (const [i, { player, manager }] of viewers.entries()) {
				const whole = (player.pictures - before[i][0]) / (150 * RATE);
				const changes = manager.changes - before[i][1];
				const note = `seed ${seed}, ${i === 0 ? 0.4 : 5} s: ${whole} of all pictures, ${changes} changes`;
				// Half of the pictures would pass.
				assert.ok(whole > 0.3 && whole < 0.55, note);
				assert.ok(changes <= 14, note);
			}
		});
	});

	it("sees delay before loss where queues are long: jitter and round trip rise (STR-10)", () => {
		forSeeds([400, 5000], ({ world, viewers }, seed) => {
			world.runFor(30_000);
			for (const { link } of viewers) Object.assign(link.settings, { rate: 120_000, queue: 10_000_000 });
			const shares = viewers.map(() => 0);
			for (let s = 0; s < 120; s++) {
				world.runFor(1000);
				for (const [i, { manager }] of viewers.entries()) shares[i] += 1 / manager.divisor / 120;
			}
			for (const [i, { manager }] of viewers.entries()) {
				const note = `seed ${seed}: ${shares[i]} of all pictures, ${manager.changes} changes`;
				// Seven in ten pass; nothing is lost.
				assert.ok(shares[i] > 0.4 && shares[i] < 0.75 && manager.changes <= 20, note);
			}
		});
	});
});
