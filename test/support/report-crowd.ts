import assert from "node:assert/strict";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { World } from "../../hosts/virtual/world";
import { ReportDesk } from "../../src/app/origin/report-desk";
import type { Prng } from "../../src/base/prng";
import { Pump } from "../../src/core/pump";
import type { Millis, Octets, Seconds } from "../../src/core/time";
import { FileLedger } from "../../src/relay/file-ledger";
import type { LedgerSum } from "../../src/relay/ledger";
import type { MeteredSession, ReportChannel } from "../../src/relay/metering";
import { MeteringManager } from "../../src/relay/metering-manager";
import type { DeliveryCounters, MeteredViewer } from "../../src/relay/metering-record";
import { relayKeyOf } from "../../src/relay/relay-key";
import type { RelayedContent } from "../../src/relay/relayed-content";
import { FLEET_KEY } from "./relay-reports";

const CONTENT: RelayedContent = {
	key: "garage",
	protocol: "rtsp",
	url: "rtsp://192.0.2.7/live",
	content: "garage",
	origin: "home",
	needsLogin: true,
	tariff: { unit: "octet", price: 7, per: 1000, currency: "EUR" },
};
/** What a viewer gets: packets of a picture, its octets, pictures a second. */
const PACKETS = 14;
const PICTURE: Octets = 18_000;
const RATE = 10;
/** One picture in so many is dropped. */
const DROPS = 97;
/** After that a question that was lost counts as not answered. */
const LIMIT: Millis = 10_000;

/** What a desk had to do in some time. */
export interface Load {
	readonly reports: number;
	readonly records: number;
	/** Reports in the second that had most. */
	readonly busiest: number;
	readonly seconds: Seconds;
}

/** A viewer of the crowd: what it has received follows from how long it has watched. */
export class CrowdViewer implements DeliveryCounters {
	account: MeteredSession | undefined;
	private left: Millis | undefined;

	constructor(
		private readonly world: World,
		readonly name: string,
		private readonly since: Millis,
	) {}

	/** It leaves its relay. */
	leave(): void {
		this.left = this.world.now;
		this.account?.end(this.world.now, "the viewer left");
	}

	get hasLeft(): boolean {
		return this.left !== undefined;
	}

	get frames(): number {
		return this.sent - this.drops;
	}

	get drops(): number {
		return Math.floor(this.sent / DROPS);
	}

	get packets(): number {
		return this.frames * PACKETS;
	}

	get payload(): Octets {
		return this.frames * PICTURE;
	}

	get total(): Octets {
		return this.payload + 28 * this.packets;
	}

	private get sent(): number {
		return Math.floor((((this.left ?? this.world.now) - this.since) * RATE) / 1000);
	}
}

/** One relay of the crowd: its metering on a machine of its own. */
class CrowdRelay {
	readonly manager: MeteringManager;
	readonly machine: VirtualMachine;

	constructor(crowd: ReportCrowd, number: number, interval: Seconds) {
		const name = `relay${number}`;
		const { world } = crowd;
		this.machine = new VirtualMachine(world, name);
		const { files, log, random, clock } = this.machine;
		const pump = new Pump(clock);
		const key = Uint8Array.from(relayKeyOf(FLEET_KEY, name));
		const channel = crowd.channel(pump, `198.20.1.${number}`);
		this.manager = new MeteringManager(
			{ pump, storage: files, log, random, utc: () => clock.utc() },
			{
				relay: name,
				interval: interval * 1000,
				origins: new Map([["home", { name: "home", url: "", key }]]),
				channels: () => [channel],
			},
		);
		this.manager.start();
	}
}

/**
 * A crowd at many relays that report to one ledger: each relay with its own metering, outbox and sender, the origin with its desk and a
 * ledger in files. Between them reports and answers take their time and get lost. Pictures are not carried.
 */
export class ReportCrowd {
	readonly world: World;
	readonly relays: readonly CrowdRelay[];
	readonly desk: ReportDesk;
	readonly viewers: CrowdViewer[] = [];
	/** Octets of the reports' bodies. */
	octets: Octets = 0;
	/** Reports, and new records, that were stored in each second. */
	private readonly seconds = new Map<Seconds, { reports: number; records: number }>();
	private counted = { reports: 0, records: 0 };
	private readonly ledger: FileLedger;
	private readonly prng: Prng;

	/** @param loss the probability that a report or its answer is lost */
	constructor(
		readonly seed: number,
		relays: number,
		interval: Seconds,
		private readonly loss: number,
	) {
		this.world = new World(seed);
		this.prng = this.world.fork();
		const { files } = new VirtualMachine(this.world, "nas", { disk: { capacity: 1 << 30 } });
		this.ledger = new FileLedger(files, (run) => this.world.after(0, run));
		this.desk = new ReportDesk(this.ledger, { keys: [{ text: FLEET_KEY }] } as never);
		this.relays = Array.from({ length: relays }, (_, i) => new CrowdRelay(this, i + 1, interval));
	}

	/** The way of a relay's reports to the desk. */
	channel(pump: Pump, address: string): ReportChannel {
		const { world, prng } = this;
		return {
			report: (_now, body, field, answered): void => {
				const octets = body.slice();
				const lost = (): void => answered(pump.now(), "failed", "the connection to the origin failed (timeout)");
				if (prng.chance(this.loss)) return void world.after(LIMIT, lost);
				world.after(10 + prng.below(30), (): void => {
					this.octets += octets.length;
					this.desk.take(world.now, address, octets, field, (status, detail): void => {
						this.count();
						if (prng.chance(this.loss)) return void world.after(LIMIT, lost);
						const outcome = status === 200 ? "stored" : status === 503 ? "failed" : "refused";
						world.after(10 + prng.below(30), () => answered(pump.now(), outcome, detail));
					});
				});
			},
		};
	}

	/** A viewer comes to a relay, and stays for some time. */
	join(relay: CrowdRelay, stay: Millis): void {
		const viewer = new CrowdViewer(this.world, `viewer${this.viewers.length}`, this.world.now);
		const metered: MeteredViewer = {
			content: "garage",
			origin: "home",
			protocol: "rtsp",
			framing: "udp",
			viewer: viewer.name,
			ticket: "AAECAwQFBgcICQoL",
			address: "10.8.0.9",
			hops: 0,
		};
		viewer.account = relay.manager.begin(relay.machine.clock.now(), metered, CONTENT, viewer);
		this.viewers.push(viewer);
		this.world.after(stay, () => viewer.leave());
	}

	/** What the desk had to do between two times. */
	load(from: Millis, to: Millis): Load {
		const load = { reports: 0, records: 0, busiest: 0, seconds: (to - from) / 1000 };
		for (const [second, { reports, records }] of this.seconds) {
			if (second * 1000 < from || second * 1000 >= to) continue;
			load.reports += reports;
			load.records += records;
			load.busiest = Math.max(load.busiest, reports);
		}
		return load;
	}

	/** Viewers who watch, and records that are not delivered. */
	get watching(): number {
		return this.relays.reduce((sum, { manager }) => sum + manager.open, 0);
	}

	get waiting(): number {
		return this.relays.reduce((sum, { manager }) => sum + manager.outbox.waiting, 0);
	}

	/** Records made by all relays. */
	get records(): number {
		return this.relays.reduce((sum, { manager }) => sum + manager.records, 0);
	}

	/** Notes what the desk has counted more than before. */
	private count(): void {
		const { reports, records } = this.desk.counters;
		const second = Math.floor(this.world.now / 1000);
		const sum = this.seconds.get(second) ?? { reports: 0, records: 0 };
		sum.reports += reports - this.counted.reports;
		sum.records += records - this.counted.records;
		this.seconds.set(second, sum);
		this.counted = { reports, records };
	}

	/** What the ledger says of each viewer. */
	sums(): ReadonlyMap<string, LedgerSum> {
		let sums: readonly LedgerSum[] | undefined;
		this.ledger.sum({}, "viewer", (found) => (sums = found));
		assert(
			this.world.runUntil(() => sums !== undefined, 60_000),
			`seed ${this.seed}: no sums`,
		);
		return new Map((sums ?? []).map((sum) => [sum.key, sum]));
	}
}
