import assert from "node:assert/strict";
import { Prng } from "../../src/base/prng";
import { CAMERA, openContent, RELAY_HTTP, RelayScene, type SceneRelay } from "../support/relay-scene";
import { type Load, ReportCrowd } from "../support/report-crowd";
import type { VirtualMjpegViewer } from "../support/virtual-mjpeg-viewer";

/** XS has no compiler: the variable asks for fewer. */
const FEW = process.env["PORTHOLE_TEST_SEEDS"] !== undefined;
const RELAYS = FEW ? 10 : 100;
const VIEWERS = 100;
/** Viewers of each relay whose reports are followed for two hours. */
const REPORTED = FEW ? 20 : VIEWERS;
/** Milliseconds between two pictures. */
const PERIOD = 1000;
/** All viewers of a relay are at one address. */
const ROOM = { connections: "200", "connections-per-address": "200" };
/** Viewers come during so many seconds. */
const COMING = 3;
/** How long people come to watch, the final that most come for, how long a guest stays at most, and in which time all leave. */
const EVENT = 7_200_000;
const FINAL = 300_000;
const STAY = 720_000;
const GOODBYE = 10_000;
/** Seconds between the reports of a session that lasts. */
const REPORT_INTERVAL = 300;

/** What the camera sent in some seconds, in octets a second. */
function cameraRate(scene: RelayScene, relays: readonly SceneRelay[], seconds: number): number {
	const sum = () => relays.reduce((octets, { cable }) => octets + cable.octets, 0);
	const before = sum();
	scene.run(seconds);
	return (sum() - before) / seconds;
}

/** Viewers come to each relay, at random times. */
function crowd(scene: RelayScene, relays: readonly SceneRelay[]): VirtualMjpegViewer[] {
	const prng = new Prng(scene.seed);
	const viewers: VirtualMjpegViewer[] = [];
	for (const relay of relays) {
		const machine = scene.addClient({ delay: 5 });
		for (let i = 1; i < VIEWERS; i++)
			scene.world.after(prng.below(COMING * 1000), () => viewers.push(scene.watch("/garage", { relay, machine })));
	}
	return viewers;
}

describe("simulation/relay-crowd", function () {
	this.timeout(120_000);

	it(`serves ${RELAYS * VIEWERS} viewers at ${RELAYS} relays with ${RELAYS} streams of the camera (REP-3, REP-4)`, () => {
		const scene = new RelayScene(1, { settings: ROOM });
		const { camera, relays } = scene;
		camera.period = PERIOD;
		const contents = [openContent("garage", `http://${CAMERA}/live`)];
		while (relays.length < RELAYS) scene.addRelay({ contents }, ROOM);
		const first = relays.map((relay) => scene.watch("/garage", { relay }));
		scene.run(3);
		assert.equal(camera.requests.length, RELAYS);
		const few = cameraRate(scene, relays, 3);
		const asked = relays.map(({ cable }) => cable.asked);
		const viewers = crowd(scene, relays);
		scene.run(COMING + 1);
		// Later viewers cost the origin nothing, and see the newest picture at once.
		assert.equal(viewers.length, RELAYS * (VIEWERS - 1));
		assert.deepEqual(
			relays.map(({ cable }) => cable.asked),
			asked,
		);
		const waits = viewers.map(({ joinTime }) => joinTime).sort((a, b) => a - b);
		assert.ok(waits[waits.length - 1] <= PERIOD, `${waits[waits.length - 1]} ms to the first picture`);
		const many = cameraRate(scene, relays, 3);
		assert.ok(Math.abs(many / few - 1) < 0.01, `${few} and ${many} octets a second`);
		for (const { status, faults, pictures } of [...first, ...viewers]) {
			assert.deepEqual([status, faults], [200, []]);
			assert.ok(pictures >= 3, `${pictures} pictures`);
		}
		assert.equal(camera.requests.length, RELAYS);
	});

	it("sends a tenth as many streams with a layer of relays between (REP-9)", () => {
		const count = FEW ? 10 : 50;
		const scene = new RelayScene(2);
		const { camera, relays } = scene;
		camera.period = PERIOD;
		while (relays.length < count / 10) scene.addRelay({ contents: [openContent("garage", `http://${CAMERA}/live`)] });
		const middle = [...relays];
		const edge = Array.from({ length: count }, (_, i) => {
			const upstream = middle[i % middle.length];
			return scene.addRelay({ contents: [openContent("garage", `http://${upstream.outside}:${RELAY_HTTP}/garage`)] });
		});
		const viewers = edge.flatMap((relay) => [scene.watch("/garage", { relay }), scene.watch("/garage", { relay })]);
		scene.run(8);
		assert.equal(camera.requests.length, middle.length);
		for (const { status, faults, pictures } of viewers) {
			assert.deepEqual([status, faults], [200, []]);
			assert.ok(pictures >= 5, `${pictures} pictures`);
		}
		for (const viewer of viewers) viewer.leave();
		scene.run(20);
		assert.equal(camera.open.size, 0);
	});

	it(`reports ${RELAYS * REPORTED} viewers of ${RELAYS} relays, who come and go, to one ledger exactly once (REP-5, REP-6, REP-8)`, () => {
		const crowd = new ReportCrowd(3, RELAYS, REPORT_INTERVAL, 0.01);
		const { world, relays, desk } = crowd;
		const prng = world.fork();
		// Some come and go all the time; most come for the last minutes, and leave together with those who are still there.
		for (const relay of relays)
			for (let i = 0; i < REPORTED; i++) {
				const isGuest = i % 5 < 2;
				const at = isGuest ? prng.below(EVENT) : EVENT - prng.below(FINAL);
				const goodbye = EVENT + prng.below(GOODBYE);
				world.after(at, () => crowd.join(relay, Math.min(isGuest ? 20_000 + prng.below(STAY) : EVENT, goodbye - at)));
			}
		world.runFor(EVENT);
		const most = crowd.watching;
		const normal = crowd.load(0, EVENT - FINAL);
		assert.ok(world.runUntil(() => crowd.watching === 0, GOODBYE + 1000));
		assert.ok(
			world.runUntil(() => crowd.waiting === 0, 120_000),
			`${crowd.waiting} wait`,
		);
		const end = crowd.load(EVENT, world.now);
		// Every record is there once, and the sums are what viewers have received.
		const sums = crowd.sums();
		assert.equal(sums.size, RELAYS * REPORTED);
		let records = 0;
		for (const viewer of crowd.viewers) {
			const sum = sums.get(viewer.name);
			assert.ok(sum !== undefined && viewer.hasLeft, viewer.name);
			records += sum.records;
			assert.equal(sum.sessions, 1);
			for (const member of ["payload", "total", "packets", "frames", "drops"] as const)
				assert.equal(sum[member], viewer[member], `${viewer.name}: ${member}`);
			assert.deepEqual(sum.amounts, [["EUR", Math.round((viewer.payload * 7) / 1000)]]);
		}
		assert.deepEqual([records, desk.counters.records], [crowd.records, crowd.records]);
		const { refused, failed, repeated } = desk.counters;
		// The desk puts off what comes too fast; answers are lost.
		assert.ok(failed === 0 && refused < 100 && (FEW || repeated > 0), JSON.stringify(desk.counters));
		const octets = crowd.octets / (records + repeated);
		assert.ok(octets > 300 && octets < 500, `${octets} octets a record`);
		const text = ({ reports, records, busiest, seconds }: Load) =>
			`${(records / seconds).toFixed(1)} records in ${(reports / seconds).toFixed(1)} reports a second, at most ${busiest}`;
		console.log(
			`      ${records} records of ${octets.toFixed(0)} octets, ${text(normal)}; ${most} leave within ${GOODBYE / 1000} s: ${text(end)}, all there after ${end.seconds.toFixed(0)} s`,
		);
	});
});
