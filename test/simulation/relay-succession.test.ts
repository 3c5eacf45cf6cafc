import assert from "node:assert/strict";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { ledger } from "../../src/app/origin/ledger-part";
import { RELAYS } from "../../src/app/origin/relays-extra";
import { rtspServer } from "../../src/app/stream/rtsp-extra";
import { FileLedger } from "../../src/relay/file-ledger";
import { keyOfRecord } from "../../src/relay/ledger";
import type { MeteringRecord } from "../../src/relay/metering-record";
import { relayKeyOf } from "../../src/relay/relay-key";
import { RegisteredRelay } from "../support/registered-relay";
import { toyJpeg } from "../support/toy-jpeg";
import { type HomeCamera, VirtualHome, WAN } from "../support/virtual-home";
import { VirtualMjpegViewer } from "../support/virtual-mjpeg-viewer";
import { VirtualRtspViewer } from "../support/virtual-rtsp-viewer";

/** More by PORTHOLE_TEST_SEEDS. */
const SEEDS = Array.from({ length: Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "5") }, (_, i) => i + 1);
const KEY = "a-key-of-the-whole-home";
const RELAY = "198.20.5.5";
/** The longest gap of the representative's address after a crash, in milliseconds (IMG-26). */
const GAP = 1500;
const PORTAL = `http://${WAN}:8080`;

/** Three cameras, each with a ledger, and a relay on the Internet that has the portal's address. */
class RelayedFleet {
	readonly home: VirtualHome;
	readonly ledgers: FileLedger[] = [];
	readonly relay: RegisteredRelay;
	readonly viewers: VirtualMjpegViewer[] = [];

	constructor(readonly seed: number) {
		this.home = new VirtualHome(seed, { secure: false });
		const { home } = this;
		home.picture = toyJpeg({ scan: 900, fill: 5 });
		for (let i = 0; i < 3; i++) {
			const disk = new VirtualMachine(home.world, `disk${i}`);
			this.ledgers.push(new FileLedger(disk.files, (run) => home.world.after(0, run)));
			home.extras = [RELAYS, rtspServer(), ledger(() => this.ledgers[i])];
			home.add({ "fleet-key": KEY, "rtsp-mapped": "on" });
			home.until(() => home.cameras[i].port === 8080 + i, 10_000, "a port");
		}
		home.world.runFor(3000 + home.world.prng.below(2000));
		const origin = { name: "home", url: PORTAL, key: relayKeyOf(KEY, "east") };
		this.relay = new RegisteredRelay(home, "east", RELAY, [origin], { "report-interval": "60" });
		home.until(() => this.relay.contents.length === 9, 20_000, "the cameras, by HTTP and RTSP, and H.264");
		home.world.runFor(home.world.prng.below(40_000));
	}

	/** The port on the router by which the relay gets a camera; 0: it is not known. */
	portOf({ camera }: HomeCamera): number {
		const content = this.relay.contents.find((one) => one.protocol === "http" && one.content === camera.identity.id);
		return Number(/:(\d+)\//.exec(content?.url ?? "")?.[1] ?? 0);
	}

	/** Somebody watches a camera at the relay, by a link that its owner has given away. */
	watch({ camera }: HomeCamera): VirtualMjpegViewer {
		const form = `relay=east&content=${camera.identity.id}&viewer=ann&hours=3`;
		const reply = this.home.post(`${PORTAL}/api/v1/relays/links`, form);
		const { http } = JSON.parse(reply.slice(reply.indexOf("\r\n\r\n")));
		const viewer = new VirtualMjpegViewer(this.home.visitor, {
			address: RELAY,
			port: 8080,
			target: http.slice(http.indexOf("/", 8)),
		});
		this.viewers.push(viewer);
		this.home.until(() => viewer.pictures > 2, 8000, "pictures");
		return viewer;
	}

	/** Somebody plays a camera at the relay by RTSP. */
	play({ camera }: HomeCamera): VirtualRtspViewer {
		const form = `relay=east&content=${camera.identity.id}&viewer=bob&hours=3`;
		const reply = this.home.post(`${PORTAL}/api/v1/relays/links`, form);
		const { rtsp } = JSON.parse(reply.slice(reply.indexOf("\r\n\r\n")));
		return new VirtualRtspViewer(this.home.visitor, rtsp);
	}

	/** Everything in the ledgers of all cameras. */
	records(): readonly MeteringRecord[] {
		const all: MeteringRecord[] = [];
		for (const ledger of this.ledgers) {
			let found: readonly MeteringRecord[] | undefined;
			ledger.list({}, 1000, "", (records) => (found = records));
			this.home.until(() => found !== undefined, 1000, "records");
			all.push(...(found ?? []));
		}
		return all;
	}

	/** All leave: each viewer's session is in the ledgers once, without a gap, with what the viewer got. */
	assertAccounts(): void {
		for (const viewer of this.viewers) viewer.leave();
		this.home.world.runFor(120_000);
		const records = this.records();
		const name = `seed ${this.seed}`;
		assert.equal(new Set(records.map(keyOfRecord)).size, records.length, `${name}: no record is there twice`);
		const sessions = new Map<string, MeteringRecord[]>();
		for (const record of records) sessions.set(record.session, [...(sessions.get(record.session) ?? []), record]);
		assert.equal(sessions.size, this.viewers.length, name);
		const got: number[] = [];
		for (const parts of sessions.values()) {
			parts.sort((a, b) => a.part - b.part);
			for (const [i, record] of parts.entries()) {
				assert.equal(record.part, i, name);
				assert.equal(record.isLast, i === parts.length - 1, name);
				if (i > 0) assert.equal(record.start, parts[i - 1].end, name);
			}
			got.push(parts.reduce((sum, { payload }) => sum + payload, 0));
		}
		// The line end after the last part has no next part to count it with.
		const expected = this.viewers.map(({ payload }) => payload + 2);
		const sort = (list: number[]): number[] => list.sort((a, b) => a - b);
		assert.deepEqual(sort(got), sort(expected), name);
	}
}

/** The longest pause between pictures since a time. */
function pauseSince({ times }: VirtualMjpegViewer, since: number): number {
	let longest = 0;
	for (let i = 1; i < times.length; i++) if (times[i] > since) longest = Math.max(longest, times[i] - times[i - 1]);
	return longest;
}

describe("simulation/relay succession", () => {
	for (const seed of SEEDS)
		it(`keeps viewers and accounts while the representative dies and comes back at another port (ONE-8, REP-6, REP-10, IMG-26, seed ${seed})`, () => {
			const fleet = new RelayedFleet(seed);
			const { home } = fleet;
			const [first, ...others] = home.cameras;
			const missing = fleet.watch(first);
			const living = others.map((camera) => fleet.watch(camera));
			home.world.runFor(30_000 + home.world.prng.below(90_000));
			const at = home.world.now;
			first.crash();
			home.until(() => others.some(({ port }) => port === 8080), GAP, "a successor");
			const [successor] = others.filter(({ port }) => port === 8080);
			home.until(() => fleet.portOf(successor) === 8080, 25_000, "the relay is registered with the successor");
			for (const camera of others) assert.equal(fleet.portOf(camera), camera.port);
			assert.equal(fleet.portOf(first), 0, "nobody is sent to a camera that is away");
			home.world.runFor(home.world.prng.below(10_000));
			first.restart();
			home.until(() => first.port !== 0, 30_000, "a port");
			assert.notEqual(first.port, 8080);
			const before = missing.pictures;
			home.until(() => missing.pictures > before + 10, 25_000, "pictures of the camera that was away");
			assert.equal(fleet.portOf(first), first.port);
			// The upstream of the camera that was away has not got another camera's pictures, at the port that was its own.
			for (const { camera } of home.cameras) assert.equal(camera.video.hub.watching, 1);
			for (const viewer of [missing, ...living]) assert.deepEqual([viewer.over, viewer.faults], [undefined, []]);
			for (const viewer of living) assert.ok(pauseSince(viewer, at) <= 200, `${pauseSince(viewer, at)} ms`);
			fleet.assertAccounts();
		});

	for (const seed of SEEDS)
		it(`finds a camera whose connection broke at its new port (ONE-8, REP-10, IMG-26, seed ${seed})`, () => {
			const fleet = new RelayedFleet(seed);
			const { home } = fleet;
			const [first, ...others] = home.cameras;
			const living = others.map((camera) => fleet.watch(camera));
			const at = home.world.now;
			first.crash();
			home.until(() => others.some(({ port }) => port === 8080), GAP, "a successor");
			const [successor] = others.filter(({ port }) => port === 8080);
			// Its power fails for a moment, too.
			successor.crash();
			home.world.runFor(100);
			successor.restart();
			home.until(() => home.ports.every((port) => port !== 0) && home.ports.includes(8080), 20_000, "all have ports");
			const before = living.map(({ pictures }) => pictures);
			home.until(
				() => living.every(({ pictures }, i) => pictures > before[i] + 10),
				40_000,
				"pictures of both cameras",
			);
			for (const viewer of living) assert.deepEqual([viewer.over, viewer.faults], [undefined, []]);
			assert.ok(living.some((viewer) => pauseSince(viewer, at) <= 200));
			fleet.assertAccounts();
		});

	for (const seed of SEEDS)
		it(`keeps players by RTSP while the representative, whose pictures they get, dies and comes back at another port (ONE-8, REP-6, REP-10, seed ${seed})`, () => {
			const fleet = new RelayedFleet(seed);
			const { home } = fleet;
			const [first, ...others] = home.cameras;
			const [missing, ...living] = [first, ...others].map((camera) => fleet.play(camera));
			home.world.runFor(20_000 + home.world.prng.below(30_000));
			first.crash();
			home.until(() => others.some(({ port }) => port === 8080), GAP, "a successor");
			home.world.runFor(home.world.prng.below(10_000));
			first.restart();
			const before = missing.packets;
			assert.ok(before > 100, `${before}`);
			home.until(() => missing.packets > before + 50, 45_000, "pictures of the camera that was away");
			home.world.runFor(5000);
			for (const player of [missing, ...living]) {
				const { failures, missing: lost, sources } = player;
				assert.deepEqual([failures, sources.size], [[], 1]);
				assert.ok(lost <= (player === missing ? 1 : 0), `${lost}`);
				player.leave();
			}
			home.world.runFor(120_000);
			const records = fleet.records();
			assert.equal(new Set(records.map(keyOfRecord)).size, records.length);
			const packets = (list: readonly { readonly packets: number }[]): number =>
				list.reduce((sum, one) => sum + one.packets, 0);
			const got = packets([missing, ...living]);
			assert.ok(packets(records) - got >= 0 && packets(records) - got <= 3, `${packets(records)} and ${got}`);
			assert.equal(records.filter(({ isLast }) => isLast).length, 3);
		});
});
