import assert from "node:assert/strict";
import { SILENCE_MAX } from "../../src/stream/units/udp-reachability";
import {
	A10,
	A20,
	C10,
	C20,
	FIRST,
	FIRST_FORM,
	LAST,
	lanRows,
	SECOND_FORM,
	TwoNetworks,
	tableRow,
	X210,
} from "../support/two-networks";
import { type RigStream, UnitRig } from "../support/unit-rig";
import { VirtualRtpPlayer } from "../support/virtual-rtp-player";

const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "8");
const FAR = "198.51.100.9";
const LAN = "10.1.0.7";

const forSeeds = (run: (net: TwoNetworks, seed: number) => void) => {
	for (let seed = 0; seed < SEEDS; seed++) run(new TwoNetworks(seed), seed);
};

/** Opens a stream, plays it, and lets the client report to where it was told. */
function begin(
	net: TwoNetworks,
	rig: UnitRig,
	player: VirtualRtpPlayer,
	client: string,
	local: string,
	ssrc: number,
): RigStream {
	const stream = rig.open(client, local, player.rtpPort, ssrc);
	net.world.runFor(10);
	const { path } = stream;
	assert.ok(path !== undefined, stream.refusal?.message);
	const { source, rtpPort, rtcpPort } = path;
	player.play({ address: source === "" ? local : source, rtpPort, rtcpPort });
	net.world.runFor(50);
	stream.play();
	return stream;
}

describe("simulation/stream-forms", () => {
	for (const [name, server, rows] of [
		["one machine", A10, FIRST_FORM],
		["a control host and a NAS", A20, SECOND_FORM],
	] as const) {
		it(`serves a LAN client by A with reports both ways: ${name} (STR-5)`, () => {
			forSeeds((net, seed) => {
				const rig = new UnitRig(net.server, rows);
				const player = new VirtualRtpPlayer(net.lanClient, 6000, { interval: 400, punches: true });
				const stream = begin(net, rig, player, LAN, A10, 42);
				net.world.runFor(12_000);
				const { path, session } = stream;
				assert.ok(path !== undefined);
				// The client needs no source where it would take the address of the control connection anyway.
				assert.equal(path.source, server === A10 ? "" : server);
				assert.deepEqual([...player.mediaFrom], [`${server}:${path.rtpPort}`], `seed ${seed}`);
				assert.deepEqual([...player.reportsFrom], [`${server}:${path.rtcpPort}`]);
				assert.deepEqual([path.rtpPort % 2, path.rtcpPort], [0, path.rtpPort + 1]);
				assert.deepEqual(stream.arrivals, ["alive", "report"]);
				assert.ok(session.roundTrip !== undefined && session.roundTrip < 10);
				assert.deepEqual([player.packets, session.loss, net.intoC], [stream.receiver?.packets, 0, 0]);
				assert.deepEqual(
					path.units.map(({ unit, bound }) => `${unit} at ${bound}`),
					[`RTP sender at ${server}:${path.rtpPort}`, `RTCP sender and receiver at ${server}:${path.rtcpPort}`],
				);
				player.leave();
				net.world.runFor(100);
				assert.deepEqual([stream.ended, rig.units.pairs.size, player.goodbyes], ["goodbye", 0, 1]);
			});
		});
	}

	it("serves an Internet client by B without reports, and a dummy port that dies at the router (STR-6)", () => {
		forSeeds((net) => {
			const rig = new UnitRig(net.server, FIRST_FORM);
			const player = new VirtualRtpPlayer(net.farClient, 6000, { interval: 400, punches: true });
			const stream = begin(net, rig, player, FAR, A10, 42);
			net.world.runFor(60_000);
			const { path } = stream;
			assert.ok(path !== undefined);
			assert.deepEqual([path.source, path.hasReports, path.expectsReports], [X210, false, false]);
			assert.deepEqual([...player.mediaFrom], [`${X210}:${path.rtpPort}`]);
			assert.deepEqual([player.senderReports, stream.arrivals, net.intoC, net.intoA.size], [0, [], 0, 0]);
			// The empty report and the RTP packet before PLAY, and the reports.
			net.world.runFor(100);
			assert.ok(Math.abs(net.router.dropped - player.sent - 2) <= 1);
			assert.equal(path.rtcpPort, path.rtpPort + 1);
			assert.deepEqual([path.units[1].unit, path.units[1].advertisedPort], ["none", path.rtcpPort]);
			assert.deepEqual([stream.ended, stream.manager.changes], ["", 0]);
		});
	});

	it("sends reports by B and receives them by A in the second form, one port for all sessions (STR-7, STR-21)", () => {
		forSeeds((net, seed) => {
			const rig = new UnitRig(net.server, SECOND_FORM);
			const near = new VirtualRtpPlayer(net.lanClient, 6000, { interval: 5000 }, 6);
			const players = [0, 1, 2].map(
				(i) => new VirtualRtpPlayer(net.farClient, 6000 + 2 * i, { interval: 400, punches: i === 0 }, 7 + i),
			);
			const streams = players.map((player, i) => begin(net, rig, player, FAR, A10, 40 + i));
			const lan = begin(net, rig, near, LAN, A10, 50);
			net.world.runFor(20_000);
			for (const [i, { path, session, arrivals }] of streams.entries()) {
				assert.ok(path !== undefined);
				assert.deepEqual([path.source, path.hasReports, path.expectsReports], [X210, true, true]);
				assert.ok(path.rtcpPort >= FIRST && path.rtcpPort <= LAST && path.rtcpPort % 2 === 1);
				assert.deepEqual([...players[i].mediaFrom], [`${X210}:${path.rtpPort}`], `seed ${seed}`);
				assert.deepEqual([...players[i].reportsFrom], [`${X210}:${path.rtcpPort}`]);
				assert.equal(players[i].ssrc, 40 + i);
				assert.equal(arrivals[arrivals.length - 1], "report");
				assert.ok(session.roundTrip !== undefined && session.roundTrip >= 40 && session.roundTrip < 50);
				assert.equal(
					path.units.map(({ unit, bound }) => `${unit} at ${bound}`).join(", "),
					`RTP sender at ${C20}:${path.rtpPort}, RTCP sender at ${C20}:${path.rtcpPort}, RTCP receiver at ${A20}:500`,
				);
			}
			assert.deepEqual(lan.arrivals, ["report"]);
			assert.deepEqual([rig.units.shared.size, net.intoC], [1, 0]);
			assert.deepEqual([...net.intoA], [`${A20}:500`]);
			// One client leaves: its stream ends, not those of its neighbours behind the same address.
			players[1].leave();
			net.world.runFor(1000);
			assert.deepEqual(
				streams.map(({ ended }) => ended),
				["", "goodbye", ""],
			);
			for (const stream of [...streams, lan]) stream.end();
			net.world.runFor(1000);
			assert.deepEqual([rig.units.shared.size, rig.units.pairs.size], [0, 0]);
			assert.deepEqual(
				players.map(({ goodbyes }) => goodbyes),
				[1, 1, 1],
			);
		});
	});

	it("drops what strangers and other ports of a client send, and counts it (STR-7)", () => {
		forSeeds((net) => {
			const rig = new UnitRig(net.server, SECOND_FORM);
			const player = new VirtualRtpPlayer(net.farClient, 6000, { interval: 0 });
			const stream = begin(net, rig, player, FAR, A10, 42);
			const liar = net.addHome("198.51.100.77", "cone");
			const { drops } = rig.units;
			const sender = liar.network.udp({ port: 7000 }, { opened() {}, received() {}, failed() {} });
			const own = net.farClient.network.udp({ port: 7000 }, { opened() {}, received() {}, failed() {} });
			net.world.runFor(10);
			const onOther = new Uint8Array([0x81, 0xc9, 0, 7, 0, 0, 0, 9, 0, 0, 0, 43, ...new Array(20).fill(0)]);
			const onOurs = onOther.slice();
			onOurs[11] = 42;
			sender.send(onOurs, 0, onOurs.length, X210, FIRST + 1);
			own.send(onOther, 0, onOther.length, X210, FIRST + 1);
			own.send(new Uint8Array(30), 0, 30, X210, FIRST);
			own.send(new Uint8Array(3000), 0, 3000, X210, LAST);
			own.send(onOurs, 0, onOurs.length, C20, stream.path?.rtcpPort ?? 0);
			own.send(onOurs, 0, onOurs.length, X210, LAST + 1);
			net.world.runFor(100);
			assert.deepEqual([drops.strangers, drops.unmatched, drops.malformed, stream.arrivals], [1, 1, 2, []]);
			own.send(onOurs, 0, onOurs.length, X210, FIRST + 1);
			net.world.runFor(100);
			assert.deepEqual([stream.arrivals, net.intoC], [["report"], 0]);
		});
	});

	it("serves by the rule where there is no table: Internet clients get RTP from B, RTCP goes by A (STR-18)", () => {
		forSeeds((net) => {
			const rig = new UnitRig(net.server, [], true);
			const near = new VirtualRtpPlayer(net.lanClient, 6000, { interval: 400, punches: true });
			const lan = begin(net, rig, near, LAN, A10, 42);
			const far = rig.open(FAR, A10, 6000, 43);
			net.world.runFor(3000);
			assert.deepEqual(lan.arrivals, ["alive", "report"]);
			assert.deepEqual(
				far.path?.units.map(({ unit, bound }) => `${unit} at ${bound.slice(0, bound.indexOf(":"))}`),
				[`RTP sender at ${C10}`, `RTCP sender and receiver at ${A10}`],
			);
			// Nothing private is told to it, and its silence means nothing: no way was opened for its reports (STR-19, STR-22).
			assert.deepEqual([far.path?.source, far.path?.expectsReports], ["", false]);
		});
	});

	it("recognizes an Internet client whose own NAT keeps packets away, and offers interleaved TCP (STR-22)", () => {
		forSeeds((net, seed) => {
			const rig = new UnitRig(net.server, SECOND_FORM);
			const home = "198.51.100.77";
			const shut = new VirtualRtpPlayer(net.addHome(home, "symmetric"), 6000, { interval: 5000, punches: true });
			const stream = begin(net, rig, shut, home, A10, 42);
			const open = new VirtualRtpPlayer(net.farClient, 6000, { interval: 5000 }, 8);
			const other = begin(net, rig, open, FAR, A10, 43);
			net.world.runFor(SILENCE_MAX - 2000);
			// Its empty reports arrive, as it sends them, but no packet reaches it.
			assert.deepEqual([stream.ended, stream.arrivals, shut.packets], ["", ["alive"], 0], `seed ${seed}`);
			net.world.runFor(4000);
			assert.deepEqual([stream.ended, other.ended], ["unreachable", ""]);
			const refusal = rig.reachability.refusal(rig.pump.now(), home);
			assert.equal(refusal?.status, 461);
			assert.match(refusal?.message ?? "", /TCP/);
			assert.doesNotMatch(refusal?.message ?? "", /\d+\.\d+/);
			assert.equal(rig.reachability.refusal(rig.pump.now(), FAR), undefined);
			assert.equal(other.ended, "");
			other.end();
			net.world.runFor(600_000);
			assert.equal(rig.reachability.refusal(rig.pump.now(), home), undefined);
			assert.equal(rig.reachability.ended, 1);
		});
	});

	it("keeps the stream of a client whose NAT lets packets in where it has sent some out (STR-22)", () => {
		forSeeds((net, seed) => {
			const rig = new UnitRig(net.server, SECOND_FORM);
			const home = "198.51.100.77";
			const player = new VirtualRtpPlayer(net.addHome(home, "cone"), 6000, { interval: 5000, punches: true });
			const stream = begin(net, rig, player, home, A10, 42);
			net.world.runFor(60_000);
			assert.deepEqual([stream.ended, stream.arrivals, net.intoC], ["", ["alive", "report"], 0], `seed ${seed}`);
			assert.equal(player.packets, stream.receiver?.packets);
		});
	});

	it("serves a machine with one interface, and says which rows are missing (STR-24)", () => {
		forSeeds((net) => {
			const rows = [tableRow("0.0.0.0/0", "RTP sender", "send", A10)];
			const rig = new UnitRig(net.server, rows);
			const player = new VirtualRtpPlayer(net.lanClient, 6000, { interval: 400 });
			const stream = begin(net, rig, player, LAN, A10, 42);
			net.world.runFor(5000);
			assert.ok(player.pictures > 60);
			assert.deepEqual([stream.path?.hasReports, stream.arrivals], [false, []]);
			assert.equal(rig.units.table.check(net.server.network.paths()).length, 2);
			assert.deepEqual(new UnitRig(net.server, lanRows(A10)).units.table.check(net.server.network.paths()), []);
		});
	});

	it("streams alike to LAN and Internet clients: the same packets at the same time (STR-8)", () => {
		forSeeds((net, seed) => {
			const rig = new UnitRig(net.server, SECOND_FORM);
			const near = new VirtualRtpPlayer(net.lanClient, 6000, { interval: 400 });
			const far = new VirtualRtpPlayer(net.farClient, 6000, { interval: 400 });
			const lan = begin(net, rig, near, LAN, A10, 42);
			const inet = begin(net, rig, far, FAR, A10, 43);
			net.world.runFor(20_000);
			const [n, f] = [near.pictures, far.pictures];
			assert.ok(n > 280 && Math.abs(n - f) <= 2, `seed ${seed}: ${n} and ${f} pictures`);
			assert.deepEqual([lan.manager.changes, inet.manager.changes], [0, 0]);
		});
	});
});
