import type { Millis } from "../../../src/core/time";
import type { Mapping } from "../../virtual/gateway/port-table";
import type { DemoSwitch } from "./demo-device";
import type { DemoNetwork, DemoWatcher } from "./demo-network";
import { NETWORK_MESSAGES } from "./network-messages";
import type { NetworkEvent } from "./network-view";

/** The most events that are kept. */
const EVENTS_MAX = 40;
/** How often it looks at what nobody tells. */
const LOOK: Millis = 200;
/** What happens within this time after something was turned off or on is said to be so much later. */
const CONSEQUENCE: Millis = 60_000;

/** Something that was turned off or on, and when. */
interface Turn {
	readonly what: DemoSwitch;
	readonly at: number;
}

/** Writes down in words what happens in the network: what the user does, and what the devices do about it. */
export class NetworkJournal implements DemoWatcher {
	/** The newest first. */
	events: readonly NetworkEvent[] = [];
	/** Called after each event. */
	added: (() => void) | undefined;
	private last: Turn | undefined;
	/** The device that has, or had last, each port of the home's router. */
	private readonly owners = new Map<number, DemoSwitch>();
	/** The names of cameras that are recorded, relayed, and reached by the laptop with the way there. */
	private recorded: ReadonlyMap<string, string> = new Map();
	private relayed: ReadonlyMap<string, string> = new Map();
	private reached: ReadonlyMap<string, string> = new Map();
	private offers = 0;

	constructor(private readonly network: DemoNetwork) {
		network.watch(this);
		this.lookLater();
	}

	/** @see DemoWatcher */
	switched(what: DemoSwitch): void {
		this.last = { what, at: this.network.world.now };
		const { wasCut, wasRestored } = NETWORK_MESSAGES.switches[what.kind];
		this.add(what.isOn ? wasRestored(what.name) : wasCut(what.name));
	}

	/** @see DemoWatcher */
	mapped(opened: readonly Mapping[]): void {
		const { events } = NETWORK_MESSAGES;
		const { port, rtspPort } = this.network.scene.choices;
		for (const { transport, externalPort, port: inside, address } of opened) {
			const device = this.network.at(address);
			if (device === undefined || transport !== "tcp" || inside === rtspPort) continue;
			const before = this.owners.get(externalPort);
			this.owners.set(externalPort, device);
			const later = this.sinceLast();
			// The name of a device that has just started comes with its port.
			this.network.world.after(0, () => {
				const { name } = device;
				if (externalPort === port && before !== undefined && before !== device && later !== undefined)
					this.add(events.tookOver(name, port, later, before.name));
				else if (before === device && later !== undefined) this.add(events.again(name, externalPort, later));
				else if (externalPort === port) this.add(events.represents(name, port));
				else this.add(events.hasPort(name, externalPort));
			});
		}
	}

	private sinceLast(): string | undefined {
		const { last, network } = this;
		const passed = last === undefined ? Infinity : network.world.now - last.at;
		return passed > CONSEQUENCE ? undefined : (passed / 1000).toFixed(1);
	}

	private lookLater(): void {
		this.network.world.after(LOOK, () => {
			this.look();
			this.lookLater();
		});
	}

	private look(): void {
		const { events } = NETWORK_MESSAGES;
		const { nas, relay } = this.network;
		const recorded = this.network.recorded;
		this.compare(
			this.recorded,
			recorded,
			(name) => events.records(name),
			nas?.isOn === true ? (name) => events.recordsNoMore(name) : undefined,
		);
		this.recorded = recorded;
		const relayed = this.network.relayed;
		this.compare(
			this.relayed,
			relayed,
			(name) => events.relays(name),
			relay?.isOn === true ? (name) => events.relaysNoMore(name) : undefined,
		);
		this.relayed = relayed;
		const reached = this.network.reached;
		this.compare(
			this.reached,
			reached,
			(name, path) => {
				const later = this.sinceLast();
				return events.reaches(name, path, later === undefined ? "" : events.later(later));
			},
			(name) => events.reachesNoMore(name),
		);
		this.reached = reached;
		const { offers } = this.network;
		if (offers !== this.offers && relay?.isOn === true) this.add(events.offers(offers));
		this.offers = offers;
	}

	/** Tells of what is new, and of what is gone. @param gone absent: nothing is said of that */
	private compare(
		before: ReadonlyMap<string, string>,
		now: ReadonlyMap<string, string>,
		came: (name: string, detail: string) => string,
		gone: ((name: string) => string) | undefined,
	): void {
		for (const [id, detail] of now) if (before.get(id) !== detail) this.add(came(this.nameOf(id), detail));
		if (gone !== undefined) for (const id of before.keys()) if (!now.has(id)) this.add(gone(this.nameOf(id)));
	}

	private nameOf(id: string): string {
		return this.network.switches.find((each) => each.id === id)?.name ?? id;
	}

	private add(text: string): void {
		const { world } = this.network;
		this.events = [{ utc: Math.round(world.utc + world.now), text }, ...this.events.slice(0, EVENTS_MAX - 1)];
		this.added?.();
	}
}
