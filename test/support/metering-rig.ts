import assert from "node:assert/strict";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { World } from "../../hosts/virtual/world";
import type { Prng } from "../../src/base/prng";
import { utf8Encode } from "../../src/base/text";
import { Pump } from "../../src/core/pump";
import type { MeteredSession, ReportChannel } from "../../src/relay/metering";
import { MeteringManager } from "../../src/relay/metering-manager";
import type { MeteringRecord } from "../../src/relay/metering-record";
import type { RelayedContent, RelayOrigin } from "../../src/relay/relayed-content";
import { openReport, ReportSeal } from "../../src/relay/report";
import type { Tariff } from "../../src/relay/tariff";

/** The counters of a viewer in a test. */
export class ToyCounters {
	payload = 0;
	total = 0;
	packets = 0;
	frames = 0;
	drops = 0;

	/** A frame of some packets was delivered. */
	frame(octets: number, packets: number): void {
		this.payload += octets;
		this.total += octets + 28 * packets;
		this.packets += packets;
		this.frames++;
	}
}

/** A viewer's session, and what the ledger must say of it. */
export interface ToySession {
	readonly account: MeteredSession;
	readonly counters: ToyCounters;
	/** When it ended; `undefined`: not yet. */
	endedAt: number | undefined;
}

/** An origin that keeps a ledger, at the end of a channel that fails on demand. */
export class ToyOrigin implements ReportChannel {
	readonly ledger = new Map<string, MeteringRecord>();
	readonly key = utf8Encode("a key of this relay and its home");
	/** Reports that came, and records that came again. */
	reports = 0;
	repeated = 0;
	/** The outcome of all reports; `undefined`: they are stored. */
	outcome: "refused" | "failed" | "silent" | undefined;
	/** The probability that a report, or its answer, is lost. */
	loss = 0;

	constructor(
		private readonly world: World,
		private readonly prng: Prng,
	) {}

	report(_now: number, body: Uint8Array, field: string, answered: Parameters<ReportChannel["report"]>[3]): void {
		const octets = body.slice();
		this.world.after(1 + this.prng.below(50), () => {
			if (this.outcome === "silent") return;
			if (this.outcome !== undefined) return answered(this.world.now, this.outcome, `it is ${this.outcome}`);
			if (this.prng.chance(this.loss)) return answered(this.world.now, "failed", "lost on the way");
			this.reports++;
			const seal = new ReportSeal("kiosk", this.key);
			const records = openReport(octets, field, (relay) => (relay === "kiosk" ? seal : undefined));
			assert(!("status" in records), JSON.stringify(records));
			for (const record of records) {
				if (this.ledger.has(record.id)) this.repeated++;
				else this.ledger.set(record.id, record);
			}
			if (this.prng.chance(this.loss)) answered(this.world.now, "failed", "the answer was lost");
			else answered(this.world.now, "stored", seal.receipt(field.slice(-64)));
		});
	}

	/** The records of a session, in order. */
	session(id: string): MeteringRecord[] {
		return [...this.ledger.values()].filter(({ session }) => session === id).sort((a, b) => a.part - b.part);
	}
}

/** The metering of a relay on a virtual machine whose power fails, beside an origin. */
export class MeteringRig {
	readonly world: World;
	readonly machine: VirtualMachine;
	readonly origin: ToyOrigin;
	readonly sessions: ToySession[] = [];
	/** True: the origin can be reached without an upstream session. */
	hasFallback = true;
	/** Where the table says that the origin's ledger is, from the next {@link boot} on. */
	url = "";
	readonly content: RelayedContent;
	manager: MeteringManager;
	private pump: Pump;

	constructor(
		seed: number,
		readonly interval = 300_000,
		capacity = 67_108_864,
		tariff: Tariff | undefined = { unit: "octet", price: 7, per: 1000, currency: "EUR" },
	) {
		this.world = new World(seed);
		this.machine = new VirtualMachine(this.world, "relay", { disk: { capacity } });
		this.origin = new ToyOrigin(this.world, this.world.fork());
		this.content = {
			key: "garage",
			protocol: "rtsp",
			url: "rtsp://192.0.2.7/live",
			content: "garage",
			origin: "home",
			needsLogin: true,
			tariff,
		};
		this.pump = new Pump(this.machine.clock);
		this.manager = this.boot();
	}

	/** Starts the program. */
	boot(): MeteringManager {
		const { machine, origin } = this;
		if (!machine.on) machine.powerOn();
		this.pump = new Pump(machine.clock);
		const homes = new Map<string, RelayOrigin>([["home", { name: "home", url: this.url, key: origin.key }]]);
		const host = {
			pump: this.pump,
			storage: machine.files,
			log: machine.log,
			random: machine.random,
			utc: () => machine.clock.utc(),
		};
		this.manager = new MeteringManager(host, {
			relay: "kiosk",
			interval: this.interval,
			origins: homes,
			channels: () => (this.hasFallback ? [this.channel()] : []),
		});
		this.manager.start();
		return this.manager;
	}

	/** The power fails: nobody hears from this run any more. */
	crash(): void {
		this.pump.close();
		this.machine.crash();
	}

	/** A channel of the program that runs now. */
	channel(): ReportChannel {
		const { pump, origin } = this;
		return {
			report: (now, body, field, answered) =>
				origin.report(now, body, field, (_at, outcome, detail) => {
					if (pump === this.pump && this.machine.on) answered(this.now, outcome, detail);
				}),
		};
	}

	/** The program's time. */
	get now(): number {
		return this.machine.clock.now();
	}

	/** A viewer comes. */
	join(viewer = "anna"): ToySession {
		const counters = new ToyCounters();
		const account = this.manager.begin(
			this.now,
			{
				content: "garage",
				origin: "home",
				protocol: "rtsp",
				framing: "udp",
				viewer,
				ticket: "",
				address: "192.0.2.9",
				hops: 0,
			},
			this.content,
			counters,
		);
		const session: ToySession = { account, counters, endedAt: undefined };
		this.sessions.push(session);
		return session;
	}

	/** A viewer leaves. */
	leave(session: ToySession): void {
		session.endedAt = this.world.now;
		session.account.end(this.now, "the viewer left");
	}

	/** Lets time pass. */
	run(time: number): void {
		this.world.runFor(time);
	}
}

/** Checks that records of a session follow each other without a gap or an overlap, and that only the last one is the last. */
export function assertOneSession(records: readonly MeteringRecord[]): void {
	for (const [i, record] of records.entries()) {
		assert.equal(record.part, i, JSON.stringify(records.map(({ id }) => id)));
		assert.equal(record.isLast, i === records.length - 1);
		if (i > 0) assert.equal(record.start, records[i - 1].end);
	}
}

/** Sums a member of records. */
export function sumOf(records: readonly { readonly [name: string]: unknown }[], name: string): number {
	return records.reduce((all, record) => all + (record[name] as number), 0);
}

/** Checks that the ledger has a whole session with all that the viewer was sent. */
export function assertExact(rig: MeteringRig, { account, counters }: ToySession): void {
	const records = rig.origin.session(account.id);
	assertOneSession(records);
	assert(records.length > 0);
	for (const name of ["payload", "total", "packets", "frames", "drops"] as const)
		assert.equal(sumOf(records as never, name), counters[name], name);
}
