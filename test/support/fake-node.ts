import { VirtualStore } from "../../hosts/virtual/virtual-store";
import { Node, type NodeSettings } from "../../src/app/node";
import type { NodeHost } from "../../src/app/node-host";
import { Prng } from "../../src/base/prng";

/** A node whose clock is moved by hand, for tests of single parts. */
export class FakeNode<Settings extends object = object> extends Node<NodeSettings & Settings> {
	readonly store: VirtualStore;
	/** What was logged, as `level area message`. */
	readonly lines: string[];
	/** How often parts said that something has changed. */
	changes = 0;
	private readonly alarm: FakeAlarm;

	constructor(settings: Settings, host: Partial<NodeHost> = {}) {
		const alarm = new FakeAlarm();
		const store = new VirtualStore();
		const lines: string[] = [];
		const prng = new Prng(7);
		super(
			{
				network: { paths: () => [], watch() {} } as never,
				clock: alarm as never,
				random: { fill: (bytes) => bytes.set(bytes.map(() => prng.below(256))), unit: () => prng.unit() },
				store,
				log: { write: (level, area, message) => void lines.push(`${level} ${area} ${message}`) },
				model: "node",
				tellPassword() {},
				...host,
			},
			{ name: "", httpPort: 8000, hostName: "", tlsCertificate: "", ...settings },
		);
		this.alarm = alarm;
		this.store = store;
		this.lines = lines;
	}

	override changed(): void {
		this.changes++;
		super.changed();
	}

	/** Lets time pass; machines whose deadlines come are called. */
	pass(duration: number): void {
		this.alarm.pass(duration);
	}
}

class FakeAlarm {
	time = 0;
	private at = Infinity;
	private ring: () => void = () => {};

	now(): number {
		return this.time;
	}

	utc(): number | undefined {
		return undefined;
	}

	set(at: number, ring: () => void): void {
		this.at = at;
		this.ring = ring;
	}

	pass(duration: number): void {
		const end = this.time + duration;
		while (this.at <= end) {
			this.time = Math.max(this.time, this.at);
			this.at = Infinity;
			this.ring();
		}
		this.time = end;
	}
}
